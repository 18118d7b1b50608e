"""Turns of a rotation with their offices, what each department has carried, and what a coordinator is told."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum
from lunar_python import Lunar

from courses.enums import SessionStatus
from courses.models import Activity, TrainingSession
from courses.rotation.enums import EventKind, Pace, TurnStatus
from courses.rotation.models import HostTurn, Rotation, RotationEvent
from courses.rotation.rules import can_speak_for
from courses.rotation.turns import (
    Cause,
    Confirm,
    Fact,
    Join,
    Leave,
    Skip,
    Start,
    Swap,
    Turn,
    add_months,
    turns,
)
from portal.org.enums import Level, Role
from portal.org.models import Department, Membership, Office, User
from portal.org.working_days import WorkingCalendar, YearNotPublished

# The board shows the turns of the last twelve months and of the two years to come.
PAST_MONTHS, COMING_MONTHS = 12, 24
# Sessions that somebody has hosted, or hosts now.
HELD = (SessionStatus.RUNNING, SessionStatus.CLOSED, SessionStatus.SUMMED_UP)


@dataclass(frozen=True)
class HostedTurn:
    """A turn with its office as readers see it on a day."""

    turn: Turn
    office: Office
    status: TurnStatus
    offices: dict[int, Office] = field(repr=False, compare=False, default_factory=dict)

    @property
    def number(self) -> int:
        return self.turn.number

    @property
    def department(self) -> Department:
        return self.office.department

    @property
    def is_coming(self) -> bool:
        return self.status in (TurnStatus.CONFIRMED, TurnStatus.EXPECTED)

    @property
    def causes(self) -> list[tuple[Cause, Office | None]]:
        """Return why the turn is the office's, each with the other office."""
        return [(cause, self.offices.get(cause.other or 0)) for cause in self.turn.causes]

    @cached_property
    def spring_festival(self) -> dt.date | None:
        """Return the day of the Spring Festival that lies in the turn, if one does."""
        first, last = self.turn.first_day, self.turn.last_day
        days = map(spring_festival, range(first.year, last.year + 1))
        return next((day for day in days if first <= day <= last), None)


def spring_festival(year: int) -> dt.date:
    """Return the first day of the lunar year that begins in a year."""
    day = Lunar.fromYmd(year, 1, 1).getSolar()
    return dt.date(day.getYear(), day.getMonth(), day.getDay())


def facts_of(rotation: Rotation) -> list[Fact]:
    """Return the facts of a rotation in the order in which they were recorded."""
    rows: list[RotationEvent | HostTurn] = [*rotation.events.all(), *rotation.confirmed_turns.all()]
    rows.sort(key=lambda row: (row.recorded_at, isinstance(row, HostTurn), row.pk))
    return [_fact(row, rotation) for row in rows]


def _fact(row: RotationEvent | HostTurn, rotation: Rotation) -> Fact:
    if isinstance(row, HostTurn):
        return Confirm(on=row.on, party=row.office_id, turn=row.number, last_day=row.last_day)
    office, turn = row.office_id or 0, row.turn or 0
    match row.kind:
        case EventKind.START:
            order = tuple(party.office_id for party in rotation.parties.all())
            return Start(on=row.on, first_day=rotation.first_day, months=rotation.months, order=order)
        case EventKind.JOIN:
            return Join(on=row.on, party=office)
        case EventKind.LEAVE:
            return Leave(on=row.on, party=office)
        case EventKind.SKIP:
            return Skip(on=row.on, party=office, turn=turn)
        case _:
            other, other_turn = row.other_office_id or 0, row.other_turn or 0
            return Swap(on=row.on, party=office, turn=turn, other=other, other_turn=other_turn)


