"""Reads of dossiers: their parts, the questions behind them, the rows of their annex."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from casebank.models import TypicalCase
from casebank.rules import can_view_case
from inquiry.enums import DossierPart
from inquiry.models import ClauseSource, Dossier, DossierClause, DossierItem, Question, QuestionCluster
from inquiry.models.questions import QuestionQuerySet
from inquiry.ordinals import clause_label
from inquiry.selectors.clusters import (
    clusters_with_counts,
    current_cluster,
    current_holder,
    merged_cluster_ids,
)
from inquiry.selectors.listings import dossiers_visible_to
from inquiry.selectors.presentation import PresentedQuestion, presented_questions, publicly_presented
from norms.models import NormativeDocument, Provision
from portal.foundation.letters import is_blank
from portal.foundation.numerals import chinese_numeral
from portal.org.models import User

# How a provision of each kind is named below its document: 第二十八条, 第一款, 第（三）项, 第1目, 第2段.
PROVISION_LABELS: dict[str, Callable[[Provision], str]] = {
    "article": lambda row: row.label,
    "paragraph": lambda row: row.label or (f"第{chinese_numeral(row.number)}款" if row.number else ""),
    "item": lambda row: f"第{row.label}项",
    "subitem": lambda row: f"第{row.label}目",
    "text": lambda row: row.label or (f"第{row.number}段" if row.number else ""),
}


# Sources that a clause names on the dossier's page; the list of sources shows all of them.
MAX_SOURCES_OF_CLAUSE = 12


@dataclass(frozen=True)
class PresentedItem:
    """A gathered source; `kind` is one of `SOURCE_KINDS`, `url` empty where it may not be opened."""

    item: DossierItem
    kind: str
    kind_label: str
    number: str
    title: str
    url: str
    questions_count: int = 0


@dataclass(frozen=True)
class PresentedClause:
    """A clause with its number in words, and the sources on which it rests."""

    clause: DossierClause
    ordinal: str
    heading: str
    text: str
    rationale: str
    sources: tuple[PresentedItem, ...]
    # Sources that are left out of `sources`.
    more: int = 0

    @property
    def anchor(self) -> str:
        return f"clause-{self.clause.pk}"


def missing_parts(dossier: Dossier, *, has_clauses: bool | None = None) -> list[DossierPart]:
    """Return the parts in which nothing is written yet, in the order of the page."""
    is_written = {
        DossierPart.OFFICE: dossier.compiling_office_id is not None,
        DossierPart.TARGET: bool(dossier.target_title or dossier.target_document_id),
        DossierPart.GROUNDS: not is_blank(dossier.grounds),
        DossierPart.ANALYSIS: not is_blank(dossier.analysis),
        DossierPart.CLAUSES: dossier.clauses.exists() if has_clauses is None else has_clauses,
    }
    return [part for part, written in is_written.items() if not written]


@dataclass(frozen=True)
class DossierParts:
    """The gathered items and the clauses of a dossier."""

    items: tuple[PresentedItem, ...]
    clauses: tuple[PresentedClause, ...]


def dossier_parts(dossier: Dossier, user: User | AnonymousUser | None) -> DossierParts:
    """Return a dossier's parts as a person may see them, or as everybody may where `user` is None."""
    # Clauses show their sources as the list of sources does, from the same objects.
    items = {presented.item.pk: presented for presented in presented_items(items_with_sources(dossier), user)}
    rows = dossier.clauses.prefetch_related("sources")
    clauses = [
        _presented_clause(clause, clause_label(number, dossier.lang), items)
        for number, clause in enumerate(rows, start=1)
    ]
    return DossierParts(tuple(items.values()), tuple(clauses))


def presented_clauses(
    dossier: Dossier,
    clauses: Iterable[DossierClause],
    user: User | AnonymousUser,
    *,
    start: int,
    presented: Iterable[PresentedItem] = (),
) -> list[PresentedClause]:
    """Return neighbouring clauses as a page shows them, the first of them the `start`-th of the dossier.

    Each names a few of its sources and says how many more there are. Sources that are `presented` are not read again.
    """
    clauses = list(clauses)
    prefetch_related_objects(clauses, "sources")
    item_keys = {
        source.item_id for clause in clauses for source in clause.sources.all()[:MAX_SOURCES_OF_CLAUSE]
    }
    items = {row.item.pk: row for row in presented}
    if item_keys := item_keys - items.keys():
        sources = presented_items(items_with_sources(dossier).filter(pk__in=item_keys), user)
        items |= {row.item.pk: row for row in sources}
    return [
        _presented_clause(clause, clause_label(number, dossier.lang), items, limit=MAX_SOURCES_OF_CLAUSE)
        for number, clause in enumerate(clauses, start=start)
    ]


