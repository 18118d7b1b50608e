"""Questions, clusters and selected records as rows of lists (`components/record_row.html`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Page
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inquiry.models import DossierItem, Question, QuestionCluster
from inquiry.selectors import (
    DepartmentCount,
    PresentedQuestion,
    Selection,
    Station,
    department_seals,
    dossiers_of,
    presented_own_questions,
    presented_questions,
    provision_title,
    question_count_label,
    short_chains,
)
from inquiry.selectors.narrowing import ClusterFigures, cluster_figures
from portal.foundation import dates
from portal.foundation.paging import page_of
from portal.foundation.titles import without_title
from portal.org.models import Department, User
from portal.org.requests import SignedInRequest

QUESTION_SNIPPET_CHARS = 90
CLUSTER_SNIPPET_CHARS = 120
# Rows of lists that stand beside a record.
EVENTS_PER_PAGE = 30
DOSSIERS_PER_PAGE = 20
CORRECTIONS_PER_PAGE = 10
LINKS_PER_PAGE = 50


def counted_dossiers_page(
    request: SignedInRequest,
    record: Question | QuestionCluster,
    stations: Iterable[Station],
    items: QuerySet[DossierItem],
) -> Page | None:
    """Return a page of the dossiers that gather a record where the chain only counts them, else None."""
    here = f"{record.get_absolute_url()}#dossiers"
    counted = next((station for station in stations if station.url == here), None)
    if counted is None:
        return None
    dossiers = dossiers_of(record, request.user, items)
    return page_of(request.GET, dossiers, DOSSIERS_PER_PAGE, "dossiers", count=counted.count)


def own_question_rows(questions: Iterable[Question], asker: User) -> list[dict[str, Any]]:
    """Return rows of one's own questions with the chain of each, for a constant number of queries."""
    presented = presented_own_questions(questions, asker)
    chains = short_chains(presented)
    rows = (_question_row(question, with_snippet=False) for question in presented)
    return [
        {**row, "department": None, "chain": chains[question.question.pk].stations}
        for question, row in zip(presented, rows, strict=True)
    ]


def question_rows(
    questions: Iterable[Question], user: User | AnonymousUser, *, with_snippet: bool = True
) -> list[dict[str, Any]]:
    """Return one dict for each question, as this reader may see it."""
    return [
        _question_row(presented, with_snippet=with_snippet)
        for presented in presented_questions(list(questions), user)
    ]


def _question_row(presented: PresentedQuestion, *, with_snippet: bool) -> dict[str, Any]:
    tags = [{"label": presented.status_label, "tone": presented.status_tone}]
    if presented.is_restated:
        tags.append({"label": _("Restated"), "tone": "neutral"})
    voices = presented.question.voices
    # One voice is the asker's, of which nobody needs to be told, least of all the asker.
    meta = [presented.byline, dates.day(presented.raised_on), _voices_label(voices) if voices > 1 else ""]
    return {
        "kind": presented.kind_label,
        "number": presented.number,
        "title": presented.title,
        "lang": presented.lang,
        "url": presented.url,
        "tags": tags,
        "department": presented.department,
        "snippet": _snippet(without_title(presented.text, presented.title), QUESTION_SNIPPET_CHARS)
        if with_snippet
        else "",
        "meta": [part for part in meta if part],
    }


def _voices_label(count: int) -> str:
    return ngettext("%(counter)s voice", "%(counter)s voices", count) % {"counter": count}


def _snippet(text: str, limit: int) -> str:
    """Return the first `limit` characters of a text, with an ellipsis where it goes on."""
    return text[:limit] + ("…" if len(text) > limit else "")


def cluster_rows(clusters: Iterable[QuestionCluster]) -> list[dict[str, Any]]:
    """Return one dict for each cluster, with the seals of the departments that ask; two queries for all."""
    clusters = list(clusters)
    figures = cluster_figures(clusters)
    departments = Department.objects.in_bulk()
    return [_cluster_row(cluster, figures[cluster.pk], departments) for cluster in clusters]


def _cluster_row(
    cluster: QuestionCluster, figures: ClusterFigures, departments: Mapping[int, Department]
) -> dict[str, Any]:
    state = {"label": _("Not yet in a dossier"), "tone": "neutral"}
    if figures.is_in_dossier:
        state = {"label": _("In a dossier"), "tone": "ok"}
    return {
        "number": cluster.number,
        "title": cluster.title,
        "url": cluster.get_absolute_url(),
        "lang": cluster.lang,
        "tags": [state],
        "seals": department_seals(departments.get(pk) for pk in figures.counts),
        "meta": [
            question_count_label(figures.questions),
            _voices_label(figures.voices),
            dates.day(cluster.grouped_on),
        ],
        "snippet": _snippet(cluster.statement, CLUSTER_SNIPPET_CHARS),
    }


def selection_rows(selection: Selection, user: User | AnonymousUser) -> list[dict[str, Any]]:
    """Return one dict for each selected record: {key, kind, number, title, url}."""
    clusters = [
        _selection_row(f"cluster:{cluster.pk}", _("Cluster"), cluster.number, cluster.title, cluster)
        for cluster in selection.clusters
    ]
    questions = [
        _selection_row(
            f"question:{presented.question.pk}",
            presented.kind_label,
            presented.number,
            presented.title,
            presented.question,
        )
        for presented in presented_questions(selection.questions, user)
    ]
    provisions = [
        _selection_row(f"provision:{provision.pk}", _("Provision"), "", provision_title(provision), provision)
        for provision in selection.provisions
    ]
    documents = [
        _selection_row(
            f"provision:norm-{document.pk}",
            _("Normative document"),
            document.document_number,
            f"《{document.title}》",
            document,
        )
        for document in selection.documents
    ]
    cases = [
        _selection_row(f"case:{case.pk}", _("Case"), case.number, case.title_here, case)
        for case in selection.cases
    ]
    return [*clusters, *questions, *provisions, *documents, *cases]


def _selection_row(key: str, kind: str, number: str, title: str, record: Any) -> dict[str, Any]:
    """Return a row; `key` is that of the record's search document, by which forms send it on."""
    return {"key": key, "kind": kind, "number": number, "title": title, "url": record.get_absolute_url()}


def department_bars(counts: Iterable[DepartmentCount]) -> list[dict[str, Any]]:
    """Return counts by department as `components/bars.html` draws them."""
    return [{"label": row.label, "value": row.count, "department": row.department} for row in counts]
