"""Rotations of the five departments, started on the first of the present year."""

from __future__ import annotations

import datetime as dt

import factory
from django.utils import timezone

from courses.rotation.enums import EventKind
from courses.rotation.models import Rotation, RotationEvent, RotationParty
from courses.rotation.selectors import HostedTurn, Schedule
from portal.org.models import Department
from tests.factories.org import OfficeFactory


class RotationFactory(factory.django.DjangoModelFactory):
    """A rotation by season, of an office of each department; `RotationFactory(offices=[...])` names them."""

    class Meta:
        model = Rotation
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"rotation-{n}")
    name = factory.Sequence(lambda n: f"宁川市轮值{n}")
    level = "municipal"
    region = "990100"
    first_day = factory.LazyFunction(lambda: dt.date(timezone.localdate().year, 1, 1))

    @factory.post_generation
    def offices(self, create, offices, **kwargs):
        offices = offices or [
            OfficeFactory(department=department, region="990100") for department in Department.objects.all()
        ]
        RotationParty.objects.bulk_create(
            RotationParty(rotation=self, office=office, position=position)
            for position, office in enumerate(offices, start=1)
        )
        RotationEvent.objects.create(rotation=self, kind=EventKind.START, on=self.first_day)


def schedule_of(rotation: Rotation) -> Schedule:
    return Schedule(Rotation.objects.with_facts().get(pk=rotation.pk), timezone.localdate())


def coming_turn(rotation: Rotation, place: int = 0) -> HostedTurn:
    """Return the next turn, or one after it."""
    return [hosted for hosted in schedule_of(rotation).coming_years if hosted.is_coming][place]


def hosts(rotation: Rotation, count: int = 6) -> list[str]:
    """Return the departments of the coming turns by their codes."""
    coming = [hosted for hosted in schedule_of(rotation).coming_years if hosted.is_coming]
    return [hosted.department.code for hosted in coming[:count]]
