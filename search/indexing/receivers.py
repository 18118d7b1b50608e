"""Changes of records become rows of the outbox, in the same transaction."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.signals import published, unpublished

from casebank.models import CaseTopic, TypicalCase
from courses.models import SessionTopic, TrainingSession
from inquiry.models import (
    ClusterMembership,
    Dossier,
    DossierClause,
    Question,
    QuestionCluster,
    QuestionTopic,
    Refinement,
)
from norms.models import DocumentAlias, DocumentVersion, NormativeDocument
from portal.foundation.signals import record_changed, record_removed
from portal.org.models import Topic
from search.indexing.outbox import enqueue

Affected = Iterable[tuple[str, Iterable[int]]]


def _of_topic(topic: Topic) -> Affected:
    """Records carry the topic's address, and that of the one that replaced it."""
    questions = list(QuestionTopic.objects.filter(tag=topic).values_list("content_object_id", flat=True))
    clusters = ClusterMembership.objects.filter(question__in=questions, until__isnull=True)
    return [
        ("question", questions),
        ("cluster", clusters.values_list("cluster_id", flat=True)),
        ("session", SessionTopic.objects.filter(tag=topic).values_list("content_object_id", flat=True)),
        ("case", CaseTopic.objects.filter(tag=topic).values_list("content_object_id", flat=True)),
    ]


AFFECTED: dict[type[Model], Callable[[Any], Affected]] = {
    Question: lambda question: [("question", [question.pk])],
    Refinement: lambda refinement: [("question", [refinement.question_id])],
    QuestionCluster: lambda cluster: [("cluster", [cluster.pk])],
    Dossier: lambda dossier: [("dossier", [dossier.pk])],
    DossierClause: lambda clause: [("dossier", [clause.dossier_id])],
    TrainingSession: lambda session: [("session", [session.pk])],
    TypicalCase: lambda case: [("case", [case.pk])],
    NormativeDocument: lambda document: [("norm", [document.pk])],
    DocumentVersion: lambda version: [("norm", [version.document_id])],
    DocumentAlias: lambda alias: [("norm", [alias.document_id])],
    Topic: _of_topic,
}


@receiver(record_changed)
@receiver(record_removed)
def queue_record(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    for kind, ids in AFFECTED.get(type(instance), lambda _record: [])(instance):
        enqueue(kind, ids)


@receiver(published)
@receiver(unpublished)
def queue_published(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    queue_record(sender=sender, instance=instance)


@receiver(post_delete)
def queue_deleted(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    if sender in AFFECTED and sender is not Topic:
        queue_record(sender=sender, instance=instance)


@receiver(post_save, sender=Topic)
def queue_topic(sender: type[Model], instance: Topic, created: bool, **kwargs: Any) -> None:
    """Topics are edited in the admin; a new one is on no record yet."""
    if not created:
        queue_record(sender=sender, instance=instance)
