"""Matters and the people of their parties, made by the services as in life."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from deliberation.enums import MatterAudience, Stance
from deliberation.models import Consultation, Countersignature, Matter, Party
from deliberation.services.consultations import open_consultation, state_position
from deliberation.services.matters import open_matter
from deliberation.services.signing import open_signing, sign_version
from portal.org.enums import Level
from portal.org.models import Office, User
from portal.org.services.confirmation import Confirmation
from tests.factories.org import OfficeFactory, UserFactory, department

DEPARTMENTS = ("court", "procuratorate", "detention", "prison", "correction")
TEXT = """关于财产性判项执行与减刑假释衔接的工作意见

第一条 罪犯确有履行能力而不履行财产性判项的，不认定其确有悔改表现。

第二条 监狱提请减刑前，应当函询原审人民法院财产性判项的履行情况。

第三条 原审人民法院应当自收到函件之日起十日内函复。
"""


def confirmed(user: User) -> Confirmation:
    """What the session says of somebody who has typed the password just now."""
    return Confirmation(user.pk, timezone.now())


@dataclass
class Table:
    """Offices that settle a matter, the first of them the host, with a signatory and a coordinator each."""

    offices: list[Office]
    signatories: list[User] = field(default_factory=list)
    coordinators: list[User] = field(default_factory=list)

    @property
    def host(self) -> User:
        """Return who leads for the host."""
        return self.coordinators[0]

    def open(self, kind: str = "agreement", **values: object) -> Matter:
        """Open a matter with a text."""
        fields = {
            "title": "关于财产性判项执行与减刑假释衔接的工作意见",
            "markdown": TEXT,
            "audience": MatterAudience.PARTIES,
        } | values
        return open_matter(kind=kind, host=self.offices[0], parties=self.offices, actor=self.host, **fields)

    def consult(self, matter: Matter, **values: object) -> Consultation:
        """Open a round on the present text for a week."""
        fields = {"due_on": timezone.localdate() + dt.timedelta(days=7)} | values
        matter.refresh_from_db()
        return open_consultation(matter=matter, version=matter.current, actor=self.host, **fields)

    def parties(self, matter: Matter) -> list[Party]:
        return list(matter.parties.order_by("place"))

    def say(self, consultation: Consultation, place: int, stance: str = Stance.AGREE, **values: str):
        """Take a position for the party at a place, counted from 0."""
        party = self.parties(consultation.version.matter)[place]
        return state_position(
            consultation=consultation, party=party, stance=stance, actor=self.signatories[place], **values
        )

    def agree(self, consultation: Consultation, places: Sequence[int] | None = None) -> None:
        for place in range(len(self.offices)) if places is None else places:
            self.say(consultation, place)

    def ready(self, kind: str = "agreement", **values: object) -> Matter:
        """A matter that all have agreed to and that is being signed."""
        matter = self.open(kind, **values)
        self.agree(self.consult(matter))
        matter.refresh_from_db()
        return open_signing(matter=matter, version=matter.current, actor=self.host)

    def sign(self, matter: Matter, place: int, **values: object) -> Countersignature:
        """Sign for the party at a place, by its signatory unless `actor` is given."""
        actor = values.pop("actor", self.signatories[place])
        fields = {"version": matter.current, "confirmation": confirmed(actor)} | values
        return sign_version(party=self.parties(matter)[place], actor=actor, **fields)

    def settle(self, kind: str = "agreement", **values: object) -> Matter:
        """A matter that all have signed."""
        matter = self.ready(kind, **values)
        for place in range(len(self.offices)):
            self.sign(matter, place)
        matter.refresh_from_db()
        return matter


def make_table(count: int = 3, level: str = Level.NATIONAL) -> Table:
    """Return offices of as many departments, with their people."""
    offices = [OfficeFactory(department=department(code), level=level) for code in DEPARTMENTS[:count]]
    return Table(
        offices,
        [UserFactory(roles=["signatory"], office=office) for office in offices],
        [UserFactory(roles=["coordinator"], office=office) for office in offices],
    )
