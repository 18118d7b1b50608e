"""Move people from office to office."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from portal.org.models import Membership, Office, User


@transaction.atomic
def move_to_office(
    *, user: User, office: Office | None, actor: User | None, since: dt.date | None = None
) -> Membership | None:
    """End the current membership and begin one at `office`; None for `office` only ends it.

    Questions that the person raised earlier keep the office of that time.
    """
    # The person's row is the lock: two moves at once would leave two current memberships.
    User.objects.select_for_update().get(pk=user.pk)
    # What the object remembers of the present membership is over.
    user.__dict__.pop("current_membership", None)
    user.__dict__.pop("current_memberships", None)
    user.__dict__.pop("joined_membership", None)
    since = since or timezone.localdate()
    current = user.memberships.current().first()
    if current and current.office_id == getattr(office, "pk", None):
        return current
    if current:
        _end(current, since)
    if office is None:
        return None
    membership = Membership.objects.create(user=user, office=office, since=since)
    log(user, "org.move_to_office", user=actor, data={"office": office.name, "since": since.isoformat()})
    return membership


def _end(current: Membership, on: dt.date) -> None:
    if on < current.since:
        raise ValidationError({"since": _("The person's present membership began later than this day.")})
    current.until, current.ended_at = on, timezone.now()
    current.save(update_fields=["until", "ended_at"])
