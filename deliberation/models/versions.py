"""The texts of a matter, each as it was put: nothing of a version ever changes."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from deliberation.digests import SignedContent, digest_of
from deliberation.enums import Presence
from deliberation.models.immutable import ImmutableModel
from deliberation.models.matters import Matter
from portal.foundation.limits import (
    MAX_NOTE_CHARS,
    MAX_OFFICE_NAME_CHARS,
    MAX_PERSON_NAME_CHARS,
    MAX_TITLE_CHARS,
)
from portal.foundation.markdown import markdown_text
from portal.foundation.storage import private_storage


class TextVersion(ImmutableModel):
    """One text of a matter, in Markdown, numbered from 1; `digest` covers text, files, parties and who attended."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="versions")
    n = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=MAX_TITLE_CHARS)
    markdown = models.TextField(_("text"))
    # What the host says has changed.
    note = models.TextField(_("what has changed"), max_length=MAX_NOTE_CHARS, blank=True)
    # The parties as they were named then, in their order.
    party_names = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    put_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    put_at = models.DateTimeField(_("put at"))

    class Meta:
        ordering = ["matter_id", "-n"]
        constraints = [models.UniqueConstraint(fields=["matter", "n"], name="version_of_matter_once")]
        verbose_name = _("text version")
        verbose_name_plural = _("text versions")

    def __str__(self) -> str:
        return f"{self.matter.number} · {self.n}"

    def get_absolute_url(self) -> str:
        return f"{self.matter.get_absolute_url()}versions/{self.n}/"

    @cached_property
    def plain_text(self) -> str:
        """Return the words that the page shows, in which passages are found."""
        return markdown_text(self.markdown)

    def computed_digest(self) -> str:
        """Return the digest of what is stored now, which is `digest` unless somebody tampered with the database."""
        return digest_of(
            SignedContent(
                number=self.matter.number,
                version=self.n,
                title=self.title,
                text=self.markdown,
                files=[(file.name, file.sha256) for file in self.files.all()],
                parties=self.party_names,
                attendees=[(row.name, row.office, row.presence) for row in self.attendees.all()],
            )
        )


class VersionFile(ImmutableModel):
    """A file that belongs to a version, in the private storage."""

    version = models.ForeignKey(TextVersion, models.PROTECT, related_name="files")
    place = models.PositiveSmallIntegerField()
    name = models.CharField(_("name"), max_length=255)
    file = models.FileField(storage=private_storage, upload_to="matters/", max_length=300)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()

    class Meta:
        ordering = ["version_id", "place"]
        constraints = [
            models.UniqueConstraint(fields=["version", "place"], name="one_file_at_each_place"),
        ]

    def __str__(self) -> str:
        return self.name


class Attendee(ImmutableModel):
    """Somebody named in minutes: who attended, was excused or sat in."""

    version = models.ForeignKey(TextVersion, models.PROTECT, related_name="attendees")
    place = models.PositiveSmallIntegerField()
    name = models.CharField(_("name"), max_length=MAX_PERSON_NAME_CHARS)
    office = models.CharField(_("office"), max_length=MAX_OFFICE_NAME_CHARS, blank=True)
    presence = models.CharField(_("presence"), max_length=12, choices=Presence)

    class Meta:
        ordering = ["version_id", "place"]
        constraints = [
            models.UniqueConstraint(fields=["version", "place"], name="one_attendee_at_each_place"),
        ]

    def __str__(self) -> str:
        return self.name
