"""What people write in a deliberation is read for marks of classification, whichever act it belongs to."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from deliberation.enums import Stance
from deliberation.passages import Passage
from deliberation.services import consultations, escalations, matters, remarks, signing

pytestmark = pytest.mark.django_db

MARKED = "见机密★10年文件"


def remarked(table, consultation, **values):
    fields = {"passage": Passage("十日内函复"), "text": "过长", "actor": table.host} | values
    return remarks.add_remark(version=consultation.version, **fields)


def signed(table, consultation, **values):
    table.agree(consultation)
    matter = consultation.version.matter
    matter.refresh_from_db()
    signing.open_signing(matter=matter, version=matter.current, actor=table.host)
    return table.sign(matter, 0, **values)


def withdrawn(table, consultation):
    signature = signed(table, consultation)
    return signing.withdraw_signature(signature=signature, reason=MARKED, actor=table.signatories[0])


def stamped(table, consultation, **values):
    fields = {"reply_number": "8号", "replied_on": timezone.localdate(), "upload_key": ""} | values
    party = table.parties(consultation.version.matter)[1]
    return signing.enter_stamped_reply(version=consultation.version, party=party, actor=table.host, **fields)


def outcome(table, consultation):
    matter = consultation.version.matter
    matter.refresh_from_db()
    escalation = escalations.escalate(
        matter=matter, version=matter.current, to="政法委", recommendation="维持", actor=table.host
    )
    return escalations.record_outcome(escalation=escalation, outcome=MARKED, actor=table.host)


def escalated(table, consultation, **values):
    matter = consultation.version.matter
    fields = {"to": "政法委", "recommendation": "维持", "actor": table.host} | values
    return escalations.escalate(matter=matter, version=consultation.version, **fields)


def answered(table, consultation):
    position = table.say(consultation, 1, Stance.RESERVE, reasons="保留")
    return consultations.answer_position(
        position=position, adoption="not_adopted", reason=MARKED, actor=table.host
    )


def put(table, consultation, **values):
    version = consultation.version
    fields = {"title": "新题", "markdown": "新文", "actor": table.host} | values
    return matters.put_version(matter=version.matter, after=version, **fields)


WRITES = {
    "position.reasons": lambda t, c: t.say(c, 1, Stance.DIFFER, reasons=MARKED),
    "position.changes": lambda t, c: t.say(c, 1, Stance.AGREE_WITH_CHANGES, changes=MARKED),
    "answer.reason": answered,
    "remark.text": lambda t, c: remarked(t, c, text=MARKED),
    "reply.text": lambda t, c: remarks.reply_to_remark(remark=remarked(t, c), text=MARKED, actor=t.host),
    "resolve.reason": lambda t, c: remarks.resolve_remark(
        remark=remarked(t, c), adoption="adopted", reason=MARKED, actor=t.host
    ),
    "carry.reason": lambda t, c: remarks.carry_remark(remark=remarked(t, c), reason=MARKED, actor=t.host),
    "version.title": lambda t, c: put(t, c, title=MARKED),
    "version.markdown": lambda t, c: put(t, c, markdown=MARKED),
    "version.note": lambda t, c: put(t, c, note=MARKED),
    "close.reason": lambda t, c: matters.close_matter(matter=c.version.matter, reason=MARKED, actor=t.host),
    "sign.capacity": lambda t, c: signed(t, c, capacity=MARKED),
    "withdraw.reason": withdrawn,
    "stamped.reply_number": lambda t, c: stamped(t, c, reply_number=MARKED),
    "stamped.signer_name": lambda t, c: stamped(t, c, signer_name=MARKED),
    "stamped.capacity": lambda t, c: stamped(t, c, capacity=MARKED),
    "escalation.to": lambda t, c: escalated(t, c, to=MARKED),
    "escalation.recommendation": lambda t, c: escalated(t, c, recommendation=MARKED),
    "escalation.outcome": outcome,
}


@pytest.mark.parametrize("name", WRITES)
def test_marked_text_is_refused(table, name):
    consultation = table.consult(table.open(), due_on=timezone.localdate() + dt.timedelta(days=3))
    with pytest.raises(ValidationError, match="机密★"):
        WRITES[name](table, consultation)
