"""Questions of the demo: raised, joined, corrected, withdrawn and refined at their time."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from functools import partial

from courses.models import Activity, TrainingSession
from home.demo.loader.playback import Event
from home.demo.loader.reading import moment, read
from home.demo.loader.registry import Registry
from inquiry.models import Question
from inquiry.services.questions import (
    add_me_too,
    append_correction,
    follow,
    raise_question,
    stored_key_of,
    withdraw_question,
)
from inquiry.services.refinements import refine_question
from portal.foundation.enums import Lang

KEYS = uuid.UUID("6d1c2b5e-5a0f-4f0e-9f0b-74746f6e6774")


def submission_key(key: str) -> uuid.UUID:
    """Return the key of the form with which a question of the demo is raised."""
    return uuid.uuid5(KEYS, key)


def known_questions() -> dict[str, Question]:
    """Return questions of the demo that were loaded before, by their key in the file."""
    rows = read("questions")["question"]
    keys = {row["key"]: stored_key_of(submission_key(row["key"]), row["text"]) for row in rows}
    question_by_key = Question.objects.in_bulk(list(keys.values()), field_name="submission_key")
    return {name: question_by_key[key] for name, key in keys.items() if key in question_by_key}


def question_events(registry: Registry) -> Iterator[Event]:
    activities: dict[str, list[Activity]] = {}
    for row in read("questions")["question"]:
        session = registry.sessions[row["session"]]
        agenda = activities.setdefault(session.number, list(session.activities.all()))
        yield from _QuestionHistory(registry, row, session, agenda).events()


def raised_on(row: dict, session: TrainingSession) -> datetime.date:
    return session.starts_on + datetime.timedelta(days=row["day"] - 1)


class _QuestionHistory:
    """The history of one question: raised, joined, followed, corrected, refined, withdrawn."""

    def __init__(
        self, registry: Registry, row: dict, session: TrainingSession, agenda: list[Activity]
    ) -> None:
        self.registry, self.row, self.session, self.agenda = registry, row, session, agenda
        self.raised_at = moment(raised_on(row, session), row["time"])
        self.asker = registry.people[row["asker"]]

    def events(self) -> Iterator[Event]:
        yield Event(self.raised_at, self.raise_it)
        for order, username in enumerate(self.row.get("me_too", []), start=1):
            yield Event(self.raised_at + datetime.timedelta(minutes=37 * order), partial(self.join, username))
        for username in self.row.get("follows", []):
            yield Event(self.raised_at + datetime.timedelta(hours=1), partial(self.follow, username))
        if "correction" in self.row:
            yield Event(self.after(self.row["correction"], "09:12"), self.correct)
        if "refinement" in self.row:
            yield Event(self.after(self.row["refinement"], "10:05"), self.refine)
        if "withdrawn" in self.row:
            yield Event(self.after(self.row["withdrawn"], "16:40"), self.withdraw)

    def after(self, row: dict, clock: str) -> datetime.datetime:
        day = moment(self.raised_at.date() + datetime.timedelta(days=row["after_days"]), clock)
        return max(day, self.raised_at + datetime.timedelta(hours=2))

    @property
    def question(self) -> Question:
        return self.registry.questions[self.row["key"]]

    def raise_it(self) -> None:
        self.registry.questions[self.row["key"]] = raise_question(
            session=self.session,
            activity=self.agenda[self.row["activity"] - 1],
            kind=self.row["kind"],
            title=self.row.get("title", ""),
            text=self.row["text"],
            naming=self.row["naming"],
            lang=self.row.get("lang", Lang.ZH_HANS),
            actor=self.asker,
            submission_key=submission_key(self.row["key"]),
        )
        if "refinement" not in self.row:
            self.question.topics.set(self.registry.topics_of(self.row))
        self.registry.created[self.row["kind"]] += 1

    def join(self, username: str) -> None:
        add_me_too(question=self.question, actor=self.registry.people[username])

    def follow(self, username: str) -> None:
        follow(question=self.question, actor=self.registry.people[username])

    def correct(self) -> None:
        append_correction(question=self.question, text=self.row["correction"]["text"], actor=self.asker)

    def withdraw(self) -> None:
        withdraw_question(question=self.question, actor=self.asker)

    def refine(self) -> None:
        row = self.row["refinement"]
        refine_question(
            question=self.question,
            title=row["title"],
            text=row["text"],
            topics=self.registry.topics_of(self.row),
            names_real=row.get("names_real", False),
            actor=self.registry.people[row["by"]],
        )
        self.registry.created["refinements"] += 1
