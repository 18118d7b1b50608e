"""Dossiers: their list, the page of one, and what it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Page
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inquiry import rules, selectors
from inquiry.enums import DossierPart, DossierStatus
from inquiry.forms.dossiers import DossierForm, FinishForm, NewDossierForm
from inquiry.models import Dossier, DossierClause, Question
from inquiry.selectors import DepartmentCount, PresentedItem
from inquiry.services import dossiers as dossier_services
from inquiry.services.dossiers import DossierChanged
from inquiry.views.conflicts import asked_again, data_at_revision, differences, read_revision
from inquiry.views.exports import export_rows
from inquiry.views.records import submitted_data, visible_dossier, writable_dossier, writers_only
from inquiry.views.responses import add_error_messages
from inquiry.views.rows import department_bars
from norms.models import NormativeDocument
from portal.foundation import dates
from portal.foundation.forms import add_service_errors
from portal.foundation.joining import listed
from portal.foundation.numerals import parse_primary_key
from portal.foundation.paging import page_number_of, page_of
from portal.foundation.revisions import FIELD
from portal.org.forms.secrecy import SECRECY_CHECKED, require_secrecy_check
from portal.org.models import Office
from portal.org.requests import SignedInRequest

PER_PAGE = 20
ANNEX_ROWS = 50
SOURCES_PER_PAGE = 50
CLAUSES_PER_PAGE = 20
MAX_OFFERED_TITLES = 500
# The fields of `DossierForm` in which parts are written.
PART_FIELDS = {
    DossierPart.OFFICE: "compiling_office",
    DossierPart.TARGET: "target_title",
    DossierPart.GROUNDS: "grounds",
    DossierPart.ANALYSIS: "analysis",
}


def status_tag(dossier: Dossier) -> dict[str, str]:
    """Return the tag of a dossier's status (`components/tag.html`)."""
    tone = "ok" if dossier.status == DossierStatus.FINISHED else "warn"
    return {"label": dossier.get_status_display(), "tone": tone}


@login_required
def dossier_list(request: SignedInRequest) -> HttpResponse:
    """Show finished dossiers; to analysts those in progress too."""
    visible = selectors.dossiers_visible_to(request.user)
    status = request.GET.get("status", "")
    filtered = visible.filter(status=status) if status in DossierStatus.values else visible
    clauses = Prefetch("clauses", DossierClause.objects.only("dossier", "position"))
    rows = filtered.select_related("compiling_office").prefetch_related(clauses)
    page = page_of(request.GET, rows, PER_PAGE)
    can_write = rules.can_write_dossier(request.user)
    context = {
        "page_obj": page,
        "rows": [_dossier_row(dossier) for dossier in page.object_list],
        "tabs": _status_tabs(visible, status) if can_write else [],
        "can_write": can_write,
    }
    return render(request, "inquiry/dossiers.html", context)


def _status_tabs(dossiers: QuerySet[Dossier], status: str) -> list[dict[str, Any]]:
    base = reverse("inquiry:dossiers")
    choices = [("", _("All")), *DossierStatus.choices]
    return [
        {
            "label": label,
            "url": f"{base}?status={value}" if value else base,
            "active": status == value,
            "count": (dossiers.filter(status=value) if value else dossiers).count(),
        }
        for value, label in choices
    ]


def _dossier_row(dossier: Dossier) -> dict[str, Any]:
    office = str(dossier.compiling_office or "")
    parts = "" if dossier.finished_on else listed(part.label for part in selectors.missing_parts(dossier))
    missing = _("still missing: %(parts)s") % {"parts": parts} if parts else ""
    return {
        "number": dossier.number,
        "title": dossier.title,
        "url": dossier.get_absolute_url(),
        "tags": [status_tag(dossier)],
        "snippet": dossier.target_title,
        "meta": [
            part for part in (office, dates.day(dossier.finished_on or dossier.opened_on), missing) if part
        ],
    }