class Schedule:
    """The turns of a rotation as its facts say, with what might be added to them, on a day."""

    def __init__(self, rotation: Rotation, today: dt.date, more: Iterable[Fact] = ()) -> None:
        self.rotation, self.today = rotation, today
        self.facts = [*facts_of(rotation), *more]

    def __iter__(self) -> Iterator[HostedTurn]:
        """Yield the turns from the first on, without end."""
        for turn in turns(self.facts):
            yield HostedTurn(turn, self.offices[turn.party], self._status(turn), self.offices)

    @cached_property
    def offices(self) -> dict[int, Office]:
        """Return all offices that ever took part, by key; those that joined later by one more query."""
        offices = {party.office_id: party.office for party in self.rotation.parties.all()}
        joined = {fact.party for fact in self.facts if isinstance(fact, Join)} - set(offices)
        if joined:
            offices |= Office.objects.select_related("department").in_bulk(joined)
        return offices

    @cached_property
    def members(self) -> list[Office]:
        """Return the offices that take part now, in the order in which they came."""
        keys = [party.office_id for party in self.rotation.parties.all()]
        for fact in self.facts:
            if isinstance(fact, Join) and fact.party not in keys:
                keys.append(fact.party)
            elif isinstance(fact, Leave) and fact.party in keys:
                keys.remove(fact.party)
        return [self.offices[key] for key in keys]

    def until(self, last: dt.date) -> list[HostedTurn]:
        """Return the turns that begin until a day."""
        return list(takewhile(lambda hosted: hosted.turn.first_day <= last, self))

    @cached_property
    def coming_years(self) -> list[HostedTurn]:
        """Return all turns from the first on until two years from now."""
        return self.until(add_months(self.today, COMING_MONTHS))

    def coming_of(self, office: Office) -> HostedTurn | None:
        """Return the next turn of a party that has not begun, within two years."""
        coming = (hosted for hosted in self.coming_years if hosted.is_coming)
        return next((hosted for hosted in coming if hosted.office.pk == office.pk), None)

    def turn(self, number: int) -> HostedTurn | None:
        """Return a turn that begins within two years by its number."""
        return next((hosted for hosted in self.coming_years if hosted.number == number), None)

    def _status(self, turn: Turn) -> TurnStatus:
        if turn.last_day < self.today:
            return TurnStatus.PAST
        if turn.first_day <= self.today:
            return TurnStatus.PRESENT
        return TurnStatus.CONFIRMED if turn.is_confirmed else TurnStatus.EXPECTED


@dataclass(frozen=True)
class Change:
    """A turn that would be another's: who hosts it now, and who would."""

    number: int
    first_day: dt.date
    last_day: dt.date
    before: Office | None
    after: Office | None


def changes_by(rotation: Rotation, today: dt.date, fact: Fact) -> list[Change]:
    """Return the turns of the next two years that a further fact would give to another host."""
    before = {hosted.number: hosted for hosted in Schedule(rotation, today).coming_years}
    after = {hosted.number: hosted for hosted in Schedule(rotation, today, [fact]).coming_years}
    changes = []
    for number in sorted(before | after):
        old, new = before.get(number), after.get(number)
        if old and new and old.office.pk == new.office.pk:
            continue
        days = (new or old).turn  # type: ignore[union-attr]
        offices = (old.office if old else None, new.office if new else None)
        changes.append(Change(number, days.first_day, days.last_day, *offices))
    return changes


def rotations() -> QuerySet[Rotation]:
    """Return all rotations with their facts, the highest level first."""
    return Rotation.objects.with_facts()


def rotation_by_code(code: str) -> Rotation | None:
    return rotations().filter(code=code).first()


def default_rotation(user: User | None = None) -> Rotation | None:
    """Return the rotation that somebody sees first: the national one, else the first."""
    return min(
        rotations(), key=lambda rotation: (rotation.level != Level.NATIONAL, rotation.pk), default=None
    )


# Sessions -------------------------------------------------------------------------------------------------------


def sessions_of(rotation: Rotation) -> QuerySet[TrainingSession]:
    """Return the sessions of a rotation's region since it began, without cancelled ones."""
    sessions = TrainingSession.objects.filter(starts_on__gte=rotation.first_day).exclude(
        status=SessionStatus.CANCELLED
    )
    prefix = "" if rotation.level == Level.NATIONAL else region_prefix(rotation.region)
    if not prefix:
        return sessions
    return sessions.filter(Q(office__region__startswith=prefix) | Q(office=None))


def region_prefix(region: str) -> str:
    """Return what the codes of a region's parts begin with: `99` for 990000, `9901` for 990100, all six for a county."""
    for length in (2, 4):
        if region[length:] == "0" * (6 - length):
            return region[:length]
    return region


