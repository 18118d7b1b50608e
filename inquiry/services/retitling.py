"""Taking a marked question's own words out of what was called by them."""

from __future__ import annotations

from collections.abc import Iterable

from inquiry.models import Question, QuestionCluster
from inquiry.services.audit import record_action
from inquiry.services.locks import lock_clusters
from portal.foundation.signals import announce_changed
from portal.org.models import User


def lock_clusters_of(question: Question) -> list[QuestionCluster]:
    """Every cluster that the question is or was in; lock them before the question."""
    return lock_clusters(*QuestionCluster.objects.filter(memberships__question=question).distinct())


def retitle_clusters(*, clusters: Iterable[QuestionCluster], question: Question, actor: User) -> None:
    """The form that groups a question offers its title for the cluster: as raised, or as restated before."""
    restated = question.public_title()
    earlier = question.refinements.filter(is_current=False).values_list("title", flat=True)
    told = {question.title_as_raised, *earlier} - {restated}
    for cluster in clusters:
        if cluster.title in told:
            cluster.title = restated
            cluster.save(update_fields=["title"])
            record_action(cluster, "inquiry.cluster.edit", actor=actor)
            announce_changed(cluster)
