"""Departments, offices and people. The five departments and the roles come from the migrations."""

from __future__ import annotations

import datetime as dt

import factory
from django.contrib.auth.models import Group
from django.utils import timezone

from portal.org.enums import Level, NotificationKind
from portal.org.models import Department, Membership, Notification, Office, OfficeAlias, Topic, User

PASSWORD = "a-password-of-tests"


class DepartmentFactory(factory.django.DjangoModelFactory):
    """A further department; `department("court")` is one of the five."""

    class Meta:
        model = Department

    code = factory.Sequence(lambda n: f"department-{n}")
    name = factory.Sequence(lambda n: f"第{n}部门")
    name_en = factory.Sequence(lambda n: f"Department {n}")
    short_name = factory.Sequence(lambda n: f"部{n}")
    short_name_en = factory.Sequence(lambda n: f"Dept {n}")
    seal = factory.Sequence(lambda n: chr(0x4E00 + n))


def department(code: str = "court") -> Department:
    return Department.objects.get(code=code)


class OfficeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Office

    department = factory.LazyFunction(department)
    level = Level.MUNICIPAL
    name = factory.Sequence(lambda n: f"宁川市第{n}单位")


class OfficeAliasFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OfficeAlias

    office = factory.SubFactory(OfficeFactory)
    name = factory.Sequence(lambda n: f"第{n}单位简称")


class UserFactory(factory.django.DjangoModelFactory):
    """`UserFactory(roles=["analyst"], office=office)`; one is made unless `office=None`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    display_name = factory.Sequence(lambda n: f"陈岚{n}")
    password = factory.django.Password(PASSWORD)
    last_login = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def roles(self, create, names, **kwargs):
        if names:
            self.groups.add(*(Group.objects.get(name=name) for name in names))

    @classmethod
    def _create(cls, model_class, *args, office=..., **kwargs):
        user = super()._create(model_class, *args, **kwargs)
        if office is not None:
            MembershipFactory(user=user, office=OfficeFactory() if office is ... else office)
        return user


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    office = factory.SubFactory(OfficeFactory)
    since = dt.date(2020, 1, 1)


class TopicFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Topic

    name = factory.Sequence(lambda n: f"主题{n}")
    slug = factory.Sequence(lambda n: f"topic-{n}")


class NotificationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Notification

    recipient = factory.SubFactory(UserFactory)
    kind = NotificationKind.QUESTION_REFINED
    subject = "Q-2026-000001"
    url = "/questions/Q-2026-000001/"
    created_at = factory.LazyFunction(timezone.now)
