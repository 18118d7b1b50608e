"""Dossiers: their list, the page of one, and what it says."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from inquiry import rules, selectors
from inquiry.enums import DossierStatus
from inquiry.forms.dossiers import DossierForm, NewDossierForm
from inquiry.forms.errors import add_service_errors
from inquiry.models import Dossier
from inquiry.services import dossiers
from inquiry.services.dossiers import DossierChanged
from inquiry.views.chosen import bars_of, said_count
from inquiry.views.exports import export_rows
from inquiry.views.records import posted, visible_dossier, writable_dossier, writers_only
from inquiry.views.responses import add_error_messages
from norms.models import NormativeDocument
from portal.foundation import dates

PER_PAGE = 20
ANNEX_SHOWN = 50
TITLES_OFFERED = 500


def status_tag(dossier: Dossier) -> dict[str, str]:
    tone = "ok" if dossier.status == DossierStatus.FINISHED else "warn"
    return {"label": dossier.get_status_display(), "tone": tone}


@login_required
def dossier_list(request: HttpRequest) -> HttpResponse:
    """Finished dossiers; for analysts those in progress too."""
    found = selectors.dossiers_visible_to(request.user)
    wanted = request.GET.get("status", "")
    chosen = found.filter(status=wanted) if wanted in DossierStatus.values else found
    page = Paginator(chosen, PER_PAGE).get_page(request.GET.get("page"))
    can_write = rules.can_write_dossier(request.user)
    context = {
        "page_obj": page,
        "rows": [_row(dossier) for dossier in page.object_list],
        "tabs": _tabs(found, wanted) if can_write else [],
        "can_write": can_write,
    }
    return render(request, "inquiry/dossiers.html", context)


def _tabs(found, wanted: str) -> list[dict]:
    base = reverse("inquiry:dossiers")
    choices = [("", _("All")), *DossierStatus.choices]
    return [
        {
            "label": label,
            "url": f"{base}?status={value}" if value else base,
            "active": wanted == value,
            "count": (found.filter(status=value) if value else found).count(),
        }
        for value, label in choices
    ]


def _row(dossier: Dossier) -> dict:
    return {
        "number": dossier.number,
        "title": dossier.title,
        "url": dossier.get_absolute_url(),
        "tags": [status_tag(dossier)],
        "snippet": dossier.target_title,
        "meta": [dates.day(dossier.finished_on or dossier.opened_on)],
    }


@login_required
def dossier_page(request: HttpRequest, number: str) -> HttpResponse:
    """A dossier in its parts, from target to annex."""
    dossier = visible_dossier(request, number)
    questions = selectors.source_questions(dossier)
    annex = selectors.annex_rows(dossier)
    parts = selectors.dossier_parts(dossier, request.user)
    context = {
        "dossier": dossier,
        "tag": status_tag(dossier),
        "parts": parts,
        "summary": [
            _items_count(len(parts.items)),
            said_count(len(questions)),
            ngettext("%(count)d clause", "%(count)d clauses", len(parts.clauses))
            % {"count": len(parts.clauses)},
        ],
        "bars": bars_of(selectors.department_counts(questions)),
        "annex": annex[:ANNEX_SHOWN],
        "annex_count": len(annex),
        "annex_more": max(0, len(annex) - ANNEX_SHOWN),
        "stations": selectors.chain_of(dossier, request.user),
        "exports": export_rows(dossier, request.user),
        "can_write": rules.can_write_dossier(request.user, dossier),
        "can_export": rules.can_export_dossier(request.user, dossier),
        "can_reopen": rules.can_write_dossier(request.user) and dossier.status == DossierStatus.FINISHED,
    }
    return render(request, "inquiry/dossier.html", context)


def _items_count(count: int) -> str:
    return ngettext("%(count)d source", "%(count)d sources", count) % {"count": count}


@writers_only
def dossier_new(request: HttpRequest) -> HttpResponse:
    form = NewDossierForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            dossier = dossiers.create_dossier(actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(
                request, _("The dossier has the number %(number)s.") % {"number": dossier.number}
            )
            return redirect(dossier.get_absolute_url())
    return render(request, "inquiry/dossier_new.html", {"form": form})


@writers_only
def dossier_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change the words of a dossier; where somebody else saved first, both versions are shown."""
    dossier = writable_dossier(request, number)
    form, conflict = DossierForm(posted(request), initial=DossierForm.initial_of(dossier)), None
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        revision = data.pop("expected_revision") or dossier.revision
        try:
            dossiers.edit_dossier(dossier=dossier, expected_revision=revision, actor=request.user, **data)
        except DossierChanged as error:
            conflict = _differences(error.current, data)
            form = _with_revision(request, error.current.revision)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(dossier.get_absolute_url())
    context = {"form": form, "dossier": dossier, "conflict": conflict, "titles": _titles()}
    return render(request, "inquiry/dossier_edit.html", context)


def _with_revision(request: HttpRequest, revision: int) -> DossierForm:
    """The same form with what was typed, to be saved over the present revision."""
    data = request.POST.copy()
    data["expected_revision"] = str(revision)
    return DossierForm(data)


def _differences(current: Dossier, typed: dict) -> list[dict]:
    """Where the dossier now says something else than what was typed: {label, now, typed}."""
    rows = []
    for name, value in typed.items():
        now = getattr(current, name)
        if str(now or "").split() != str(value or "").split():
            rows.append(
                {"label": DossierForm.base_fields[name].label, "now": now or "", "typed": value or ""}
            )
    return rows


def _titles() -> list[str]:
    return list(NormativeDocument.objects.values_list("title", flat=True)[:TITLES_OFFERED])


@writers_only
@require_POST
def dossier_status(request: HttpRequest, number: str) -> HttpResponse:
    """Finish or reopen."""
    dossier = visible_dossier(request, number)
    try:
        moved = dossiers.move_dossier(
            dossier=dossier, status=request.POST.get("status", ""), actor=request.user
        )
    except ValidationError as error:
        add_error_messages(request, error)
    else:
        finished = moved.status == DossierStatus.FINISHED
        messages.success(
            request, _("The dossier is finished.") if finished else _("The dossier is open again.")
        )
    return redirect(dossier.get_absolute_url())
