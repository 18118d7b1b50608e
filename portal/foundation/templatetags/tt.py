"""Template tags of the portal."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.core.paginator import Page
from django.db.models import Model
from django.forms import BaseForm
from django.http import QueryDict
from django.template import Context
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from portal.foundation import dates
from portal.foundation.joining import listed
from portal.foundation.kept_html import render_kept
from portal.foundation.markdown import markdown_text, render_markdown
from portal.foundation.models import in_language

register = template.Library()
register.filter("cn_date", dates.day)
register.filter("listed", listed)

SEAL_LABELS = {
    "signed": gettext_lazy("%(department)s: has signed"),
    "part": gettext_lazy("%(department)s: takes part"),
    "awaited": gettext_lazy("%(department)s: still awaited"),
    "differs": gettext_lazy("%(department)s: differs"),
}

# A paragraph of several lines and without other markup, which a division could tear.
_BROKEN_PARAGRAPH = re.compile(r"<p>[^<]*(?:<br>[^<]*)+</p>")
# Before the address that takes back what a message tells, among the message's tags.
UNDO_TAG = "undo:"
# Longer texts of Markdown are rendered each time: those that are kept take some ten megabytes together.
MAX_KEPT_CHARS = 5_000
_PARTS = "title url kind number tags seal snippet chain lang seals meta tick position duplicates"
STATION_PARTS = ("label", "number", "state")
NO_PARTS = dict.fromkeys(_PARTS.split(), "")
ALERT_TONES = {"success": "ok", "warning": "warn", "error": "error"}


@register.simple_tag
def day_range(first: dt.date, last: dt.date) -> str:
    return dates.day_range(first, last)


@register.filter
def markdown(text: str) -> SafeString:
    return _kept_html(text) if len(text or "") <= MAX_KEPT_CHARS else render_markdown(text)


@lru_cache(maxsize=512)
def _kept_html(text: str) -> SafeString:
    """Return the HTML of a text that the next reader of its page asks for again."""
    return render_markdown(text)


@register.simple_tag
def record_row(row: Any, heading: int = 3, checkbox_name: str = "") -> SafeString:
    """Return a row of a list (`components/record_row.html`); `row` is a mapping or an object with its parts."""
    parts = {"row": _row_parts(row, checkbox_name), "heading": heading, "checkbox_name": checkbox_name}
    return render_kept("components/record_row.html", parts)


def _row_parts(row: Any, checkbox_name: str) -> dict[str, Any]:
    """Return the parts of a row, those that it lacks as "", which a template finds faster than none."""
    if not isinstance(row, dict):
        row = {name: getattr(row, name, "") for name in (*NO_PARTS, "department")}
    seals = [seal(item["department"], item.get("state", "")) for item in row.get("seals") or ()]
    return (
        NO_PARTS
        | {name: value for name, value in row.items() if name in NO_PARTS}
        | {
            "seal": seal(row["department"]) if row.get("department") else "",
            "seals": seals,
            "chain": [
                {part: station.get(part, "") for part in STATION_PARTS} for station in row.get("chain") or ()
            ],
            "meta": [item if isinstance(item, SafeString) else str(item) for item in row.get("meta") or ()],
            "duplicates": [record_row(each, 4, checkbox_name) for each in row.get("duplicates") or ()],
        }
    )


@register.filter
def undo_url(message: Message) -> str:
    """Return the address that takes back what a message tells, "" where there is none."""
    tags = message.extra_tags or ""
    return tags[len(UNDO_TAG) :] if tags.startswith(UNDO_TAG) else ""


@register.filter
def law_paragraphs(text: str) -> SafeString:
    """Return Markdown as HTML in which each line of a plain paragraph is a paragraph, as law is printed."""
    return mark_safe(_BROKEN_PARAGRAPH.sub(lambda match: match[0].replace("<br>", "</p><p>"), markdown(text)))


@register.filter
def words(text: str) -> str:
    """Return the words of a Markdown text as the page shows them, for excerpts: `{{ row.text|words|truncatechars:160 }}`."""
    return markdown_text(text)


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


@register.simple_tag
def seal(department: Model, state: str = "", *, decorative: bool = False) -> SafeString:
    """Return the seal of a department; `decorative` where its name stands beside it.

    A page holds up to a hundred of some twenty different ones.
    """
    label = "" if decorative else seal_label(department, state)
    shown = {"code": department.code, "seal": department.seal}  # type: ignore[attr-defined]
    return render_kept("components/seal.html", shown | {"state": state or "part", "label": label})


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
def alert_tone(level_tag: str) -> str:
    """Return the tone of components/alert.html for a level of django.contrib.messages."""
    return ALERT_TONES.get(level_tag, "info")


@register.filter
def shows_typed(form: BaseForm) -> bool:
    """Return whether the form shows again all that was typed: browsers leave passwords and files blank."""
    kinds = {field.widget.input_type for field in form.fields.values() if hasattr(field.widget, "input_type")}
    return not kinds & {"password", "file"}


@register.filter
def lone_error(form: BaseForm) -> str:
    """Return the only thing that is wrong with a form, if it belongs to no field; else ""."""
    errors = form.non_field_errors()
    return str(errors[0]) if len(errors) == 1 and len(form.errors) == 1 else ""


@register.filter
def lines(text: str) -> list[str]:
    """Return the lines of a text that are not blank."""
    return [line.strip() for line in text.splitlines() if line.strip()]