@login_required
def dossier_page(request: SignedInRequest, number: str) -> HttpResponse:
    """Show a dossier in its parts, from target to annex; clauses, sources and annex have pages of their own."""
    dossier = visible_dossier(request, number, is_counted=True)
    clusters = selectors.source_clusters(dossier)
    counts = selectors.counts_by_cluster(clusters)
    questions = selectors.source_questions(dossier, clusters)
    by_department = selectors.department_counts(questions)
    total = sum(row.count for row in by_department)
    sources = _sources_context(request, dossier, counts)
    context = {
        "dossier": dossier,
        "tag": status_tag(dossier),
        "summary": [
            _item_count_label(dossier.items_count),
            selectors.question_count_label(total),
            _clause_count_label(dossier.clauses_count),
        ],
        "missing": _missing_labels(dossier) if dossier.finished_on else [],
        "bars": department_bars(by_department),
        **_clauses_context(request, dossier, [row["presented"] for row in sources["sources"]]),
        **sources,
        **_annex_context(request, questions, total),
        "stations": selectors.dossier_chain(
            dossier,
            counts,
            questions,
            clusters=clusters,
            questions_count=total,
            clauses_count=dossier.clauses_count,
        ),
        "exports": export_rows(dossier, request.user),
        "can_write": rules.can_write_dossier(request.user, dossier),
        "can_export": rules.can_export_dossier(request.user, dossier),
        "can_reopen": rules.can_write_dossier(request.user) and dossier.status == DossierStatus.FINISHED,
    }
    return render(request, "inquiry/dossier.html", context)


def _missing_labels(dossier: Any) -> list[str]:
    missing = selectors.missing_parts(dossier, has_clauses=dossier.clauses_count > 0)
    return [str(part.label) for part in missing]


def _clauses_context(request: SignedInRequest, dossier: Any, sources: list[PresentedItem]) -> dict[str, Any]:
    """Return a page of the proposed wording; `?clause=` asks for that which holds a clause."""
    clauses = dossier.clauses.all()
    clause_key = parse_primary_key(request.GET.get("clause", ""))
    number = _page_holding(clauses, clause_key, CLAUSES_PER_PAGE) if clause_key else 1
    page = page_of(
        request.GET, clauses, CLAUSES_PER_PAGE, "clauses", default=number, count=dossier.clauses_count
    )
    presented = selectors.presented_clauses(
        dossier, page.object_list, request.user, start=page.start_index(), presented=sources
    )
    return {"clauses": _movable(presented, page), "clauses_page": page}


def _sources_context(
    request: SignedInRequest, dossier: Any, counts: Mapping[int, Sequence[DepartmentCount]]
) -> dict[str, Any]:
    """Return a page of the sources; `?source=` asks for that which holds one, `?of=` for those of a clause alone."""
    items = selectors.items_with_sources(dossier)
    item_key = parse_primary_key(request.GET.get("source", ""))
    clause_key = parse_primary_key(request.GET.get("of", ""))
    clause = dossier.clauses.filter(pk=clause_key).first() if clause_key else None
    if clause:
        items = items.filter(uses__clause=clause)
    number = _page_holding(items, item_key, SOURCES_PER_PAGE) if item_key else 1
    count = None if clause else dossier.items_count
    page = page_of(request.GET, items, SOURCES_PER_PAGE, "sources", default=number, count=count)
    totals = {key: sum(row.count for row in rows) for key, rows in counts.items()}
    presented = selectors.presented_items(page.object_list, request.user, totals)
    return {"sources": _movable(presented, page), "sources_page": page, "sources_of": clause}


def _page_holding(rows: QuerySet[Any], key: int, per_page: int) -> int:
    return page_number_of(list(rows.values_list("pk", flat=True)), key, per_page)


def _movable(rows: Iterable[Any], page: Page) -> list[dict[str, Any]]:
    """Return rows of a page with whether each is the first or last of the whole list."""
    last = page.paginator.count
    return [
        {"presented": row, "first": number == 1, "last": number == last}
        for number, row in enumerate(rows, start=page.start_index())
    ]


def _annex_context(request: SignedInRequest, questions: QuerySet[Question], count: int) -> dict[str, Any]:
    page = page_of(request.GET, questions, ANNEX_ROWS, "annex", count=count)
    return {"annex": selectors.annex_rows_of(page.object_list), "annex_page": page}


def _clause_count_label(count: int) -> str:
    return ngettext("%(count)d clause", "%(count)d clauses", count) % {"count": count}


def _item_count_label(count: int) -> str:
    return ngettext("%(count)d source", "%(count)d sources", count) % {"count": count}


