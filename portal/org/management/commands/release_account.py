"""Decide at the server what no second administrator can decide."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from portal.org.enums import GUARDED_ROLES, ApprovalKind
from portal.org.models import AccountApproval, User
from portal.org.services.approvals import grant_approval, request_approval


class Command(BaseCommand):
    """Approves for portals with one administrator; everybody concerned is told, and the log keeps the reason."""

    help = (
        "Approve what waits for a second administrator about an account: a role, a link, earlier questions."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reason", required=True, help="why it is done here; it is kept")
        parser.add_argument("--role", choices=sorted(GUARDED_ROLES), help="give this role as well")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        account = User.objects.filter(username__iexact=options["username"]).first()
        if account is None:
            raise CommandError(f"There is no account {options['username']}.")
        if options["role"]:
            request_approval(kind=ApprovalKind.ROLE, account=account, actor=None, role=options["role"])
        waiting = list(AccountApproval.objects.open().filter(account=account))
        if not waiting:
            raise CommandError(f"Nothing waits about {account.username}.")
        for approval in waiting:
            decision = grant_approval(approval=approval, actor=None, reason=options["reason"])
            code = f"; the person's code: {decision.code}" if decision.code else ""
            self.stdout.write(f"Approved: {decision.approval.label}{code}")
