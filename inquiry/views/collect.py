"""Search hits that were ticked, put in a cluster or dossier."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from inquiry import selectors
from inquiry.enums import DossierStatus
from inquiry.forms.dossiers import CollectForm
from inquiry.forms.picking import KINDS
from inquiry.models import Dossier, QuestionCluster
from inquiry.selectors import Selection
from inquiry.services import clusters as cluster_services
from inquiry.services import dossiers as dossier_services
from inquiry.views.dossier_parts import gather
from inquiry.views.records import groupers_only
from inquiry.views.responses import redirect_back, safe_next_url
from inquiry.views.rows import selection_rows
from portal.foundation.forms import add_service_errors
from portal.foundation.numbers import record_numbered
from portal.org.requests import SignedInRequest

CLUSTER, DOSSIER = "cluster", "dossier"
MAX_OFFERED_TARGETS = 20


@groupers_only
@require_POST
def collect(request: SignedInRequest) -> HttpResponse:
    """Put ticked records in a cluster or dossier; without its number or a title, show a page that asks for one."""
    form = CollectForm(request.POST, user=request.user)
    target = CLUSTER if request.POST.get("target") == CLUSTER else DOSSIER
    selection = form.chosen
    if not any(getattr(selection, kind) for kind in KINDS):
        text = (
            _("What was ticked holds nothing.") if request.POST.getlist("keys") else _("Nothing was ticked.")
        )
        messages.warning(request, text)
        return redirect_back(request, "/search/")
    # The form of the search page sends keys alone; the page that asks for a target sends these fields, too.
    is_decided = "number" in request.POST or "title" in request.POST
    if is_decided and form.is_valid():
        try:
            url = _collect_into(request, target, form)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            return redirect(url)
    return _target_page(request, target, form if is_decided else None, selection)


def _collect_into(request: SignedInRequest, target: str, form: CollectForm) -> str:
    """Put the records in and return the address of the cluster or dossier."""
    if target == CLUSTER:
        return _put_in_cluster(request, form.cleaned_data)
    return _put_in_dossier(request, form.cleaned_data)


def _put_in_cluster(request: SignedInRequest, data: dict) -> str:
    questions = data["selection"].questions
    if not questions:
        raise ValidationError(_("Only questions go into a cluster."))
    if data["number"]:
        cluster = _cluster_numbered(request, data["number"])
        cluster_services.add_questions(cluster=cluster, questions=questions, actor=request.user)
    else:
        cluster = cluster_services.create_cluster(
            title=data["title"], questions=questions, actor=request.user
        )
    messages.success(request, _("Put in %(number)s.") % {"number": cluster.number})
    return cluster.get_absolute_url()


def _cluster_numbered(request: SignedInRequest, number: str) -> QuestionCluster:
    cluster = record_numbered(selectors.clusters_visible_to(request.user), number)
    if cluster is None:
        raise ValidationError({"other_number": _("There is no cluster of this number.")})
    return selectors.current_holder(cluster)


def _put_in_dossier(request: SignedInRequest, data: dict) -> str:
    if data["number"]:
        dossier = record_numbered(selectors.dossiers_visible_to(request.user), data["number"])
        if dossier is None:
            raise ValidationError({"other_number": _("There is no dossier of this number.")})
    else:
        dossier = dossier_services.create_dossier(title=data["title"], actor=request.user)
    gather(request, dossier, data["selection"])
    return f"{dossier.get_absolute_url()}#sources"


def _target_page(
    request: SignedInRequest, target: str, form: CollectForm | None, selection: Selection
) -> HttpResponse:
    rows = selection_rows(selection, request.user)
    targets = _cluster_targets(selection) if target == CLUSTER else _dossier_targets(request)
    number = request.POST.get("number", targets[0]["number"] if targets else "")
    context = {
        "form": form or CollectForm(user=request.user),
        "target": target,
        "targets": targets,
        "number": number,
        "rows": [row for row in rows if target == DOSSIER or row["key"].startswith("question:")],
        "excluded": [
            row["number"] or row["title"]
            for row in rows
            if target == CLUSTER and not row["key"].startswith("question:")
        ],
        "stands_for": [
            key for key in request.POST.getlist("keys") if key.startswith(("session:", "dossier:"))
        ],
        "title": request.POST.get("title", ""),
        "next": safe_next_url(request, "/search/"),
    }
    return render(request, "inquiry/collect.html", context)


def _cluster_targets(selection: Selection) -> list[dict]:
    """Return clusters that were ticked, or that a ticked question is in: {number, title}."""
    clusters: list[QuestionCluster] = list(selection.clusters)
    clusters += filter(None, map(selectors.current_cluster, selection.questions))
    return [{"number": cluster.number, "title": cluster.title} for cluster in dict.fromkeys(clusters)][
        :MAX_OFFERED_TARGETS
    ]


def _dossier_targets(request: SignedInRequest) -> list[dict]:
    """Return dossiers in progress, the latest changed first: {number, title}."""
    drafts: list[Dossier] = list(
        selectors.dossiers_visible_to(request.user)
        .filter(status=DossierStatus.DRAFT)
        .order_by("-updated_at")[:MAX_OFFERED_TARGETS]
    )
    return [{"number": draft.number, "title": draft.title} for draft in drafts]
