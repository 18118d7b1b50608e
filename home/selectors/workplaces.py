"""What a role finds first on its home: queues in numbers, records to go on with, and what can be begun."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from django.db.models import Count, Q, Window
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from casebank.models import TypicalCase
from courses.enums import SessionStatus
from courses.models import TrainingSession
from home.destinations import Destination, RecordDestination
from home.selectors.waiting import IN_PREPARATION, analysts_work
from home.selectors.welcome import Card, session_card
from inquiry.enums import DossierStatus, HeldStatus, IdentityRequestStatus
from inquiry.models import CategoryMapping, HeldSubmission
from inquiry.selectors import (
    dossiers_visible_to,
    presented_questions,
    questions_awaiting_refinement,
)
from inquiry.selectors.identities import requests_awaiting, requests_of
from norms.selectors.unresolved import cited_documents_without_text
from portal.foundation import dates
from portal.foundation.counting import count_each
from portal.org.enums import Role
from portal.org.models import FileReview, User
from portal.org.rules import can_see_overdue, roles_of
from portal.org.selectors import accounts_administered_by, open_approvals, open_password_requests

MAX_ROWS = 4
OPEN_OR_RUNNING = (SessionStatus.OPEN, SessionStatus.RUNNING)


@dataclasses.dataclass(frozen=True)
class Act:
    """Something that a person can begin, and the page where it begins."""

    label: str
    url: str
    icon: str = "forward"


@dataclasses.dataclass(frozen=True)
class Workplace:
    """The part of a home that belongs to a role; `tiles` are {value, label, url}."""

    title: str
    tiles: list[dict]
    rows: list[Card]
    acts: list[Act]
    empty: str
    more: Act | None = None


def workplaces_of(user: User) -> list[Workplace]:
    """Return the workplaces of a person's roles; trainees have none."""
    roles = roles_of(user)
    return [build(user) for role, build in BUILDERS.items() if role in roles]


def _tile(value: int, label: str, destination: Destination) -> dict:
    return {"value": value, "label": label, "url": destination.url}


def _keeper(user: User) -> Workplace:
    awaiting = len(requests_awaiting(user))
    is_open = Q(status=IdentityRequestStatus.REQUESTED)
    numbered = requests_of(user).annotate(open_count=Window(Count("pk", filter=is_open)))
    newest = list(numbered.order_by("-requested_at")[:MAX_ROWS])
    return Workplace(
        title=_("Identity requests"),
        tiles=[
            _tile(awaiting, _("Identity requests to decide"), Destination.IDENTITY_REQUESTS),
            _tile(
                newest[0].open_count if newest else 0,
                _("Own identity requests that are open"),
                Destination.IDENTITY_REQUESTS,
            ),
        ],
        rows=[
            Card(
                title=request.reason,
                url=request.get_absolute_url(),
                number=request.question.number,
                tags=({"label": request.get_status_display(), "tone": "neutral"},),
                meta=(dates.day(timezone.localdate(request.requested_at)),),
            )
            for request in newest
        ],
        acts=[Act(_("Find a question"), Destination.QUESTIONS.url, "search")],
        empty=_(
            "You have asked for no identity. It begins on the page of an anonymous question; a keeper of another "
            "department decides, and the asker is told."
        ),
        more=Act(_("All requests"), Destination.IDENTITY_REQUESTS.url),
    )


def _reviewer(user: User) -> Workplace:
    texts_count = HeldSubmission.objects.filter(status=HeldStatus.WAITING).count()
    files_count = FileReview.objects.held().count()
    return Workplace(
        title=_("Secrecy review"),
        tiles=[
            _tile(texts_count, _("Texts held back"), Destination.SECRECY_REVIEW),
            _tile(files_count, _("Files held back"), Destination.SECRECY_REVIEW),
        ],
        rows=[],
        acts=[Act(_("Go to the review"), Destination.SECRECY_REVIEW.url, "check")],
        empty=_("Texts and files with a mark of classification wait here; you release or delete them."),
    )


def _administrator(user: User) -> Workplace:
    approvals = list(open_approvals())
    # What others asked for waits for the person by name, above.
    own = [approval for approval in approvals if approval.requested_by_id == user.pk]
    counts = count_each(
        {"people": accounts_administered_by(user).active(), "passwords": open_password_requests(user)}
    )
    return Workplace(
        title=_("People and settings"),
        tiles=[
            _tile(counts["passwords"], _("Password requests"), Destination.PASSWORD_REQUESTS),
            _tile(len(approvals), _("Waiting for a second administrator"), Destination.APPROVALS),
            _tile(counts["people"], _("Active people"), Destination.PEOPLE_ADMIN),
        ],
        rows=[
            Card(
                title=str(approval.account),
                url=RecordDestination.APPROVAL.url_of(approval.pk),
                tags=({"label": approval.label, "tone": "warn"},),
                meta=(dates.day(timezone.localdate(approval.requested_at)),),
            )
            for approval in own[:MAX_ROWS]
        ],
        acts=[
            Act(_("Add a person"), Destination.ADD_PERSON.url, "plus"),
            Act(_("Import a sheet"), Destination.IMPORT_PEOPLE.url, "upload"),
            Act(_("Administration"), Destination.ADMIN.url, "settings"),
        ],
        empty=_("Nothing that you asked for waits for a second administrator."),
    )


