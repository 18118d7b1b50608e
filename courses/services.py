"""Plan sessions, change them, move them from state to state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import CharField, Model, TextField
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from courses.enums import MOVES, SessionStatus, is_announcement
from courses.models import TrainingSession
from courses.rules import can_plan_sessions
from portal.foundation.revisions import require_revision, snapshot, values_before
from portal.foundation.services import next_number, reserve_number
from portal.foundation.signals import announce_changed
from portal.org.models import User
from portal.org.services import present_topic
from portal.org.services.secrecy import refuse_marked


@transaction.atomic
def create_session(
    *, session: TrainingSession, actor: User | None, number: str | None = None
) -> TrainingSession:
    """Save a new session with its agenda and topics under a permanent number.

    `session` is built but not saved, its activities and topics in it. `number` is one that was given
    elsewhere. `actor` is None for a command at the server.
    """
    _require_planner(actor)
    check_agenda(session)
    year = session.starts_on.year
    session.number = reserve_number(number=number) if number else next_number(series="TT", year=year, width=2)
    return _save(session, "courses.create_session", actor)


@transaction.atomic
def update_session(*, session: TrainingSession, actor: User | None) -> TrainingSession:
    """Save a changed session; its number and status are not for editing."""
    _require_planner(actor)
    check_agenda(session)
    stored = TrainingSession.objects.select_for_update().get(pk=session.pk)
    before = snapshot(stored)
    # The form carries neither; a session object built elsewhere may hold other values.
    session.number, session.status = stored.number, stored.status
    return _save(session, "courses.change_session", actor, before)


def _save(
    session: TrainingSession, action: str, actor: User | None, before: dict[str, Any] | None = None
) -> TrainingSession:
    """Save a session; `before` is what stood there, which the log keeps."""
    refuse_marked(*_texts_of(session), actor=actor)
    session.save()
    _replace_merged_topics(session)
    after = snapshot(TrainingSession.objects.get(pk=session.pk))
    log(session, action, user=actor, data={"before": values_before(before, after)} if before else None)
    announce_changed(session)
    return session


def _texts_of(session: TrainingSession) -> Iterator[str]:
    """Yield all that people wrote about a session and its activities."""
    records: list[Model] = [session, *session.activities.all()]
    for record in records:
        for field in record._meta.get_fields():
            if isinstance(field, CharField | TextField):
                yield str(getattr(record, field.name) or "")


def _replace_merged_topics(session: TrainingSession) -> None:
    """Replace topics that were merged while the form was open by those that hold their records."""
    topics = [present_topic(item.tag) for item in session.topic_items.select_related("tag")]
    if {topic.pk for topic in topics} != {item.tag_id for item in session.topic_items.all()}:
        session.topics.set(topics)
        session.save()


def check_agenda(session: TrainingSession) -> None:
    """Raise ValidationError where an activity stands outside the session's days or ends before it begins."""
    if session.ends_on < session.starts_on:
        raise ValidationError({"ends_on": _("The last day is before the first.")})
    for activity in session.activities.all():
        if activity.ends_at <= activity.starts_at:
            raise ValidationError(_("“%(title)s” ends before it begins.") % {"title": activity.title})
        days = {timezone.localdate(activity.starts_at), timezone.localdate(activity.ends_at)}
        if not all(session.starts_on <= day <= session.ends_on for day in days):
            raise ValidationError(
                _("“%(title)s” is not within the session's days.") % {"title": activity.title}
            )


@transaction.atomic
def move_session(
    *, session: TrainingSession, to: str, actor: User | None, expected_revision: str | None = None
) -> TrainingSession:
    """Move a session to its next state; raises ValidationError for a move that `MOVES` does not allow.

    `expected_revision` is that of the session which the person has checked for secrets, None where nobody is asked;
    raises `RecordChanged` where it is announced with other words.
    """
    _require_planner(actor)
    # The row is locked before its state is read: of two people who move it at once, the second is refused.
    locked = TrainingSession.objects.select_for_update().get(pk=session.pk)
    if to not in MOVES[locked.status]:
        next_label = dict(SessionStatus.choices).get(to, to)
        raise ValidationError(
            _("A session that is “%(present)s” cannot become “%(next)s”.")
            % {"present": locked.get_status_display(), "next": next_label}
        )
    if is_announcement(locked.status, to):
        if expected_revision is not None:
            message = _("Somebody changed this session meanwhile. Read it again, then announce it.")
            require_revision(locked, expected_revision, message=message)
        refuse_marked(*_texts_of(locked), actor=actor)
        # Whoever announces a session answers for it that it holds no secrets.
        locked.secrecy_reviewed_by, locked.secrecy_reviewed_on = actor, timezone.localdate()
    before, locked.status = locked.status, SessionStatus(to)
    locked.save()
    log(locked, "courses.move_session", user=actor, data={"before": before, "after": to})
    announce_changed(locked)
    session.status = locked.status
    return locked


def _require_planner(actor: User | None) -> None:
    if actor is not None and not can_plan_sessions(actor):
        raise PermissionDenied
