"""Open signing, sign, enter and confirm stamped replies, withdraw."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from deliberation.digests import digest_of_file
from deliberation.enums import MatterStatus, Settlement, SigningMethod
from deliberation.models import Countersignature, Deputation, Matter, Party, TextVersion
from deliberation.rules import can_confirm_reply, can_lead_matter, can_sign_by, can_speak_for, can_withdraw
from deliberation.selectors.matters import blockers, signing_parties
from deliberation.services.files import FOLDER, PURPOSE, uploaded_files
from deliberation.services.locks import (
    lock_deputation,
    lock_open_matter,
    present_account,
    require_current,
)
from deliberation.services.settling import intact_version, settle_if_ready
from deliberation.services.status import move
from deliberation.services.waiting import (
    await_again,
    await_confirmation,
    await_signatures,
    done,
    done_by,
    nothing_waits,
)
from portal.foundation.joining import listed
from portal.foundation.limits import MAX_PERSON_NAME_CHARS
from portal.foundation.signals import announce_changed
from portal.foundation.storage import private_storage
from portal.foundation.uploads import Upload, delete_uploads
from portal.foundation.validation import raise_errors, reason_error
from portal.org.enums import AssignmentKind
from portal.org.models import User
from portal.org.services.audit import record_action, require
from portal.org.services.confirmation import Confirmation
from portal.org.services.secrecy import refuse_marked

MAX_REPLY_NUMBER_CHARS = 100


@transaction.atomic
def open_signing(
    *, matter: Matter, version: TextVersion, actor: User, due_on: dt.date | None = None
) -> Matter:
    """Let the parties sign the present text: every party has a position, none differs, no remark is open.

    Signatures that were given before the matter went back to consultation stand: the text is the same.
    """
    require(can_lead_matter(actor, matter))
    locked = lock_open_matter(matter.pk)
    require_current(locked, version)
    if locked.described_kind.settles_by != Settlement.SIGNATURES:
        raise ValidationError(_("A matter of this kind is settled by positions; nobody signs it."))
    if found := blockers(locked):
        raise ValidationError(_("Signing cannot begin: %(blockers)s.") % {"blockers": listed(found)})
    move(locked, MatterStatus.SIGNING)
    done(locked, AssignmentKind.LEAD_MATTER, actor=actor)
    await_signatures(locked, due_on=due_on, actor=actor)
    record_action(locked, "deliberation.open_signing", actor=actor, version=version.n)
    announce_changed(locked)
    settle_if_ready(locked, actor=actor)
    return locked


@transaction.atomic
def sign_version(
    *,
    version: TextVersion,
    party: Party,
    actor: User,
    confirmation: Confirmation | None,
    capacity: str = "",
    deputation: Deputation | None = None,
) -> Countersignature:
    """Sign a text for a party, in the own right or as a deputy; the last signature settles the matter.

    `version` is the text that the signer has read, `confirmation` proves that it is the signer (`confirmation_of`): without
    one raises ValidationError with the code `unconfirmed`, as the page then asks for the password.
    """
    locked = lock_open_matter(party.matter_id)
    require_current(locked, version)
    signer = present_account(actor)
    _check_right(signer, party, deputation)
    if confirmation is None or not confirmation.proves(signer, timezone.now()):
        raise ValidationError(_("Confirm with your password that it is you."), code="unconfirmed")
    principal = deputation.principal if deputation else None
    raise_errors({"capacity": _capacity_error(capacity)})
    refuse_marked(capacity, actor=signer)
    _require_signing(locked, party)
    signature = _store(
        locked,
        party,
        actor=signer,
        method=SigningMethod.SIGNED,
        signed_on=timezone.localdate(),
        signed_by=signer,
        signer_name=str(signer),
        on_behalf_of=principal,
        principal_name=str(principal or ""),
        deputation=deputation,
        capacity=capacity.strip(),
        identity_confirmed_at=confirmation.at,
    )
    settle_if_ready(locked, actor=signer)
    return signature


def _check_right(signer: User, party: Party, deputation: Deputation | None) -> None:
    """Raise PermissionDenied unless somebody may sign, ValidationError where the deputation is over meanwhile."""
    if deputation is None:
        require(can_speak_for(signer, party))
        return
    # The row as it is now: the principal may be ending it.
    row = lock_deputation(deputation)
    require(row.deputy_id == signer.pk)
    if not can_sign_by(signer, party, row, timezone.localdate()):
        raise ValidationError(_("This deputation is over, or does not cover this matter."))


def _capacity_error(capacity: str) -> str:
    if len(capacity.strip()) > MAX_PERSON_NAME_CHARS:
        return _("Give the capacity in at most %(limit)d characters.") % {"limit": MAX_PERSON_NAME_CHARS}
    return ""


def _require_signing(matter: Matter, party: Party) -> None:
    """Raise ValidationError where a party of a locked matter does not sign now."""
    if matter.status != MatterStatus.SIGNING:
        raise ValidationError(_("This text is not being signed."))
    if party.pk not in {row.pk for row in signing_parties(matter)}:
        raise ValidationError(_("Your office is not concerned, or not competent, and does not sign."))
    if Countersignature.objects.standing().filter(version=matter.current_id, party=party).exists():
        raise ValidationError(_("Your office has signed already."), code="signed")


def _store(matter: Matter, party: Party, *, actor: User, **values: Any) -> Countersignature:
    version = intact_version(matter)
    signature = Countersignature.objects.create(
        version=version,
        party=party,
        digest=version.digest,
        recorded_at=timezone.now(),
        office_name=party.office.name,
        **values,
    )
    done_by(matter, AssignmentKind.COUNTERSIGN, party, actor=actor)
    record_action(
        matter,
        "deliberation.sign",
        actor=actor,
        version=version.n,
        party=party.place,
        method=str(signature.method),
        digest=version.digest,
    )
    announce_changed(matter)
    return signature


def enter_stamped_reply(
    *,
    version: TextVersion,
    party: Party,
    reply_number: str,
    replied_on: dt.date,
    upload_key: str,
    actor: User,
    capacity: str = "",
    signer_name: str = "",
) -> Countersignature:
    """Enter the stamped reply of a party that works on paper, with its scan; it counts once another party confirms it."""
    matter = version.matter
    require(can_lead_matter(actor, matter))
    refuse_marked(reply_number, capacity, signer_name, actor=actor)
    _check_reply(version, reply_number, replied_on, signer_name, capacity)
    uploads = uploaded_files(key=upload_key, actor=actor)
    if len(uploads) != 1:
        raise ValidationError({"scan": _("Add the scan of the stamped reply, as one file.")})
    with transaction.atomic():
        locked = lock_open_matter(matter.pk)
        require_current(locked, version)
        _require_signing(locked, party)
        signature = _store_reply(
            locked, party, uploads[0], reply_number, replied_on, signer_name, capacity, actor
        )
        await_confirmation(locked, actor=actor)
    delete_uploads(purpose=PURPOSE, key=upload_key, user=actor)
    return signature


def _check_reply(
    version: TextVersion, reply_number: str, replied_on: dt.date, signer_name: str, capacity: str
) -> None:
    is_possible = timezone.localtime(version.put_at).date() <= replied_on <= timezone.localdate()
    is_numbered = 0 < len(reply_number.strip()) <= MAX_REPLY_NUMBER_CHARS
    raise_errors(
        {
            "reply_number": "" if is_numbered else _("Give the number of the stamped reply."),
            "replied_on": ""
            if is_possible
            else _("Give the day of the reply: not before this text was put, and not after today."),
            "signer_name": _capacity_error(signer_name),
            "capacity": _capacity_error(capacity),
        }
    )


def _store_reply(
    matter: Matter,
    party: Party,
    scan: Upload,
    reply_number: str,
    replied_on: dt.date,
    signer_name: str,
    capacity: str,
    actor: User,
) -> Countersignature:
    sha256 = digest_of_file(scan.content)
    name = private_storage().save(f"{FOLDER}/{sha256}", ContentFile(scan.content))
    return _store(
        matter,
        party,
        actor=actor,
        method=SigningMethod.STAMPED,
        signed_on=replied_on,
        signer_name=signer_name.strip(),
        capacity=capacity.strip(),
        entered_by=actor,
        reply_number=reply_number.strip(),
        scan=name,
        scan_name=scan.name,
        scan_sha256=sha256,
    )


@transaction.atomic
def confirm_stamped_reply(*, signature: Countersignature, actor: User) -> Countersignature:
    """Confirm, for a party other than the host, that the stamped reply is what the scan shows."""
    matter = signature.version.matter
    require(can_confirm_reply(actor, matter))
    locked = lock_open_matter(matter.pk)
    row = _standing(signature)
    if row.method != SigningMethod.STAMPED or row.confirmed_at:
        raise ValidationError(_("This reply was confirmed already."))
    require(actor.pk != row.entered_by_id)
    row.confirmed_by, row.confirmed_at = actor, timezone.now()
    row.confirmed_by_office = str(actor.office.name) if actor.office else ""
    row.save(update_fields=["confirmed_by", "confirmed_by_office", "confirmed_at"])
    _confirmed_if_none_waits(locked, actor)
    record_action(locked, "deliberation.confirm_reply", actor=actor, party=row.party.place)
    announce_changed(locked)
    settle_if_ready(locked, actor=actor)
    return row


def _standing(signature: Countersignature) -> Countersignature:
    """Return a signature of a locked matter as it is now. Raises ValidationError where it no longer stands."""
    row = (
        Countersignature.objects.select_for_update(of=("self",)).select_related("party").get(pk=signature.pk)
    )
    if not row.stands:
        raise ValidationError(_("This signature was withdrawn, or is void since the text has changed."))
    return row


def _confirmed_if_none_waits(matter: Matter, actor: User) -> None:
    waiting = Countersignature.objects.standing().filter(version=matter.current_id, confirmed_at=None)
    if not waiting.filter(method=SigningMethod.STAMPED).exists():
        done(matter, AssignmentKind.CONFIRM_REPLY, actor=actor)


@transaction.atomic
def withdraw_signature(*, signature: Countersignature, reason: str, actor: User) -> Countersignature:
    """Withdraw a signature with a reason, until the matter is settled: a signatory of the party, the host for a reply on paper."""
    raise_errors({"reason": reason_error(reason)})
    refuse_marked(reason, actor=actor)
    locked = lock_open_matter(signature.version.matter_id)
    row = _standing(signature)
    account = present_account(actor)
    is_entered = row.method == SigningMethod.STAMPED and can_lead_matter(account, locked)
    require(can_withdraw(account, row) or is_entered)
    row.withdrawn_at, row.withdrawn_by = timezone.now(), account
    row.withdrawal_reason = reason.strip()
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason"])
    record_action(locked, "deliberation.withdraw", actor=account, party=row.party.place)
    if locked.status == MatterStatus.SIGNING:
        await_again(locked, AssignmentKind.COUNTERSIGN, row.party, actor=account)
    _end_confirmations(locked, account)
    announce_changed(locked)
    return row


def _end_confirmations(matter: Matter, actor: User) -> None:
    """End what waits for a confirmation where no reply is left to confirm."""
    waiting = Countersignature.objects.standing().filter(
        version=matter.current_id, method=SigningMethod.STAMPED, confirmed_at=None
    )
    if not waiting.exists():
        nothing_waits(matter, actor=actor, what=AssignmentKind.CONFIRM_REPLY)
