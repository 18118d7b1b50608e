"""What one administrator may not do alone."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.foundation import dates
from portal.foundation.joining import labelled
from portal.foundation.models import RandomKeyModel
from portal.org.enums import ApprovalDecision, ApprovalKind, Role
from portal.org.models.users import User


class AdministratorLink(RandomKeyModel):
    """A link for a password that an administrator made, recognised by the digest of its token when it is used.

    One that has to be released works only together with a code, which the second administrator hands over. Neither
    of the two administrators can then use it alone.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="administrator_links")
    token_digest = models.CharField(max_length=64, db_index=True)
    # None for a command at the server.
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    # Whether the account could have asked something before.
    closes_earlier_questions = models.BooleanField(default=True)
    needs_release = models.BooleanField(default=False)
    code_digest = models.CharField(max_length=64, blank=True)
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.user} {dates.day(self.made_at)}"


class AccountApprovalQuerySet(models.QuerySet["AccountApproval"]):
    def open(self) -> Self:
        return self.filter(decision="")


class AccountApproval(RandomKeyModel):
    """An act of one administrator on an account that takes effect when a second one approves it."""

    kind = models.CharField(_("what"), max_length=32, choices=ApprovalKind)
    account = models.ForeignKey(User, models.CASCADE, related_name="approvals", verbose_name=_("account"))
    role = models.CharField(_("role"), max_length=32, choices=Role, blank=True)
    link = models.ForeignKey(
        AdministratorLink, models.CASCADE, null=True, blank=True, related_name="approvals"
    )
    # None for a command at the server.
    requested_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    requested_at = models.DateTimeField(_("requested at"), default=timezone.now)
    decision = models.CharField(_("decision"), max_length=16, choices=ApprovalDecision, blank=True)
    decision_reason = models.CharField(_("reason"), max_length=300, blank=True)
    # None for a command at the server.
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = AccountApprovalQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "role"],
                condition=Q(decision=""),
                name="one_open_approval_of_a_kind",
            )
        ]
        verbose_name = _("approval by a second administrator")
        verbose_name_plural = _("approvals by a second administrator")

    def __str__(self) -> str:
        return labelled(self.label, self.account)

    @property
    def label(self) -> str:
        """Return what waits, with the role that it is about."""
        return f"{self.get_kind_display()} {self.get_role_display()}".strip()
