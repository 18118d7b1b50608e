"""What happens to one text at the same moment, with connections of their own: on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from bench.countersigning import FAULTS, RACES, Result, play, ready
from deliberation.enums import MatterStatus, Stance
from deliberation.models import Countersignature, Matter, Position, TextVersion
from deliberation.services.matters import close_matter, put_version
from tests.conftest import ROOT
from tests.factories.deliberation import TEXT, make_table
from tests.waiting import at_once

ROUNDS = 5
on_postgresql = [pytest.mark.postgres, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def with_marks(test):
    for mark in on_postgresql:
        test = mark(test)
    return test


def outcome(act):
    try:
        return act()
    except ValidationError as error:
        return error


def outcomes(*acts):
    return at_once(*(lambda act=act: outcome(act) for act in acts))


@with_marks
@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_race_leaves_no_signature_that_should_not_stand(race):
    table, result = make_table(), Result(race.__name__, connection.vendor)
    for _round in range(ROUNDS):
        play(race, table, result)
    assert [getattr(result, name) for name in FAULTS] == [0, 0, 0]
    assert (result.rounds, result.database) == (ROUNDS, "postgresql")


@with_marks
def test_last_signatures_of_all_at_once_settle_the_matter_once():
    table = make_table(5)
    matter = table.ready()
    outcomes(*(lambda place=place: table.sign(matter, place) for place in range(5)))
    matter.refresh_from_db()
    assert (matter.status, Countersignature.objects.counting().count()) == (MatterStatus.FROZEN, 5)
    assert matter.norm_version.articles_count == 3


@with_marks
def test_two_texts_that_are_put_at_once_do_not_both_follow_the_same_one():
    table = make_table()
    matter = table.open()
    results = outcomes(
        *(
            lambda title=title: put_version(
                matter=matter, after=matter.current, title=title, markdown=TEXT, actor=table.host
            )
            for title in ("甲", "乙")
        )
    )
    assert sum(isinstance(result, ValidationError) for result in results) == 1
    assert sorted(TextVersion.objects.values_list("n", flat=True)) == [1, 2]


@with_marks
def test_last_positions_at_once_settle_a_theme_once_or_leave_the_difference():
    table = make_table()
    for stance in (Stance.AGREE, Stance.DIFFER):
        matter = table.open("theme")
        consultation = table.consult(matter)
        table.say(consultation, 0)
        outcomes(
            lambda row=consultation: table.say(row, 1),
            lambda row=consultation, said=stance: table.say(row, 2, said, reasons="理由"),
        )
        matter.refresh_from_db()
        assert Position.objects.current().filter(consultation=consultation).count() == 3
        assert (matter.status == MatterStatus.FROZEN) is (stance == Stance.AGREE)


@with_marks
def test_matter_is_not_closed_and_settled_at_once():
    table = make_table()
    matter = ready(table, signed=(1, 2))
    results = outcomes(
        lambda: table.sign(matter, 0), lambda: close_matter(matter=matter, reason="不成", actor=table.host)
    )
    assert sum(isinstance(result, ValidationError) for result in results) == 1
    matter.refresh_from_db()
    assert matter.status in (MatterStatus.FROZEN, MatterStatus.CLOSED)


@with_marks
def test_matters_opened_at_once_have_numbers_of_their_own():
    table = make_table()
    numbers = [matter.number for matter in outcomes(*[table.open] * 4)]
    assert len(set(numbers)) == Matter.objects.count() == 4


def test_benchmark_prints_an_object_for_each_race():
    command = [sys.executable, ROOT / "bench" / "countersigning.py", "--json", "--rounds", "2"]
    done = subprocess.run(
        [*command, "--database", "sqlite"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert [result["race"] for result in results] == [race.__name__ for race in RACES]
    for result in results:
        assert list(result) == [
            "race",
            "database",
            "rounds",
            "signed",
            "refused",
            "frozen",
            "double_signatures",
            "signatures_on_stale_versions",
            "frozen_incomplete",
        ]
        assert (result["database"], result["rounds"]) == ("sqlite", 2)
        assert [result[name] for name in FAULTS] == [0, 0, 0]
