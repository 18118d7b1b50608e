"""Notifications on how a question goes on. Recipients are looked up here and named nowhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from inquiry.models import AskerIdentity, Follow, MeToo, Question
from portal.org.enums import NotificationKind
from portal.org.models import Notification, User
from portal.org.services.notifications import notify

MAX_SUBJECT_CHARS = 300
# So much of a title stands before what is said to the asker.
MAX_TITLE_CHARS_WITH_WORDS = 60
# What those who follow a question or have it too are told where its asker is told the other.
FOLLOWED_KINDS = {
    NotificationKind.QUESTION_REFINED: NotificationKind.FOLLOWED_REFINED,
    NotificationKind.QUESTION_GROUPED: NotificationKind.FOLLOWED_GROUPED,
    NotificationKind.QUESTION_REGROUPED: NotificationKind.FOLLOWED_REGROUPED,
    NotificationKind.QUESTION_UNGROUPED: NotificationKind.FOLLOWED_UNGROUPED,
    NotificationKind.QUESTION_CLOSED: NotificationKind.FOLLOWED_CLOSED,
    NotificationKind.QUESTION_REOPENED: NotificationKind.FOLLOWED_REOPENED,
    NotificationKind.QUESTION_IN_DOSSIER: NotificationKind.FOLLOWED_IN_DOSSIER,
}
# After the number of the question they give a reason or a decision.
KINDS_WITHOUT_TITLE = (NotificationKind.IDENTITY_DISCLOSED, NotificationKind.IDENTITY_DECIDED)


def active_asker(question: Question) -> User | None:
    """Return the asker's account; none if it may be in other hands, does not sign in any more or was never known."""
    identities = AskerIdentity.objects.filter(question=question, is_closed=False)
    identity = identities.select_related("user").first()
    return identity.user if identity and identity.user and identity.user.is_active else None


def notify_asker(
    *,
    question: Question,
    kind: NotificationKind,
    url: str = "",
    number: str = "",
    words: str = "",
    apart_from: Collection[int] = (),
) -> None:
    """Notify the asker, with the title as raised whatever others may see, and the beginning of `words`.

    `number` is that of the cluster or dossier which the kind names.
    """
    asker = active_asker(question)
    if asker and asker.pk not in apart_from:
        title = question.title_as_raised
        title = f"{title[:MAX_TITLE_CHARS_WITH_WORDS]} · {words}" if words else title
        subject = f"{question.number} {title}"
        notify(
            recipient=asker,
            kind=kind,
            subject=subject[:MAX_SUBJECT_CHARS],
            url=url or question.get_absolute_url(),
            number=number,
        )


def notify_followers(
    *,
    question: Question,
    kind: NotificationKind,
    url: str = "",
    number: str = "",
    apart_from: Collection[int] = (),
) -> None:
    """Notify those who follow the question or have it too, except the asker, with the title that others may see."""
    open_rows = {"question": question, "is_closed": False}
    asker_ids = AskerIdentity.objects.filter(**open_rows).values_list("user_id", flat=True)
    ids = set(Follow.objects.filter(**open_rows).values_list("user_id", flat=True))
    ids |= set(MeToo.objects.filter(**open_rows).values_list("user_id", flat=True))
    # The asker is notified apart, with the title as raised.
    ids -= {*asker_ids, *apart_from}
    subject = f"{question.number} {question.public_title()}"[:MAX_SUBJECT_CHARS]
    for recipient in User.objects.filter(pk__in=ids, is_active=True).order_by("pk"):
        notify(
            recipient=recipient,
            kind=FOLLOWED_KINDS[kind],
            subject=subject,
            url=url or question.get_absolute_url(),
            number=number,
        )


def retitle_notices(question: Question) -> None:
    """Replace the original title in what others received before the question was marked."""
    # Every subject begins with the number of its question and a space.
    notifications = Notification.objects.filter(subject__startswith=f"{question.number} ")
    notifications = notifications.exclude(kind__in=KINDS_WITHOUT_TITLE)
    if asker := active_asker(question):
        notifications = notifications.exclude(recipient=asker)
    notifications.update(subject=f"{question.number} {question.public_title()}"[:MAX_SUBJECT_CHARS])


def recall_notices(*, question: Question, kinds: Iterable[NotificationKind], since: dt.datetime) -> set[int]:
    """Delete what nobody has read of an act that was taken back, and return the keys of the people it was for."""
    kinds = list(kinds)
    unread = Notification.objects.filter(
        # Every subject begins with the number of its question and a space.
        subject__startswith=f"{question.number} ",
        kind__in=[*kinds, *(FOLLOWED_KINDS[kind] for kind in kinds)],
        created_at__gte=since,
        read_at__isnull=True,
    )
    # Locked: what somebody reads at this moment stays, and the person is told of the rest.
    recipient_of = dict(unread.select_for_update().values_list("pk", "recipient"))
    Notification.objects.filter(pk__in=recipient_of).delete()
    return set(recipient_of.values())


def notify_asker_and_followers(
    *, question: Question, kind: NotificationKind, url: str = "", number: str = ""
) -> None:
    """Notify the asker, and whoever follows the question or has it too, of what happened (`notify_asker`)."""
    notify_asker(question=question, kind=kind, url=url, number=number)
    notify_followers(question=question, kind=kind, url=url, number=number)
