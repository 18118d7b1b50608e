"""Rounds of consultation: positions, silence, answers, escalation, and how a matter settles by them."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from deliberation.enums import Adoption, MatterStatus, Stance
from deliberation.models import Consultation, Countersignature, Position
from deliberation.selectors.matters import blockers, missing_parties
from deliberation.services.consultations import (
    answer_position,
    open_consultation,
    record_silence,
    state_position,
)
from deliberation.services.escalations import escalate, record_outcome
from deliberation.services.matters import close_matter, put_version
from deliberation.services.signing import open_signing
from deliberation.services.silence import end_silent_consultations
from norms.models import Citation
from portal.org.models import Assignment, Notification
from tests.factories.deliberation import TEXT
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db


def later(days: int):
    return time_machine.travel(timezone.now() + dt.timedelta(days=days))


def waiting(matter, what):
    rows = Assignment.objects.open().of_subject(matter).filter(what=what)
    return sorted(rows.values_list("department__code", flat=True))


def test_round_waits_for_each_party_until_its_day(table):
    matter = table.open()
    due_on = timezone.localdate() + dt.timedelta(days=5)
    consultation = table.consult(matter, due_on=due_on)
    assert waiting(matter, "state_position") == ["court", "detention", "procuratorate"]
    assert set(Assignment.objects.values_list("due_on", flat=True)) == {due_on}
    told = Notification.objects.filter(kind="position_needed").values_list("recipient", flat=True)
    assert set(told) == {person.pk for person in table.signatories}
    table.say(consultation, 1)
    assert waiting(matter, "state_position") == ["court", "detention"]


def test_who_is_missing_is_shown_with_how_long(table):
    matter = table.open()
    consultation = table.consult(matter)
    table.say(consultation, 0)
    matter.refresh_from_db()
    with later(3):
        rows = missing_parties(matter)
        assert [(row.party.place, row.days) for row in rows] == [(2, 3), (3, 3)]


def test_round_is_opened_once_on_the_text_that_was_read(table):
    matter = table.open()
    first = matter.current
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    with pytest.raises(ValidationError):
        table.consult(matter, due_on=timezone.localdate())
    with pytest.raises(PermissionDenied):
        open_consultation(matter=matter, version=first, due_on=tomorrow, actor=table.coordinators[1])
    table.consult(matter)
    with pytest.raises(ValidationError):
        table.consult(matter)
    put_version(matter=matter, after=first, title="新题", markdown=TEXT, actor=table.host)
    with pytest.raises(ValidationError):
        open_consultation(matter=matter, version=first, due_on=tomorrow, actor=table.host)
    assert table.consult(matter).n == 2


def test_positions_are_history(table):
    matter = table.open()
    consultation = table.consult(matter)
    first = table.say(consultation, 1, Stance.DIFFER, reasons="第二条无依据")
    second = table.say(consultation, 1)
    first.refresh_from_db()
    assert (first.stance, first.reasons) == (Stance.DIFFER, "第二条无依据")
    assert first.superseded_at is not None
    assert list(Position.objects.current()) == [second]
    assert (second.person_name, second.office_name) == (str(table.signatories[1]), table.offices[1].name)


@pytest.mark.parametrize(
    ("stance", "words", "field"),
    [
        (Stance.DIFFER, {}, "reasons"),
        (Stance.RESERVE, {"reasons": "。"}, "reasons"),
        (Stance.AGREE_WITH_CHANGES, {"reasons": "好"}, "changes"),
        (Stance.NO_OBJECTION, {}, "stance"),
        ("maybe", {}, "stance"),
    ],
)
def test_stances_say_what_they_need(table, stance, words, field):
    consultation = table.consult(table.open())
    with pytest.raises(ValidationError) as refused:
        table.say(consultation, 1, stance, **words)
    assert list(refused.value.message_dict) == [field]
    assert Position.objects.count() == 0


def test_only_a_signatory_of_the_office_speaks_for_it(table):
    matter = table.open()
    consultation = table.consult(matter)
    for stranger in (table.coordinators[1], table.signatories[0], UserFactory(roles=["signatory"])):
        with pytest.raises(PermissionDenied):
            state_position(
                consultation=consultation,
                party=table.parties(matter)[1],
                stance=Stance.AGREE,
                actor=stranger,
            )


def test_articles_that_a_position_names_are_citations(table):
    consultation = table.consult(table.open())
    position = table.say(consultation, 1, Stance.DIFFER, reasons="与《刑事诉讼法》第二百六十二条不符")
    citations = Citation.objects.of_source(position)
    assert [(row.field, row.document_name, row.locator["article"]) for row in citations] == [
        ("reasons", "刑事诉讼法", 262)
    ]


def test_position_on_a_replaced_text_is_refused(table):
    matter = table.open()
    consultation = table.consult(matter)
    put_version(
        matter=matter, after=matter.current, title=matter.title, markdown=f"{TEXT}\n附则", actor=table.host
    )
    with pytest.raises(ValidationError) as refused:
        table.say(consultation, 1)
    assert refused.value.code == "changed"
    consultation.refresh_from_db()
    assert consultation.end == "revised"


def test_host_answers_what_parties_said(table):
    consultation = table.consult(table.open())
    position = table.say(consultation, 1, Stance.AGREE_WITH_CHANGES, changes="十日改为七日")
    with pytest.raises(ValidationError):
        answer_position(position=position, adoption=Adoption.IN_PART, actor=table.host)
    with pytest.raises(PermissionDenied):
        answer_position(position=position, adoption=Adoption.ADOPTED, actor=table.signatories[1])
    row = answer_position(position=position, adoption=Adoption.ADOPTED, actor=table.host)
    assert (row.adoption, row.answered_by) == (Adoption.ADOPTED, table.host)


# What settles by positions ----------------------------------------------------------------------------------------


def test_last_position_settles_a_theme(table):
    matter = table.open("theme", title="财产性判项")
    consultation = table.consult(matter)
    table.agree(consultation, [0, 1])
    matter.refresh_from_db()
    assert matter.status == MatterStatus.CONSULTING
    table.say(consultation, 2, Stance.RESERVE, reasons="时间偏紧")
    matter.refresh_from_db()
    assert (matter.status, matter.digest) == (MatterStatus.FROZEN, matter.current.digest)
    assert matter.norm_version is None
    with pytest.raises(ValidationError):
        table.say(consultation, 2)


def test_theme_that_a_party_differs_on_waits_for_the_host(table):
    matter = table.open("theme")
    consultation = table.consult(matter)
    table.agree(consultation, [0, 1])
    assert waiting(matter, "lead_matter") == []
    table.say(consultation, 2, Stance.DIFFER, reasons="不宜")
    matter.refresh_from_db()
    assert matter.status == MatterStatus.CONSULTING
    assert waiting(matter, "lead_matter") == ["court"]
    assert [str(blocker.kind) for blocker in blockers(matter)] == ["differs"]


def test_nobody_signs_what_positions_settle(table):
    matter = table.open("theme")
    table.agree(table.consult(matter), [0])
    matter.refresh_from_db()
    with pytest.raises(ValidationError):
        open_signing(matter=matter, version=matter.current, actor=table.host)


def test_silence_settles_a_theme_that_was_opened_with_the_rule(table):
    matter = table.open("theme")
    consultation = table.consult(matter, silence_agrees=True)
    table.say(consultation, 0)
    with later(7):
        assert end_silent_consultations() == 0
    with later(8):
        assert end_silent_consultations() == 2
        assert end_silent_consultations() == 0
    matter.refresh_from_db()
    assert matter.status == MatterStatus.FROZEN
    silent = Position.objects.filter(stance=Stance.NO_OBJECTION)
    assert [row.stated_by for row in silent] == [None, None]


def test_silence_says_nothing_without_the_rule(table):
    matter = table.open("theme")
    consultation = table.consult(matter)
    with later(30):
        assert end_silent_consultations() == 0
        assert record_silence(consultation=consultation, actor=None) == []
    assert Position.objects.count() == 0


def test_silence_never_signs(table):
    matter = table.open()
    consultation = table.consult(matter, silence_agrees=True)
    table.agree(consultation, [0])
    with later(8):
        assert end_silent_consultations() == 2
        matter.refresh_from_db()
        open_signing(matter=matter, version=matter.current, actor=table.host)
        table.sign(matter, 0)
    matter.refresh_from_db()
    assert (matter.status, Countersignature.objects.count()) == (MatterStatus.SIGNING, 1)


def test_party_that_was_silent_may_still_speak(table):
    matter = table.open()
    consultation = table.consult(matter, silence_agrees=True)
    with later(8):
        end_silent_consultations()
        table.say(consultation, 1, Stance.DIFFER, reasons="来不及答复")
    stances = Position.objects.current().values_list("stance", flat=True)
    assert sorted(stances) == ["differ", "no_objection", "no_objection"]


# Differences ------------------------------------------------------------------------------------------------------


def test_difference_is_taken_higher_and_its_outcome_recorded(table):
    matter = table.open()
    consultation = table.consult(matter)
    table.agree(consultation, [0, 1])
    table.say(consultation, 2, Stance.DIFFER, reasons="第二条无依据")
    matter.refresh_from_db()
    escalation = escalate(
        matter=matter, version=matter.current, to="政法委", recommendation="维持第二条", actor=table.host
    )
    matter.refresh_from_db()
    assert matter.status == MatterStatus.ESCALATED
    for act in (
        lambda: put_version(matter=matter, after=matter.current, title="题", markdown=TEXT, actor=table.host),
        lambda: close_matter(matter=matter, reason="不成", actor=table.host),
        lambda: record_outcome(escalation=escalation, outcome=" ", actor=table.host),
    ):
        with pytest.raises(ValidationError):
            act()
    record_outcome(escalation=escalation, outcome="同意维持", actor=table.host)
    with pytest.raises(ValidationError):
        record_outcome(escalation=escalation, outcome="再记", actor=table.host)
    table.say(consultation, 2)
    matter.refresh_from_db()
    assert open_signing(matter=matter, version=matter.current, actor=table.host).status == "signing"


def test_matter_is_closed_without_agreement(table):
    matter = table.open()
    consultation = table.consult(matter)
    with pytest.raises(ValidationError):
        close_matter(matter=matter, reason="", actor=table.host)
    with pytest.raises(PermissionDenied):
        close_matter(matter=matter, reason="不成", actor=table.coordinators[1])
    close_matter(matter=matter, reason="意见不一", actor=table.host)
    matter.refresh_from_db()
    assert (matter.status, matter.closed_on) == (MatterStatus.CLOSED, timezone.localdate())
    assert Consultation.objects.get().end == "closed"
    assert not Assignment.objects.open().of_subject(matter).exists()
    with pytest.raises(ValidationError):
        table.say(consultation, 1)
