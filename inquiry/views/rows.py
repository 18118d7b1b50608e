"""Questions as rows of a list (templates/components/record_row.html)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from inquiry.models import Question
from inquiry.selectors import chain_of, show_all
from portal.foundation import dates

SNIPPET = 90


def question_rows(questions: Sequence[Question], user, *, with_chain: bool = False) -> list[dict]:
    """One dict for each question, as this reader may see it; a chain costs queries for each row."""
    questions = list(questions)
    rows = []
    for question, shown in zip(questions, show_all(questions, user), strict=True):
        tags = [{"label": shown.status_label, "tone": shown.status_tone}]
        if shown.is_restated:
            tags.append({"label": _("Restated"), "tone": "neutral"})
        rows.append(
            {
                "kind": shown.kind_label,
                "number": shown.number,
                "title": shown.title,
                "lang": shown.lang,
                "url": shown.url,
                "tags": tags,
                "department": shown.department,
                "snippet": shown.text[:SNIPPET] + ("…" if len(shown.text) > SNIPPET else ""),
                "meta": [part for part in (shown.byline, dates.day(shown.raised_on)) if part],
                "chain": chain_of(question, user) if with_chain else None,
            }
        )
    return rows
