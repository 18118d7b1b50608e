"""Telling people how a question goes on. Recipients are found here and named nowhere."""

from __future__ import annotations

from collections.abc import Iterable

from inquiry.models import AskerIdentity, Follow, MeToo, Question
from portal.org.enums import NotificationKind
from portal.org.models import Notification, User
from portal.org.services.notifications import notify

SUBJECT_LENGTH = 300


def asker_of(question: Question) -> User | None:
    identity = AskerIdentity.objects.filter(question=question).select_related("user").first()
    return identity.user if identity and identity.user and identity.user.is_active else None


def tell_asker(*, question: Question, kind: NotificationKind, url: str = "") -> None:
    """The asker reads the own title, whatever others may see."""
    if asker := asker_of(question):
        subject = f"{question.number} {question.title_as_raised}"
        notify(
            recipient=asker,
            kind=kind,
            subject=subject[:SUBJECT_LENGTH],
            url=url or question.get_absolute_url(),
        )


def tell_followers(*, question: Question, url: str = "", apart_from: Iterable[int] = ()) -> None:
    """Those who follow the question or have it too, except the asker, with the title that others may see."""
    identity = AskerIdentity.objects.filter(question=question).values_list("user_id", flat=True).first()
    ids = set(Follow.objects.filter(question=question).values_list("user_id", flat=True))
    ids |= set(MeToo.objects.filter(question=question).values_list("user_id", flat=True))
    ids -= {identity, *apart_from}
    subject = f"{question.number} {question.public_title()}"[:SUBJECT_LENGTH]
    for recipient in User.objects.filter(pk__in=ids, is_active=True).order_by("pk"):
        notify(
            recipient=recipient,
            kind=NotificationKind.FOLLOWED_PROGRESS,
            subject=subject,
            url=url or question.get_absolute_url(),
        )


def retitle_notices(question: Question) -> None:
    """Take the original title out of what others were told before the question was marked."""
    said = Notification.objects.filter(subject__startswith=f"{question.number} ")
    if asker := asker_of(question):
        said = said.exclude(recipient=asker)
    said.update(subject=f"{question.number} {question.public_title()}"[:SUBJECT_LENGTH])


def tell_everybody(*, question: Question, kind: NotificationKind, url: str = "") -> None:
    tell_asker(question=question, kind=kind, url=url)
    tell_followers(question=question, url=url)
