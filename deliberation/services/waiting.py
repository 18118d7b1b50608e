"""What waits for the parties of a matter: assignments and notifications, ended when there is nothing left to wait for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from deliberation.models import Matter, Party
from deliberation.selectors.deputations import signatories_of
from deliberation.selectors.matters import current_positions, signing_parties, standing_signatures
from portal.org.enums import AssignmentKind, NotificationKind
from portal.org.models import Assignment, User
from portal.org.services.assignments import assign, complete_assignments, end_assignments
from portal.org.services.notifications import notify


def await_positions(matter: Matter, *, due_on: dt.date, actor: User | None) -> None:
    """Let the matter wait for a position of each party that has none."""
    positions = current_positions(matter)
    parties = [party for party in matter.parties_in_order if party.pk not in positions]
    _await(matter, AssignmentKind.STATE_POSITION, parties, actor, due_on)
    tell_signatories(matter, parties, NotificationKind.POSITION_NEEDED, actor)


def await_signatures(matter: Matter, *, due_on: dt.date | None, actor: User | None) -> None:
    """Let the matter wait for the signature of each party that has to sign and has not."""
    signatures = standing_signatures(matter)
    parties = [party for party in signing_parties(matter) if party.pk not in signatures]
    _await(matter, AssignmentKind.COUNTERSIGN, parties, actor, due_on)
    tell_signatories(matter, parties, NotificationKind.SIGNATURE_NEEDED, actor)


def await_confirmation(matter: Matter, *, actor: User) -> None:
    """Let a stamped reply wait for any party but the host."""
    others = [party for party in matter.parties_in_order if party.office_id != matter.host_id]
    _await(matter, AssignmentKind.CONFIRM_REPLY, others, actor)


def await_host(matter: Matter, *, actor: User | None) -> None:
    """Let the matter wait for the host, who decides how it goes on."""
    hosts = [party for party in matter.parties_in_order if party.office_id == matter.host_id]
    _await(matter, AssignmentKind.LEAD_MATTER, hosts, actor)


def await_again(matter: Matter, what: AssignmentKind, party: Party, *, actor: User) -> None:
    """Let the matter wait for one party again."""
    _await(matter, what, [party], actor)


def _await(
    matter: Matter,
    what: AssignmentKind,
    parties: Iterable[Party],
    actor: User | None,
    due_on: dt.date | None = None,
) -> None:
    for party in parties:
        assign(subject=matter, what=what, department=party.department, due_on=due_on, actor=actor)


def done_by(matter: Matter, what: AssignmentKind, party: Party, *, actor: User) -> None:
    """Mark as done what waits for one party."""
    others = Assignment.objects.open().of_subject(matter).filter(what=what)
    complete_assignments(
        subject=matter,
        what=what,
        actor=actor,
        except_for=list(others.exclude(department=party.department_id)),
    )


def done(matter: Matter, what: AssignmentKind, *, actor: User) -> None:
    """Mark as done what waits for any of several parties."""
    complete_assignments(subject=matter, what=what, actor=actor)


def nothing_waits(matter: Matter, *, actor: User | None, what: AssignmentKind | None = None) -> None:
    """End what waits about a matter, of one kind or all of it."""
    end_assignments(subject=matter, what=what, actor=actor)


def tell_signatories(
    matter: Matter, parties: Iterable[Party], kind: NotificationKind, actor: User | None
) -> None:
    """Notify those who speak for some parties, but for whoever acts."""
    people = {person for party in parties for person in signatories_of(party)}
    tell(matter, people, kind, actor)


def tell(matter: Matter, people: Iterable[User], kind: NotificationKind, actor: User | None) -> None:
    """Notify people about a matter, but for whoever acts."""
    for person in sorted(set(people), key=lambda person: person.pk):
        if person != actor:
            notify(recipient=person, kind=kind, subject=str(matter), url=matter.get_absolute_url())
