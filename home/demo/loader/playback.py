"""Replay of the demo's history: each act of the past is done by today's services at its own time."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from django.utils import timezone

# No fixed date in the demo's files is later. Where the clock stands before it, they all move back by whole weeks.
WRITTEN_FOR = datetime.date(2026, 10, 12)


@dataclasses.dataclass(frozen=True)
class Event:
    """An act and the moment at which it is done."""

    at: datetime.datetime
    do: Callable[[], object]


def shifted(day: datetime.date, today: datetime.date) -> datetime.date:
    """Return a fixed date of the files as it counts today."""
    early = max((WRITTEN_FOR - today).days, 0)
    return day - datetime.timedelta(weeks=-(-early // 7))


def play(events: Iterable[Event], *, until: datetime.datetime) -> None:
    """Execute events in the order of their times, without those later than `until`."""
    for event in sorted(events, key=lambda event: event.at):
        with clock_at(min(event.at, until)):
            event.do()


@contextmanager
def clock_at(moment: datetime.datetime) -> Iterator[None]:
    """Let `timezone.now()` be `moment`, so that rows, numbers and log entries of the past bear their own dates.

    For a command that runs alone in its process; no server calls it.
    """
    real = timezone.now
    timezone.now = lambda: moment.astimezone(datetime.UTC)
    try:
        yield
    finally:
        timezone.now = real
