"""Questions, clusters and dossiers. An asker stands in the table of identities, as in life."""

from __future__ import annotations

from typing import Any

import factory
from django.utils import timezone

from inquiry.enums import Naming, QuestionStatus
from inquiry.models import (
    AskerIdentity,
    ClusterMembership,
    Dossier,
    DossierClause,
    DossierItem,
    Question,
    QuestionCluster,
    Refinement,
)
from inquiry.services.identities import (
    RevealedAsker,
    approve_identity_request,
    read_identity,
    request_identity,
)
from tests.factories.courses import TrainingSessionFactory
from tests.factories.org import UserFactory


class QuestionFactory(factory.django.DjangoModelFactory):
    """`QuestionFactory(asker=user, naming=Naming.ANONYMOUS)`; an asker is made unless `asker=None`."""

    class Meta:
        model = Question

    asker = factory.SubFactory(UserFactory)
    number = factory.Sequence(lambda n: f"Q-2026-{n + 900_000:06d}")
    text = factory.Sequence(lambda n: f"罪犯在监狱服刑期间财产性判项未履行的，减刑时如何把握？（{n}）")
    session = factory.SubFactory(TrainingSessionFactory)
    naming = Naming.OFFICE
    raised_on = factory.LazyFunction(timezone.localdate)

    @classmethod
    def _create(cls, model_class: type[Question], *args: Any, **kwargs: Any) -> Question:
        asker = kwargs.pop("asker")
        office = asker.office if asker else None
        kwargs.setdefault("department", office.department if office else None)
        kwargs.setdefault("office", office if kwargs["naming"] != Naming.ANONYMOUS else None)
        question = super()._create(model_class, *args, **kwargs)
        name = asker.display_name if asker else ""
        AskerIdentity.objects.create(question=question, user=asker, name=name, office=office)
        return question


class RefinementFactory(factory.django.DjangoModelFactory):
    """The current restated form of a question, which then counts as refined."""

    class Meta:
        model = Refinement

    question = factory.SubFactory(QuestionFactory)
    version = 1
    title = "财产性判项未履行罪犯的减刑幅度"
    text = "对确有履行能力而不履行财产性判项的罪犯，减刑时从严幅度应当如何统一？"
    author = factory.SubFactory(UserFactory, roles=["analyst"])
    refined_on = factory.LazyFunction(timezone.localdate)

    @classmethod
    def _create(cls, model_class: type[Refinement], *args: Any, **kwargs: Any) -> Refinement:
        refinement = super()._create(model_class, *args, **kwargs)
        Question.objects.filter(pk=refinement.question.pk).update(status=QuestionStatus.REFINED)
        refinement.question.refresh_from_db()
        return refinement


class ClusterFactory(factory.django.DjangoModelFactory):
    """`ClusterFactory(questions=[...])` holds them from now on."""

    class Meta:
        model = QuestionCluster
        skip_postgeneration_save = True

    number = factory.Sequence(lambda n: f"C-2026-{n + 9000:04d}")
    title = "履行能力的认定标准"
    grouped_on = factory.LazyFunction(timezone.localdate)

    @factory.post_generation
    def questions(self, create: bool, extracted: list[Question] | None, **kwargs: Any) -> None:
        analyst = UserFactory(roles=["analyst"]) if extracted else None
        for question in extracted or []:
            ClusterMembership.objects.create(
                question=question, cluster=self, since=timezone.now(), added_by=analyst
            )
            Question.objects.filter(pk=question.pk).update(status=QuestionStatus.GROUPED)
            question.refresh_from_db()


class DossierFactory(factory.django.DjangoModelFactory):
    """A dossier in progress."""

    class Meta:
        model = Dossier

    number = factory.Sequence(lambda n: f"D-2026-{n + 900:03d}")
    title = "财产性判项履行情况审查素材卷宗"
    target_title = "关于财产性判项执行与减刑假释衔接的指导意见"
    grounds = "五部门会商纪要要求统一尺度。"
    analysis = "## 现状\n\n各地把握不一。\n\n## 建议\n\n统一标准。"
    author = factory.SubFactory(UserFactory, roles=["analyst"])
    opened_on = factory.LazyFunction(timezone.localdate)


class DossierItemFactory(factory.django.DjangoModelFactory):
    """Give `cluster`, `question`, `provision` or `case`."""

    class Meta:
        model = DossierItem

    dossier = factory.SubFactory(DossierFactory)
    added_by = factory.LazyAttribute(lambda item: item.dossier.author)


class DossierClauseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DossierClause

    dossier = factory.SubFactory(DossierFactory)
    position = factory.Sequence(lambda n: n)
    text = "罪犯确有履行能力而不履行财产性判项的，不认定其确有悔改表现。"


def revealed_asker(question: Question) -> RevealedAsker:
    """Return what a keeper reads of who asked, after another one approved."""
    first, second = UserFactory(roles=["keeper"]), UserFactory(roles=["keeper"])
    request = request_identity(question=question, keeper=first, reason="核实重大线索")
    approve_identity_request(request=request, actor=second)
    return read_identity(request=request, actor=first)
