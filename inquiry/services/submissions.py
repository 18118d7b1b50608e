"""What people send with a question, and how it is kept as JSON while a secrecy reviewer has not decided."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Model
from django.utils import timezone

from courses.models import Activity, TrainingSession
from inquiry.enums import QuestionOrigin
from inquiry.models import HeldSubmission
from inquiry.selectors.affiliations import Affiliation
from portal.foundation.enums import Lang
from portal.org.models import Department, Office, User

_Model = TypeVar("_Model", bound=Model)


@dataclass(frozen=True)
class Asker:
    """The person behind a question, as far as it is known; an imported question has a name at most."""

    user: User | None = None
    name: str = ""
    department: Department | None = None
    office: Office | None = None
    office_name: str = ""

    @classmethod
    def from_user(cls, user: User) -> Asker:
        """Return a signed-in person as an asker, with department and office of this day."""
        return cls(user, user.display_name or user.username, user.department, user.office)


@dataclass(frozen=True)
class Wording:
    """The content of a question, and the session in which it is raised."""

    kind: str
    text: str
    title: str = ""
    lang: str = Lang.ZH_HANS
    session: TrainingSession | None = None
    activity: Activity | None = None
    raised_on: dt.date = field(default_factory=timezone.localdate)


def content_of(
    wording: Wording,
    naming: str,
    asker: Asker,
    printed: Affiliation | None = None,
    *,
    origin: str = QuestionOrigin.PORTAL,
    category: str = "",
    answer: str = "",
) -> dict[str, Any]:
    """Return what is kept, as JSON, of a question that is held back, besides its text."""
    return {
        "kind": wording.kind,
        "title": wording.title,
        "lang": wording.lang,
        "session": wording.session and wording.session.pk,
        "activity": wording.activity and wording.activity.pk,
        "raised_on": wording.raised_on.isoformat(),
        "naming": naming,
        "printed": printed and [row and row.pk for row in (printed.department, printed.office)],
        "name": asker.name,
        "department": asker.department and asker.department.pk,
        "office": asker.office and asker.office.pk,
        "office_name": asker.office_name,
        "origin": origin,
        "category": category,
        "answer": answer,
    }


def wording_of(submission: HeldSubmission) -> Wording:
    """Return the wording of a question that is held back, as of the day on which it was sent."""
    content = submission.content
    return Wording(
        kind=content["kind"],
        text=submission.text,
        title=content["title"],
        lang=content["lang"],
        session=_row(TrainingSession, content["session"]),
        activity=_row(Activity, content["activity"]),
        raised_on=dt.date.fromisoformat(content["raised_on"]),
    )


def asker_of(submission: HeldSubmission) -> Asker:
    """Return who sent a question that is held back, with department and office of that day."""
    content = submission.content
    return Asker(
        user=submission.user,
        name=content["name"],
        department=_row(Department, content["department"]),
        office=_row(Office, content["office"]),
        office_name=content["office_name"],
    )


def printed_affiliation_of(submission: HeldSubmission) -> Affiliation | None:
    """Return what was decided to be printed when the question was sent; None for a row of a file."""
    if not submission.content["printed"]:
        return None
    department_key, office_key = submission.content["printed"]
    return Affiliation(_row(Department, department_key), _row(Office, office_key))


def _row(model: type[_Model], key: int | None) -> _Model | None:
    return model._default_manager.filter(pk=key).first() if key else None