def _presented_clause(
    clause: DossierClause, ordinal: str, items: dict[int, PresentedItem], limit: int | None = None
) -> PresentedClause:
    sources = list(clause.sources.all())
    return PresentedClause(
        clause=clause,
        ordinal=ordinal,
        heading=clause.heading,
        text=clause.text,
        rationale=clause.rationale,
        sources=tuple(items[source.item_id] for source in sources[:limit]),
        more=len(sources[limit:]) if limit is not None else 0,
    )


def items_with_sources(dossier: Dossier) -> QuerySet[DossierItem]:
    """Return the items of a dossier with the records that they gather, in one query."""
    return dossier.items.select_related(
        "cluster__merged_into",
        "question__department",
        "question__office",
        "provision__version__document",
        "provision__parent__parent",
        "document",
        "case",
    )


def presented_items(
    items: Iterable[DossierItem],
    user: User | AnonymousUser | None,
    counts: Mapping[int, int] | None = None,
) -> list[PresentedItem]:
    """Return items (`items_with_sources`) as a person may see them, or as everybody may where `user` is None.

    `counts` are the questions of each cluster, where they have been counted.
    """
    items = list(items)
    questions = [item.question for item in items if item.question]
    presented = publicly_presented(questions) if user is None else presented_questions(questions, user)
    presented_by_id = {question.question.pk: question for question in presented}
    # Two numbers may lead to one cluster after a merge; each item shows the present holder.
    holders = {item.pk: current_holder(item.cluster) for item in items if item.cluster}
    if counts is None:
        holder_ids = {holder.pk for holder in holders.values()}
        counted = clusters_with_counts(QuestionCluster.objects.filter(pk__in=holder_ids))
        counts = {cluster.pk: cluster.questions_count for cluster in counted}
    rows = []
    for item in items:
        if item.cluster:
            rows.append(_cluster_item(item, holders[item.pk], counts[holders[item.pk].pk]))
        elif item.question:
            rows.append(_question_item(item, presented_by_id[item.question.pk]))
        elif item.provision:
            rows.append(_provision_item(item, item.provision))
        elif item.document:
            rows.append(_document_item(item, item.document))
        elif item.case:
            rows.append(_case_item(item, item.case, user))
    return rows


def _cluster_item(item: DossierItem, holder: QuestionCluster, count: int) -> PresentedItem:
    url = holder.get_absolute_url()
    return PresentedItem(item, "cluster", _("Cluster"), holder.number, holder.title, url, count)


def _question_item(item: DossierItem, presented: PresentedQuestion) -> PresentedItem:
    label = presented.kind_label
    return PresentedItem(item, "question", label, presented.number, presented.title, presented.url, 1)


def _provision_item(item: DossierItem, provision: Provision) -> PresentedItem:
    title = provision_title(provision)
    return PresentedItem(item, "provision", _("Provision"), "", title, provision.get_absolute_url())


def _document_item(item: DossierItem, document: NormativeDocument) -> PresentedItem:
    number, url = document.document_number, document.get_absolute_url()
    return PresentedItem(item, "document", _("Normative document"), number, f"《{document.title}》", url)


def _case_item(item: DossierItem, case: TypicalCase, user: User | AnonymousUser | None) -> PresentedItem:
    # The number was printed in the dossier; title and address of an unpublished case are not shown.
    if not can_view_case(user, case):
        return PresentedItem(item, "case", _("Case"), case.number, _("This case is not published."), "")
    return PresentedItem(item, "case", _("Case"), case.number, case.title_here, case.get_absolute_url())


def provision_title(provision: Provision) -> str:
    """Return `《社区矫正法》第二十八条第一款`: the document, and the way down to the provision."""
    labels: list[str] = []
    row: Provision | None = provision
    # Chapters and sections above an article are no part of its citation.
    while row is not None and row.kind in PROVISION_LABELS:
        labels.insert(0, PROVISION_LABELS[row.kind](row))
        row = row.parent
    return f"《{provision.version.document.title}》{''.join(labels) or provision.heading or provision.label}"


def source_questions(dossier: Dossier, clusters: Sequence[QuestionCluster] | None = None) -> QuestionQuerySet:
    """Return the questions behind a dossier, each once, in the order in which they were raised.

    `clusters` are its `source_clusters`, where they have been read.

    A cluster that was merged into another stands for its present holder. Withdrawn questions stay out.
    """
    # Without `order_by()` the ordering of the models would break the union on SQLite.
    holders = source_clusters(dossier) if clusters is None else clusters
    single = dossier.items.filter(question__isnull=False).order_by().values("question")
    grouped = (
        Question.objects.filter(
            memberships__cluster__in=[holder.pk for holder in holders],
            memberships__until__isnull=True,
        )
        .order_by()
        .values("pk")
    )
    questions = Question.objects.standing().filter(pk__in=single.union(grouped))
    related = ("session", "activity", "department", "office")
    return questions.select_related(*related).order_by("raised_on", "number")


