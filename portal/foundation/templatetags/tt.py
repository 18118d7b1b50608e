"""Template tags of the portal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django import template
from django.core.paginator import Page
from django.db.models import Model
from django.http import QueryDict
from django.template import Context
from django.templatetags.static import static
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from portal.foundation import dates
from portal.foundation.markdown import render_markdown
from portal.foundation.models import in_language

register = template.Library()
register.filter("cn_date", dates.day)

SEAL_LABELS = {
    "signed": gettext_lazy("%(department)s: has signed"),
    "part": gettext_lazy("%(department)s: takes part"),
    "awaited": gettext_lazy("%(department)s: still awaited"),
    "differs": gettext_lazy("%(department)s: differs"),
}


@register.simple_tag
def day_range(first: dt.date, last: dt.date) -> str:
    return dates.day_range(first, last)


@register.filter
def markdown(text: str) -> SafeString:
    return render_markdown(text)


@register.filter
def here(record: Model, field: str) -> str:
    """Return for `{{ department|here:"name" }}` the field in the active language, else in Chinese."""
    return in_language(record, field)


@register.filter
def iso(value: dt.date | dt.datetime | None) -> str:
    """Return the machine-readable form for `<time datetime>`."""
    return value.isoformat() if value else ""


@register.simple_tag
def seal_label(department: Model, state: str = "") -> str:
    """Return in words what a seal shows: `检察：已签署`."""
    return SEAL_LABELS.get(state or "part", SEAL_LABELS["part"]) % {
        "department": in_language(department, "short_name")
    }


@register.simple_tag(takes_context=True)
def page_query(context: Context, name: str, number: int) -> str:
    """Return `?…&page=3`: the request's query with another page; works inside `include … only` as well."""
    request = getattr(context, "request", None)
    query = request.GET.copy() if request else QueryDict(mutable=True)
    query[name] = str(number)
    return f"?{query.urlencode()}"


@register.filter
def page_window(page: Page) -> list[int | None]:
    """Return the page numbers to offer; None stands for a gap."""
    return [
        n if isinstance(n, int) else None
        for n in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]


@register.filter
def with_shares(rows: Iterable[dict]) -> list[dict]:
    """Return bars with `share`, their length in percent of the longest."""
    rows = list(rows)
    longest = max((row["value"] for row in rows), default=0)
    return [{**row, "share": round(100 * row["value"] / longest, 1) if longest else 0} for row in rows]


@register.filter
def day_columns(rows: Iterable[dict]) -> dict:
    """Return columns for `components/days.html`: rows with position, height and the height of their part, in percent."""
    rows = list(rows)
    maximum = max((row["value"] for row in rows), default=0) or 1
    columns = [
        {
            **row,
            "x": 10 * position + 1.5,
            "height": round(100 * row["value"] / maximum, 1),
            "top": round(100 - 100 * row["value"] / maximum, 1),
            "hollow": round(100 * row["part"] / maximum, 1),
        }
        for position, row in enumerate(rows)
    ]
    return {"columns": columns, "maximum": maximum, "width": 10 * len(rows), "pixels": 34 * len(rows)}


@register.filter
def words(text: str) -> list[str]:
    return text.split()


@register.simple_tag
def static_css(name: str, folder: str = "") -> str:
    """Return the URL of a stylesheet of the portal: `{% static_css "seal" "components" %}`."""
    return static(f"css/{folder}/{name}.css" if folder else f"css/{name}.css")


@register.filter
def lines(text: str) -> list[str]:
    """Return the lines of a text that are not blank."""
    return [line.strip() for line in text.splitlines() if line.strip()]