@writers_only
def dossier_new(request: SignedInRequest) -> HttpResponse:
    """Open a dossier."""
    form = NewDossierForm(submitted_data(request))
    if request.method == "POST" and form.is_valid():
        try:
            dossier = dossier_services.create_dossier(actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(
                request, _("The dossier has the number %(number)s.") % {"number": dossier.number}
            )
            return redirect(dossier.get_absolute_url())
    return render(request, "inquiry/dossier_new.html", {"form": form})


@writers_only
def dossier_edit(request: SignedInRequest, number: str) -> HttpResponse:
    """Change the words of a dossier; where somebody else saved first, both versions are shown."""
    dossier = writable_dossier(request, number)
    form, conflict = DossierForm(submitted_data(request), initial=DossierForm.initial_of(dossier)), None
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        # A form without the field (an old page) was opened at no revision that is known, and is refused.
        revision = data.pop("expected_revision") or 0
        try:
            dossier_services.edit_dossier(
                dossier=dossier, expected_revision=revision, actor=request.user, **data
            )
        except DossierChanged as error:
            current = {name: getattr(error.current, name) for name in data}
            conflict = differences(DossierForm, current, data)
            form = DossierForm(data_at_revision(request, error.current.revision))
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(dossier.get_absolute_url())
    context = {
        "form": form,
        "dossier": dossier,
        "conflict": conflict,
        "titles": _offered_titles(),
        "offices": _offered_offices(),
    }
    return render(request, "inquiry/dossier_edit.html", context)


def _offered_offices() -> list[str]:
    return list(map(str, Office.objects.filter(is_active=True)[:MAX_OFFERED_TITLES]))


def _offered_titles() -> list[str]:
    return list(NormativeDocument.objects.values_list("title", flat=True)[:MAX_OFFERED_TITLES])


@writers_only
def dossier_finish(request: SignedInRequest, number: str) -> HttpResponse:
    """Say what finishing does and what is missing; finish once somebody answers for it that it holds no secrets."""
    dossier = visible_dossier(request, number)
    if not rules.can_write_dossier(request.user, dossier):
        return redirect(dossier.get_absolute_url())
    missing = selectors.missing_parts(dossier)
    initial, is_checked = {FIELD: dossier.revision}, SECRECY_CHECKED in request.POST
    form = FinishForm(submitted_data(request), initial=initial, is_incomplete=bool(missing))
    if request.method == "POST" and form.is_valid():
        try:
            _finish(request, dossier, form)
        except DossierChanged as error:
            # What was checked is another text by now: the box is ticked anew.
            is_checked = False
            data = data_at_revision(request, error.current.revision)
            form = FinishForm(data, is_incomplete=bool(missing))
            form.full_clean()
            form.add_error(None, _("Somebody changed this dossier meanwhile. Read it again, then finish it."))
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(request, _("The dossier is finished."))
            return redirect(dossier.get_absolute_url())
    context = {
        "dossier": dossier,
        "form": form,
        "missing": [_missing_part(dossier, part) for part in missing],
        "has_sources": dossier.items.exists(),
        "is_checked": is_checked,
        "questions": selectors.source_questions(dossier).count(),
    }
    return render(request, "inquiry/dossier_finish.html", context)


def _finish(request: SignedInRequest, dossier: Dossier, form: FinishForm) -> None:
    require_secrecy_check(request.POST)
    dossier_services.move_dossier(
        dossier=dossier,
        status=DossierStatus.FINISHED,
        incomplete_reason=form.cleaned_data["incomplete_reason"],
        # A form without the field was opened at no revision that is known.
        expected_revision=form.cleaned_data[FIELD] or 0,
        actor=request.user,
    )


def _missing_part(dossier: Dossier, part: DossierPart) -> dict[str, Any]:
    """Return a missing part and where it is written: {label, url}."""
    if part == DossierPart.CLAUSES:
        return {"label": part.label, "url": reverse("inquiry:clause_new", args=[dossier.number])}
    edit_url = reverse("inquiry:dossier_edit", args=[dossier.number])
    return {"label": part.label, "url": f"{edit_url}#id_{PART_FIELDS[part]}"}


@writers_only
def dossier_reopen(request: SignedInRequest, number: str) -> HttpResponse:
    """Say what reopening does and to whom, then reopen."""
    dossier = visible_dossier(request, number)
    if dossier.status != DossierStatus.FINISHED:
        return redirect(dossier.get_absolute_url())
    if request.method == "POST":
        try:
            dossier_services.move_dossier(
                dossier=dossier,
                status=DossierStatus.DRAFT,
                expected_revision=read_revision(request),
                actor=request.user,
            )
        # Before ValidationError, of which it is a subclass.
        except DossierChanged:
            return asked_again(request)
        except ValidationError as error:
            add_error_messages(request, error)
        else:
            messages.success(request, _("The dossier is open again."))
        return redirect(dossier.get_absolute_url())
    context = {"dossier": dossier, "questions": selectors.source_questions(dossier).count()}
    return render(request, "inquiry/dossier_reopen.html", context)
