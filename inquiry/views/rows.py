"""Questions as rows of a list (templates/components/record_row.html)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from inquiry.models import Question
from inquiry.selectors import chain_of, show_all
from portal.foundation import dates
from portal.org.models import User

SNIPPET_CHARACTERS = 90


def own_question_rows(questions: Sequence[Question], asker: User) -> list[dict]:
    """Return rows of one's own questions with the chain of each, which costs queries for each row."""
    rows = question_rows(questions, asker, with_snippet=False)
    return [
        {**row, "department": None, "chain": chain_of(question, asker)}
        for question, row in zip(questions, rows, strict=True)
    ]


def question_rows(questions: Sequence[Question], user: User, *, with_snippet: bool = True) -> list[dict]:
    """Return a row for each question, as this reader may see it."""
    rows = []
    for shown in show_all(list(questions), user):
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
                "snippet": Truncator(shown.text).chars(SNIPPET_CHARACTERS + 1) if with_snippet else "",
                "meta": [part for part in (shown.byline, dates.day(shown.raised_on)) if part],
            }
        )
    return rows
