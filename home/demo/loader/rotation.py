"""The rotation of the demo: two years of turns that end with their sessions, one swap, one skip; and working days."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from functools import partial

from django.utils import timezone

from courses.models import TrainingSession
from courses.rotation.enums import Pace
from courses.rotation.models import Rotation
from courses.rotation.services import answer_swap, confirm_turn, propose_swap, skip_turn, start_rotation
from home.demo.loader.playback import Event, play, shifted
from home.demo.loader.reading import moment, read
from home.demo.loader.registry import Registry
from portal.org.services.working_days import published_years, seed_working_days


def load_working_days(registry: Registry) -> None:
    first = read("rotation")["rotation"][0]["first_day"].year
    years = [year for year in published_years() if year >= first]
    made = seed_working_days(years=years, actor=None)
    registry.created["years of working days"] += len(made)


def load_rotation(registry: Registry) -> None:
    """Start the national rotation and record what happened to its turns, unless it is there."""
    (row,) = read("rotation")["rotation"]
    if Rotation.objects.filter(code=row["code"]).exists():
        return
    history = _RotationHistory(registry, row)
    play(history.events(), until=timezone.now())
    registry.created["rotations"] += 1


class _RotationHistory:
    def __init__(self, registry: Registry, row: dict) -> None:
        self.registry, self.row = registry, row
        self.rotation: Rotation
        self.first_day = shifted(row["first_day"], registry.today)

    def events(self) -> Iterator[Event]:
        yield Event(moment(shifted(self.row["started_on"], self.registry.today), "10:00"), self.start)
        swap = self.row["swap"]
        yield Event(moment(shifted(swap["on"], self.registry.today), "15:00"), partial(self.swap, swap))
        first_day = self.first_day
        for number, key in enumerate(self.row["sessions"], start=1):
            session = self.registry.sessions[key]
            # The last day is settled when the turn begins.
            at = moment(first_day, "11:00")
            yield Event(at, partial(self.confirm, number, session))
            first_day = session.ends_on + datetime.timedelta(days=1)
        yield Event(timezone.now(), partial(self.skip, self.row["skip"]))

    def start(self) -> None:
        rotation = Rotation(
            code=self.row["code"],
            name=self.row["name"],
            name_en=self.row["name_en"],
            level=self.row["level"],
            region=self.row["region"],
            pace=Pace.SESSIONS,
            sessions_per_year=self.row["sessions_per_year"],
            first_day=self.first_day,
        )
        offices = [self.registry.offices[key] for key in self.row["offices"]]
        self.rotation = start_rotation(rotation=rotation, offices=offices, actor=None)

    def confirm(self, number: int, session: TrainingSession) -> None:
        confirm_turn(rotation=self.rotation, number=number, last_day=session.ends_on, actor=None)

    def swap(self, row: dict) -> None:
        proposal = propose_swap(
            rotation=self.rotation,
            number=row["turn"],
            other_number=row["other_turn"],
            reason=row["reason"],
            actor=self.registry.people[row["by"]],
        )
        answer_swap(proposal=proposal, agrees=True, actor=self.registry.people[row["agreed_by"]])

    def skip(self, row: dict) -> None:
        actor = self.registry.people[row["by"]]
        skip_turn(rotation=self.rotation, number=row["turn"], reason=row["reason"], actor=actor)
