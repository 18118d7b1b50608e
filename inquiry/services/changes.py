"""Telling the apps above which records changed."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Model

from inquiry.models import Dossier, DossierItem, Question, QuestionCluster
from portal.foundation.signals import record_changed


def announce(*records: Model) -> None:
    for record in records:
        record_changed.send(sender=type(record), instance=record)


def announce_question(question: Question) -> None:
    """A question, its cluster, and the dossiers that gathered either."""
    cluster = QuestionCluster.objects.filter(
        memberships__question=question, memberships__until__isnull=True
    ).first()
    announce(question, *([cluster] if cluster else []))
    announce_dossiers(questions=[question], clusters=[cluster] if cluster else [])


def announce_dossiers(
    *, questions: Iterable[Question] = (), clusters: Iterable[QuestionCluster] = ()
) -> None:
    items = DossierItem.objects.filter(question__in=list(questions)) | DossierItem.objects.filter(
        cluster__in=list(clusters)
    )
    announce(*Dossier.objects.filter(pk__in=items.values("dossier")))
