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
    """Lock the row of a dossier and return it as it is now."""
    return Dossier.objects.select_for_update().get(pk=dossier.pk)


def lock_clusters(*clusters: QuestionCluster) -> list[QuestionCluster]:
    """Lock the rows of clusters and return them as they are now, in the order of the arguments."""
    keys = {cluster.pk for cluster in clusters}
    # PostgreSQL locks in the order of the rows: by key, or two transactions could wait for each other.
    rows = QuestionCluster.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    locked = {row.pk: row for row in rows}
    return [locked[cluster.pk] for cluster in clusters]


def lock_open_cluster(cluster: QuestionCluster) -> QuestionCluster:
    """Lock the row of a cluster; raise ValidationError if it was merged into another."""
    (locked,) = lock_clusters(cluster)
    ensure_open(locked)
    return locked


def ensure_open(*clusters: QuestionCluster) -> None:
    """Raise ValidationError for the first cluster that was merged into another."""
    for cluster in clusters:
        if cluster.status != ClusterStatus.OPEN:
            raise ValidationError(
                _("Cluster %(number)s was merged into another in the meantime.") % {"number": cluster.number}
            )


def lock_questions(keys: Iterable[int]) -> list[Question]:
    """Lock the rows of questions, by key, and return them as they are now."""
    return list(Question.objects.select_for_update().filter(pk__in=set(keys)).order_by("pk"))
