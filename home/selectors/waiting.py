"""The work that waits for a person, by role; each entry leads to the page where it is done."""

from __future__ import annotations

import dataclasses

from django.utils.translation import gettext as _

from casebank.models import TypicalCase
from casebank.rules import can_curate_cases
from courses.enums import SessionStatus
from courses.models import TrainingSession
from courses.rules import can_plan_sessions
from home.destinations import Destination
from inquiry.enums import DossierStatus
from inquiry.models import CategoryMapping, Dossier, QuestionCluster
from inquiry.rules import can_import_questions
from inquiry.selectors import questions_awaiting_refinement, questions_refined_ungrouped
from inquiry.selectors.cached_counts import cached_until_logged
from inquiry.selectors.narrowing import clusters_in_no_dossier
from portal.foundation.counting import count_each
from portal.org.models import User
from portal.org.rules import is_analyst
from portal.org.selectors import open_assignments, unread_count

IN_PREPARATION = (SessionStatus.PROPOSED, SessionStatus.IN_CONSULTATION, SessionStatus.COUNTERSIGNED)


@dataclasses.dataclass(frozen=True)
class Task:
    """Work of one kind: how much of it waits, and the address where it is done."""

    label: str
    count: int
    url: str


def tasks_of(user: User) -> list[Task]:
    """Return the work that waits for a person; kinds of which nothing waits are left out."""
    # What may not be read is not counted either.
    assignments = sum(row.assignment.paused_at is None for row in open_assignments(user))
    tasks = [
        Task(_("Assigned to you or your role"), assignments, Destination.ASSIGNMENTS.url),
        Task(_("Unread notifications"), unread_count(user), Destination.NOTIFICATIONS.url),
    ]
    if is_analyst(user):
        tasks += [Task(label, count, destination.url) for label, count, destination in analysts_work(user)]
    if can_plan_sessions(user):
        tasks.append(_sessions_in_preparation())
    if can_import_questions(user):
        unmapped = CategoryMapping.objects.filter(topic__isnull=True).count()
        tasks.append(Task(_("Imported categories without a topic"), unmapped, Destination.CATEGORIES.url))
    if can_curate_cases(user):
        drafts = TypicalCase.objects.filter(has_unpublished_changes=True).count()
        tasks.append(Task(_("Cases with unpublished changes"), drafts, Destination.CASES_ADMIN.url))
    return [task for task in tasks if task.count and task.url]


def analysts_work(user: User) -> list[tuple[str, int, Destination]]:
    """Return what waits for analysts, each with its number and the page where it is done."""
    labels = {
        Destination.TO_REFINE: _("Questions to refine"),
        Destination.TO_GROUP: _("Refined questions to group"),
        Destination.CLUSTERS_IN_NO_DOSSIER: _("Clusters in no dossier yet"),
        Destination.DOSSIERS: _("Dossiers in progress"),
    }
    lists = {
        Destination.TO_REFINE.name: questions_awaiting_refinement(user),
        Destination.TO_GROUP.name: questions_refined_ungrouped(user),
        Destination.CLUSTERS_IN_NO_DOSSIER.name: clusters_in_no_dossier(QuestionCluster.objects.open()),
        Destination.DOSSIERS.name: Dossier.objects.filter(status=DossierStatus.DRAFT),
    }
    counts = cached_until_logged(("home",), lambda: count_each(lists))
    return [(label, counts[destination.name], destination) for destination, label in labels.items()]


def _sessions_in_preparation() -> Task:
    count = TrainingSession.objects.filter(status__in=IN_PREPARATION).count()
    return Task(_("Sessions in preparation"), count, Destination.SESSIONS_ADMIN.url)
