"""The turns that follow from facts: fair, and the same for the past whatever is recorded later."""

from __future__ import annotations

import datetime as dt
from itertools import islice, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from courses.rotation.enums import CauseKind
from courses.rotation.turns import Confirm, Join, Leave, Skip, Start, Swap, turns

A, B, C, D, E, X = range(1, 7)
BEGIN = dt.date(2025, 1, 1)
START = Start(on=BEGIN, first_day=BEGIN, months=3, order=(A, B, C, D, E))
DAY = dt.timedelta(days=1)


def hosts(facts, count=10, start=START):
    return [turn.party for turn in islice(turns([start, *facts]), count)]


def causes(facts, number):
    turn = next(turn for turn in turns([START, *facts]) if turn.number == number)
    return [cause.kind for cause in turn.causes]


def test_parties_host_in_their_order_by_season():
    first, second = islice(turns([START]), 2)
    assert (first.first_day, first.last_day) == (dt.date(2025, 1, 1), dt.date(2025, 3, 31))
    assert (second.first_day, second.last_day) == (dt.date(2025, 4, 1), dt.date(2025, 6, 30))
    assert hosts([]) == [A, B, C, D, E, A, B, C, D, E]


def test_no_turn_without_a_start():
    assert list(turns([])) == []


def test_swap_exchanges_two_turns_once():
    swap = Swap(on=BEGIN, party=B, turn=2, other=D, other_turn=4)
    assert hosts([swap]) == [A, D, C, B, E, A, B, C, D, E]
    assert causes([swap], 2) == causes([swap], 4) == [CauseKind.SWAPPED]
    assert causes([swap], 3) == causes([swap], 7) == [CauseKind.ORDER]


def test_who_is_skipped_comes_back_first():
    skip = Skip(on=BEGIN, party=C, turn=3)
    assert hosts([skip]) == [A, B, D, C, E, A, B, C, D, E]
    assert (causes([skip], 3), causes([skip], 4)) == ([CauseKind.MOVED_UP], [CauseKind.CAME_BACK])


def test_last_of_a_round_that_is_skipped_comes_back_first_in_the_next():
    assert hosts([Skip(on=BEGIN, party=E, turn=5)]) == [A, B, C, D, A, E, B, C, D, E]


def test_two_skipped_for_one_turn_come_back_in_their_order():
    facts = [Skip(on=BEGIN, party=B, turn=2), Skip(on=BEGIN, party=C, turn=2)]
    assert hosts(facts) == [A, D, B, C, E, A, B, C, D, E]


def test_where_all_are_skipped_the_order_stands():
    assert hosts([Skip(on=BEGIN, party=party, turn=2) for party in START.order], 3) == [A, B, C]


def test_who_joins_stands_last_in_the_present_round():
    joined = Join(on=dt.date(2025, 5, 1), party=X)
    assert hosts([joined], 12) == [A, B, C, D, E, X, A, B, C, D, E, X]
    assert causes([joined], 6) == [CauseKind.JOINED]


def test_who_leaves_has_no_turn_any_more():
    assert hosts([Leave(on=dt.date(2025, 5, 1), party=D)], 9) == [A, B, C, E, A, B, C, E, A]


def test_who_left_and_joins_again_in_a_round_does_not_host_twice_in_it():
    facts = [Leave(on=dt.date(2025, 2, 1), party=A), Join(on=dt.date(2025, 2, 2), party=A)]
    assert hosts(facts) == [A, B, C, D, E, A, B, C, D, E]


def test_turns_end_where_everybody_has_left():
    facts = [Leave(on=BEGIN, party=party) for party in START.order]
    assert [turn.party for turn in turns([START, *facts])] == [A]


def test_turns_go_on_when_somebody_joins_an_empty_rotation():
    facts = [Leave(on=BEGIN, party=party) for party in START.order]
    later = list(islice(turns([START, *facts, Join(on=dt.date(2026, 1, 1), party=X)]), 2))
    assert [(turn.party, turn.first_day) for turn in later] == [(A, BEGIN), (X, dt.date(2026, 4, 1))]


