"""Sessions and their agenda."""

from __future__ import annotations

import datetime as dt

import factory
from django.utils import timezone

from courses.enums import SessionStatus
from courses.models import Activity, TrainingSession
from tests.factories.org import department


class TrainingSessionFactory(factory.django.DjangoModelFactory):
    """A session that runs today."""

    class Meta:
        model = TrainingSession

    number = factory.Sequence(lambda n: f"TT-2019-{n + 1:02d}")
    theme = factory.Sequence(lambda n: f"财产性判项执行与减刑假释（{n}）")
    host_department = factory.LazyFunction(department)
    place = "宁川市"
    starts_on = factory.LazyFunction(timezone.localdate)
    ends_on = factory.LazyAttribute(lambda session: session.starts_on + dt.timedelta(days=2))
    status = SessionStatus.RUNNING


class ActivityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Activity

    session = factory.SubFactory(TrainingSessionFactory)
    title = factory.Sequence(lambda n: f"分组讨论{n}")
    starts_at = factory.LazyAttribute(
        lambda activity: timezone.make_aware(dt.datetime.combine(activity.session.starts_on, dt.time(9)))
    )
    ends_at = factory.LazyAttribute(lambda activity: activity.starts_at + dt.timedelta(hours=2))
