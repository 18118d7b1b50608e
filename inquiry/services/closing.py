"""Close what a person asked, joined and followed while the account may be in other hands, and open it again."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from inquiry.enums import Naming
from inquiry.models import AskerIdentity, Follow, HeldSubmission, MeToo
from inquiry.services.disclosures import tell_asker_of_disclosures
from portal.org.models import User


@transaction.atomic
def close_earlier_questions(*, user: User) -> None:
    """Let everything that the person asked without the full name, joined or follows be as a stranger's.

    Questions under the full name stay the person's: everybody reads whose they are.
    """
    own = AskerIdentity.objects.filter(user=user, is_closed=False).exclude(question__naming=Naming.FULL)
    own.update(is_closed=True)
    HeldSubmission.objects.filter(user=user).update(is_closed=True)
    for model in (MeToo, Follow):
        model._default_manager.filter(user=user, is_closed=False).update(is_closed=True)


@transaction.atomic
def open_earlier_questions(*, user: User) -> None:
    """Open what was closed, and tell of identities that were disclosed meanwhile.

    Whoever had the account may have joined or followed the same question. No number of voices falls: a row that is there
    twice stays without a person.
    """
    _reopened(MeToo, user).update(user=None)
    _reopened(Follow, user).delete()
    for model in (MeToo, Follow, AskerIdentity, HeldSubmission):
        model._default_manager.filter(user=user, is_closed=True).update(is_closed=False)
    tell_asker_of_disclosures(user=user)


def _reopened(model: type[MeToo] | type[Follow], user: User) -> QuerySet:
    """Return closed rows beside which there is an open one of the same question."""
    same = model._default_manager.filter(user=user, is_closed=False, question=OuterRef("question"))
    return model._default_manager.filter(Exists(same), user=user, is_closed=True)