def sessions_by_turn(rotation: Rotation, shown: list[HostedTurn]) -> dict[int, list[TrainingSession]]:
    """Return the sessions of each turn's department that begin in it, by the number of the turn."""
    if not shown:
        return {}
    first, last = shown[0].turn.first_day, shown[-1].turn.last_day
    result: defaultdict[int, list[TrainingSession]] = defaultdict(list)
    for session in sessions_of(rotation).filter(starts_on__range=(first, last)).order_by("starts_on"):
        for hosted in shown:
            is_in_turn = hosted.turn.first_day <= session.starts_on <= hosted.turn.last_day
            if is_in_turn and hosted.department.pk == session.host_department_id:
                result[hosted.number].append(session)
    return result


@dataclass(frozen=True)
class Carried:
    """What a department has carried: sessions that it hosted, their days, and the hours of their agendas."""

    department: Department
    sessions: int
    days: int
    hours: int


def carried_by(rotation: Rotation, offices: Iterable[Office]) -> list[Carried]:
    """Return what each party's department has carried since the rotation began, by two queries."""
    held = sessions_of(rotation).filter(status__in=HELD).order_by()
    length = ExpressionWrapper(F("ends_on") - F("starts_on"), DurationField())
    by_department = held.values_list("host_department").annotate(count=Count("pk"), length=Sum(length))
    # A session of one day has a length of none.
    counts = {department: (count, total.days + count) for department, count, total in by_department}
    time = ExpressionWrapper(F("ends_at") - F("starts_at"), DurationField())
    rows = Activity.objects.filter(session__in=held.values("pk")).order_by()
    times = dict(rows.values_list("session__host_department").annotate(time=Sum(time)))
    result = []
    for department in dict.fromkeys(office.department for office in offices):
        sessions, days = counts.get(department.pk, (0, 0))
        hours = round(times.get(department.pk, dt.timedelta()) / dt.timedelta(hours=1))
        result.append(Carried(department, sessions, days, hours))
    return result


# What a coordinator is told -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Countdown:
    """How far away a day is; `working_days` is None where the year `unpublished` is not published."""

    days: int
    working_days: int | None
    unpublished: int | None


def countdown(today: dt.date, day: dt.date) -> Countdown:
    try:
        working_days = WorkingCalendar().working_days_between(today, day)
    except YearNotPublished as error:
        return Countdown((day - today).days, None, error.year)
    return Countdown((day - today).days, working_days, None)


@dataclass(frozen=True)
class OwnTurn:
    """The present or next turn of a party for which somebody speaks, with its sessions."""

    rotation: Rotation
    hosted: HostedTurn
    sessions: list[TrainingSession]
    countdown: Countdown


def own_turn(user: User, today: dt.date) -> OwnTurn | None:
    """Return the turn that comes first, of all rotations for which somebody speaks; None where there is none."""
    found: list[tuple[dt.date, Rotation, HostedTurn]] = []
    for rotation in rotations():
        schedule = Schedule(rotation, today)
        if not any(can_speak_for(user, office) for office in schedule.members):
            continue
        for hosted in schedule.coming_years:
            if hosted.status != TurnStatus.PAST and can_speak_for(user, hosted.office):
                found.append((hosted.turn.first_day, rotation, hosted))
                break
    if not found:
        return None
    _day, rotation, hosted = min(found, key=lambda row: (row[0], row[1].pk))
    sessions = sessions_by_turn(rotation, [hosted])[hosted.number]
    return OwnTurn(rotation, hosted, sessions, countdown(today, hosted.turn.first_day))


def speakers_for(offices: Iterable[Office]) -> list[User]:
    """Return the active people for whom `can_speak_for` is true with one of the offices."""
    keys = [office.pk for office in offices]
    current = Membership.objects.current().filter(Q(office__in=keys) | Q(office__parent__in=keys))
    people = User.objects.active().filter(groups__name=Role.COORDINATOR, pk__in=current.values("user"))
    return list(people.order_by("pk"))


def is_by_sessions(rotation: Rotation) -> bool:
    return rotation.pace == Pace.SESSIONS
