"""Who may see and do what with questions, clusters and dossiers."""

from __future__ import annotations

from inquiry.enums import DossierStatus, QuestionStatus
from portal.org.enums import Role
from portal.org.rules import STAFF, has_role, is_analyst, is_staff_member

ANALYST_TOKEN = f"role:{Role.ANALYST}"


def question_audience(question) -> list[str]:
    return [STAFF]


def cluster_audience(cluster) -> list[str]:
    return [STAFF]


def dossier_audience(dossier) -> list[str]:
    """Finished dossiers are for staff, one in progress for analysts."""
    return [STAFF] if dossier.status == DossierStatus.FINISHED else [ANALYST_TOKEN]


def can_view_question(user, question=None) -> bool:
    return is_staff_member(user)


def can_view_cluster(user, cluster=None) -> bool:
    return is_staff_member(user)


def can_view_dossier(user, dossier) -> bool:
    if dossier.status == DossierStatus.FINISHED:
        return is_staff_member(user)
    return is_analyst(user)


def can_refine(user) -> bool:
    return is_analyst(user)


def can_group(user) -> bool:
    return is_analyst(user)


def can_write_dossier(user, dossier=None) -> bool:
    """Analysts write dossiers; a finished one is changed only after it was reopened."""
    return is_analyst(user) and (dossier is None or dossier.status == DossierStatus.DRAFT)


def can_export_dossier(user, dossier) -> bool:
    return can_view_dossier(user, dossier)


def can_import_questions(user) -> bool:
    return has_role(user, Role.ANALYST, Role.COORDINATOR)


def can_see_original(user, question, *, is_asker: bool) -> bool:
    """The text as raised is for everybody until it is marked as naming a real case or person."""
    return is_staff_member(user) and (not question.names_real or is_asker or is_analyst(user))


def can_withdraw(user, question, *, is_asker: bool) -> bool:
    return is_staff_member(user) and is_asker and question.status != QuestionStatus.WITHDRAWN


def can_append_correction(user, question, *, is_asker: bool) -> bool:
    return is_staff_member(user) and is_asker


def can_reveal_asker(user) -> bool:
    """A keeper by role: no permission that a superuser holds without being one."""
    return has_role(user, Role.KEEPER)
