"""The records that a person may see, and the queues of those who work on them."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, QuerySet

from inquiry.enums import DossierStatus, QuestionStatus
from inquiry.models import ClusterMembership, Dossier, Question, QuestionCluster
from inquiry.models.clusters import QuestionClusterQuerySet
from inquiry.models.questions import QuestionQuerySet
from portal.org.models import User
from portal.org.rules import is_analyst, is_staff_member


def questions_visible_to(user: User | AnonymousUser) -> QuestionQuerySet:
    """Return all questions for staff, none for visitors; with what rows of lists say of who asked."""
    questions = Question.objects.select_related("department", "office")
    return questions if is_staff_member(user) else questions.none()


def originals_visible_to(user: User | AnonymousUser) -> QuestionQuerySet:
    """Return questions whose own words a person may find by what they cite; askers have theirs among their own."""
    questions = questions_visible_to(user)
    return questions if is_analyst(user) else questions.filter(names_real=False)


def clusters_visible_to(user: User | AnonymousUser) -> QuestionClusterQuerySet:
    """Return all clusters for staff, none for visitors."""
    clusters = QuestionCluster.objects.all()
    return clusters if is_staff_member(user) else clusters.none()


def dossiers_visible_to(user: User | AnonymousUser) -> QuerySet[Dossier]:
    """Return all dossiers for analysts, the finished ones for other staff, none for visitors."""
    if is_analyst(user):
        return Dossier.objects.all()
    if is_staff_member(user):
        return Dossier.objects.filter(status=DossierStatus.FINISHED)
    return Dossier.objects.none()


def questions_awaiting_refinement(user: User | AnonymousUser) -> QuerySet[Question]:
    """Return standing questions that have no restated form, the oldest first."""
    standing = questions_visible_to(user).standing()
    return standing.filter(is_refined=False).order_by("raised_on", "number")


def questions_refined_ungrouped(user: User | AnonymousUser) -> QuerySet[Question]:
    """Return refined questions in no cluster, the oldest first."""
    grouped = ClusterMembership.objects.filter(question=OuterRef("pk"), until__isnull=True)
    # The status settles it for nearly all: who is in a cluster is at least grouped, who is not restated is raised.
    settled = {"is_refined": True, "status__in": [QuestionStatus.REFINED, QuestionStatus.IN_DOSSIER]}
    refined = questions_visible_to(user).filter(**settled)
    return refined.exclude(Exists(grouped)).order_by("raised_on", "number")


def status_tone(status: str) -> str:
    """Return the tone of a status tag (`components/tag.html`)."""
    return {
        QuestionStatus.RAISED: "neutral",
        QuestionStatus.REFINED: "brand",
        QuestionStatus.GROUPED: "brand",
        QuestionStatus.IN_DOSSIER: "ok",
        QuestionStatus.CLOSED: "warn",
        QuestionStatus.WITHDRAWN: "warn",
    }[QuestionStatus(status)]
