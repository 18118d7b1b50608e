"""The order in which the demo is loaded."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from home.demo.loader.cases import load_cases
from home.demo.loader.clusters import cluster_events
from home.demo.loader.dossiers import dossier_events
from home.demo.loader.front import load_front
from home.demo.loader.norms import load_laws, load_samples
from home.demo.loader.organisation import load_offices, load_people, load_topics
from home.demo.loader.playback import Event, play
from home.demo.loader.questions import known_questions, question_events
from home.demo.loader.registry import Registry
from home.demo.loader.rotation import load_rotation, load_working_days
from home.demo.loader.sessions import load_sessions
from home.demo.loader.synonyms import load_synonyms
from home.demo.loader.waiting import load_waiting
from portal.org.models import Notification

UNREAD_DAYS = 30


@transaction.atomic
def load_demo(*, today: datetime.date | None = None) -> Registry:
    """Load what is missing. Sessions with relative dates are placed around `today` when they are first made."""
    registry = Registry(today=today or timezone.localdate())
    for load in (
        load_topics,
        load_offices,
        load_people,
        load_laws,
        load_samples,
        load_sessions,
        load_working_days,
        load_rotation,
        load_cases,
        load_synonyms,
    ):
        load(registry)
    registry.questions = known_questions()
    if not registry.questions:
        play(_history(registry), until=timezone.now())
        load_front(registry)
        load_waiting(registry)
        _mark_old_notifications_read(registry)
    return registry


def _history(registry: Registry) -> Iterator[Event]:
    yield from question_events(registry)
    yield from cluster_events(registry)
    yield from dossier_events(registry)


def _mark_old_notifications_read(registry: Registry) -> None:
    """Mark notifications that are older than a month as read."""
    before = timezone.now() - datetime.timedelta(days=UNREAD_DAYS)
    past_notices = Notification.objects.filter(recipient__in=registry.people.values(), created_at__lt=before)
    past_notices.update(read_at=F("created_at") + datetime.timedelta(hours=20))
