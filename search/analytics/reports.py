"""Reports on traces: figures of a period, and queries by their outcome."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import Any, cast

from django.db.models import Count, Max, Min, Q, QuerySet

from search.models import SearchTrace
from search.models.traces import SearchTraceQuerySet

# A search that takes so long or longer is slow.
SLOW_MS = 200
# A hit that is opened further down than this was ranked too low.
MAX_GOOD_RANK = 5
# Longer periods are counted by week, so that the chart fits on a phone.
MAX_DAILY_DAYS = 35

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
    """Return the traces from a day on, of one engine and one interface if they are given."""
    traces = SearchTrace.objects.since(since)
    if engine:
        traces = traces.filter(engine=engine)
    return traces.filter(interface=interface) if interface else traces


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of all searches of a period. A search is followed where a hit of it was opened; the time is the median."""

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
    """Count searches, and find their median time, with two queries."""
    counts = traces.aggregate(
        searches=Count("pk"),
        without_hits=Count("pk", filter=Q(hits=0)),
        followed=Count("pk", filter=Q(clicked__isnull=False)),
    )
    times = traces.order_by("milliseconds").values_list("milliseconds", flat=True)
    # The row in the middle: SQLite has no function for the median.
    middle = list(times[counts["searches"] // 2 :][:1])
    return Figures(**counts, milliseconds=middle[0] if middle else 0)


@dataclass(frozen=True, slots=True)
class PeriodCount:
    """Searches of one day or one week, from `first` to `last`."""

    first: dt.date
    last: dt.date
    searches: int
    without_hits: int


def counts_by_period(traces: SearchTraceQuerySet, first: dt.date, last: dt.date) -> list[PeriodCount]:
    """Return searches by day, or by week where the period is long; the last week ends with `last`."""
    days = (last - first).days + 1
    width = 1 if days <= MAX_DAILY_DAYS else 7
    # Counts (searches, without hits) by the number of periods between a day and `last`.
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    by_day = (
        traces.order_by()
        .values("searched_on")
        .annotate(searches=Count("pk"), without_hits=Count("pk", filter=Q(hits=0)))
    )
    for row in by_day:
        age = (last - row["searched_on"]).days // width
        counts[age][0] += row["searches"]
        counts[age][1] += row["without_hits"]
    periods = []
    for age in range((days - 1) // width, -1, -1):
        end = last - dt.timedelta(days=age * width)
        begin = max(first, end - dt.timedelta(days=width - 1))
        periods.append(PeriodCount(begin, end, *counts[age]))
    return periods


def groups(traces: SearchTraceQuerySet, view: str) -> "QuerySet[SearchTrace, Group]":
    """Return traces grouped by folded query, worst or most frequent first; `text` is one way of typing it."""
    matching = {
        NOTHING: traces.by_words().without_hits(),
        PARTLY: traces.by_words().without_strict_hits(),
        SLOWEST: traces.filter(milliseconds__gte=SLOW_MS),
        DEEPEST: traces.by_words().filter(clicked__gt=MAX_GOOD_RANK),
        OPENED: traces.by_words().followed(),
        FREQUENT: traces.by_words(),
    }[view]
    order = "-worst" if view == SLOWEST else "-times"
    grouped = (
        matching.order_by()
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
    return cast("QuerySet[SearchTrace, Group]", grouped)


@dataclass(slots=True)
class QueryStatistics:
    """Figures of all searches for one query; `ranks` are those of the best hit opened after each search."""

    searches: int = 0
    without_hits: int = 0
    followed: int = 0
    milliseconds: list[int] = field(default_factory=list)
    ranks: list[int] = field(default_factory=list)
    clicks: int = 0
    engines: set[str] = field(default_factory=set)

    @property
    def median_milliseconds(self) -> int:
        return round(median(self.milliseconds)) if self.milliseconds else 0

    @property
    def median_rank(self) -> int:
        """Return the median of the ranks; 0 where no hit was opened."""
        return round(median(self.ranks)) if self.ranks else 0


def statistics_of(traces: SearchTraceQuerySet, keys: Iterable[str]) -> dict[str, QueryStatistics]:
    """Return the statistics of folded queries by key, with one query; medians are computed here."""
    statistics: dict[str, QueryStatistics] = defaultdict(QueryStatistics)
    rows = traces.filter(key__in=list(keys)).order_by()
    for key, hits, milliseconds, clicked, clicks, engine in rows.values_list(
        "key", "hits", "milliseconds", "clicked", "clicks", "engine"
    ):
        query = statistics[key]
        query.searches += 1
        query.without_hits += not hits
        query.milliseconds.append(milliseconds)
        query.clicks += clicks
        query.engines |= {engine} if engine else set()
        if clicked is not None:
            query.followed += 1
            query.ranks.append(clicked)
    return statistics


def traced_engines() -> list[str]:
    """Return the names of engines in traces, also of those that are not configured any more."""
    names = SearchTrace.objects.exclude(engine="").order_by("engine")
    return list(names.values_list("engine", flat=True).distinct())
