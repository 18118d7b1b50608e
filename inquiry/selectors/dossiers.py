"""Reads of dossiers: their parts, the questions behind them, the rows of their annex."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from casebank.models import TypicalCase
from casebank.rules import can_view_case
from inquiry.models import Dossier, DossierClause, DossierItem, Question, QuestionCluster
from inquiry.ordinals import clause_label
from inquiry.selectors.clusters import current_cluster, members_counted, present_holder, with_absorbed
from inquiry.selectors.listings import dossiers_visible_to
from inquiry.selectors.shown import ShownQuestion, show_all, show_to_others
from norms.models import Provision
from portal.foundation.official.numbering import chinese_number
from portal.org.models import User

PLACES: dict[str, Callable[[Provision], str]] = {
    "article": lambda row: row.label,
    "paragraph": lambda row: row.label or (f"第{chinese_number(row.number)}款" if row.number else ""),
    "item": lambda row: f"第{row.label}项",
    "subitem": lambda row: f"第{row.label}目",
    "text": lambda row: row.label or (f"第{row.number}段" if row.number else ""),
}


@dataclass(frozen=True)
class ShownItem:
    """A gathered source; `kind` is cluster, question, provision or case, `url` empty where it may not be opened."""

    item: DossierItem
    kind: str
    kind_label: str
    number: str
    title: str
    url: str
    questions_count: int = 0


@dataclass(frozen=True)
class ShownClause:
    """A clause with its number in words, and the sources on which it rests."""

    clause: DossierClause
    ordinal: str
    heading: str
    text: str
    rationale: str
    sources: tuple[ShownItem, ...]

    @property
    def anchor(self) -> str:
        return f"clause-{self.clause.pk}"


@dataclass(frozen=True)
class DossierParts:
    """Everything gathered in a dossier."""

    items: tuple[ShownItem, ...]
    clauses: tuple[ShownClause, ...]


def dossier_parts(dossier: Dossier, user: User | AnonymousUser | None) -> DossierParts:
    """A dossier's parts as a person may see them; as everybody may for `user` None."""
    items = {shown.item.pk: shown for shown in _show_items(list(gathered(dossier)), user)}
    clauses = [
        ShownClause(
            clause=clause,
            ordinal=clause_label(place, dossier.lang),
            heading=clause.heading,
            text=clause.text,
            rationale=clause.rationale,
            sources=tuple(items[source.item_id] for source in clause.sources.all()),
        )
        for place, clause in enumerate(dossier.clauses.prefetch_related("sources"), start=1)
    ]
    return DossierParts(tuple(items.values()), tuple(clauses))


def gathered(dossier: Dossier) -> QuerySet[DossierItem]:
    return dossier.items.select_related(
        "cluster__merged_into",
        "question",
        "provision__version__document",
        "provision__parent__parent",
        "case",
    )


def _show_items(items: list[DossierItem], user: User | AnonymousUser | None) -> list[ShownItem]:
    questions = [item.question for item in items if item.question]
    shown = show_to_others(questions) if user is None else show_all(questions, user)
    by_key = {each.question.pk: each for each in shown}
    holders = {item.pk: present_holder(item.cluster) for item in items if item.cluster}
    counted = members_counted(QuestionCluster.objects.filter(pk__in={each.pk for each in holders.values()}))
    counts = {each.pk: each.questions_count for each in counted}
    rows = []
    for item in items:
        if item.cluster:
            rows.append(_show_cluster(item, holders[item.pk], counts[holders[item.pk].pk]))
        elif item.question:
            rows.append(_show_question(item, by_key[item.question.pk]))
        elif item.provision:
            rows.append(_show_provision(item, item.provision))
        elif item.case:
            rows.append(_show_case(item, item.case, user))
    return rows


def _show_cluster(item: DossierItem, holder: QuestionCluster, count: int) -> ShownItem:
    url = holder.get_absolute_url()
    return ShownItem(item, "cluster", _("Cluster"), holder.number, holder.title, url, count)


def _show_question(item: DossierItem, shown: ShownQuestion) -> ShownItem:
    return ShownItem(item, "question", shown.kind_label, shown.number, shown.title, shown.url, 1)


def _show_provision(item: DossierItem, provision: Provision) -> ShownItem:
    title = provision_title(provision)
    return ShownItem(item, "provision", _("Provision"), "", title, provision.get_absolute_url())


def _show_case(item: DossierItem, case: TypicalCase, user: User | AnonymousUser | None) -> ShownItem:
    if not can_view_case(user, case):
        return ShownItem(item, "case", _("Case"), case.number, _("This case is not published."), "")
    return ShownItem(item, "case", _("Case"), case.number, case.title_here, case.get_absolute_url())


def provision_title(provision: Provision) -> str:
    """`《社区矫正法》第二十八条第一款`: the document, and the place down to the provision."""
    places: list[str] = []
    row: Provision | None = provision
    while row is not None and row.kind in PLACES:
        places.insert(0, PLACES[row.kind](row))
        row = row.parent
    return f"《{provision.version.document.title}》{''.join(places) or provision.heading or provision.label}"


def source_questions(dossier: Dossier) -> list[Question]:
    """Every question behind a dossier, each once, in the order in which they were raised.

    A cluster that was merged into another stands for its present holder. Withdrawn questions stay out.
    """
    holders = {present_holder(item.cluster).pk for item in gathered(dossier) if item.cluster}
    single = dossier.items.filter(question__isnull=False).order_by().values("question")
    grouped = (
        Question.objects.filter(memberships__cluster__in=holders, memberships__until__isnull=True)
        .order_by()
        .values("pk")
    )
    found = Question.objects.standing().filter(pk__in=single.union(grouped))
    return list(found.select_related("session", "department", "office").order_by("raised_on", "number"))


def dossiers_of(record: Question | QuestionCluster, user: User | AnonymousUser) -> list[Dossier]:
    """Dossiers that a person may see and that gathered a question, its cluster, or a cluster."""
    visible = dossiers_visible_to(user)
    return list(visible.filter(pk__in=items_of(record).values("dossier")).order_by("number"))


def items_of(record: Question | QuestionCluster) -> QuerySet[DossierItem]:
    """Items that gather a question, alone or with its cluster, or a cluster under any number it had."""
    if isinstance(record, QuestionCluster):
        return DossierItem.objects.filter(cluster__in=with_absorbed(record.pk))
    items = DossierItem.objects.filter(question=record)
    cluster = current_cluster(record)
    return items | DossierItem.objects.filter(cluster__in=with_absorbed(cluster.pk)) if cluster else items


def used_in(dossier: Dossier, items: QuerySet[DossierItem]) -> list[tuple[str, DossierClause]]:
    """Clauses of a dossier that rest on any of `items`, each with its number in words."""
    ids = set(items.filter(dossier=dossier).values_list("pk", flat=True))
    clauses = enumerate(dossier.clauses.prefetch_related("sources"), start=1)
    return [
        (clause_label(place, dossier.lang), clause)
        for place, clause in clauses
        if any(source.item_id in ids for source in clause.sources.all())
    ]


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
    """The same for every reader, since it is what the drafters are given."""
    return [_annex_row(shown) for shown in show_to_others(source_questions(dossier))]


def _annex_row(shown: ShownQuestion) -> AnnexRow:
    return AnnexRow(
        number=shown.number,
        url=shown.url,
        text=shown.text,
        is_restated=shown.is_restated,
        naming=shown.asker_name or shown.naming_label,
        office=shown.office_label,
        department=str(shown.department) if shown.department else "",
        session=shown.session.number if shown.session else "",
        raised_on=shown.raised_on,
    )
