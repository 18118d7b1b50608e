"""The one way to learn who asked."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from inquiry.models import AskerIdentity, IdentityDisclosure, Question
from inquiry.rules import can_reveal_asker
from inquiry.services.audit import record_action, require
from portal.org.models import User


@dataclass(frozen=True)
class RevealedAsker:
    """The person who asked; `username` is empty for an imported question."""

    name: str
    username: str
    office: str


@transaction.atomic
def reveal_asker(*, question: Question, keeper: User, reason: str) -> RevealedAsker:
    """Return to a keeper who asked; the disclosure is recorded with its reason, and the log has no name."""
    require(can_reveal_asker(keeper))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the name is needed.")})
    identity = AskerIdentity.objects.select_related("user", "office").filter(question=question).first()
    if identity is None or not (identity.user or identity.name):
        raise ValidationError(_("Nobody is on record as the asker of this question."))
    # Before anything is returned: no name without a row that says to whom and why.
    IdentityDisclosure.objects.create(question=question, keeper=keeper, reason=reason.strip())
    record_action(question, "inquiry.question.reveal", actor=keeper)
    # Of an anonymous asker the identity alone holds the office.
    office = identity.office or question.office
    return RevealedAsker(
        name=identity.name or str(identity.user),
        username=identity.user.username if identity.user else "",
        office=str(office) if office else identity.office_name or question.office_name,
    )
