"""The identities of askers, read by the asker's own pages and by one service for keepers alone."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from inquiry.models.questions import Question
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

    def __str__(self) -> str:
        return "asker identity"


class IdentityDisclosure(RandomKeyModel):
    """A keeper learned who asked, and why. Kept for ever."""

    wagtail_reference_index_ignore = True  # else the usage pages of people would list their questions

    question = models.ForeignKey(Question, models.PROTECT, related_name="disclosures")
    keeper = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.TextField()
    disclosed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-disclosed_at"]

    def __str__(self) -> str:
        return f"{self.question.number} {self.disclosed_at:%Y-%m-%d}"
