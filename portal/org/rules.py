"""Predicates about people, and the audience tokens that every app builds on."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, TypeGuard

from portal.org.enums import GUARDED_ROLES, ApprovalKind, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from portal.org.models import AccountApproval, Assignment, FileReview, User

# Audience tokens of everybody, and of people who are signed in.
ALL, STAFF = "all", "staff"
COLLEAGUE_DAYS = 90


def is_staff_member(user: User | AnonymousUser | None) -> TypeGuard[User]:
    """Return whether somebody is signed in with an active account: such people work for a department."""
    return bool(user and user.is_authenticated and user.is_active)


def roles_of(user: User | AnonymousUser) -> frozenset[str]:
    """Return the names of the groups a person is in, read once for a user object."""
    return user.role_names if is_staff_member(user) else frozenset()


def has_role(user: User | AnonymousUser, *roles: Role) -> bool:
    return not roles_of(user).isdisjoint(roles)


def is_analyst(user: User | AnonymousUser) -> bool:
    return has_role(user, Role.ANALYST)


def is_keeper(user: User | AnonymousUser) -> bool:
    return has_role(user, Role.KEEPER)


def is_reviewer(user: User | AnonymousUser) -> bool:
    """Return whether somebody decides about marks of classification."""
    return has_role(user, Role.REVIEWER)


def can_view_file_review(user: User | AnonymousUser, review: FileReview) -> bool:
    """Return whether somebody may see a file that is held back: whoever uploaded it, and secrecy reviewers."""
    return is_staff_member(user) and (review.uploaded_by_id == user.pk or is_reviewer(user))


def is_administrator(user: User | AnonymousUser) -> bool:
    return has_role(user, Role.ADMINISTRATOR)


def can_use_admin(user: User | AnonymousUser) -> bool:
    return is_staff_member(user) and user.has_perm("wagtailadmin.access_admin")


def can_manage_accounts(user: User | AnonymousUser) -> bool:
    return is_staff_member(user) and user.has_perm("org.change_user")


def can_manage_account(user: User | AnonymousUser, account: User) -> bool:
    """Return whether somebody may change an account; an administrator may not change a superuser's."""
    return can_manage_accounts(user) and (user.is_superuser or not account.is_superuser)


def can_set_roles(user: User | AnonymousUser, account: User) -> bool:
    """Return whether somebody may give roles to an account; nobody gives them to their own."""
    return can_manage_account(user, account) and user.pk != account.pk


def is_guarded(account: User) -> bool:
    """Return whether an account can learn who asked, alone or with another one, or is about to be able to."""
    if account.is_superuser or not roles_of_account(account).isdisjoint(GUARDED_ROLES):
        return True
    return account.approvals.open().filter(kind=ApprovalKind.ROLE).exists()


def roles_of_account(account: User) -> frozenset[str]:
    """Return the roles as stored, of closed accounts as well."""
    return frozenset(account.groups.values_list("name", flat=True))


def can_see_approvals(user: User | AnonymousUser) -> bool:
    """Return whether somebody may read what waits for a second administrator."""
    return is_staff_member(user) and (is_administrator(user) or user.is_superuser)


def can_decide_approval(user: User | AnonymousUser, approval: AccountApproval) -> bool:
    """Return whether somebody is the second administrator: neither who asked nor whose account it is.

    Earlier questions are opened by somebody of another department than whoever made the link.
    """
    if not can_see_approvals(user) or not can_manage_account(user, approval.account):
        return False
    if user.pk in (approval.account_id, approval.requested_by_id):
        return False
    is_about_questions = approval.kind == ApprovalKind.EARLIER_QUESTIONS
    return not is_about_questions or is_of_another_department(
        user, approval.requested_by, asked_at=approval.requested_at
    )


def is_of_another_department(
    user: User | AnonymousUser, first: User | None, *, asked_at: dt.datetime
) -> bool:
    """Return whether somebody works for another department than the first of two; None stands for the server.

    Where either worked from `COLLEAGUE_DAYS` days before the first one asked counts as well: an administrator could move
    a colleague for the decision.
    """
    if not (is_staff_member(user) and user.department_id):
        return False
    return first is None or not first.is_colleague_since(user, colleagues_since(asked_at))


def colleagues_since(asked_at: dt.datetime) -> dt.datetime:
    """Return from when on two people of one department are colleagues for what one of them asked."""
    return asked_at - dt.timedelta(days=COLLEAGUE_DAYS)


def can_add_departments(user: User | AnonymousUser) -> TypeGuard[User]:
    return is_staff_member(user) and user.has_perm("org.add_department")


def can_change_departments(user: User | AnonymousUser) -> TypeGuard[User]:
    return is_staff_member(user) and user.has_perm("org.change_department")


def can_keep_working_days(user: User | AnonymousUser) -> TypeGuard[User]:
    return is_staff_member(user) and user.has_perm("org.change_calendaryear")


def can_merge_topics(user: User | AnonymousUser) -> bool:
    return is_staff_member(user) and user.has_perm("org.change_topic")


def can_work_on(user: User | AnonymousUser, assignment: Assignment) -> bool:
    """Return whether an assignment waits for a person: by name, for the department, or for a role."""
    if not is_staff_member(user):
        return False
    if assignment.person_id:
        return assignment.person_id == user.pk
    if assignment.department_id:
        return assignment.department_id == user.department_id
    return assignment.role in roles_of(user)


def can_see_overdue(user: User | AnonymousUser) -> TypeGuard[User]:
    """Return whether somebody sees what others have left undone: analysts what they may read, coordinators their department's."""
    if not is_staff_member(user):
        return False
    return is_analyst(user) or (has_role(user, Role.COORDINATOR) and user.department_id is not None)


def audience_tokens(user: User | AnonymousUser) -> frozenset[str]:
    """Return the tokens of a reader: `all`, `staff`, `role:analyst`, `department:3`, `user:5`.

    A record is visible when its own audience shares a token with the reader's.
    """
    if not is_staff_member(user):
        return frozenset({ALL})
    tokens = {ALL, STAFF, f"user:{user.pk}"}
    tokens.update(f"role:{name}" for name in roles_of(user))
    if department_id := user.department_id:
        tokens.add(f"department:{department_id}")
    return frozenset(tokens)
