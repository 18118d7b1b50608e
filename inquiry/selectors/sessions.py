"""Sessions that take questions now."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from courses.models import TrainingSession
from courses.rules import can_raise_question
from portal.org.models import PortalSettings, User


def sessions_open_for_questions(
    user: User | AnonymousUser, *, today: dt.date | None = None
) -> list[TrainingSession]:
    """Return the sessions in which a person may raise a question on a day, the newest first."""
    today = today or timezone.localdate()
    window = PortalSettings.load().question_window_days
    # The predicate decides; the query only leaves out sessions that it would refuse by their dates.
    recent = TrainingSession.objects.filter(
        starts_on__lte=today, ends_on__gte=today - dt.timedelta(days=window)
    ).select_related("host_department", "office")
    return [session for session in recent if can_raise_question(user, session, on=today, window_days=window)]