def test_confirmed_turn_keeps_its_host_when_another_leaves():
    facts = [Confirm(on=BEGIN, party=C, turn=3), Leave(on=BEGIN, party=B)]
    assert hosts(facts, 8) == [A, D, C, E, A, C, D, E]


def test_swap_of_confirmed_turns_keeps_them_confirmed():
    facts = [
        Confirm(on=BEGIN, party=B, turn=2),
        Confirm(on=BEGIN, party=C, turn=3),
        Swap(on=BEGIN, party=B, turn=2, other=C, other_turn=3),
    ]
    rows = [(turn.party, turn.is_confirmed) for turn in islice(turns([START, *facts]), 4)]
    assert rows == [(A, False), (C, True), (B, True), (D, False)]


def test_confirmed_turn_that_is_skipped_is_confirmed_no_longer():
    facts = [Confirm(on=BEGIN, party=B, turn=2), Skip(on=BEGIN, party=B, turn=2)]
    rows = [(turn.party, turn.is_confirmed) for turn in islice(turns([START, *facts]), 3)]
    assert rows == [(A, False), (C, False), (B, False)]


def test_last_day_settled_while_a_turn_runs_moves_those_after_it():
    settled = Confirm(on=dt.date(2025, 2, 1), party=A, turn=1, last_day=dt.date(2025, 4, 18))
    first, second = islice(turns([START, settled]), 2)
    assert (first.last_day, second.first_day, second.last_day) == (
        dt.date(2025, 4, 18),
        dt.date(2025, 4, 19),
        dt.date(2025, 7, 18),
    )


def test_last_day_settled_afterwards_does_not_count():
    settled = Confirm(on=dt.date(2025, 5, 1), party=A, turn=1, last_day=dt.date(2025, 6, 18))
    assert next(turns([START, settled])).last_day == dt.date(2025, 3, 31)


def test_fact_of_the_day_on_which_a_turn_begins_does_not_change_it():
    assert hosts([Skip(on=dt.date(2025, 4, 1), party=B, turn=2)], 3) == [A, B, C]


# Properties -----------------------------------------------------------------------------------------------------

DAYS = st.integers(0, 1400).map(lambda days: BEGIN + days * DAY)
PARTIES = st.integers(1, 8)
MEMBERSHIPS = st.lists(
    st.builds(Join, on=DAYS, party=PARTIES) | st.builds(Leave, on=DAYS, party=PARTIES), max_size=8
)
TURN_NUMBERS = st.integers(1, 16)
CHANGES = st.lists(
    st.builds(Swap, on=DAYS, party=PARTIES, turn=TURN_NUMBERS, other=PARTIES, other_turn=TURN_NUMBERS)
    | st.builds(Skip, on=DAYS, party=PARTIES, turn=TURN_NUMBERS)
    | st.builds(Confirm, on=DAYS, party=PARTIES, turn=TURN_NUMBERS, last_day=st.none() | DAYS),
    max_size=8,
)
STARTS = st.builds(
    Start,
    on=st.just(BEGIN),
    first_day=st.just(BEGIN),
    months=st.sampled_from([1, 2, 3, 6]),
    order=st.lists(st.integers(1, 5), min_size=1, max_size=5, unique=True).map(tuple),
)
COUNT = 40


def members_throughout(start, facts, first, last):
    """Return the parties that took part from the day on which a turn began until another one began."""
    members, throughout = set(start.order), None
    ordered = sorted(facts, key=lambda fact: fact.on)
    for fact in ordered:
        if throughout is None and fact.on >= first:
            throughout = set(members)
        if fact.on >= last:
            break
        if isinstance(fact, Join):
            members.add(fact.party)
        elif isinstance(fact, Leave):
            members.discard(fact.party)
            if throughout is not None:
                throughout.discard(fact.party)
    return set(members) if throughout is None else throughout


