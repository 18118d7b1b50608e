"""Signatures of parties under one version."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from deliberation.enums import SigningMethod
from deliberation.models.deputations import Deputation
from deliberation.models.matters import Party
from deliberation.models.versions import TextVersion
from portal.foundation.limits import MAX_OFFICE_NAME_CHARS, MAX_PERSON_NAME_CHARS, MAX_REASON_CHARS
from portal.foundation.storage import private_storage

STANDS = Q(withdrawn_at=None, voided_at=None)
# A stamped reply counts once another party has confirmed it.
COUNTS = STANDS & (Q(method=SigningMethod.SIGNED) | Q(confirmed_at__isnull=False))


class CountersignatureQuerySet(models.QuerySet["Countersignature"]):
    def standing(self) -> Self:
        """Return signatures that were neither withdrawn nor voided; stamped replies that wait for another party, too."""
        return self.filter(STANDS)

    def counting(self) -> Self:
        """Return standing signatures, of stamped replies those that another party has confirmed."""
        return self.filter(COUNTS)


class Countersignature(models.Model):
    """A party's signature under one version; it stays on record when it is withdrawn or voided by a new version.

    Who signed, for whom, in which office and capacity, is copied as it was. For a party that works on paper the host
    enters the stamped reply (`scan`, `reply_number`), and somebody of another party confirms it.
    """

    version = models.ForeignKey(TextVersion, models.PROTECT, related_name="signatures")
    party = models.ForeignKey(Party, models.PROTECT, related_name="signatures")
    method = models.CharField(_("method"), max_length=8, choices=SigningMethod)
    # Of the version, as the signer had it.
    digest = models.CharField(max_length=64)
    signed_on = models.DateField(_("signed on"))
    recorded_at = models.DateTimeField()
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="signatures"
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    deputation = models.ForeignKey(
        Deputation, models.PROTECT, null=True, blank=True, related_name="signatures"
    )
    signer_name = models.CharField(_("signed by"), max_length=MAX_PERSON_NAME_CHARS, blank=True)
    principal_name = models.CharField(
        pgettext_lazy("signature", "for"), max_length=MAX_PERSON_NAME_CHARS, blank=True
    )
    office_name = models.CharField(_("office"), max_length=MAX_OFFICE_NAME_CHARS)
    capacity = models.CharField(_("capacity"), max_length=MAX_PERSON_NAME_CHARS, blank=True)
    # When the signer last proved who he or she is.
    identity_confirmed_at = models.DateTimeField(null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reply_number = models.CharField(_("number of the reply"), max_length=100, blank=True)
    scan = models.FileField(storage=private_storage, upload_to="matters/", max_length=300, blank=True)
    scan_name = models.CharField(max_length=255, blank=True)
    scan_sha256 = models.CharField(max_length=64, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_by_office = models.CharField(max_length=MAX_OFFICE_NAME_CHARS, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawal_reason = models.TextField(_("reason"), max_length=MAX_REASON_CHARS, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(
        TextVersion, models.PROTECT, null=True, blank=True, related_name="voided_signatures"
    )

    objects = CountersignatureQuerySet.as_manager()

    class Meta:
        ordering = ["version_id", "party__place", "recorded_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "party"], condition=STANDS, name="one_standing_signature_of_party"
            ),
            models.CheckConstraint(
                condition=Q(method=SigningMethod.SIGNED, signed_by__isnull=False, entered_by=None)
                & Q(identity_confirmed_at__isnull=False)
                | Q(method=SigningMethod.STAMPED, signed_by=None, entered_by__isnull=False)
                & ~Q(reply_number="")
                & ~Q(scan=""),
                name="signature_is_signed_or_stamped",
            ),
            models.CheckConstraint(
                condition=Q(on_behalf_of=None, deputation=None)
                | Q(on_behalf_of__isnull=False, deputation__isnull=False),
                name="signature_for_somebody_rests_on_deputation",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(voided_at=None), name="signature_ends_once"
            ),
        ]
        verbose_name = _("countersignature")
        verbose_name_plural = _("countersignatures")

    def __str__(self) -> str:
        return f"{self.version} · {self.party}"

    @property
    def stands(self) -> bool:
        return self.withdrawn_at is None and self.voided_at is None

    @property
    def counts(self) -> bool:
        """Return whether the signature stands, and is confirmed if it came on paper."""
        return self.stands and (self.method == SigningMethod.SIGNED or self.confirmed_at is not None)
