"""Search hits that were ticked, put in a cluster or dossier."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from inquiry import selectors
from inquiry.enums import DossierStatus
from inquiry.forms.dossiers import CollectForm
from inquiry.forms.errors import add_service_errors
from inquiry.models import Dossier, QuestionCluster
from inquiry.selectors import Found
from inquiry.services import clusters, dossiers
from inquiry.views.chosen import chosen_rows
from inquiry.views.dossier_parts import gather
from inquiry.views.records import groupers_only
from inquiry.views.responses import redirect_back, safe_next_url
from portal.foundation.numbers import record_numbered

CLUSTER, DOSSIER = "cluster", "dossier"
OFFERED = 20


@groupers_only
@require_POST
def collect(request: HttpRequest) -> HttpResponse:
    """First a page that asks where to; with a number or the title of a new one, it is done."""
    form = CollectForm(request.POST, user=request.user)
    target = CLUSTER if request.POST.get("target") == CLUSTER else DOSSIER
    found = form.chosen
    if not any((found.questions, found.clusters, found.provisions, found.cases)):
        messages.warning(request, _("Nothing was ticked."))
        return redirect_back(request, "/search/")
    decided = "number" in request.POST or "title" in request.POST
    if decided and form.is_valid():
        try:
            url = _put(request, target, form)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            return redirect(url)
    return _ask_where(request, target, form if decided else None, found)


def _put(request: HttpRequest, target: str, form: CollectForm) -> str:
    """Do it; returns the address of the cluster or dossier."""
    if target == CLUSTER:
        return _put_in_cluster(request, form.cleaned_data)
    return _put_in_dossier(request, form.cleaned_data)


def _put_in_cluster(request: HttpRequest, data: dict) -> str:
    questions = data["found"].questions
    if not questions:
        raise ValidationError(_("Only questions go into a cluster."))
    if data["number"]:
        cluster = _cluster_of(request, data["number"])
        clusters.add_questions(cluster=cluster, questions=questions, actor=request.user)
    else:
        cluster = clusters.create_cluster(title=data["title"], questions=questions, actor=request.user)
    messages.success(request, _("Put in %(number)s.") % {"number": cluster.number})
    return cluster.get_absolute_url()


def _cluster_of(request: HttpRequest, number: str) -> QuestionCluster:
    cluster = record_numbered(selectors.clusters_visible_to(request.user), number)
    if cluster is None:
        raise ValidationError({"other_number": _("There is no cluster of this number.")})
    return selectors.present_holder(cluster)


def _put_in_dossier(request: HttpRequest, data: dict) -> str:
    if data["number"]:
        dossier = record_numbered(selectors.dossiers_visible_to(request.user), data["number"])
        if dossier is None:
            raise ValidationError({"other_number": _("There is no dossier of this number.")})
    else:
        dossier = dossiers.create_dossier(title=data["title"], actor=request.user)
    gather(request, dossier, data["found"])
    return f"{dossier.get_absolute_url()}#sources"


def _ask_where(request: HttpRequest, target: str, form: CollectForm | None, found: Found) -> HttpResponse:
    rows = chosen_rows(found, request.user)
    places = _clusters(found) if target == CLUSTER else _drafts(request)
    number = request.POST.get("number", places[0]["number"] if places else "")
    context = {
        "form": form or CollectForm(user=request.user),
        "target": target,
        "places": places,
        "number": number,
        "rows": [row for row in rows if target == DOSSIER or row["key"].startswith("question:")],
        "left_out": [
            row["number"] or row["title"]
            for row in rows
            if target == CLUSTER and not row["key"].startswith("question:")
        ],
        "title": request.POST.get("title", ""),
        "next": safe_next_url(request, "/search/"),
    }
    return render(request, "inquiry/collect.html", context)


def _clusters(found: Found) -> list[dict]:
    """Clusters that were ticked, or that a ticked question is in."""
    joined: list[QuestionCluster] = list(found.clusters)
    joined += [cluster for question in found.questions if (cluster := selectors.current_cluster(question))]
    return [{"number": each.number, "title": each.title} for each in dict.fromkeys(joined)][:OFFERED]


def _drafts(request: HttpRequest) -> list[dict]:
    drafts: list[Dossier] = list(
        selectors.dossiers_visible_to(request.user)
        .filter(status=DossierStatus.DRAFT)
        .order_by("-updated_at")[:OFFERED]
    )
    return [{"number": each.number, "title": each.title} for each in drafts]
