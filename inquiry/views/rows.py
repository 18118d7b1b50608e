"""Questions, clusters and selected records as rows of lists (`components/record_row.html`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count
from django.utils.translation import gettext as _

from inquiry.models import ClusterMembership, Question, QuestionCluster
from inquiry.selectors import (
    DepartmentCount,
    Selection,
    chain_of,
    department_seals,
    presented_questions,
    provision_title,
    question_count_label,
)
from portal.foundation import dates
from portal.org.models import Department, User

QUESTION_SNIPPET_CHARS = 90
CLUSTER_SNIPPET_CHARS = 120
# Rows of lists that stand beside a record.
EVENTS_PER_PAGE = 30
DOSSIERS_PER_PAGE = 20
CORRECTIONS_PER_PAGE = 10
LINKS_PER_PAGE = 50


def own_question_rows(questions: Iterable[Question], asker: User) -> list[dict[str, Any]]:
    """Return rows of one's own questions with the chain of each, which costs queries for each row."""
    questions = list(questions)
    rows = question_rows(questions, asker, with_snippet=False)
    return [
        {**row, "department": None, "chain": chain_of(question, asker)}
        for question, row in zip(questions, rows, strict=True)
    ]


def question_rows(
    questions: Iterable[Question], user: User | AnonymousUser, *, with_snippet: bool = True
) -> list[dict[str, Any]]:
    """Return one dict for each question, as this reader may see it."""
    rows = []
    for presented in presented_questions(list(questions), user):
        tags = [{"label": presented.status_label, "tone": presented.status_tone}]
        if presented.is_restated:
            tags.append({"label": _("Restated"), "tone": "neutral"})
        rows.append(
            {
                "kind": presented.kind_label,
                "number": presented.number,
                "title": presented.title,
                "lang": presented.lang,
                "url": presented.url,
                "tags": tags,
                "department": presented.department,
                "snippet": _snippet(presented.text, QUESTION_SNIPPET_CHARS) if with_snippet else "",
                "meta": [part for part in (presented.byline, dates.day(presented.raised_on)) if part],
            }
        )
    return rows


def _snippet(text: str, limit: int) -> str:
    """Return the first `limit` characters of a text, with an ellipsis where it goes on."""
    return text[:limit] + ("…" if len(text) > limit else "")


def cluster_rows(clusters: Iterable[QuestionCluster]) -> list[dict[str, Any]]:
    """Return one dict for each cluster, with the seals of the departments that ask; two queries for all."""
    clusters = list(clusters)
    counts = _counts_by_department(clusters)
    departments = Department.objects.in_bulk()
    return [
        {
            "number": cluster.number,
            "title": cluster.title,
            "url": cluster.get_absolute_url(),
            "lang": cluster.lang,
            "seals": department_seals(departments.get(pk) for pk in counts[cluster.pk]),
            "meta": [
                question_count_label(sum(counts[cluster.pk].values())),
                dates.day(cluster.grouped_on),
            ],
            "snippet": _snippet(cluster.statement, CLUSTER_SNIPPET_CHARS),
        }
        for cluster in clusters
    ]


def _counts_by_department(clusters: Sequence[QuestionCluster]) -> dict[int, dict[int | None, int]]:
    """Return by the key of the cluster how many questions of each department it holds, None for an unknown one."""
    counts: dict[int, dict[int | None, int]] = {cluster.pk: {} for cluster in clusters}
    memberships = ClusterMembership.objects.filter(cluster__in=clusters, until__isnull=True).order_by()
    counted = memberships.values_list("cluster", "question__department").annotate(Count("pk"))
    for cluster, department, count in counted:
        counts[cluster][department] = count
    return counts


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
