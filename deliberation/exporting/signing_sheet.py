"""The signing sheet of a text: version, digest, each party's position, signer, capacity and day; DOCX, in the active language."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from deliberation.digests import printed_digest
from deliberation.enums import Presence, SigningMethod, Stance
from deliberation.models import Countersignature, Matter
from deliberation.selectors.matters import PartyState, party_states
from portal.foundation.dates import day
from portal.foundation.joining import labelled, listed
from portal.foundation.official import OfficialDocument, TypedRun, Typeface

WIDTHS_MM = (38, 30, 44, 44)


def signing_sheet_docx(matter: Matter) -> bytes:
    """Return the signing sheet of the present text; of a settled matter, that of the text it was settled by."""
    document = OfficialDocument(title=_("Signing sheet"), number=matter.number)
    states = party_states(matter)
    document.add_title(_("Signing sheet"))
    document.add_paragraph(TypedRun(matter.title, Typeface.KAI), centred=True)
    document.add_paragraph()
    for line in _opening_lines(matter):
        document.add_paragraph(line)
    document.add_paragraph()
    document.add_table(
        [_("Office"), pgettext("of a party", "Position"), _("Signed by"), _("Signed on")],
        [_cells(state) for state in states],
        WIDTHS_MM,
    )
    for line in _reservations(states):
        document.add_paragraph(line)
    for line in _attendance(matter):
        document.add_paragraph(line)
    return document.to_bytes()


def _opening_lines(matter: Matter) -> Iterator[str]:
    version = matter.current
    if version is None:
        return
    yield labelled(_("Number"), matter.number)
    yield labelled(pgettext("of a text", "Version"), version.n)
    yield labelled(_("Digest of the text"), printed_digest(version.digest))
    if matter.document_number:
        yield labelled(_("Document number"), matter.document_number)
    yield labelled(_("Settled on"), day(matter.frozen_on)) if matter.frozen_on else _("Not settled yet")
    if names := [file.name for file in version.files.all()]:
        yield labelled(_("Files"), listed(names))


def _cells(state: PartyState) -> list[str]:
    position, signature = state.position, state.signature
    stance = position.get_stance_display() if position else _("No position yet")
    if signature is not None:
        return [state.party.office.name, stance, _signer(signature), day(signature.signed_on)]
    excused = pgettext("from signing", "Excused") if position and position.is_excused else ""
    return [state.party.office.name, stance, excused, ""]


def _signer(signature: Countersignature) -> str:
    """Return who signed, for whom and in which capacity; for a reply on paper its number and who confirmed it."""
    capacity = f"（{signature.capacity}）" if signature.capacity else ""
    if signature.method == SigningMethod.SIGNED:
        if signature.principal_name:
            return _("%(deputy)s for %(principal)s") % {
                "deputy": signature.signer_name,
                "principal": f"{signature.principal_name}{capacity}",
            }
        return f"{signature.signer_name}{capacity}"
    lines = [_("Stamped reply %(number)s") % {"number": signature.reply_number}]
    if signature.signer_name:
        lines.append(f"{signature.signer_name}{capacity}")
    lines.append(
        _("confirmed by %(office)s") % {"office": signature.confirmed_by_office}
        if signature.confirmed_at
        else _("not confirmed yet")
    )
    return "\n".join(lines)


def _reservations(states: list[PartyState]) -> Iterator[str]:
    for state in states:
        if state.position and state.position.stance == Stance.RESERVE:
            label = _("Reservation of %(office)s") % {"office": state.party.office.name}
            yield labelled(label, state.position.reasons)


def _attendance(matter: Matter) -> Iterator[str]:
    """Yield who attended, was excused and sat in, a line for each that has people."""
    attendees = list(matter.current.attendees.all()) if matter.current else []
    for presence in Presence:
        people = [
            f"{row.name}（{row.office}）" if row.office else row.name
            for row in attendees
            if row.presence == presence
        ]
        if people:
            yield labelled(presence.label, listed(people))
