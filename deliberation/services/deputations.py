"""Let somebody sign in one's place, and end that."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from deliberation.kinds import kind_of
from deliberation.models import Deputation, Matter
from deliberation.rules import can_give_deputation, is_of_party
from deliberation.services.locks import lock_deputation
from portal.foundation.validation import raise_errors
from portal.org.models import User
from portal.org.services.audit import record_action, require


@transaction.atomic
def give_deputation(
    *,
    deputy: User,
    since: dt.date,
    until: dt.date,
    actor: User,
    matter: Matter | None = None,
    kind: str = "",
) -> Deputation:
    """Let a colleague of the same office sign in one's place, for one matter, one kind, or all.

    Deputies have none of their own: neither is the deputy's deputy one at the time, nor the principal a deputy.
    """
    # Both accounts, by key: of two deputations at once the second sees the first.
    people = {person.pk: person for person in _locked_accounts(actor, deputy)}
    principal, deputy = people[actor.pk], people[deputy.pk]
    require(can_give_deputation(principal))
    raise_errors(
        {
            "deputy": _deputy_error(principal, deputy),
            "until": _period_error(since, until),
            "kind": _scope_error(principal, matter, kind),
        }
    )
    _refuse_chain(principal, deputy, since, until)
    deputation = Deputation.objects.create(
        principal=principal,
        deputy=deputy,
        matter=matter,
        kind=kind,
        since=since,
        until=until,
        given_at=timezone.now(),
    )
    record_action(
        deputation,
        "deliberation.deputise",
        actor=principal,
        since=since.isoformat(),
        until=until.isoformat(),
    )
    return deputation


def _locked_accounts(*people: User) -> list[User]:
    keys = {person.pk for person in people}
    return list(User.objects.select_for_update().filter(pk__in=keys).order_by("pk"))


def _deputy_error(principal: User, deputy: User) -> str:
    if deputy.pk == principal.pk:
        return _("Choose somebody else.")
    if not deputy.is_active or deputy.office is None or deputy.office != principal.office:
        return _("A deputy works at your office.")
    if not deputy.has_usable_password():
        return _("This account has no password; without one nobody can sign.")
    return ""


def _period_error(since: dt.date, until: dt.date) -> str:
    if until < since:
        return _("The period ends before it begins.")
    if until < timezone.localdate():
        return _("The period is over already.")
    return ""


def _scope_error(principal: User, matter: Matter | None, kind: str) -> str:
    if matter and (kind or not is_of_party(principal, matter)):
        return _("Choose one matter that your office settles, or one kind, or neither.")
    try:
        if kind:
            kind_of(kind)
    except LookupError:
        return _("Choose a kind of matter.")
    return ""


def _refuse_chain(principal: User, deputy: User, since: dt.date, until: dt.date) -> None:
    chained = Deputation.objects.overlapping(since, until).filter(Q(deputy=principal) | Q(principal=deputy))
    if chained.exists():
        raise ValidationError(
            _("Deputies have none of their own: one of you is a deputy, or has one, in this period.")
        )


@transaction.atomic
def end_deputation(*, deputation: Deputation, actor: User) -> Deputation:
    """End a deputation before its last day; what was signed by it stands. Its principal or its deputy may."""
    row = lock_deputation(deputation)
    if actor.pk not in (row.principal_id, row.deputy_id):
        raise PermissionDenied
    if row.ended_at:
        raise ValidationError(_("This deputation was ended already."))
    row.ended_at = timezone.now()
    row.save(update_fields=["ended_at"])
    record_action(row, "deliberation.end_deputation", actor=actor)
    return row
