"""Compute turns from facts. Nothing here reads a database or a clock.

The parties host in rounds: in each, every party has one slot, in the order in which they stand. What is recorded on a
day changes the turns that begin after that day and none before, so that the past stays as it was:

- a swap exchanges the next slots of two parties, once; the round after it is in the old order;
- who is skipped for a turn keeps the slot, and has the turn after it: the next party moves up for one turn;
- who joins stands last, in the present round too, unless it has hosted in that one; who leaves loses the slots to come;
- a confirmed turn keeps its host; the slots of others move around it. Its last day may be settled while it runs.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from courses.rotation.enums import CauseKind

ONE_DAY = dt.timedelta(days=1)
# A party, told from others by its key.
Party = int


@dataclass(frozen=True)
class Start:
    """The rotation begins on a first of a month; a turn lasts some months unless another last day was settled."""

    on: dt.date
    first_day: dt.date
    months: int
    order: tuple[Party, ...]


@dataclass(frozen=True)
class Join:
    on: dt.date
    party: Party


@dataclass(frozen=True)
class Leave:
    on: dt.date
    party: Party


@dataclass(frozen=True)
class Swap:
    """Two parties exchange their next slots, and the turns that are confirmed for them among the numbers given."""

    on: dt.date
    party: Party
    turn: int
    other: Party
    other_turn: int


@dataclass(frozen=True)
class Skip:
    """A party does not host one turn, told by its number."""

    on: dt.date
    party: Party
    turn: int


@dataclass(frozen=True)
class Confirm:
    """A turn was settled with its host and, where turns end with their session, its last day."""

    on: dt.date
    party: Party
    turn: int
    last_day: dt.date | None = None


Fact = Start | Join | Leave | Swap | Skip | Confirm


@dataclass(frozen=True)
class Cause:
    """Why a turn is its host's; `other` is the other party of a swap, or whom the host moved up for."""

    kind: CauseKind
    other: Party | None = None


@dataclass(frozen=True)
class Turn:
    """One party's turn; both days count. `round` counts from 1, as `number` does."""

    number: int
    round: int
    party: Party
    first_day: dt.date
    last_day: dt.date
    is_confirmed: bool
    causes: tuple[Cause, ...]


@dataclass(frozen=True)
class _Slot:
    round: int
    party: Party
    causes: tuple[Cause, ...] = ()


def turns(facts: Iterable[Fact]) -> Iterator[Turn]:
    """Yield the turns that follow from facts, without end while a party is left; nothing before there is a `Start`.

    Facts of one day count in the order in which they are given.
    """
    ordered = sorted(facts, key=lambda fact: fact.on)
    start = next((fact for fact in ordered if isinstance(fact, Start)), None)
    if start is None:
        return
    later = [fact for fact in ordered if not isinstance(fact, Start)]
    queue = _Queue(list(start.order))
    number, first_day = 1, start.first_day
    while True:
        while later and later[0].on < first_day:
            queue.apply(later.pop(0), number)
        slot = queue.take(number)
        last_day = add_months(first_day, start.months) - ONE_DAY
        if slot is not None:
            is_confirmed, last_day = _settled(queue, later, slot, number, (first_day, last_day))
            causes = slot.causes or (Cause(CauseKind.ORDER),)
            yield Turn(number, slot.round, slot.party, first_day, last_day, is_confirmed, causes)
        elif not any(isinstance(fact, Join) for fact in later):
            return
        number, first_day = number + 1, last_day + ONE_DAY