def unfair(start, facts, rows):
    """Return each pair of turns of one party between which another, a member all the time, did not host."""
    result = []
    for i, turn in enumerate(rows):
        j = next((j for j in range(i + 1, len(rows)) if rows[j].party == turn.party), None)
        if j is None:
            continue
        between = {row.party for row in rows[i + 1 : j]}
        waiting = members_throughout(start, facts, turn.first_day, rows[j].first_day)
        if missing := waiting - between - {turn.party}:
            result.append((turn.number, rows[j].number, missing))
    return result


@given(STARTS, MEMBERSHIPS)
@settings(max_examples=3000, deadline=None)
def test_nobody_hosts_twice_before_every_other_has_hosted(start, memberships):
    rows = list(islice(turns([start, *memberships]), COUNT))
    assert unfair(start, memberships, rows) == []


@given(STARTS, MEMBERSHIPS, CHANGES)
@settings(max_examples=300, deadline=None)
def test_nobody_hosts_twice_before_another_unless_an_event_explains_it(start, memberships, changes):
    facts = [*memberships, *changes]
    rows = list(islice(turns([start, *facts]), COUNT))
    named = {party for fact in changes for party in (fact.party, getattr(fact, "other", fact.party))}
    assert [row for row in unfair(start, facts, rows) if not changes] == []
    # Whoever no swap, skip or confirmation names is passed over by those alone whom one names.
    parties = {row.number: row.party for row in rows}
    unexplained = [row for row in unfair(start, facts, rows) if not (row[2] | {parties[row[0]]}) & named]
    assert [row for row in unexplained if not moved_up(rows, row)] == []


def moved_up(rows, row):
    """Return whether a turn's host stands where it does because another was skipped or confirmed elsewhere."""
    return any(
        cause.kind != CauseKind.ORDER
        for turn in rows
        if row[0] <= turn.number <= row[1]
        for cause in turn.causes
    )


@given(STARTS, MEMBERSHIPS, CHANGES, st.integers(0, 16))
@settings(max_examples=400, deadline=None)
def test_the_past_never_changes(start, memberships, changes, known):
    facts = sorted([*memberships, *changes], key=lambda fact: fact.on)
    before, after = facts[:known], facts
    recorded_on = after[known].on if known < len(after) else dt.date.max
    earlier = list(islice(turns([start, *before]), COUNT))
    later = list(islice(turns([start, *after]), COUNT))
    begun = [turn for turn in earlier if turn.first_day <= recorded_on]
    same = later[: len(begun)]
    assert [(turn.number, turn.party, turn.first_day) for turn in begun] == [
        (turn.number, turn.party, turn.first_day) for turn in same
    ]
    over = [turn for turn in begun if turn.last_day < recorded_on]
    assert later[: len(over)] == over


@given(STARTS, MEMBERSHIPS, CHANGES)
@settings(max_examples=200, deadline=None)
def test_turns_follow_each_other_without_a_gap_and_members_alone_host(start, memberships, changes):
    rows = list(islice(turns([start, *memberships, *changes]), COUNT))
    members = set(start.order) | {fact.party for fact in memberships if isinstance(fact, Join)}
    assert {row.party for row in rows} <= members
    for one, following in pairwise(rows):
        assert one.first_day <= one.last_day
        assert following.first_day > one.last_day


@given(STARTS, st.integers(1, 12))
@settings(max_examples=100, deadline=None)
def test_who_is_skipped_hosts_the_turn_after(start, number):
    plain = hosts([], COUNT, start)
    party = plain[number - 1]
    skipped = hosts([Skip(on=start.on, party=party, turn=number)], COUNT, start)
    if number == 1 or len(start.order) == 1:
        assert skipped == plain
    else:
        assert skipped[number] == party != skipped[number - 1]
