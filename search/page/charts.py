"""Charts of the hits by year and month; each bar is a link that ticks its value."""

import datetime as dt
from dataclasses import dataclass

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from portal.foundation import dates
from search.facets import first_day_of
from search.page.urls import toggled
from search.query.parsing import SearchQuery

# Columns of the last years; earlier ones are behind "earlier".
RECENT_YEARS = 6
MAX_CHART_YEARS = 36
MAX_CHARTS_OF_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart; `height` is in percent of the highest, and without `url` there is nothing to tick."""

    label: str
    name: str
    count: int
    height: int
    url: str = ""
    active: bool = False

    @property
    def top(self) -> int:
        return 100 - self.height


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of years or of the months of one year; a folded one is shown on demand."""

    title: str
    bars: list[Bar]
    months: bool = False
    folded: bool = False

    @property
    def modifiers(self) -> list[str]:
        """Return the suffixes of its CSS classes: "months", "chosen"."""
        has_chosen_bar = any(bar.active for bar in self.bars)
        return ["months"] * self.months + ["chosen"] * has_chosen_bar


def charts_of(
    counts: dict[str, list[tuple[str, int]]], query: SearchQuery, address: QueryDict
) -> list[Chart]:
    """Return charts of years, and of months of the chosen years or the last one; none without a choice to make."""
    years = _with_chosen(counts, query, "year")
    months = _with_chosen(counts, query, "month")
    chosen = bool(query.values("year") or query.values("month"))
    if len(years) < 2 and len(months) < 2 and not chosen:
        return []
    return [*_of_years(years, query, address), *_of_months(months, query, address)]


def _with_chosen(counts: dict[str, list[tuple[str, int]]], query: SearchQuery, facet: str) -> dict[str, int]:
    """Return counts of counted and ticked values that are a year or a month, in order of time."""
    count_by_value = dict.fromkeys(query.values(facet), 0) | dict(counts.get(facet, []))
    sound = (
        value
        for value in sorted(count_by_value)
        if first_day_of(value if facet == "month" else f"{value}-01")
    )
    return {value: count_by_value[value] for value in sound}


def _of_years(years: dict[str, int], query: SearchQuery, address: QueryDict) -> list[Chart]:
    if len(years) < 2 and not query.values("year"):
        return []
    highest = max(years.values(), default=0)
    bars = [
        Bar(
            label=year,
            name=_bar_name(gettext("Year %(year)s") % {"year": year}, count),
            count=count,
            height=_height(count, highest),
            url=toggled(address, "year", year),
            active=year in query.values("year"),
        )
        for year, count in years.items()
    ][-MAX_CHART_YEARS:]
    recent = Chart(gettext("By year"), bars[-RECENT_YEARS:])
    earlier = Chart(gettext("Earlier years"), bars[:-RECENT_YEARS], folded=True)
    return [recent, earlier] if earlier.bars else [recent]


def _of_months(months: dict[str, int], query: SearchQuery, address: QueryDict) -> list[Chart]:
    chosen_years = {value[:4] for value in query.values("month")} | set(query.values("year"))
    counted_years = sorted({month[:4] for month in months})
    past_years = [year for year in counted_years if int(year) <= timezone.localdate().year]
    charted_years = sorted(chosen_years.intersection(counted_years)) or (past_years or counted_years)[-1:]
    highest = max((count for month, count in months.items() if month[:4] in charted_years), default=0)
    return [
        _of_one_year(int(year), months, highest, query, address)
        for year in charted_years[-MAX_CHARTS_OF_MONTHS:]
    ]


def _of_one_year(
    year: int, months: dict[str, int], highest: int, query: SearchQuery, address: QueryDict
) -> Chart:
    bars = []
    for number in range(1, 13):
        day = dt.date(year, number, 1)
        value = f"{day:%Y-%m}"
        count = months.get(value, 0)
        bars.append(
            Bar(
                label=str(number),
                name=_bar_name(dates.month(day), count),
                count=count,
                height=_height(count, highest),
                url=toggled(address, "month", value) if value in months else "",
                active=value in query.values("month"),
            )
        )
    return Chart(gettext("Months of %(year)s") % {"year": year}, bars, months=True)


def _bar_name(name: str, count: int) -> str:
    return ngettext("%(name)s: %(count)s result", "%(name)s: %(count)s results", count) % {
        "name": name,
        "count": count,
    }


def _height(count: int, highest: int) -> int:
    """Return a height in percent, at least a visible line where there is something."""
    return max(6, round(100 * count / highest)) if count and highest else 0
