"""Remark on passages, reply, resolve and carry."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from deliberation.enums import SPEAKING_STATUSES, MatterStatus
from deliberation.models import Matter, Party, Remark, RemarkReply, TextVersion
from deliberation.models.remarks import MAX_QUOTE_CHARS
from deliberation.passages import Passage, find_passage, passage_at
from deliberation.rules import can_lead_matter, can_remark
from deliberation.services.consultations import check_adoption
from deliberation.services.locks import lock_open_matter, require_current
from deliberation.services.settling import call_host, settle_if_ready
from portal.foundation.limits import MAX_NOTE_CHARS
from portal.foundation.signals import announce_changed
from portal.foundation.validation import raise_errors, reason_error, text_error
from portal.org.models import User
from portal.org.services.audit import record_action, require
from portal.org.services.secrecy import refuse_marked


@transaction.atomic
def add_remark(*, version: TextVersion, passage: Passage, text: str, actor: User) -> Remark:
    """Remark on a passage of the present text, which is in consultation.

    The passage is what the reader selected. It must stand in the words of the page once; what surrounds it is read from
    there. Raises ValidationError where it does not, or where signing has begun.
    """
    matter = version.matter
    require(can_remark(actor, matter))
    raise_errors({"text": _note_error(text, _("Write your remark here."))})
    refuse_marked(text, actor=actor)
    locked = lock_open_matter(matter.pk)
    require_current(locked, version)
    if locked.status not in SPEAKING_STATUSES - {MatterStatus.SIGNING}:
        raise ValidationError(_("Remarks are made while the text is in consultation."))
    start = find_passage(version.plain_text, passage)
    raise_errors({"quote": _quote_error(passage.quote, start)})
    assert start is not None
    kept = passage_at(version.plain_text, start, start + len(passage.quote))
    party = _party_of(actor, locked)
    remark = Remark.objects.create(
        version=version,
        party=party,
        quote=kept.quote,
        prefix=kept.prefix,
        suffix=kept.suffix,
        start=start,
        text=text.strip(),
        author=actor,
        person_name=str(actor),
        office_name=party.office.name,
        made_at=timezone.now(),
    )
    record_action(locked, "deliberation.remark", actor=actor, version=version.n, party=party.place)
    announce_changed(locked)
    return remark


def _note_error(text: str, missing: str) -> str:
    return text_error(text, missing=missing, max_chars=MAX_NOTE_CHARS)


def _quote_error(quote: str, start: int | None) -> str:
    if not quote.strip():
        return _("Select the passage that you remark on.")
    if len(quote) > MAX_QUOTE_CHARS:
        return _("Select a passage of at most %(limit)d characters.") % {"limit": MAX_QUOTE_CHARS}
    if start is None:
        return _(
            "This passage does not stand in the text, or stands there more than once. Select more of it."
        )
    return ""


def _party_of(user: User, matter: Matter) -> Party:
    """Return the party at whose office somebody works; the caller has checked that there is one."""
    assert user.office is not None
    return next(party for party in matter.parties_in_order if party.office_id == user.office.pk)


@transaction.atomic
def reply_to_remark(*, remark: Remark, text: str, actor: User) -> RemarkReply:
    """Answer a remark; anybody who may remark may answer, while the matter is open."""
    matter = remark.version.matter
    require(can_remark(actor, matter))
    raise_errors({"text": _note_error(text, _("Write your reply here."))})
    refuse_marked(text, actor=actor)
    locked = lock_open_matter(matter.pk)
    reply = RemarkReply.objects.create(
        remark=remark,
        text=text.strip(),
        author=actor,
        person_name=str(actor),
        office_name=_party_of(actor, locked).office.name,
        made_at=timezone.now(),
    )
    record_action(locked, "deliberation.reply", actor=actor, remark=remark.pk)
    return reply


@transaction.atomic
def resolve_remark(*, remark: Remark, adoption: str, actor: User, reason: str = "") -> Remark:
    """Resolve a remark with what became of it; all but what was adopted takes a reason."""
    check_adoption(adoption, reason, actor)
    return _settle(remark, actor, action="deliberation.resolve", adoption=adoption, reason=reason.strip())


@transaction.atomic
def carry_remark(*, remark: Remark, reason: str, actor: User) -> Remark:
    """Keep a remark for later, with the reason: it no longer stands in the way of signing."""
    raise_errors({"reason": reason_error(reason)})
    refuse_marked(reason, actor=actor)
    return _settle(remark, actor, action="deliberation.carry", is_carried=True, reason=reason.strip())


def _settle(remark: Remark, actor: User, *, action: str, **values: object) -> Remark:
    matter = remark.version.matter
    require(can_lead_matter(actor, matter))
    locked = lock_open_matter(matter.pk)
    row = Remark.objects.select_for_update().get(pk=remark.pk)
    if not row.is_open:
        raise ValidationError(_("This remark was resolved or carried already."))
    values |= {"settled_at": timezone.now(), "settled_by": actor, "settled_in_id": locked.current_id}
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    record_action(locked, action, actor=actor, remark=row.pk)
    announce_changed(locked)
    # The last open remark may have been all that a matter of positions waited for.
    if not settle_if_ready(locked, actor=actor):
        call_host(locked, actor=actor)
    return row
