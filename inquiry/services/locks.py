"""Row locks in one fixed order: number sequence, dossier, clusters by key, questions by key.

Every service that changes memberships takes them in this order, so no two of them wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from inquiry.enums import ClusterStatus
from inquiry.models import Dossier, Question, QuestionCluster


def lock_dossier(dossier: Dossier) -> Dossier:
    return Dossier.objects.select_for_update().get(pk=dossier.pk)


def lock_clusters(*clusters: QuestionCluster) -> list[QuestionCluster]:
    """The clusters as they are now, in the order in which they were given."""
    keys = {cluster.pk for cluster in clusters}
    locked = {
        each.pk: each
        for each in QuestionCluster.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    }
    return [locked[cluster.pk] for cluster in clusters]


def lock_open_cluster(cluster: QuestionCluster) -> QuestionCluster:
    (locked,) = lock_clusters(cluster)
    ensure_open(locked)
    return locked


def ensure_open(*clusters: QuestionCluster) -> None:
    for cluster in clusters:
        if cluster.status != ClusterStatus.OPEN:
            raise ValidationError(
                _("Cluster %(number)s was merged into another in the meantime.") % {"number": cluster.number}
            )


def lock_questions(keys: Iterable[int]) -> list[Question]:
    return list(Question.objects.select_for_update().filter(pk__in=set(keys)).order_by("pk"))
