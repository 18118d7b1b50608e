"""Tell askers that a keeper may read who they are."""

from __future__ import annotations

from django.db import transaction

from inquiry.enums import IdentityRequestStatus
from inquiry.models import IdentityRequest
from inquiry.services.notices import active_asker
from portal.foundation.joining import labelled
from portal.org.enums import NotificationKind
from portal.org.models import User
from portal.org.services.notifications import notify

APPROVED = (IdentityRequestStatus.APPROVED, IdentityRequestStatus.ENDED)


@transaction.atomic
def tell_asker(*, request_id: str) -> None:
    """Tell the asker of an approved request once; where the account is in other hands it waits until it is not."""
    rows = IdentityRequest.objects.select_for_update(of=("self",)).select_related("question", "requested_by")
    request = rows.get(pk=request_id)
    asker = active_asker(request.question)
    if request.is_asker_told or asker is None:
        return
    department = request.requested_by.department
    notify(
        recipient=asker,
        kind=NotificationKind.IDENTITY_DISCLOSED,
        subject=lambda: labelled(f"{request.question.number} {department or ''}".strip(), request.reason),
        url=request.question.get_absolute_url(),
    )
    request.is_asker_told = True
    request.save(update_fields=["is_asker_told"])


def tell_asker_of_disclosures(*, user: User) -> None:
    """Tell a person whose questions were closed of identities that keepers could read meanwhile."""
    untold = IdentityRequest.objects.filter(
        question__asker_identity__user=user, is_asker_told=False, status__in=APPROVED
    )
    for pk in untold.values_list("pk", flat=True):
        tell_asker(request_id=str(pk))
