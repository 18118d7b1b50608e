"""Views of a dossier's sources, and of its proposed wording clause by clause."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from inquiry import selectors
from inquiry.forms.dossiers import AddSourcesForm, ClauseForm
from inquiry.models import Dossier, DossierClause
from inquiry.selectors import Selection
from inquiry.services import clauses, dossiers
from inquiry.services.dossiers import DossierChanged
from inquiry.views.conflicts import asked_again, data_at_revision, differences, read_revision
from inquiry.views.records import submitted_data, writable_dossier, writers_only
from inquiry.views.responses import add_error_messages
from inquiry.views.rows import selection_rows
from portal.foundation.forms import add_service_errors
from portal.org.requests import SignedInRequest

DIRECTIONS = ("up", "down")


def gather(request: SignedInRequest, dossier: Dossier, selection: Selection, note: str = "") -> None:
    """Put the selected records into a dossier and show a message on how many were new."""
    new_items = dossiers.add_to_dossier(
        dossier=dossier,
        clusters=selection.clusters,
        questions=selection.questions,
        provisions=selection.provisions,
        documents=selection.documents,
        cases=selection.cases,
        note=note,
        actor=request.user,
    )
    if new_items:
        text = ngettext(
            "%(count)d source was put in %(number)s.",
            "%(count)d sources were put in %(number)s.",
            len(new_items),
        )
        messages.success(request, text % {"count": len(new_items), "number": dossier.number})
    else:
        messages.info(request, _("All of it was in %(number)s already.") % {"number": dossier.number})


@writers_only
def dossier_add(request: SignedInRequest, number: str) -> HttpResponse:
    """Gather sources: search and tick, or paste numbers."""
    dossier = writable_dossier(request, number)
    form = AddSourcesForm(submitted_data(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            gather(request, dossier, form.cleaned_data["selection"], form.cleaned_data["note"])
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            return HttpResponseRedirect(f"{dossier.get_absolute_url()}#sources")
    context = {"form": form, "dossier": dossier, "chosen": selection_rows(form.chosen, request.user)}
    return render(request, "inquiry/dossier_add.html", context)


@writers_only
def item_remove(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """Show a source and the clauses that rest on it, then take it out of the dossier."""
    dossier = writable_dossier(request, number)
    if _is_sent_again(request, dossier.items, pk):
        return _gone_already(request, f"{dossier.get_absolute_url()}#sources")
    item = get_object_or_404(selectors.items_with_sources(dossier), pk=pk)
    if request.method != "POST":
        context = {
            "dossier": dossier,
            "item": item,
            "presented": selectors.presented_items([item], request.user)[0],
            "clauses": selectors.clauses_resting_on(dossier, dossier.items.filter(pk=item.pk)),
        }
        return render(request, "inquiry/item_remove.html", context)
    neighbour = _neighbour(dossier.items, item)
    try:
        dossiers.remove_item(item=item, expected_revision=read_revision(request), actor=request.user)
    except DossierChanged:
        return asked_again(request)
    except ValidationError as error:
        add_error_messages(request, error)
    else:
        messages.success(request, _("The source was taken out."))
    return redirect(neighbour or f"{dossier.get_absolute_url()}#sources")


def _is_sent_again(request: SignedInRequest, rows: Any, pk: int) -> bool:
    """Return whether a form takes away what is gone: it was sent twice, or a colleague was first."""
    return request.method == "POST" and not rows.filter(pk=pk).exists()


def _gone_already(request: SignedInRequest, url: str) -> HttpResponse:
    messages.info(request, _("It is not in the dossier any more."))
    return redirect(url)


def _neighbour(rows: Any, row: Model) -> Any:
    """Return the row that stands where `row` stood once it is gone: the next, else the one before, else None."""
    keys = list(rows.values_list("pk", flat=True))
    index = keys.index(row.pk)
    beside = [*keys[index + 1 : index + 2], *keys[max(0, index - 1) : index]]
    return rows.get(pk=beside[0]) if beside else None


@writers_only
@require_POST
def item_move(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """Move a source up or down."""
    dossier = writable_dossier(request, number)
    item = get_object_or_404(dossier.items, pk=pk)
    if request.POST.get("direction") not in DIRECTIONS:
        return HttpResponseBadRequest()
    try:
        dossiers.move_item(item=item, direction=request.POST["direction"], actor=request.user)
    except ValidationError as error:
        add_error_messages(request, error)
    return redirect(item)


@writers_only
def clause_new(request: SignedInRequest, number: str) -> HttpResponse:
    """Write a new clause."""
    dossier = writable_dossier(request, number)
    return _clause_page(request, dossier, None)


@writers_only
def clause_edit(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """Change a clause; where somebody else saved first, both versions are shown."""
    dossier = writable_dossier(request, number)
    clause = get_object_or_404(dossier.clauses.prefetch_related("sources"), pk=pk)
    return _clause_page(request, dossier, clause)


def _clause_page(request: SignedInRequest, dossier: Dossier, clause: DossierClause | None) -> HttpResponse:
    form, conflict = _clause_form(request, dossier, clause), None
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save_clause(request, dossier, clause, form)
        # Before ValidationError, of which it is a subclass.
        except DossierChanged as error:
            conflict = differences(ClauseForm, _clause_words(clause), form.cleaned_data)
            form = ClauseForm(data_at_revision(request, error.current.revision), dossier=error.current)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            return redirect(saved)
    context = {
        "form": form,
        "dossier": dossier,
        "clause": clause,
        "conflict": conflict,
        "items": selectors.dossier_parts(dossier, request.user).items,
        "ticked": form.ticked,
    }
    return render(request, "inquiry/clause_edit.html", context)


def _clause_form(request: SignedInRequest, dossier: Dossier, clause: DossierClause | None) -> ClauseForm:
    initial: dict[str, Any] = {"expected_revision": dossier.revision}
    if clause:
        initial |= {
            "heading": clause.heading,
            "text": clause.text,
            "rationale": clause.rationale,
            "sources": [source.item_id for source in clause.sources.all()],
        }
    return ClauseForm(submitted_data(request), dossier=dossier, initial=initial)


def _clause_words(clause: DossierClause | None) -> dict[str, Any]:
    """Return what the form shows of a clause, as it is stored now."""
    if clause is None:
        return {}
    stored = DossierClause.objects.prefetch_related("sources__item").get(pk=clause.pk)
    words = {name: getattr(stored, name) for name in ("heading", "text", "rationale")}
    return words | {"sources": [source.item for source in stored.sources.all()]}


def _save_clause(
    request: SignedInRequest, dossier: Dossier, clause: DossierClause | None, form: ClauseForm
) -> DossierClause:
    data = form.cleaned_data
    return clauses.save_clause(
        dossier=dossier,
        clause=clause,
        heading=data["heading"],
        text=data["text"],
        rationale=data["rationale"],
        sources=data["sources"],
        # A new clause overwrites nothing, whoever saved in the meantime.
        expected_revision=(data["expected_revision"] or 0) if clause else None,
        actor=request.user,
    )


@writers_only
@require_POST
def clause_move(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """Move a clause up or down."""
    dossier = writable_dossier(request, number)
    clause = get_object_or_404(dossier.clauses, pk=pk)
    if request.POST.get("direction") not in DIRECTIONS:
        return HttpResponseBadRequest()
    try:
        clauses.move_clause(clause=clause, direction=request.POST["direction"], actor=request.user)
    except ValidationError as error:
        add_error_messages(request, error)
    return redirect(clause)


@writers_only
def clause_delete(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """Show a clause and what becomes of the following ones, then delete it."""
    dossier = writable_dossier(request, number)
    if _is_sent_again(request, dossier.clauses, pk):
        return _gone_already(request, f"{dossier.get_absolute_url()}#clauses")
    clause = get_object_or_404(dossier.clauses, pk=pk)
    if request.method != "POST":
        keys = list(dossier.clauses.values_list("pk", flat=True))
        start = keys.index(clause.pk) + 1
        (presented,) = selectors.presented_clauses(dossier, [clause], request.user, start=start)
        context = {"dossier": dossier, "clause": presented, "following": len(keys) - start}
        return render(request, "inquiry/clause_delete.html", context)
    neighbour = _neighbour(dossier.clauses, clause)
    try:
        clauses.delete_clause(clause=clause, expected_revision=read_revision(request), actor=request.user)
    except DossierChanged:
        return asked_again(request)
    except ValidationError as error:
        add_error_messages(request, error)
    else:
        messages.success(request, _("The clause was deleted."))
    return redirect(neighbour or f"{dossier.get_absolute_url()}#clauses")
