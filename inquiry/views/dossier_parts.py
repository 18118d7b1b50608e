"""What a dossier gathers, and its proposed wording clause by clause."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from inquiry import selectors
from inquiry.forms.dossiers import AddSourcesForm, ClauseForm
from inquiry.forms.errors import add_service_errors
from inquiry.models import Dossier, DossierClause
from inquiry.selectors import Found
from inquiry.services import clauses, dossiers
from inquiry.services.dossiers import DossierChanged
from inquiry.views.chosen import chosen_rows
from inquiry.views.records import posted, writable_dossier, writers_only
from inquiry.views.responses import add_error_messages

DIRECTIONS = ("up", "down")


def gather(request: HttpRequest, dossier: Dossier, found: Found, note: str = "") -> None:
    """Put what was chosen into a dossier and tell how much of it was new."""
    new = dossiers.add_to_dossier(
        dossier=dossier,
        clusters=found.clusters,
        questions=found.questions,
        provisions=found.provisions,
        cases=found.cases,
        note=note,
        actor=request.user,
    )
    if new:
        text = ngettext(
            "%(count)d source was put in %(number)s.", "%(count)d sources were put in %(number)s.", len(new)
        )
        messages.success(request, text % {"count": len(new), "number": dossier.number})
    else:
        messages.info(request, _("All of it was in %(number)s already.") % {"number": dossier.number})


@writers_only
def dossier_add(request: HttpRequest, number: str) -> HttpResponse:
    """Gather sources: search and tick, or paste numbers."""
    dossier = writable_dossier(request, number)
    form = AddSourcesForm(posted(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            gather(request, dossier, form.cleaned_data["found"], form.cleaned_data["note"])
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            return HttpResponseRedirect(f"{dossier.get_absolute_url()}#sources")
    context = {"form": form, "dossier": dossier, "chosen": chosen_rows(form.chosen, request.user)}
    return render(request, "inquiry/dossier_add.html", context)


@writers_only
@require_POST
def item_remove(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    dossier = writable_dossier(request, number)
    item = get_object_or_404(dossier.items, pk=pk)
    try:
        dossiers.remove_item(item=item, actor=request.user)
    except ValidationError as error:
        add_error_messages(request, error)
    else:
        messages.success(request, _("The source was taken out."))
    return HttpResponseRedirect(f"{dossier.get_absolute_url()}#sources")


@writers_only
@require_POST
def item_move(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    dossier = writable_dossier(request, number)
    item = get_object_or_404(dossier.items, pk=pk)
    if request.POST.get("direction") not in DIRECTIONS:
        return HttpResponseBadRequest()
    dossiers.move_item(item=item, direction=request.POST["direction"], actor=request.user)
    return HttpResponseRedirect(f"{dossier.get_absolute_url()}#sources")


@writers_only
def clause_new(request: HttpRequest, number: str) -> HttpResponse:
    dossier = writable_dossier(request, number)
    return _clause_page(request, dossier, None)


@writers_only
def clause_edit(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    dossier = writable_dossier(request, number)
    clause = get_object_or_404(dossier.clauses.prefetch_related("sources"), pk=pk)
    return _clause_page(request, dossier, clause)


def _clause_page(request: HttpRequest, dossier: Dossier, clause: DossierClause | None) -> HttpResponse:
    form, conflict = _clause_form(request, dossier, clause), None
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save_clause(request, dossier, clause, form)
        except DossierChanged as error:
            conflict = _differences(clause, form.cleaned_data)
            form = _once_more(request, error.current)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            return HttpResponseRedirect(f"{dossier.get_absolute_url()}#clause-{saved.pk}")
    context = {
        "form": form,
        "dossier": dossier,
        "clause": clause,
        "conflict": conflict,
        "items": selectors.dossier_parts(dossier, request.user).items,
        "ticked": form.ticked,
    }
    return render(request, "inquiry/clause_edit.html", context)


def _clause_form(request: HttpRequest, dossier: Dossier, clause: DossierClause | None) -> ClauseForm:
    initial = {"expected_revision": dossier.revision}
    if clause:
        initial |= {
            "heading": clause.heading,
            "text": clause.text,
            "rationale": clause.rationale,
            "sources": [source.item_id for source in clause.sources.all()],
        }
    return ClauseForm(posted(request), dossier=dossier, initial=initial)


def _once_more(request: HttpRequest, current: Dossier) -> ClauseForm:
    """What was typed, to be saved over the present revision."""
    data = request.POST.copy()
    data["expected_revision"] = str(current.revision)
    return ClauseForm(data, dossier=current)


def _differences(clause: DossierClause | None, typed: dict) -> list[dict]:
    """Where the clause now says something else than what was typed: {label, now, typed}."""
    return [
        {"label": ClauseForm.base_fields[name].label, "now": getattr(clause, name), "typed": typed[name]}
        for name in ("heading", "text", "rationale")
        if clause and getattr(clause, name).split() != typed[name].split()
    ]


def _save_clause(
    request: HttpRequest, dossier: Dossier, clause: DossierClause | None, form: ClauseForm
) -> DossierClause:
    data = form.cleaned_data
    return clauses.save_clause(
        dossier=dossier,
        clause=clause,
        heading=data["heading"],
        text=data["text"],
        rationale=data["rationale"],
        sources=data["sources"],
        expected_revision=data["expected_revision"] if clause else None,
        actor=request.user,
    )


@writers_only
@require_POST
def clause_move(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    dossier = writable_dossier(request, number)
    clause = get_object_or_404(dossier.clauses, pk=pk)
    if request.POST.get("direction") not in DIRECTIONS:
        return HttpResponseBadRequest()
    clauses.move_clause(clause=clause, direction=request.POST["direction"], actor=request.user)
    return HttpResponseRedirect(f"{dossier.get_absolute_url()}#clause-{clause.pk}")


@writers_only
@require_POST
def clause_delete(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    dossier = writable_dossier(request, number)
    clauses.delete_clause(clause=get_object_or_404(dossier.clauses, pk=pk), actor=request.user)
    messages.success(request, _("The clause was deleted."))
    return redirect(f"{dossier.get_absolute_url()}#clauses")
