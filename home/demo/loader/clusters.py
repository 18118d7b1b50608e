"""Clusters of the demo and their merges."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from functools import partial

from home.demo.loader.playback import Event, shifted
from home.demo.loader.questions import raised_on
from home.demo.loader.reading import moment, read
from home.demo.loader.registry import Registry
from inquiry.models import Question
from inquiry.services.clusters import add_questions, create_cluster
from inquiry.services.merges import merge_clusters


def cluster_events(registry: Registry) -> Iterator[Event]:
    for row in read("clusters")["cluster"]:
        yield from _ClusterHistory(registry, row).events()
    for row in read("clusters")["merge"]:
        day = shifted(row["on"], registry.today)
        yield Event(moment(day, "15:20"), partial(_merge, registry, row))


def _merge(registry: Registry, row: dict) -> None:
    merge_clusters(
        keep=registry.clusters[row["keep"]],
        absorb=registry.clusters[row["absorb"]],
        reason=row["reason"],
        actor=registry.people[row["by"]],
    )
    registry.created["merges"] += 1


class _ClusterHistory:
    """One cluster: made on its day, joined by later questions the day after they were raised or refined."""

    def __init__(self, registry: Registry, row: dict) -> None:
        self.registry, self.row = registry, row
        self.actor = registry.people[row["by"]]
        if "on" in row:
            self.made_on = shifted(row["on"], registry.today)
        else:
            self.made_on = registry.today + datetime.timedelta(days=row["offset_days"])

    def events(self) -> Iterator[Event]:
        ready = {key: self.ready_on(key) for key in self.row["questions"]}
        first = [key for key, day in ready.items() if day <= self.made_on]
        yield Event(moment(self.made_on, "14:30"), partial(self.make, first))
        for key, day in ready.items():
            if key not in first:
                yield Event(moment(day, "14:45"), partial(self.take_in, key))

    def ready_on(self, key: str) -> datetime.date:
        """Return the day after a question was raised and refined."""
        row = _question_rows()[key]
        day = raised_on(row, self.registry.sessions[row["session"]])
        return day + datetime.timedelta(days=row.get("refinement", {}).get("after_days", 0) + 1)

    def questions(self, keys: list[str]) -> list[Question]:
        return [self.registry.questions[key] for key in keys]

    def make(self, keys: list[str]) -> None:
        self.registry.clusters[self.row["key"]] = create_cluster(
            title=self.row["title"],
            statement=self.row["statement"],
            questions=self.questions(keys),
            actor=self.actor,
        )
        self.registry.created["clusters"] += 1

    def take_in(self, key: str) -> None:
        add_questions(
            cluster=self.registry.clusters[self.row["key"]], questions=self.questions([key]), actor=self.actor
        )


def _question_rows() -> dict[str, dict]:
    return {row["key"]: row for row in read("questions")["question"]}
