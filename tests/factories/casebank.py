"""Typical cases."""

from __future__ import annotations

import factory
from django.utils import timezone

from casebank.models import CaseHeading, CaseKind, CaseSection, TypicalCase


class CaseKindFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CaseKind

    code = factory.Sequence(lambda n: f"kind-{n}")
    name = factory.Sequence(lambda n: f"第{n}类案例")


class CaseHeadingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CaseHeading

    kind = factory.SubFactory(CaseKindFactory)
    name = factory.Sequence(lambda n: f"标题{n}")


class TypicalCaseFactory(factory.django.DjangoModelFactory):
    """A draft; `CaseFactory` is published."""

    class Meta:
        model = TypicalCase

    number = factory.Sequence(lambda n: f"AL-2019-{n + 1:03d}")
    title = factory.Sequence(lambda n: f"罪犯李某减刑监督案（{n}）")
    kind = factory.SubFactory(CaseKindFactory)
    live = False


class CaseFactory(TypicalCaseFactory):
    live = True
    first_published_at = factory.LazyFunction(timezone.now)
    last_published_at = factory.LazyFunction(timezone.now)


class CaseSectionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CaseSection

    case = factory.SubFactory(CaseFactory)
    heading = factory.SubFactory(CaseHeadingFactory, kind=factory.SelfAttribute("..case.kind"))
    body = "罪犯李某以其无履行能力为由申请减刑。"
