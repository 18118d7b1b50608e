"""Open a matter, put its texts, close it without agreement, enter the number under which it was issued."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from deliberation.digests import SignedContent, digest_of, digest_of_file
from deliberation.enums import ConsultationEnd, MatterAudience, MatterStatus, Presence
from deliberation.kinds import MatterKind, kind_of
from deliberation.models import Attendee, Countersignature, Matter, Party, TextVersion, VersionFile
from deliberation.rules import can_lead_matter, can_open_matter
from deliberation.services.files import PURPOSE, uploaded_files
from deliberation.services.locks import lock_matter, lock_open_matter, require_current
from deliberation.services.status import end_consultation, move
from deliberation.services.waiting import nothing_waits, tell
from deliberation.signals import matter_closed, signatures_voided, version_put
from norms.services.agreed_texts import number_agreed_text, refuse_taken_title
from norms.services.citations import record_citations
from portal.foundation.limits import MAX_MATTER_TEXT_CHARS, MAX_NOTE_CHARS
from portal.foundation.services import next_number
from portal.foundation.signals import announce_changed
from portal.foundation.uploads import Upload, delete_uploads
from portal.foundation.validation import raise_errors, reason_error, text_error, title_error
from portal.org.enums import NotificationKind
from portal.org.models import Office, User
from portal.org.services.audit import record_action, require
from portal.org.services.secrecy import refuse_marked

MAX_ATTENDEES = 200


@dataclass(frozen=True)
class AttendeeEntry:
    """Somebody as minutes name them."""

    name: str
    office: str = ""
    presence: str = Presence.ATTENDED


@dataclass(frozen=True)
class _File:
    """A file of a version to come: uploaded (`content`), or stored already for the version before it (`stored_as`)."""

    name: str
    sha256: str
    size: int
    content: bytes | None = None
    stored_as: str = ""


def _uploaded(upload: Upload) -> _File:
    return _File(upload.name, digest_of_file(upload.content), len(upload.content), upload.content)


def _kept(file: VersionFile) -> _File:
    return _File(file.name, file.sha256, file.size, stored_as=str(file.file))


def open_matter(
    *,
    kind: str,
    title: str,
    markdown: str,
    host: Office,
    parties: Sequence[Office],
    actor: User,
    audience: str = MatterAudience.PARTIES,
    upload_key: str = "",
    attendees: Sequence[AttendeeEntry] = (),
) -> Matter:
    """Open a matter under a new number with its first text; parties stay as they are from now on.

    Raises ValidationError for parties that do not fit: the host is one, all are of one level, no department comes twice.
    """
    require(can_open_matter(actor, host))
    described = _known_kind(kind)
    _check_parties(host, parties)
    if audience not in MatterAudience.values:
        raise ValidationError({"audience": _("Choose who may read the matter.")})
    _check_text(described, title, markdown, "", attendees, actor)
    files = [*map(_uploaded, uploaded_files(key=upload_key, actor=actor))]
    today = timezone.localdate()
    with transaction.atomic():
        matter = Matter.objects.create(
            number=next_number(series="HS", year=today.year, width=3),
            title=title.strip(),
            kind=kind,
            host=host,
            audience=audience,
            opened_by=actor,
            opened_on=today,
        )
        Party.objects.bulk_create(
            Party(matter=matter, office=office, department_id=office.department_id, place=place)
            for place, office in enumerate(parties, start=1)
        )
        record_action(matter, "deliberation.open", actor=actor, kind=kind)
        _store_version(matter, title, markdown, "", files, attendees, actor)
    _forget_uploads(upload_key, actor)
    return matter


def put_version(
    *,
    matter: Matter,
    after: TextVersion,
    title: str,
    markdown: str,
    actor: User,
    note: str = "",
    upload_key: str = "",
    kept_files: Sequence[VersionFile] = (),
    attendees: Sequence[AttendeeEntry] = (),
) -> TextVersion:
    """Put a new text in the place of `after`, the version that was read; `kept_files` are those of its files that stay.

    The round on the earlier text ends. Signatures under it are void; they stay on record, and those who signed are told.
    Raises ValidationError where somebody else has put a version meanwhile, and where nothing differs.
    """
    require(can_lead_matter(actor, matter))
    _check_text(matter.described_kind, title, markdown, note, attendees, actor)
    files = [*map(_kept, kept_files), *map(_uploaded, uploaded_files(key=upload_key, actor=actor))]
    if any(file.version_id != after.pk for file in kept_files):
        raise ValidationError(_("Only files of the present text can stay."))
    with transaction.atomic():
        locked = lock_open_matter(matter.pk)
        require_current(locked, after)
        _refuse_unchanged(after, title, markdown, files, attendees)
        end_consultation(locked, ConsultationEnd.REVISED)
        if locked.status != MatterStatus.WRITING:
            move(locked, MatterStatus.WRITING)
        nothing_waits(locked, actor=actor)
        version = _store_version(locked, title, markdown, note, files, attendees, actor)
        _void_signatures(locked, after, version, actor)
    _forget_uploads(upload_key, actor)
    return version


def _known_kind(kind: str) -> MatterKind:
    try:
        return kind_of(kind)
    except LookupError:
        raise ValidationError({"kind": _("Choose a kind of matter.")}) from None


def _check_parties(host: Office, parties: Sequence[Office]) -> None:
    departments = [office.department_id for office in parties]
    error = ""
    if len(parties) < 2:
        error = _("A matter has two parties at least.")
    elif len(set(departments)) < len(departments):
        error = _("Each department takes part with one office.")
    elif len({office.level for office in parties}) > 1:
        error = _("All parties are offices of one level.")
    elif host.pk not in {office.pk for office in parties}:
        error = _("The host is one of the parties.")
    elif any(not office.is_active for office in parties):
        error = _("An office that is no longer active cannot take part.")
    raise_errors({"parties": error})


def _check_text(
    kind: MatterKind,
    title: str,
    markdown: str,
    note: str,
    attendees: Sequence[AttendeeEntry],
    actor: User,
) -> None:
    raise_errors(
        {
            "title": title_error(title, missing=_("Give the matter a title.")),
            "markdown": text_error(
                markdown, missing=_("Write the text here."), max_chars=MAX_MATTER_TEXT_CHARS
            ),
            "note": _("Say it in at most %(limit)d characters.") % {"limit": MAX_NOTE_CHARS}
            if len(note) > MAX_NOTE_CHARS
            else "",
            "attendees": _attendees_error(kind, attendees),
        }
    )
    names = [text for row in attendees for text in (row.name, row.office)]
    refuse_marked(title, markdown, note, *names, actor=actor)
    if kind.becomes_norm:
        refuse_taken_title(title)


def _attendees_error(kind: MatterKind, attendees: Sequence[AttendeeEntry]) -> str:
    if attendees and not kind.has_attendance:
        return _("Only minutes list who took part.")
    if len(attendees) > MAX_ATTENDEES:
        return _("Minutes list %(limit)d people at most.") % {"limit": MAX_ATTENDEES}
    if any(not row.name.strip() or row.presence not in Presence.values for row in attendees):
        return _("Each person in the minutes has a name, and attended, was excused or sat in.")
    return ""


def _store_version(
    matter: Matter,
    title: str,
    markdown: str,
    note: str,
    files: Sequence[_File],
    attendees: Sequence[AttendeeEntry],
    actor: User,
) -> TextVersion:
    """Store a text as the present one of a locked matter, record what it cites and tell the apps above."""
    n = matter.versions.count() + 1
    names = [f"{party.office.name}（{party.department.name}）" for party in matter.parties_in_order]
    digests = [(file.name, file.sha256) for file in files]
    present = _cells(attendees)
    content = SignedContent(matter.number, n, title.strip(), markdown, digests, names, present)
    version = TextVersion.objects.create(
        matter=matter,
        n=n,
        title=title.strip(),
        markdown=markdown,
        note=note.strip(),
        party_names=names,
        digest=digest_of(content),
        put_by=actor,
        put_at=timezone.now(),
    )
    Attendee.objects.bulk_create(
        Attendee(version=version, place=place, name=name, office=office, presence=presence)
        for place, (name, office, presence) in enumerate(present, start=1)
    )
    for place, file in enumerate(files, start=1):
        _store_file(version, place, file)
    matter.current, matter.title = version, version.title
    matter.save(update_fields=["current", "title"])
    record_citations(source=version, field="markdown", text=markdown, read_on=timezone.localdate())
    record_action(matter, "deliberation.put_version", actor=actor, version=n, digest=version.digest)
    version_put.send(sender=Matter, matter=matter, version=version)
    announce_changed(matter)
    return version


def _cells(attendees: Sequence[AttendeeEntry]) -> list[tuple[str, str, str]]:
    return [(row.name.strip(), row.office.strip(), str(row.presence)) for row in attendees]


def _refuse_unchanged(
    after: TextVersion, title: str, markdown: str, files: Sequence[_File], attendees: Sequence[AttendeeEntry]
) -> None:
    """Raise ValidationError for a text that is the present one: signatures would be void for nothing."""
    before = (
        after.title,
        after.markdown,
        [(file.name, file.sha256) for file in after.files.all()],
        [(row.name, row.office, row.presence) for row in after.attendees.all()],
    )
    now = (title.strip(), markdown, [(file.name, file.sha256) for file in files], _cells(attendees))
    if before == now:
        raise ValidationError(_("This is the present text; nothing in it has changed."))


def _store_file(version: TextVersion, place: int, file: _File) -> None:
    row = VersionFile(version=version, place=place, name=file.name, sha256=file.sha256, size=file.size)
    if file.content is None:
        row.file.name = file.stored_as
    else:
        # Under the digest: the name that somebody gave a file becomes no part of a path.
        row.file.save(file.sha256, ContentFile(file.content), save=False)
    row.save()


def _void_signatures(matter: Matter, older: TextVersion, newer: TextVersion, actor: User) -> None:
    """Void what was signed under the older text, and tell those who signed."""
    signatures = list(
        Countersignature.objects.standing()
        .filter(version=older)
        .select_related("signed_by", "on_behalf_of", "entered_by")
    )
    if not signatures:
        return
    keys = [signature.pk for signature in signatures]
    Countersignature.objects.filter(pk__in=keys).update(voided_at=timezone.now(), voided_by=newer)
    record_action(matter, "deliberation.void", actor=actor, version=older.n, signatures=len(keys))
    people = {
        person
        for row in signatures
        for person in (row.signed_by, row.on_behalf_of, row.entered_by)
        if person is not None
    }
    tell(matter, people, NotificationKind.SIGNATURE_VOIDED, actor)
    signatures_voided.send(sender=Matter, matter=matter, version=newer, signatures=signatures)


def _forget_uploads(key: str, actor: User) -> None:
    if key:
        delete_uploads(purpose=PURPOSE, key=key, user=actor)


@transaction.atomic
def close_matter(*, matter: Matter, reason: str, actor: User) -> Matter:
    """Close a matter without agreement; its texts, positions and signatures stay on record."""
    require(can_lead_matter(actor, matter))
    raise_errors({"reason": reason_error(reason)})
    refuse_marked(reason, actor=actor)
    locked = lock_open_matter(matter.pk)
    end_consultation(locked, ConsultationEnd.CLOSED)
    nothing_waits(locked, actor=actor)
    move(locked, MatterStatus.CLOSED, closed_on=timezone.localdate(), close_reason=reason.strip())
    record_action(locked, "deliberation.close", actor=actor)
    matter_closed.send(sender=Matter, matter=locked)
    announce_changed(locked)
    return locked


@transaction.atomic
def record_issue(*, matter: Matter, document_number: str, issued_on: dt.date, actor: User) -> Matter:
    """Enter the host's document number (发文字号) of a settled text, once; the law library has it too."""
    require(can_lead_matter(actor, matter))
    refuse_marked(document_number, actor=actor)
    locked = lock_matter(matter.pk)
    number = " ".join(document_number.split())
    if locked.status != MatterStatus.FROZEN:
        raise ValidationError(_("Only a settled text is issued under a number."))
    if locked.document_number:
        raise ValidationError(_("This text was issued already."))
    max_length = Matter._meta.get_field("document_number").max_length or 0
    is_early = bool(locked.frozen_on and issued_on < locked.frozen_on)
    raise_errors(
        {
            "document_number": ""
            if 0 < len(number) <= max_length
            else _("Give the number under which it was issued, in at most %(limit)d characters.")
            % {"limit": max_length},
            "issued_on": _("It was settled later than that.") if is_early else "",
        }
    )
    locked.document_number, locked.issued_on = number, issued_on
    locked.save(update_fields=["document_number", "issued_on"])
    if locked.norm_version:
        number_agreed_text(version=locked.norm_version, document_number=number)
    record_action(locked, "deliberation.issue", actor=actor, document_number=number)
    announce_changed(locked)
    return locked
