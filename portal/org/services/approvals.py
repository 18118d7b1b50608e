"""What takes a second administrator: giving guarded roles, opening guarded accounts, opening earlier questions."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from portal.foundation.joining import labelled
from portal.foundation.revisions import AlreadyDecidedError
from portal.org.enums import ApprovalDecision, ApprovalKind, AssignmentKind, NotificationKind, Role
from portal.org.models import AccountApproval, AdministratorLink, User
from portal.org.rules import can_decide_approval, is_of_another_department
from portal.org.selectors import administrators
from portal.org.services.assignments import assign, complete_assignments, end_assignments
from portal.org.services.notifications import notify, notify_owner
from portal.org.services.secrecy import refuse_marked
from portal.org.signals import earlier_questions_released

CODE_DIGITS = 8
CODE_SALT = "org.password_link_code"


@dataclass(frozen=True)
class DecidedApproval:
    """A decided approval; `code` is what the person needs beside a released link, shown this once."""

    approval: AccountApproval
    code: str = ""


@transaction.atomic
def request_approval(
    *,
    kind: ApprovalKind,
    account: User,
    actor: User | None,
    role: str = "",
    link: AdministratorLink | None = None,
) -> AccountApproval:
    """Let an act of `actor` wait for a second administrator; an earlier open one of its kind is superseded.

    Giving the same role is not asked for twice.
    """
    same_kind = (
        AccountApproval.objects.select_for_update().open().filter(account=account, kind=kind, role=role)
    )
    for earlier in same_kind:
        if kind == ApprovalKind.ROLE:
            return earlier
        _close(earlier, ApprovalDecision.SUPERSEDED, actor=actor)
        end_assignments(subject=earlier, actor=actor)
    approval = AccountApproval.objects.create(
        kind=kind, account=account, role=role, link=link, requested_by=actor
    )
    log(account, "org.request_approval", user=actor, data={"what": kind, "role": role})
    assign(subject=approval, what=AssignmentKind.DECIDE_ON_ACCOUNT, role=Role.ADMINISTRATOR, actor=actor)
    for administrator in administrators():
        if administrator != actor and administrator != account:
            _notify(administrator, NotificationKind.APPROVAL_NEEDED, approval)
    return approval


def _notify(recipient: User, kind: NotificationKind, approval: AccountApproval) -> None:
    notify(
        recipient=recipient,
        kind=kind,
        subject=lambda: labelled(approval.label, f"{approval.account} ({approval.account.username})"),
        url=reverse("org_approval", args=[approval.pk]),
    )


def _close(
    approval: AccountApproval, decision: ApprovalDecision, *, actor: User | None, reason: str = ""
) -> None:
    approval.decision, approval.decision_reason = decision, reason.strip()[:300]
    approval.decided_by, approval.decided_at = actor, timezone.now()
    approval.save(update_fields=["decision", "decision_reason", "decided_by", "decided_at"])


def _locked(approval: AccountApproval) -> AccountApproval:
    """Return the open row, locked, with its account. Raises ValidationError where it was decided meanwhile."""
    row = (
        AccountApproval.objects.select_for_update(of=("self",)).select_related("account").get(pk=approval.pk)
    )
    if row.decision:
        raise AlreadyDecidedError(row.get_decision_display())
    return row


@transaction.atomic
def grant_approval(*, approval: AccountApproval, actor: User | None, reason: str = "") -> DecidedApproval:
    """Let the act take effect. `actor` is None for a command at the server; `reason` is kept.

    Raises PermissionDenied for whoever is not a second administrator, ValidationError where it was decided meanwhile.
    """
    row = _locked(approval)
    if actor is not None and not can_decide_approval(actor, row):
        raise PermissionDenied
    refuse_marked(reason, actor=actor)
    _close(row, ApprovalDecision.APPROVED, actor=actor, reason=reason)
    code = _take_effect(row, actor)
    _tell_of_decision(row, actor)
    return DecidedApproval(row, code)


def _take_effect(approval: AccountApproval, actor: User | None) -> str:
    account = User.objects.select_for_update().get(pk=approval.account_id)
    if approval.kind == ApprovalKind.ROLE:
        _give_role(account, approval.role)
    elif approval.kind == ApprovalKind.EARLIER_QUESTIONS:
        open_earlier_questions(user=account)
    elif approval.link:
        return _release_link(approval.link, approval, actor)
    return ""


def _give_role(account: User, role: str) -> None:
    """Give the role; a password that an administrator may know ends.

    One administrator alone could have set it: through a link, used or not, or by way of the address, which
    administrators write.
    """
    account.groups.add(Group.objects.get(name=role))
    account.forget_grants()
    if account.email or account.administrator_links.exists():
        account.set_unusable_password()
        account.save(update_fields=["password"])


def open_earlier_questions(*, user: User) -> None:
    """Open what a person asked before a password was set through an administrator's link."""
    if user.earlier_closed_at is None:
        return
    user.earlier_closed_at = None
    user.save(update_fields=["earlier_closed_at"])
    earlier_questions_released.send(sender=User, user=user)
    notify_owner(account=user, kind=NotificationKind.EARLIER_RELEASED)


