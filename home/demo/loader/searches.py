"""Searches of the demo's people, each executed on a day of the last four weeks."""

from __future__ import annotations

import datetime

from django.utils import timezone

from home.demo.loader.playback import clock_at
from home.demo.loader.reading import moment, read
from portal.org.models import User
from portal.org.rules import audience_tokens
from search.analytics.tracing import note_click, trace_search
from search.answers.searching import search
from search.enums import Interface
from search.models import SearchTrace
from search.query.parsing import SearchQuery

PERIOD_DAYS = 28


def load_searches(*, today: datetime.date | None = None) -> int:
    """Execute the searches and return their number: 0 where any search has left a trace. Needs the index."""
    if SearchTrace.objects.exists():
        return 0
    names = [row["username"] for row in read("people")["person"]]
    people = list(User.objects.filter(username__in=names).order_by("username"))
    last = today or timezone.localdate()
    count = 0
    for index, row in enumerate(read("searches")["search"]):
        for turn in range(min(row["people"], len(people))):
            day = last - datetime.timedelta(days=(index * 5 + turn * 3) % PERIOD_DAYS)
            with clock_at(moment(day, "10:00")):
                _ask(row, people[(index * 3 + turn) % len(people)], turn)
            count += 1
    return count


def _ask(row: dict, person: User, turn: int) -> None:
    query = SearchQuery(text=row["text"])
    result = search(query, audience_tokens(person))
    token = trace_search(query, result, interface=Interface.PAGE, reader=person)
    opens = row.get("opens", [0])
    if opened := opens[turn % len(opens)]:
        note_click(token=token, position=opened)
