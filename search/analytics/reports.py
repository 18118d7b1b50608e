"""What traces tell of searching: figures of a period, and queries by what came of them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet

from search.models import SearchTrace
from search.models.traces import SearchTraceQuerySet

# Milliseconds from which a search is slow.
SLOW = 200
# A hit that is opened further down than this was ranked too low.
DEEP = 5
MAX_COLUMNS = 35

NOTHING, PARTLY, FREQUENT, OPENED, DEEPEST, SLOWEST = (
    "nothing",
    "partly",
    "frequent",
    "opened",
    "deep",
    "slow",
)
VIEWS = (NOTHING, PARTLY, FREQUENT, OPENED, DEEPEST, SLOWEST)

Group = dict[str, Any]


def traces_of(since: dt.date, *, engine: str = "", interface: str = "") -> SearchTraceQuerySet:
    found = SearchTrace.objects.since(since)
    if engine:
        found = found.filter(engine=engine)
    return found.filter(interface=interface) if interface else found


@dataclass(frozen=True, slots=True)
class Figures:
    """`followed`: of how many searches a hit was opened."""

    searches: int
    without_hits: int
    followed: int
    milliseconds: int

    @property
    def share_without(self) -> float:
        return self.without_hits / self.searches if self.searches else 0.0

    @property
    def share_followed(self) -> float:
        with_hits = self.searches - self.without_hits
        return self.followed / with_hits if with_hits else 0.0


def figures(traces: SearchTraceQuerySet) -> Figures:
    counted = traces.aggregate(
        searches=Count("pk"),
        without_hits=Count("pk", filter=Q(hits=0)),
        followed=Count("pk", filter=Q(clicked__isnull=False)),
    )
    middle = traces.order_by("milliseconds").values_list("milliseconds", flat=True)
    taken = list(middle[counted["searches"] // 2 :][:1])
    return Figures(**counted, milliseconds=taken[0] if taken else 0)


@dataclass(frozen=True, slots=True)
class Column:
    """One day, or seven of them from `first` on."""

    first: dt.date
    last: dt.date
    searches: int
    without_hits: int


def columns(traces: SearchTraceQuerySet, first: dt.date, last: dt.date) -> list[Column]:
    """Searches of each day, of each week where the period is long; the last week ends with `last`."""
    days = (last - first).days + 1
    width = 1 if days <= MAX_COLUMNS else 7
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    counted = (
        traces.order_by().values("searched_on").annotate(n=Count("pk"), none=Count("pk", filter=Q(hits=0)))
    )
    for row in counted:
        place = (last - row["searched_on"]).days // width
        found[place][0] += row["n"]
        found[place][1] += row["none"]
    made = []
    for place in range((days - 1) // width, -1, -1):
        end = last - dt.timedelta(days=place * width)
        begin = max(first, end - dt.timedelta(days=width - 1))
        made.append(Column(begin, end, *found[place]))
    return made


def groups(traces: SearchTraceQuerySet, view: str) -> "QuerySet[SearchTrace, Group]":
    """Queries that ask the same, worst or most frequent first; `text` is one way in which it was typed."""
    wanted = {
        NOTHING: traces.by_words().without_hits(),
        PARTLY: traces.by_words().found_in_part(),
        SLOWEST: traces.filter(milliseconds__gte=SLOW),
        DEEPEST: traces.by_words().filter(clicked__gt=DEEP),
        OPENED: traces.by_words().followed(),
        FREQUENT: traces.by_words(),
    }[view]
    order = "-worst" if view == SLOWEST else "-times"
    return (
        wanted.order_by()
        .values("key")
        .annotate(
            text=Min("text"),
            times=Count("pk"),
            worst=Max("milliseconds"),
            first=Min("searched_on"),
            last=Max("searched_on"),
            filtered=Count("pk", filter=~Q(filters={})),
        )
        .order_by(order, "-last", "key")
    )


@dataclass(slots=True)
class Told:
    """What all traces of one query tell."""

    searches: int = 0
    without_hits: int = 0
    followed: int = 0
    milliseconds: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    clicks: int = 0
    engines: set[str] = field(default_factory=set)

    @property
    def usual_milliseconds(self) -> int:
        return round(median(self.milliseconds)) if self.milliseconds else 0

    @property
    def usual_place(self) -> int:
        """Of the best hit that was opened; 0 where none was."""
        return round(median(self.places)) if self.places else 0


def told_of(traces: SearchTraceQuerySet, keys: Iterable[str]) -> dict[str, Told]:
    """By key, in one query. Not every database knows medians."""
    told: dict[str, Told] = defaultdict(Told)
    rows = traces.filter(key__in=list(keys)).order_by()
    for key, hits, milliseconds, clicked, clicks, engine in rows.values_list(
        "key", "hits", "milliseconds", "clicked", "clicks", "engine"
    ):
        one = told[key]
        one.searches += 1
        one.without_hits += not hits
        one.milliseconds.append(milliseconds)
        one.clicks += clicks
        one.engines |= {engine} if engine else set()
        if clicked is not None:
            one.followed += 1
            one.places.append(clicked)
    return told


def engines_seen() -> list[str]:
    found = SearchTrace.objects.exclude(engine="").order_by("engine")
    return list(found.values_list("engine", flat=True).distinct())
