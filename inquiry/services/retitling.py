"""New titles for clusters that bear the words of a question which was marked as naming somebody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from inquiry.models import Question, QuestionCluster
from inquiry.services.audit import record_action
from inquiry.services.locks import lock_clusters
from portal.foundation.signals import announce_changed
from portal.org.models import User


def lock_clusters_of(question: Question) -> list[QuestionCluster]:
    """Lock every cluster that the question is or was in; call it before the question is locked."""
    return lock_clusters(*QuestionCluster.objects.filter(memberships__question=question).distinct())


def retitle_clusters(
    *, clusters: Iterable[QuestionCluster], question: Question, actor: User
) -> dict[str, list[str]]:
    """Give clusters that bear an earlier title of the question its present one.

    The form that groups a question offers its title for the new cluster: as raised, or as restated before. Returns the
    title before and the one given, by the cluster's number, for `restore_titles`.
    """
    retitled = {}
    restated = question.public_title()
    restated_before = question.refinements.filter(is_current=False).values_list("title", flat=True)
    earlier_titles = {question.title_as_raised, *restated_before} - {restated}
    for cluster in clusters:
        if cluster.title in earlier_titles:
            retitled[cluster.number] = [cluster.title, restated]
            _save_title(cluster, restated, actor)
    return retitled


def restore_titles(
    *, clusters: Iterable[QuestionCluster], retitled: Mapping[str, Sequence[str]], actor: User
) -> None:
    """Give clusters the titles that `retitle_clusters` replaced, where nobody wrote another one since."""
    for cluster in clusters:
        before, given = retitled.get(cluster.number, ("", ""))
        if before and cluster.title == given:
            _save_title(cluster, before, actor)


def _save_title(cluster: QuestionCluster, title: str, actor: User) -> None:
    cluster.title = title
    cluster.save(update_fields=["title"])
    record_action(cluster, "inquiry.cluster.edit", actor=actor)
    announce_changed(cluster)
