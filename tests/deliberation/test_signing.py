"""Countersigning: who, when, on which text, and what settles it."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from deliberation.enums import MatterStatus, SigningMethod, Stance
from deliberation.models import Countersignature
from deliberation.selectors.deputations import deputations_for, signatories_of
from deliberation.selectors.matters import signed_versions
from deliberation.services.deputations import end_deputation, give_deputation
from deliberation.services.matters import close_matter, put_version
from deliberation.services.signing import (
    confirm_stamped_reply,
    enter_stamped_reply,
    open_signing,
    sign_version,
    withdraw_signature,
)
from deliberation.signals import matter_frozen, signatures_voided
from portal.foundation.uploads import Upload, store_uploads
from portal.org.models import Assignment, Notification
from portal.org.services import move_to_office
from portal.org.services.confirmation import CONFIRMATION_MINUTES, Confirmation
from tests.factories.deliberation import TEXT, confirmed
from tests.factories.org import OfficeFactory, UserFactory

pytestmark = pytest.mark.django_db


def listening(signal):
    """Collect what a signal sends."""
    received = []

    def collect(**kwargs):
        received.append(kwargs)

    signal.connect(collect, weak=False)
    return received, lambda: signal.disconnect(collect)


def test_last_signature_settles_the_matter_with_day_and_digest(table):
    matter = table.ready()
    received, stop = listening(matter_frozen)
    table.sign(matter, 0)
    table.sign(matter, 2)
    matter.refresh_from_db()
    assert (matter.status, received) == (MatterStatus.SIGNING, [])
    table.sign(matter, 1)
    stop()
    matter.refresh_from_db()
    assert matter.status == MatterStatus.FROZEN
    assert (matter.frozen_on, matter.digest) == (timezone.localdate(), matter.current.digest)
    assert [row["version"] for row in received] == [matter.current]
    assert not Assignment.objects.open().of_subject(matter).exists()


def test_person_office_and_capacity_are_copied_as_they_were(table):
    matter = table.ready()
    signer = table.signatories[1]
    signature = table.sign(matter, 1, capacity="副检察长")
    name, office = signer.display_name, table.offices[1].name
    signer.display_name = "改名"
    signer.save()
    move_to_office(user=signer, office=OfficeFactory(), actor=None)
    signature.refresh_from_db()
    assert (signature.signer_name, signature.office_name, signature.capacity) == (name, office, "副检察长")
    assert signature.digest == matter.current.digest


def test_nobody_signs_without_a_fresh_confirmation(table):
    matter = table.ready()
    signer = table.signatories[0]
    old = Confirmation(signer.pk, timezone.now() - dt.timedelta(minutes=CONFIRMATION_MINUTES, seconds=1))
    others = confirmed(table.signatories[1])
    future = Confirmation(signer.pk, timezone.now() + dt.timedelta(minutes=1))
    for confirmation in (None, old, others, future):
        with pytest.raises(ValidationError) as refused:
            table.sign(matter, 0, confirmation=confirmation)
        assert refused.value.code == "unconfirmed"
    assert Countersignature.objects.count() == 0


def test_account_without_a_password_cannot_sign(table):
    matter = table.ready()
    signer = table.signatories[0]
    signer.set_unusable_password()
    signer.save()
    with pytest.raises(ValidationError) as refused:
        table.sign(matter, 0)
    assert refused.value.code == "unconfirmed"


def test_only_a_signatory_of_the_party_signs(table):
    matter = table.ready()
    for stranger in (table.host, table.signatories[1], UserFactory(roles=["signatory"])):
        with pytest.raises(PermissionDenied):
            table.sign(matter, 0, actor=stranger)
    assert Countersignature.objects.count() == 0


def test_role_that_was_taken_away_since_the_page_was_opened_signs_no_more(table):
    matter = table.ready()
    signer = table.signatories[0]
    assert "signatory" in signer.role_names
    signer.groups.clear()
    with pytest.raises(PermissionDenied):
        table.sign(matter, 0)


def test_second_signatory_of_a_party_is_refused(table):
    matter = table.ready()
    table.sign(matter, 0)
    second = UserFactory(roles=["signatory"], office=table.offices[0])
    with pytest.raises(ValidationError) as refused:
        table.sign(matter, 0, actor=second)
    assert refused.value.code == "signed"


def test_database_holds_one_standing_signature_of_a_party(table):
    matter = table.ready()
    signature = table.sign(matter, 0)
    signature.pk, signature._state.adding = None, True
    with pytest.raises(IntegrityError), transaction.atomic():
        signature.save()


def test_signature_on_a_text_that_was_replaced_is_refused(table):
    matter = table.ready()
    read = matter.current
    put_version(matter=matter, after=read, title=matter.title, markdown=TEXT + "\n附则", actor=table.host)
    with pytest.raises(ValidationError) as refused:
        table.sign(matter, 0, version=read)
    assert refused.value.code == "changed"
    assert Countersignature.objects.count() == 0


def test_new_version_voids_signatures_keeps_them_and_tells_those_who_signed(table):
    matter = table.ready()
    signature = table.sign(matter, 1)
    Notification.objects.all().delete()
    received, stop = listening(signatures_voided)
    version = put_version(
        matter=matter, after=matter.current, title=matter.title, markdown=TEXT + "\n附则", actor=table.host
    )
    stop()
    signature.refresh_from_db()
    assert (signature.voided_by, signature.stands) == (version, False)
    assert [(row["version"], row["signatures"]) for row in received] == [(version, [signature])]
    told = Notification.objects.filter(kind="signature_voided").values_list("recipient", flat=True)
    assert list(told) == [table.signatories[1].pk]
    assert signed_versions(matter, table.signatories[1]) == [signature.version]
    assert signed_versions(matter, table.signatories[0]) == []
    matter.refresh_from_db()
    assert matter.status == MatterStatus.WRITING
    assert not Assignment.objects.open().of_subject(matter).exists()


def test_signature_is_withdrawn_with_a_reason_until_the_matter_is_settled(table):
    matter = table.ready()
    signature = table.sign(matter, 0)
    with pytest.raises(ValidationError):
        withdraw_signature(signature=signature, reason=" ", actor=table.signatories[0])
    with pytest.raises(PermissionDenied):
        withdraw_signature(signature=signature, reason="另有意见", actor=table.signatories[1])
    withdraw_signature(signature=signature, reason="另有意见", actor=table.signatories[0])
    table.sign(matter, 1)
    table.sign(matter, 2)
    matter.refresh_from_db()
    assert matter.status == MatterStatus.SIGNING
    again = table.sign(matter, 0)
    matter.refresh_from_db()
    assert matter.status == MatterStatus.FROZEN
    with pytest.raises(ValidationError):
        withdraw_signature(signature=again, reason="反悔", actor=table.signatories[0])
    assert Countersignature.objects.filter(party=signature.party).count() == 2


def test_signing_begins_when_nothing_stands_against_it(table):
    matter = table.open()
    consultation = table.consult(matter)
    table.agree(consultation, [0, 1])
    matter.refresh_from_db()
    with pytest.raises(ValidationError):
        open_signing(matter=matter, version=matter.current, actor=table.host)
    table.say(consultation, 2, Stance.AGREE_WITH_CHANGES, changes="十日改为七日")
    with pytest.raises(ValidationError):
        open_signing(matter=matter, version=matter.current, actor=table.host)
    table.say(consultation, 2, Stance.RESERVE, reasons="对第三条保留意见")
    with pytest.raises(PermissionDenied):
        open_signing(matter=matter, version=matter.current, actor=table.coordinators[1])
    assert (
        open_signing(matter=matter, version=matter.current, actor=table.host).status == MatterStatus.SIGNING
    )


def test_parties_that_are_not_concerned_are_excused(table):
    matter = table.open()
    consultation = table.consult(matter)
    table.agree(consultation, [0, 1])
    table.say(consultation, 2, Stance.NOT_CONCERNED)
    matter.refresh_from_db()
    open_signing(matter=matter, version=matter.current, actor=table.host)
    matter.refresh_from_db()
    with pytest.raises(ValidationError):
        table.sign(matter, 2)
    table.sign(matter, 0)
    table.sign(matter, 1)
    matter.refresh_from_db()
    assert matter.status == MatterStatus.FROZEN


def test_text_that_nobody_has_to_sign_is_not_signed(table):
    matter = table.open()
    consultation = table.consult(matter)
    for place in range(3):
        table.say(consultation, place, Stance.NOT_COMPETENT)
    matter.refresh_from_db()
    with pytest.raises(ValidationError):
        open_signing(matter=matter, version=matter.current, actor=table.host)


def test_party_that_differs_during_signing_takes_the_matter_back(table):
    matter = table.ready()
    table.sign(matter, 0)
    consultation = matter.current.consultation
    with pytest.raises(ValidationError):
        table.say(consultation, 1, Stance.RESERVE, reasons="保留")
    with pytest.raises(ValidationError):
        table.say(consultation, 0, Stance.DIFFER, reasons="已签署")
    table.say(consultation, 1, Stance.DIFFER, reasons="第二条无依据")
    matter.refresh_from_db()
    assert matter.status == MatterStatus.CONSULTING
    with pytest.raises(ValidationError):
        table.sign(matter, 2)
    table.say(consultation, 1)
    open_signing(matter=matter, version=matter.current, actor=table.host)
    table.sign(matter, 1)
    table.sign(matter, 2)
    matter.refresh_from_db()
    assert matter.status == MatterStatus.FROZEN


def test_closed_matter_is_not_signed(table):
    matter = table.ready()
    close_matter(matter=matter, reason="各方意见不一", actor=table.host)
    with pytest.raises(ValidationError):
        table.sign(matter, 0)


def test_tampered_text_is_not_signed(table):
    matter = table.ready()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE deliberation_textversion SET markdown = '另一文本'")
    with pytest.raises(ValidationError):
        table.sign(matter, 0)


# Deputies ---------------------------------------------------------------------------------------------------------


def deputised(table, **values):
    today = timezone.localdate()
    deputy = UserFactory(office=table.offices[1])
    fields = {"since": today, "until": today + dt.timedelta(days=3)} | values
    return deputy, give_deputation(deputy=deputy, actor=table.signatories[1], **fields)


def test_deputy_signs_and_both_are_named(table):
    matter = table.ready()
    deputy, deputation = deputised(table)
    signature = table.sign(matter, 1, actor=deputy, deputation=deputation)
    assert (signature.signed_by, signature.on_behalf_of) == (deputy, table.signatories[1])
    assert (signature.signer_name, signature.principal_name) == (str(deputy), str(table.signatories[1]))


def test_deputies_and_signatories_of_a_party_are_named(table):
    matter = table.ready()
    deputy, deputation = deputised(table)
    first, second, _third = table.parties(matter)
    assert deputations_for(deputy, second) == [deputation]
    assert deputations_for(deputy, first) == deputations_for(table.signatories[1], second) == []
    assert list(signatories_of(second)) == [table.signatories[1]]


def test_deputy_signs_within_scope_and_period_alone(table):
    matter = table.ready()
    deputy, deputation = deputised(table, kind="minutes")
    with pytest.raises(ValidationError):
        table.sign(matter, 1, actor=deputy, deputation=deputation)
    end_deputation(deputation=deputation, actor=table.signatories[1])
    deputy, deputation = deputised(table, matter=matter)
    with time_machine.travel(timezone.now() + dt.timedelta(days=4)), pytest.raises(ValidationError):
        table.sign(matter, 1, actor=deputy, deputation=deputation, confirmation=confirmed(deputy))
    with pytest.raises(PermissionDenied):
        table.sign(matter, 1, actor=deputy)
    with pytest.raises(PermissionDenied):
        table.sign(matter, 1, actor=UserFactory(office=table.offices[1]), deputation=deputation)
    end_deputation(deputation=deputation, actor=deputy)
    with pytest.raises(ValidationError):
        table.sign(matter, 1, actor=deputy, deputation=deputation)


def test_deputy_of_somebody_who_may_no_longer_sign_does_not_sign(table):
    matter = table.ready()
    deputy, deputation = deputised(table)
    table.signatories[1].groups.clear()
    with pytest.raises(ValidationError):
        table.sign(matter, 1, actor=deputy, deputation=deputation)


def test_deputies_have_none_of_their_own(table):
    today = timezone.localdate()
    second = UserFactory(roles=["signatory"], office=table.offices[1])
    period = {"since": today, "until": today}
    give_deputation(deputy=second, actor=table.signatories[1], **period)
    third = UserFactory(office=table.offices[1])
    with pytest.raises(ValidationError):
        give_deputation(deputy=third, actor=second, **period)
    with pytest.raises(ValidationError):
        give_deputation(
            deputy=table.signatories[1],
            actor=UserFactory(roles=["signatory"], office=table.offices[1]),
            **period,
        )


def test_deputy_is_a_colleague_with_a_password(table):
    today = timezone.localdate()
    colleague = UserFactory(office=table.offices[1])
    colleague.set_unusable_password()
    colleague.save()
    for deputy in (UserFactory(), colleague, table.signatories[1]):
        with pytest.raises(ValidationError):
            give_deputation(deputy=deputy, actor=table.signatories[1], since=today, until=today)
    with pytest.raises(PermissionDenied):
        give_deputation(deputy=colleague, actor=table.coordinators[1], since=today, until=today)
    with pytest.raises(PermissionDenied):
        deputy, deputation = deputised(table)
        end_deputation(deputation=deputation, actor=table.host)


# On paper ---------------------------------------------------------------------------------------------------------


def stamped(table, matter, place=2, **values):
    key = store_uploads(purpose="matters", uploads=[Upload("复函.png", b"\x89PNG scan")], user=table.host)
    actor = values.pop("actor", table.host)
    fields = {"reply_number": "宁公函〔2026〕8号", "replied_on": timezone.localdate()} | values
    return enter_stamped_reply(
        version=matter.current,
        party=table.parties(matter)[place],
        upload_key=key,
        actor=actor,
        **fields,
    )


def test_stamped_reply_counts_once_another_party_confirms_it(table):
    matter = table.ready()
    table.sign(matter, 0)
    table.sign(matter, 1)
    reply = stamped(table, matter)
    matter.refresh_from_db()
    assert (matter.status, reply.counts) == (MatterStatus.SIGNING, False)
    for own in (table.host, table.signatories[0]):
        with pytest.raises(PermissionDenied):
            confirm_stamped_reply(signature=reply, actor=own)
    confirm_stamped_reply(signature=reply, actor=table.signatories[1])
    matter.refresh_from_db()
    reply.refresh_from_db()
    assert (matter.status, reply.method) == (MatterStatus.FROZEN, SigningMethod.STAMPED)
    assert (reply.confirmed_by_office, reply.signed_by) == (table.offices[1].name, None)
    assert reply.scan.read() == b"\x89PNG scan"


def test_stamped_reply_has_a_scan_a_number_and_a_possible_day(table):
    matter = table.ready()
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    for wrong in ({"reply_number": " "}, {"replied_on": tomorrow}):
        with pytest.raises(ValidationError):
            stamped(table, matter, **wrong)
    with pytest.raises(ValidationError) as refused:
        enter_stamped_reply(
            version=matter.current,
            party=table.parties(matter)[2],
            reply_number="8号",
            replied_on=timezone.localdate(),
            upload_key="",
            actor=table.host,
        )
    assert list(refused.value.message_dict) == ["scan"]
    with pytest.raises(PermissionDenied):
        stamped(table, matter, actor=table.coordinators[1])


def test_stamped_reply_keeps_its_party_from_signing_until_it_is_withdrawn(table):
    matter = table.ready()
    reply = stamped(table, matter)
    with pytest.raises(ValidationError):
        table.sign(matter, 2)
    withdraw_signature(signature=reply, reason="扫描件有误", actor=table.host)
    with pytest.raises(ValidationError):
        confirm_stamped_reply(signature=reply, actor=table.signatories[1])
    assert table.sign(matter, 2).counts
    waiting = Assignment.objects.open().of_subject(matter).values_list("what", "department__code")
    assert sorted(waiting) == [("countersign", "court"), ("countersign", "procuratorate")]


def test_settled_matter_has_the_day_of_the_last_signature(table):
    with time_machine.travel(timezone.now() - dt.timedelta(days=5)):
        matter = table.ready()
        table.sign(matter, 0)
        table.sign(matter, 1)
        last = timezone.localdate() + dt.timedelta(days=2)
    reply = stamped(table, matter, replied_on=last)
    confirm_stamped_reply(signature=reply, actor=table.signatories[1])
    matter.refresh_from_db()
    assert matter.frozen_on == last


def test_sign_version_takes_the_version_of_its_own_matter_only(table):
    matter, other = table.ready(), table.ready("minutes", title="会商纪要")
    with pytest.raises(ValidationError):
        sign_version(
            version=other.current,
            party=table.parties(matter)[0],
            actor=table.signatories[0],
            confirmation=confirmed(table.signatories[0]),
        )
    assert Countersignature.objects.count() == 0
