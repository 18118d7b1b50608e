"""The identities of askers, read by the asker's own pages and by one service for keepers alone."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inquiry.enums import IdentityRequestStatus
from inquiry.models.questions import Question
from portal.foundation import dates
from portal.foundation.limits import MAX_OFFICE_NAME_CHARS, MAX_PERSON_NAME_CHARS
from portal.foundation.models import RandomKeyModel
from portal.org.models import Office


class AskerIdentity(RandomKeyModel):
    """The person behind a question; an imported one has no user, a name at most.

    `office` and `office_name` hold what an anonymous question may not carry itself.
    """

    wagtail_reference_index_ignore = True  # else the usage pages of people would list their questions

    # Deleting a question deletes who asked it; a person's account may go and the question stays.
    question = models.OneToOneField(Question, models.CASCADE, related_name="asker_identity")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="asker_identities"
    )
    name = models.CharField(max_length=MAX_PERSON_NAME_CHARS, blank=True)
    # Not protected: an office that could not be deleted would tell that somebody there asked. `office_name` stays.
    office = models.ForeignKey(Office, models.SET_NULL, null=True, blank=True, related_name="+")
    office_name = models.CharField(max_length=MAX_OFFICE_NAME_CHARS, blank=True)
    # The account may be in other hands (`portal.org.signals.password_set_by_administrator`): to it, the question is a
    # stranger's until a second administrator releases it.
    is_closed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return "asker identity"


class IdentityRequestQuerySet(models.QuerySet["IdentityRequest"]):
    def open(self) -> Self:
        """Return what waits for a decision."""
        return self.filter(status=IdentityRequestStatus.REQUESTED)


class IdentityRequest(RandomKeyModel):
    """A keeper asks to learn who raised a question; another person approves, the requester alone reads, for some days.

    It looks the same whether anybody is on record or not.
    """

    wagtail_reference_index_ignore = (
        True  # else the usage pages of people would list the questions they asked about
    )

    question = models.ForeignKey(Question, models.PROTECT, related_name="identity_requests")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    reason = models.TextField(_("reason"))
    status = models.CharField(
        max_length=12, choices=IdentityRequestStatus, default=IdentityRequestStatus.REQUESTED
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(_("reason of the decision"), blank=True)
    readable_until = models.DateTimeField(null=True, blank=True)
    # No page shows it: it would tell whether there is an account to be told.
    is_asker_told = models.BooleanField(default=False)

    objects = IdentityRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "requested_by"],
                condition=models.Q(status=IdentityRequestStatus.REQUESTED),
                name="one_open_identity_request",
            ),
            models.CheckConstraint(
                condition=~models.Q(decided_by=models.F("requested_by")), name="identity_request_takes_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question.number} {dates.day(self.requested_at)}"

    def get_absolute_url(self) -> str:
        return reverse("inquiry:identity_request", args=[self.pk])

    @property
    def is_readable(self) -> bool:
        """Return whether its requester may read now."""
        is_approved = self.status == IdentityRequestStatus.APPROVED
        return bool(is_approved and self.readable_until and self.readable_until >= timezone.now())

    @property
    def has_expired(self) -> bool:
        return self.status == IdentityRequestStatus.APPROVED and not self.is_readable


class IdentityDisclosure(RandomKeyModel):
    """The requester of an approved request read who asked. Kept for ever."""

    wagtail_reference_index_ignore = True  # else the usage pages of people would list their questions

    request = models.ForeignKey(IdentityRequest, models.PROTECT, related_name="disclosures")
    disclosed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-disclosed_at"]

    def __str__(self) -> str:
        return f"{self.request.question.number} {dates.day(self.disclosed_at)}"