def _signatory(user: User) -> Workplace:
    dossiers = dossiers_visible_to(user).filter(status=DossierStatus.FINISHED).order_by("-finished_on")
    return Workplace(
        title=_("Finished dossiers"),
        tiles=[],
        rows=[
            Card(
                title=dossier.title,
                url=dossier.get_absolute_url(),
                number=dossier.number,
                meta=(dates.day(dossier.finished_on),) if dossier.finished_on else (),
            )
            for dossier in dossiers[:MAX_ROWS]
        ],
        acts=[],
        empty=_("No dossier is finished yet. Each leads back to the questions that it answers."),
        more=Act(_("All dossiers"), Destination.FINISHED_DOSSIERS.url),
    )


def _coordinator(user: User) -> Workplace:
    statuses = (*IN_PREPARATION, *OPEN_OR_RUNNING)
    sessions = list(
        TrainingSession.objects.filter(status__in=statuses)
        .select_related("host_department")
        .order_by("starts_on")
    )
    # What one's own department hosts comes first.
    sessions.sort(key=lambda session: session.host_department_id != user.department_id)
    preparing = sum(session.status in IN_PREPARATION for session in sessions)
    unmapped = CategoryMapping.objects.filter(topic__isnull=True).count()
    return Workplace(
        title=_("Sessions to prepare and run"),
        tiles=[
            _tile(preparing, _("Sessions in preparation"), Destination.SESSIONS_ADMIN),
            _tile(len(sessions) - preparing, _("Open or running"), Destination.SESSIONS_AHEAD),
            _tile(unmapped, _("Imported categories without a topic"), Destination.CATEGORIES),
        ],
        rows=[
            dataclasses.replace(session_card(session), url=RecordDestination.SESSION_ADMIN.url_of(session.pk))
            for session in sessions[:MAX_ROWS]
        ],
        acts=[
            Act(_("Plan a session"), Destination.ADD_SESSION.url, "plus"),
            Act(_("Import questions"), Destination.IMPORT_QUESTIONS.url, "upload"),
            *(
                [Act(_("Overdue, and whose"), Destination.OVERDUE.url, "clock")]
                if can_see_overdue(user)
                else []
            ),
        ],
        empty=_("No session is in preparation."),
        more=Act(_("All sessions"), Destination.SESSIONS_ADMIN.url),
    )


def _editor(user: User) -> Workplace:
    drafts = TypicalCase.objects.filter(has_unpublished_changes=True).order_by("-updated_at")
    counts = count_each({"drafts": drafts, "texts": cited_documents_without_text()})
    return Workplace(
        title=_("Cases in hand"),
        tiles=[
            _tile(counts["drafts"], _("Cases with unpublished changes"), Destination.CASES_ADMIN),
            _tile(counts["texts"], _("Cited laws without a text"), Destination.UNRESOLVED),
        ],
        rows=[
            Card(
                title=case.title_here,
                url=RecordDestination.CASE_ADMIN.url_of(case.pk),
                number=case.number,
                tags=(
                    {
                        "label": _("Changed since it was published")
                        if case.live
                        else pgettext("state", "Draft"),
                        "tone": "warn",
                    },
                ),
                meta=(dates.day(timezone.localdate(case.updated_at)),),
            )
            for case in drafts[:MAX_ROWS]
        ],
        acts=[
            Act(_("Write a case"), Destination.ADD_CASE.url, "plus"),
            Act(_("Import norms"), Destination.IMPORT_NORMS.url, "upload"),
        ],
        empty=_("No case is being written."),
        more=Act(_("All cases"), Destination.CASES_ADMIN.url),
    )


def _analyst(user: User) -> Workplace:
    to_refine = questions_awaiting_refinement(user)
    return Workplace(
        title=_("Next to refine"),
        tiles=[_tile(count, label, destination) for label, count, destination in analysts_work(user)],
        rows=[
            Card(
                title=question.title,
                url=RecordDestination.DESK_QUESTION.url_of(question.number),
                number=question.number,
                tags=({"label": question.kind_label, "tone": "neutral"},),
                meta=(dates.day(question.raised_on),),
            )
            for question in presented_questions(list(to_refine[:MAX_ROWS]), user)
        ],
        acts=[
            Act(_("Open the desk"), Destination.DESK.url, "desk"),
            Act(_("Searches made"), Destination.TRACES.url, "search"),
        ],
        empty=_("Every question is refined."),
        more=Act(_("The whole queue"), Destination.TO_REFINE.url),
    )


# In this order on the home of somebody with several roles: what only few can do comes first.
BUILDERS: dict[Role, Callable[[User], Workplace]] = {
    Role.KEEPER: _keeper,
    Role.REVIEWER: _reviewer,
    Role.ADMINISTRATOR: _administrator,
    Role.SIGNATORY: _signatory,
    Role.COORDINATOR: _coordinator,
    Role.EDITOR: _editor,
    Role.ANALYST: _analyst,
}
