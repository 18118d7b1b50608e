"""Lists of questions and of clusters: what narrows and sorts them, and how many each value would show.

Counts compare what every row prints, such as the department as far as it is printed, and nothing about people: narrowed
by any of them, a list shows what the whole list shows beside the others.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextChoices,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses.models import TrainingSession
from inquiry.enums import ENDED_STATUSES, ClusterSort, QuestionKind, QuestionSort, QuestionStatus
from inquiry.models import ClusterMembership, DossierItem, Question, QuestionCluster
from inquiry.models.clusters import QuestionClusterQuerySet
from inquiry.models.questions import QuestionQuerySet
from inquiry.selectors.cached_counts import cached_until_logged
from inquiry.selectors.listings import clusters_visible_to, questions_visible_to
from portal.org.models import Department, Topic, User
from portal.org.rules import is_analyst, is_staff_member

# Rows of a facet: value, label, count, department (or None).
FacetRows = list[tuple[str, str, int, Any]]
Counts = dict[Any, int]
Value = TypeVar("Value")

# Sessions and topics of a facet; whatever else there is can be typed.
MAX_VALUES = 200
IN_DOSSIER, NOT_IN_DOSSIER, UNGATHERED = "in_dossier", "open", "ungathered"


@dataclass(frozen=True)
class QuestionFilter:
    """What narrows a list of questions; empty values do not narrow."""

    kind: str = ""
    status: str = ""
    department: str = ""
    session: str = ""
    topic: str = ""

    @property
    def count(self) -> int:
        return sum(bool(value) for value in dataclasses.astuple(self))

    def without(self, name: str) -> QuestionFilter:
        return dataclasses.replace(self, **{name: ""})


@dataclass(frozen=True)
class ClusterFilter:
    """What narrows a list of clusters; `department` and `topic` are those of any of its questions.

    The state `UNGATHERED` tells of dossiers in progress: for analysts alone (`allowed_to`).
    """

    state: str = ""
    department: str = ""
    topic: str = ""

    @property
    def count(self) -> int:
        return sum(bool(value) for value in dataclasses.astuple(self))

    def without(self, name: str) -> ClusterFilter:
        return dataclasses.replace(self, **{name: ""})

    def allowed_to(self, user: User | AnonymousUser) -> ClusterFilter:
        return self if self.state != UNGATHERED or is_analyst(user) else self.without("state")


def narrowed_questions(questions: QuestionQuerySet, chosen: QuestionFilter) -> QuestionQuerySet:
    """Return the questions that a filter leaves."""
    lookups = {
        "kind": chosen.kind,
        "status": chosen.status,
        "department__code": chosen.department,
        "session__number": chosen.session,
    }
    questions = questions.filter(**{lookup: value for lookup, value in lookups.items() if value})
    if chosen.topic:
        questions = questions.filter(pk__in=questions_of_topic(chosen.topic))
    return questions


def sorted_questions(questions: QuestionQuerySet, sort: str) -> QuestionQuerySet:
    """Return questions in the order of a `QuestionSort`; any other value is the newest first."""
    orders: dict[str, tuple[str, ...]] = {
        QuestionSort.OLDEST: ("raised_on", "number"),
        QuestionSort.VOICES: ("-voices", "-raised_on", "-number"),
    }
    return questions.order_by(*orders.get(sort, ("-raised_on", "-number")))


def questions_of_topic(topic: str) -> QuerySet[Any]:
    """Return the keys of the questions of a topic and of those below it, by slug or name.

    As a subquery: the join to topics would list a question once for each of them.
    """
    topics = Topic.objects.filter(Q(slug=topic) | Q(name=topic) | Q(name_en__iexact=topic))
    tagged = Q(topic_items__tag__in=topics) | Q(topic_items__tag__parent__in=topics)
    return Question.objects.filter(tagged).order_by().values("pk")


def question_facets(user: User | AnonymousUser, chosen: QuestionFilter, total: int) -> dict[str, FacetRows]:
    """Return the rows of each facet, counted under the filters of the others.

    `total` is the number of questions that the whole filter leaves.
    """

    def base(name: str) -> QuestionQuerySet:
        return narrowed_questions(questions_visible_to(user), chosen.without(name)).order_by()

    def counted(name: str) -> Counts:
        return dict(base(name).values_list(name).annotate(Count("pk")))

    def rows() -> dict[str, FacetRows]:
        return {
            "status": _choice_rows(QuestionStatus, counted("status")),
            "kind": _choice_rows(QuestionKind, counted("kind")),
            "department": _department_rows(counted("department")),
            "session": _session_rows(counted("session"), chosen.session),
            "topic": _topic_rows(_topic_counts(base("topic"), "topic_items__tag"), chosen.topic),
        }

    return cached_until_logged(("questions", get_language(), is_staff_member(user), total, chosen), rows)


def narrowed_clusters(clusters: QuestionClusterQuerySet, chosen: ClusterFilter) -> QuestionClusterQuerySet:
    """Return the clusters that a filter leaves."""
    current = ClusterMembership.objects.filter(cluster=OuterRef("pk"), until__isnull=True)
    if chosen.department:
        clusters = clusters.filter(Exists(current.filter(question__department__code=chosen.department)))
    if chosen.topic:
        of_topic = current.filter(question__in=questions_of_topic(chosen.topic))
        clusters = clusters.filter(Exists(of_topic))
    if chosen.state == IN_DOSSIER:
        clusters = clusters.filter(_is_in_dossier())
    elif chosen.state == NOT_IN_DOSSIER:
        clusters = clusters.exclude(_is_in_dossier())
    elif chosen.state == UNGATHERED:
        clusters = clusters_in_no_dossier(clusters)
    return clusters


def clusters_in_no_dossier(clusters: QuestionClusterQuerySet) -> QuestionClusterQuerySet:
    """Return the clusters that no dossier gathers, not even one in progress: for analysts alone."""
    gathered = DossierItem.objects.filter(cluster=OuterRef("pk"))
    return clusters.exclude(_is_in_dossier()).exclude(Exists(gathered))


def _is_in_dossier() -> Q:
    """Return the condition that a finished dossier gathers all questions of a cluster that stand.

    Their status says it, whichever number the dossier gathered and whatever was merged since. Dossiers in progress are for
    analysts and change no status: a state that told of them would tell everybody.
    """
    current = ClusterMembership.objects.filter(cluster=OuterRef("pk"), until__isnull=True)
    gathered = current.filter(question__status=QuestionStatus.IN_DOSSIER)
    waiting = current.filter(question__status=QuestionStatus.GROUPED)
    return Q(Exists(gathered)) & ~Q(Exists(waiting))


def sorted_clusters(clusters: QuestionClusterQuerySet, sort: str) -> QuestionClusterQuerySet:
    """Return clusters in the order of a `ClusterSort`; any other value is the newest first."""
    if sort == ClusterSort.QUESTIONS:
        return clusters.annotate(size=_membership_aggregate(Count("pk"))).order_by("-size", "-number")
    if sort == ClusterSort.VOICES:
        voices = _membership_aggregate(Sum("question__voices"), statuses_excluded=ENDED_STATUSES)
        return clusters.annotate(sum_of_voices=voices).order_by("-sum_of_voices", "-number")
    return clusters.order_by("-number")


def _membership_aggregate(aggregate: Any, statuses_excluded: Sequence[str] = ()) -> Coalesce:
    """Return an expression: the aggregate over the present memberships of a cluster, 0 where it has none."""
    rows = ClusterMembership.objects.filter(cluster=OuterRef("pk"), until__isnull=True)
    if statuses_excluded:
        rows = rows.exclude(question__status__in=statuses_excluded)
    values = rows.order_by().values("cluster").annotate(value=aggregate).values("value")
    return Coalesce(Subquery(values, output_field=IntegerField()), 0)


@dataclass(frozen=True)
class ClusterFigures:
    """What a row of a list tells of a cluster: its questions by the key of their department, voices, and its state."""

    counts: Counts
    voices: int
    is_in_dossier: bool

    @property
    def questions(self) -> int:
        return sum(self.counts.values())


def cluster_figures(clusters: Sequence[QuestionCluster]) -> dict[int, ClusterFigures]:
    """Return the figures of clusters by their keys, with one query for any number of them."""
    counts: dict[int, Counts] = {cluster.pk: {} for cluster in clusters}
    voices, gathered, waiting = (dict.fromkeys(counts, 0) for _figure in range(3))
    current = ClusterMembership.objects.filter(cluster__in=clusters, until__isnull=True).order_by()
    grouped = current.values_list("cluster", "question__department", "question__status")
    for cluster, department, status, count, summed in grouped.annotate(Count("pk"), Sum("question__voices")):
        counts[cluster][department] = counts[cluster].get(department, 0) + count
        voices[cluster] += 0 if status in ENDED_STATUSES else summed
        gathered[cluster] += count if status == QuestionStatus.IN_DOSSIER else 0
        waiting[cluster] += count if status == QuestionStatus.GROUPED else 0
    return {
        pk: ClusterFigures(counts[pk], voices[pk], bool(gathered[pk] and not waiting[pk])) for pk in counts
    }


def cluster_facets(user: User | AnonymousUser, chosen: ClusterFilter, total: int) -> dict[str, FacetRows]:
    """Return the rows of each facet, counted under the filters of the others (`question_facets`)."""

    def base(name: str) -> QuestionClusterQuerySet:
        return narrowed_clusters(clusters_visible_to(user).open(), chosen.without(name)).order_by()

    def members(name: str) -> QuerySet[ClusterMembership]:
        current = ClusterMembership.objects.filter(until__isnull=True).order_by()
        return current.filter(cluster__in=base(name).values("pk"))

    def rows() -> dict[str, FacetRows]:
        in_dossier, in_any_state = base("state").filter(_is_in_dossier()).count(), base("state").count()
        departments = members("department").values_list("question__department")
        topics = _topic_counts(members("topic"), "question__topic_items__tag", of="cluster")
        states: FacetRows = [
            (IN_DOSSIER, _("In a dossier"), in_dossier, None),
            (NOT_IN_DOSSIER, _("Not yet in a dossier"), in_any_state - in_dossier, None),
        ]
        if is_analyst(user):
            ungathered = clusters_in_no_dossier(base("state")).count()
            states.append((UNGATHERED, _("In none, not even in progress"), ungathered, None))
        return {
            "state": states,
            "department": _department_rows(dict(departments.annotate(Count("cluster", distinct=True)))),
            "topic": _topic_rows(topics, chosen.topic),
        }

    reader = (get_language(), is_staff_member(user), is_analyst(user))
    return cached_until_logged(("clusters", *reader, total, chosen), rows)


def _topic_counts(rows: QuerySet[Any], path: str, of: str = "pk") -> Counts:
    """Count rows by the key of their topics; a broader topic counts those of the narrower ones too, once each."""
    tagged = rows.filter(**{f"{path}__isnull": False})
    own = dict(tagged.values_list(path).annotate(Count(of, distinct=True)))
    narrower = dict(Topic.objects.filter(parent__isnull=False).values_list("pk", "parent"))
    if not narrower:
        return own
    # Distinct rows of several topics are sorted by the database: only where topics lie below others.
    related = tagged.filter(**{f"{path}__in": {*narrower, *narrower.values()}})
    broader = related.annotate(broader=Coalesce(F(f"{path}__parent"), F(path))).values_list("broader")
    return own | dict(broader.annotate(Count(of, distinct=True)))


def _choice_rows(choices: type[TextChoices], counts: Counts) -> FacetRows:
    return [(value, str(label), counts.get(value, 0), None) for value, label in choices.choices]


def _department_rows(counts: Counts) -> FacetRows:
    return [
        (department.code, department.short_name_here, counts.get(department.pk, 0), department)
        for department in Department.objects.all()
    ]


def _session_rows(counts: Counts, chosen: str) -> FacetRows:
    """Return the newest sessions that have questions, the chosen one first."""
    is_listed = Q(pk__in=[pk for pk in counts if pk]) | Q(number=chosen)
    is_chosen = Case(When(number=chosen, then=0), default=1)
    sessions = TrainingSession.objects.filter(is_listed).order_by(is_chosen, "-number")
    return [
        (session.number, str(session), counts.get(session.pk, 0), None)
        for session in sessions.only("number", "theme", "theme_en")[:MAX_VALUES]
    ]


def _topic_rows(counts: Counts, chosen: str) -> FacetRows:
    """Return the most frequent topics, the chosen one first."""
    frequent = sorted((pk for pk in counts if pk), key=lambda pk: -counts[pk])[:MAX_VALUES]
    topics = Topic.objects.filter(Q(pk__in=frequent) | Q(slug=chosen))
    rows = [(topic.slug, str(topic), counts.get(topic.pk, 0), None) for topic in topics]
    return sorted(rows, key=lambda row: (row[0] != chosen, -row[2], row[1]))