def _release_link(link: AdministratorLink, approval: AccountApproval, actor: User | None) -> str:
    """Return the code without which the link does not work; whoever made the link does not see it."""
    code = "".join(secrets.choice("0123456789") for _digit in range(CODE_DIGITS))
    link.code_digest = code_digest(link, code)
    # Somebody of another department has handed over one half of the key: nothing is left to be released.
    if actor and is_of_another_department(actor, approval.requested_by, asked_at=approval.requested_at):
        link.closes_earlier_questions = False
    link.save(update_fields=["code_digest", "closes_earlier_questions"])
    return code


def code_digest(link: AdministratorLink, code: str) -> str:
    """Return what is stored of a code; spaces that people type between its digits do not count."""
    return salted_hmac(CODE_SALT, f"{link.pk}:{''.join(code.split())}", algorithm="sha256").hexdigest()


@transaction.atomic
def refuse_approval(*, approval: AccountApproval, actor: User, reason: str) -> AccountApproval:
    """Refuse an act, with a reason that its requester reads."""
    row = _locked(approval)
    if not can_decide_approval(actor, row):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": _("Say why, for the administrator who asked.")})
    refuse_marked(reason, actor=actor)
    _close(row, ApprovalDecision.REFUSED, actor=actor, reason=reason)
    _tell_of_decision(row, actor)
    return row


@transaction.atomic
def withdraw_approval(*, approval: AccountApproval, actor: User) -> AccountApproval:
    """Take back what one asked for oneself."""
    row = _locked(approval)
    if row.requested_by_id != actor.pk:
        raise PermissionDenied
    _close(row, ApprovalDecision.WITHDRAWN, actor=actor)
    log(row.account, "org.withdraw_approval", user=actor, data={"what": row.kind, "role": row.role})
    end_assignments(subject=row, actor=actor)
    return row


def end_approvals(*, account: User, actor: User | None) -> None:
    """End what waits about an account that was closed; earlier questions stay closed, and go on waiting."""
    waiting = AccountApproval.objects.select_for_update().open().filter(account=account)
    for approval in waiting.exclude(kind=ApprovalKind.EARLIER_QUESTIONS):
        _close(approval, ApprovalDecision.SUPERSEDED, actor=actor)
        end_assignments(subject=approval, actor=actor)


def _tell_of_decision(approval: AccountApproval, actor: User | None) -> None:
    """Tell everybody concerned: the person of the account and all administrators but the one who decided."""
    data = {"what": approval.kind, "role": approval.role, "decision": approval.decision}
    log(approval.account, "org.decide_approval", user=actor, data=data | {"reason": approval.decision_reason})
    complete_assignments(subject=approval, actor=actor)
    for administrator in administrators():
        if administrator not in (actor, approval.account):
            _notify(administrator, NotificationKind.APPROVAL_DECIDED, approval)
    notify_owner(
        account=approval.account,
        kind=NotificationKind.APPROVAL_DECIDED,
        subject=lambda: labelled(approval.label, approval.get_decision_display()),
    )