def _settled(
    queue: _Queue, later: Sequence[Fact], slot: _Slot, number: int, days: tuple[dt.date, dt.date]
) -> tuple[bool, dt.date]:
    """Return whether a turn that a slot took is confirmed, and its last day; `days` are those of its length.

    The host may settle the last day while the turn runs, from the day of the record on.
    """
    first_day, last_day = days
    pin = queue.pins.get(number)
    is_confirmed = pin is not None and pin.party == slot.party
    if is_confirmed and pin is not None and pin.last_day:
        last_day = max(pin.last_day, first_day)
    for fact in later:
        if (
            isinstance(fact, Confirm)
            and (fact.turn, fact.party) == (number, slot.party)
            and fact.on <= last_day
        ):
            is_confirmed, last_day = True, max(fact.last_day or last_day, fact.on)
    return is_confirmed, last_day


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the same day of a later month, or the last of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass
class _Queue:
    """The slots to come, in the order in which they are taken, and what was settled about turns by their number."""

    order: list[Party]
    slots: list[_Slot] = field(default_factory=list)
    rounds: int = 0
    pins: dict[int, Confirm] = field(default_factory=dict)
    skipped: defaultdict[int, set[Party]] = field(default_factory=lambda: defaultdict(set))
    hosted: defaultdict[int, set[Party]] = field(default_factory=lambda: defaultdict(set))
    # The latest round of which a slot was taken.
    begun: int = 1

    def apply(self, fact: Fact, number: int) -> None:
        """Let a fact take effect; `number` is that of the turn that comes next."""
        match fact:
            case Join(party=party):
                self._join(party)
            case Leave(party=party):
                self._leave(party, number)
            case Swap():
                self._swap(fact)
            case Skip(party=party, turn=turn):
                self.skipped[turn].add(party)
            case Confirm():
                self.pins[fact.turn] = fact

    def take(self, number: int) -> _Slot | None:
        """Return the slot that a turn takes, and remove it; None where nobody is left."""
        if not self.order:
            return None
        index = self._index_for(number)
        slot = self.slots.pop(index)
        self.hosted[slot.round].add(slot.party)
        self.begun = max(self.begun, slot.round)
        passed = [other.party for other in self.slots[:index] if other.party in self.skipped[number]]
        if passed:
            slot = replace(slot, causes=(*slot.causes, Cause(CauseKind.MOVED_UP, passed[0])))
        # Who was passed over says so at the next turn.
        came_back = Cause(CauseKind.CAME_BACK)
        for place in range(index):
            waiting = self.slots[place]
            if waiting.party in passed and came_back not in waiting.causes:
                self.slots[place] = replace(waiting, causes=(*waiting.causes, came_back))
        return slot

    def _index_for(self, number: int) -> int:
        skipped = self.skipped[number]
        if not set(self.order) - skipped:
            skipped = set()
        pin = self.pins.get(number)
        if pin is not None and pin.party in self.order and pin.party not in skipped:
            return self._next_of(pin.party)
        # The slots that turns confirmed for later will take.
        reserved: defaultdict[Party, int] = defaultdict(int)
        for turn, later in self.pins.items():
            if turn > number and later.party not in self.skipped[turn]:
                reserved[later.party] += 1
        index = 0
        while True:
            if index == len(self.slots):
                self._begin_round()
            party = self.slots[index].party
            if party not in skipped:
                if not reserved[party]:
                    return index
                reserved[party] -= 1
            index += 1

    def _begin_round(self) -> None:
        self.rounds += 1
        self.slots += [_Slot(self.rounds, party) for party in self.order]

    def _next_of(self, party: Party) -> int:
        """Return the place of a party's next slot."""
        while True:
            for index, slot in enumerate(self.slots):
                if slot.party == party:
                    return index
            self._begin_round()

    def _join(self, party: Party) -> None:
        if party in self.order:
            return
        # A round of which a later one has been begun is over for whoever comes now.
        present = max(min((slot.round for slot in self.slots), default=self.rounds + 1), self.begun)
        causes = (Cause(CauseKind.JOINED),)
        if party not in self.hosted[present]:
            self.order.append(party)
            for round in range(present, self.rounds + 1):
                self._insert(_Slot(round, party, causes if round == present else ()), before=None)
            return
        # Who hosted in this round, left and comes back waits until every other has hosted once from now on.
        anchor = next((slot.party for slot in self.slots if slot.round == present), None)
        self.order.insert(len(self.order) if anchor is None else self.order.index(anchor), party)
        for round in range(present + 1, self.rounds + 1):
            self._insert(_Slot(round, party), before=anchor)

    def _insert(self, slot: _Slot, *, before: Party | None) -> None:
        """Put a slot before that of a party in the same round, or after all of its round."""
        same = [
            index
            for index, other in enumerate(self.slots)
            if (other.round, other.party) == (slot.round, before)
        ]
        last = max((index for index, other in enumerate(self.slots) if other.round <= slot.round), default=-1)
        self.slots.insert(same[0] if same else last + 1, slot)

    def _leave(self, party: Party, number: int) -> None:
        if party not in self.order:
            return
        self.order.remove(party)
        self.slots = [slot for slot in self.slots if slot.party != party]
        self.pins = {turn: pin for turn, pin in self.pins.items() if turn < number or pin.party != party}

    def _swap(self, swap: Swap) -> None:
        if not {swap.party, swap.other} <= set(self.order) or swap.party == swap.other:
            return
        first, second = self._next_of(swap.party), self._next_of(swap.other)
        mine, theirs = self.slots[first], self.slots[second]
        self.slots[first] = _swapped(theirs, swap.party)
        self.slots[second] = _swapped(mine, swap.other)
        for turn, gives, takes in (
            (swap.turn, swap.party, swap.other),
            (swap.other_turn, swap.other, swap.party),
        ):
            pin = self.pins.get(turn)
            if pin is not None and pin.party == gives:
                self.pins[turn] = replace(pin, party=takes)


def _swapped(slot: _Slot, other: Party) -> _Slot:
    return replace(slot, causes=(*slot.causes, Cause(CauseKind.SWAPPED, other)))