def source_clusters(dossier: Dossier) -> list[QuestionCluster]:
    """Return the present holders of the clusters that a dossier gathers, each once, by number."""
    items = dossier.items.filter(cluster__isnull=False).select_related("cluster__merged_into")
    holders = {current_holder(item.cluster) for item in items if item.cluster}
    return sorted(holders, key=lambda cluster: cluster.number)


def dossiers_with_counts(dossiers: QuerySet[Dossier]) -> QuerySet[Any]:
    """Annotate dossiers with `items_count` and `clauses_count`."""
    return dossiers.annotate(items_count=_rows_of(DossierItem), clauses_count=_rows_of(DossierClause))


def _rows_of(model: type[DossierItem] | type[DossierClause]) -> Coalesce:
    # A subquery for each: joins would multiply the one with the other.
    rows = model._default_manager.filter(dossier=OuterRef("pk")).order_by().values("dossier")
    return Coalesce(Subquery(rows.annotate(count=Count("pk")).values("count")), 0)


def dossiers_of(
    record: Question | QuestionCluster,
    user: User | AnonymousUser,
    items: QuerySet[DossierItem] | None = None,
) -> QuerySet[Dossier]:
    """Return dossiers that a person may see and that gathered a question, its cluster, or a cluster.

    `items` are those of the record (`items_of`), where they are at hand.
    """
    gathered = items_of(record) if items is None else items
    visible = dossiers_visible_to(user)
    return visible.filter(pk__in=gathered.values("dossier")).order_by("number")


def items_of(record: Question | QuestionCluster) -> QuerySet[DossierItem]:
    """Return items that gather a question, alone or with its cluster, or a cluster under any number it had."""
    if isinstance(record, QuestionCluster):
        return DossierItem.objects.filter(cluster__in=merged_cluster_ids(record.pk))
    items = DossierItem.objects.filter(question=record)
    cluster = current_cluster(record)
    return (
        items | DossierItem.objects.filter(cluster__in=merged_cluster_ids(cluster.pk)) if cluster else items
    )


def clauses_resting_on(dossier: Dossier, items: QuerySet[DossierItem]) -> list[tuple[str, DossierClause]]:
    """Return the clauses of a dossier that rest on any of `items`, each with its number in words."""
    return resting_clauses([dossier], items).get(dossier.pk, [])


def resting_clauses(
    dossiers: Collection[Dossier], items: QuerySet[DossierItem]
) -> dict[int, list[tuple[str, DossierClause]]]:
    """Return by dossier its clauses that rest on any of `items`, each with its number in words; one query for all."""
    by_dossier = {dossier.pk: dossier for dossier in dossiers}
    sources = ClauseSource.objects.filter(clause=OuterRef("pk"), item__in=items.order_by().values("pk"))
    clauses = DossierClause.objects.filter(dossier__in=by_dossier).annotate(is_resting=Exists(sources))
    numbers: dict[int, int] = defaultdict(int)
    resting: dict[int, list[tuple[str, DossierClause]]] = defaultdict(list)
    for clause in clauses.order_by("dossier", "position", "pk") if by_dossier else ():
        numbers[clause.dossier_id] += 1
        clause.dossier = by_dossier[clause.dossier_id]
        if clause.is_resting:
            label = clause_label(numbers[clause.dossier_id], clause.dossier.lang)
            resting[clause.dossier_id].append((label, clause))
    return resting


@dataclass(frozen=True)
class AnnexRow:
    """A source question as it leaves the portal: as raised, or restated where it names people."""

    number: str
    url: str
    text: str
    is_restated: bool
    naming: str
    office: str
    department: str
    session: str
    raised_on: dt.date


def annex_rows(dossier: Dossier) -> list[AnnexRow]:
    """Return the rows of the annex, the same for every reader: it is what the drafters receive."""
    return annex_rows_of(source_questions(dossier))


def annex_rows_of(questions: Iterable[Question]) -> list[AnnexRow]:
    """Return the rows of some source questions."""
    return [_annex_row(question) for question in publicly_presented(questions)]


def _annex_row(question: PresentedQuestion) -> AnnexRow:
    return AnnexRow(
        number=question.number,
        url=question.url,
        text=question.text,
        is_restated=question.is_restated,
        naming=question.asker_name or question.naming_label,
        office=question.office_label,
        department=str(question.department) if question.department else "",
        session=question.session.number if question.session else "",
        raised_on=question.raised_on,
    )
