"""Reads of who asked: for the asker alone, and for bylines that the asker chose.

Identities that are closed (`AskerIdentity.is_closed`) are nobody's here.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from inquiry.enums import NAMINGS_BY_DISCLOSURE, HeldStatus, Naming, QuestionStatus
from inquiry.models import AskerIdentity, HeldSubmission, IdentityRequest, Question
from inquiry.rules import can_decide_identity_request
from portal.org.enums import Role
from portal.org.models import Membership, User
from portal.org.rules import colleagues_since, is_staff_member
from portal.org.selectors import fetch_memberships


def questions_asked_by(user: User | AnonymousUser) -> QuerySet[Question]:
    """Return a person's own questions, the newest first."""
    if not is_staff_member(user):
        return Question.objects.none()
    return Question.objects.filter(asker_identity__user=user, asker_identity__is_closed=False).select_related(
        "session", "department", "office"
    )


def own_questions_grouped(user: User | AnonymousUser) -> QuerySet[Question]:
    """Return those of a person's own questions that are grouped with others, or beyond that step."""
    return questions_asked_by(user).filter(status__in=[QuestionStatus.GROUPED, QuestionStatus.IN_DOSSIER])


def own_questions_in_dossiers(user: User | AnonymousUser) -> QuerySet[Question]:
    """Return those of a person's own questions that are source material of a dossier."""
    return questions_asked_by(user).filter(status=QuestionStatus.IN_DOSSIER)


def previous_naming(user: User) -> str:
    """Return the most careful way in which the person was named on the last day of asking; "" before the first."""
    questions = questions_asked_by(user)
    latest = questions.order_by("-raised_on").values_list("raised_on", flat=True).first()
    if latest is None:
        return ""
    chosen = set(questions.filter(raised_on=latest).values_list("naming", flat=True))
    return next(naming for naming in NAMINGS_BY_DISCLOSURE if naming in chosen)


def is_asker(user: User | AnonymousUser, question: Question) -> bool:
    """Tell whether the question is the person's own."""
    return is_staff_member(user) and _own(user).filter(question=question).exists()


def ids_asked_by(user: User | AnonymousUser, ids: Iterable[int]) -> set[int]:
    """Return which of the questions with these keys the person raised."""
    if not is_staff_member(user):
        return set()
    return set(_own(user).filter(question__in=ids).values_list("question_id", flat=True))


def _own(user: User) -> QuerySet[AskerIdentity]:
    return AskerIdentity.objects.filter(user=user, is_closed=False)


def asker_names(questions: Iterable[Question]) -> dict[int, str]:
    """Return the names of askers who chose to be named, by question; no other name is read.

    It is the name of the account, which administrators keep; where there is none, the name in the imported sheet.
    """
    ids = [question.pk for question in questions if question.naming == Naming.FULL]
    if not ids:
        return {}
    # The database filters by naming as well, so that no other name reaches this process.
    rows = AskerIdentity.objects.filter(question__in=ids, question__naming=Naming.FULL)
    return {
        identity.question_id: str(identity.user) if identity.user else identity.name
        for identity in rows.select_related("user")
    }


def own_ids_and_names(
    user: User | AnonymousUser, questions: Iterable[Question]
) -> tuple[set[int], dict[int, str]]:
    """Return which of `questions` the person raised, and the names of askers who chose to be named; by one query.

    The database gives no other name than one that was chosen to be shown, nor whose the others are.
    """
    named_by_question = {question.pk: question.naming == Naming.FULL for question in questions}
    named_ids = [pk for pk, is_named in named_by_question.items() if is_named]
    reader = user.pk if is_staff_member(user) else None
    found = Q(question__in=named_ids, question__naming=Naming.FULL)
    if reader is not None:
        found |= Q(question__in=list(named_by_question), user=reader, is_closed=False)
    own_ids, names = set[int](), dict[int, str]()
    columns = ("question_id", "user_id", "is_closed", "user__display_name", "user__username", "name")
    rows = AskerIdentity.objects.filter(found).order_by().values_list(*columns)
    for question, asker, is_closed, display_name, username, name in rows:
        if reader is not None and asker == reader and not is_closed:
            own_ids.add(question)
        if named_by_question[question]:
            names[question] = display_name or username if asker else name
    return own_ids, names


def keepers() -> list[User]:
    """Return active keepers who work for an office now; they are few."""
    current = Membership.objects.current()
    return list(User.objects.active().filter(groups__name=Role.KEEPER, memberships__in=current))


def keepers_elsewhere(request: IdentityRequest, among: Iterable[User] | None = None) -> list[User]:
    """Return active keepers of other departments than the requester's, now and for some time before the request.

    `among` are the `keepers`, where they have been read.
    """
    if among is None:
        among = keepers()
        fetch_memberships([request.requested_by, *among])
    since = colleagues_since(request.requested_at)
    return [
        keeper
        for keeper in among
        if keeper.pk != request.requested_by_id and not keeper.is_colleague_since(request.requested_by, since)
    ]


def requests_of(user: User) -> QuerySet[IdentityRequest]:
    """Return a keeper's own requests, the newest first."""
    return IdentityRequest.objects.filter(requested_by=user).select_related("question", "decided_by")


def requests_awaiting(user: User) -> list[IdentityRequest]:
    """Return the requests of others that a keeper may decide, the longest waiting first."""
    rows = IdentityRequest.objects.open().exclude(requested_by=user)
    waiting = list(rows.select_related("question", "requested_by").order_by("requested_at"))
    if not waiting:
        return []
    among = keepers()
    fetch_memberships([user, *among, *(request.requested_by for request in waiting)])
    return [
        request
        for request in waiting
        if can_decide_identity_request(
            user, request, has_keepers_elsewhere=bool(keepers_elsewhere(request, among))
        )
    ]


def held_submissions_of(user: User) -> QuerySet[HeldSubmission]:
    """Return what a person sent that waits for a secrecy review or was not taken, the newest first."""
    own = HeldSubmission.objects.filter(user=user, is_closed=False)
    return own.exclude(status=HeldStatus.RELEASED).order_by("-sent_on", "pk")
