"""Learning who asked takes a reason, a second person, and has one reader and an end."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import ModelLogEntry

from inquiry.enums import IdentityRequestStatus, Naming
from inquiry.models import AskerIdentity, IdentityDisclosure, IdentityRequest
from inquiry.selectors.identities import keepers_elsewhere
from inquiry.services.disclosures import tell_asker
from inquiry.services.identities import (
    approve_identity_request,
    read_identity,
    refuse_identity_request,
    request_identity,
    withdraw_identity_request,
)
from inquiry.services.questions import withdraw_question
from inquiry.services.refinements import refine_question
from portal.org.enums import NotificationKind
from portal.org.models import Assignment, Notification, PortalSettings
from portal.org.rules import COLLEAGUE_DAYS
from portal.org.services.memberships import move_to_office
from tests.factories.inquiry import QuestionFactory
from tests.factories.org import OfficeFactory, UserFactory, department
from tests.pages import differing_lines, one_moment, without_tokens
from tests.queued_tasks import run_queued_tasks
from tests.waiting import at_once

pytestmark = pytest.mark.django_db
REASON = "核实重大线索"


def keeper(code="court", **values):
    return UserFactory(roles=["keeper"], office=OfficeFactory(department=department(code)), **values)


@pytest.fixture
def first():
    return keeper("court", display_name="甲保密员")


@pytest.fixture
def second():
    return keeper("prison", display_name="乙保密员")


@pytest.fixture
def asker():
    return UserFactory(display_name="欧阳靖澜")


@pytest.fixture
def question(asker):
    return QuestionFactory(asker=asker, naming=Naming.ANONYMOUS)


@pytest.fixture
def request_of_first(question, first):
    return request_identity(question=question, keeper=first, reason=REASON)


def test_request_waits_for_another_keeper(request_of_first, first, second):
    assert request_of_first.status == IdentityRequestStatus.REQUESTED
    assert Assignment.objects.open().for_user(second).get().subject == request_of_first
    with pytest.raises(PermissionDenied):
        approve_identity_request(request=request_of_first, actor=first)


@pytest.mark.parametrize("role", ["administrator", "analyst", "signatory", "trainee"])
def test_nobody_else_requests_decides_or_reads(question, request_of_first, role):
    person = UserFactory(roles=[role], is_superuser=role == "administrator")
    with pytest.raises(PermissionDenied):
        request_identity(question=question, keeper=person, reason=REASON)
    for act in (approve_identity_request, read_identity, withdraw_identity_request):
        with pytest.raises(PermissionDenied):
            act(request=request_of_first, actor=person)


def test_reason_is_needed(question, first):
    with pytest.raises(ValidationError) as caught:
        request_identity(question=question, keeper=first, reason="\u200b ")
    assert list(caught.value.message_dict) == ["reason"]


def test_one_request_waits_for_a_question(question, request_of_first, first):
    with pytest.raises(ValidationError):
        request_identity(question=question, keeper=first, reason=REASON)
    assert IdentityRequest.objects.count() == 1


def test_keeper_of_the_same_department_decides_only_where_no_other_has_keepers(request_of_first, first):
    colleague = UserFactory(roles=["keeper"], office=first.office)
    other = keeper("prison")
    with pytest.raises(PermissionDenied):
        approve_identity_request(request=request_of_first, actor=colleague)
    other.is_active = False
    other.save()
    approve_identity_request(request=request_of_first, actor=colleague)
    request_of_first.refresh_from_db()
    assert request_of_first.decided_by == colleague


def test_only_the_requester_reads_and_each_reading_is_on_record(request_of_first, first, second, asker):
    approve_identity_request(request=request_of_first, actor=second)
    with pytest.raises(PermissionDenied):
        read_identity(request=request_of_first, actor=second)
    for _reading in range(2):
        assert read_identity(request=request_of_first, actor=first).name == asker.display_name
    assert IdentityDisclosure.objects.filter(request=request_of_first).count() == 2
    entries = ModelLogEntry.objects.filter(action="inquiry.question.reveal")
    assert {entry.user for entry in entries} == {first}
    assert asker.display_name not in repr(list(ModelLogEntry.objects.values()))


def test_reading_needs_an_approval(request_of_first, first):
    with pytest.raises(ValidationError):
        read_identity(request=request_of_first, actor=first)
    assert not IdentityDisclosure.objects.exists()


def test_reading_ends_after_some_days(request_of_first, first, second):
    approve_identity_request(request=request_of_first, actor=second)
    days = PortalSettings.load().identity_days
    with (
        time_machine.travel(timezone.now() + dt.timedelta(days=days, minutes=1)),
        pytest.raises(ValidationError),
    ):
        read_identity(request=request_of_first, actor=first)


def test_requester_ends_reading_early(request_of_first, first, second):
    approve_identity_request(request=request_of_first, actor=second)
    withdraw_identity_request(request=request_of_first, actor=first)
    with pytest.raises(ValidationError):
        read_identity(request=request_of_first, actor=first)


def test_keeper_who_lost_the_role_reads_no_more(request_of_first, first, second):
    approve_identity_request(request=request_of_first, actor=second)
    first.groups.clear()
    first.forget_grants()
    with pytest.raises(PermissionDenied):
        read_identity(request=request_of_first, actor=first)


def test_refusal_shows_its_reason(client, request_of_first, first, second):
    refuse_identity_request(request=request_of_first, actor=second, reason="理由不足，请补充")
    client.force_login(first)
    assert "理由不足，请补充" in client.get(request_of_first.get_absolute_url()).content.decode()
    assert Notification.objects.get(recipient=first).kind == NotificationKind.IDENTITY_DECIDED


def test_decision_is_told_in_the_language_of_its_reader(request_of_first, first, second):
    first.language, second.language = "en", "zh-hans"
    first.save()
    with translation.override("zh-hans"):
        refuse_identity_request(request=request_of_first, actor=second, reason="理由不足，请补充")
    assert Notification.objects.get(recipient=first).subject == f"{request_of_first.question.number} refused"


def test_page_says_that_reading_is_over(client, request_of_first, first, second):
    first.language = "en"
    first.save()
    approve_identity_request(request=request_of_first, actor=second)
    client.force_login(first)
    address = reverse("inquiry:end_identity", args=[request_of_first.pk])
    page = client.post(address, follow=True).content.decode()
    assert "Reading is over." in page
    assert "Can be read until" not in page


def test_refusal_needs_a_reason(request_of_first, second):
    with pytest.raises(ValidationError):
        refuse_identity_request(request=request_of_first, actor=second, reason=" ")


def test_asker_is_told_by_whom_and_why(request_of_first, second, asker):
    approve_identity_request(request=request_of_first, actor=second)
    told = Notification.objects.get(recipient=asker)
    assert told.kind == NotificationKind.IDENTITY_DISCLOSED
    assert told.subject == f"{request_of_first.question.number} {department('court')}：{REASON}"


def test_marking_the_question_keeps_reason_and_decision(request_of_first, second):
    analyst = UserFactory(roles=["analyst"])
    approve_identity_request(request=request_of_first, actor=second)
    restated = {"question": request_of_first.question, "title": "题", "text": "如何处理？", "actor": analyst}
    refine_question(**restated)
    kinds = (NotificationKind.IDENTITY_DISCLOSED, NotificationKind.IDENTITY_DECIDED)
    told = Notification.objects.filter(kind__in=kinds).order_by("kind")
    before = list(told.values_list("kind", "subject"))
    # Closed, the asker is nobody's here, and the notice must be there at the release.
    AskerIdentity.objects.update(is_closed=True)
    refine_question(**restated, names_real=True, expected_revision=1)
    assert list(told.values_list("kind", "subject")) == before


def test_withdrawn_question_can_be_asked_about(question, first, second, asker):
    withdraw_question(question=question, actor=asker)
    request = request_identity(question=question, keeper=first, reason=REASON)
    approve_identity_request(request=request, actor=second)
    assert read_identity(request=request, actor=first).name == asker.display_name


def test_decided_requests_move_no_more(request_of_first, first, second):
    refuse_identity_request(request=request_of_first, actor=second, reason="否")
    for act in (
        lambda: approve_identity_request(request=request_of_first, actor=second),
        lambda: withdraw_identity_request(request=request_of_first, actor=first),
    ):
        with pytest.raises(ValidationError):
            act()


@one_moment()
def test_pages_are_the_same_where_nobody_is_on_record(client, first, second):
    """Until the one reader reads, nothing tells whether an imported question has a name."""
    bodies = []
    for person in (UserFactory(), None):
        question = QuestionFactory(asker=person, naming=Naming.ANONYMOUS, text="同样的问题内容")
        request = request_identity(question=question, keeper=first, reason=REASON)
        pages = []
        for step in ("requested", "approved"):
            if step == "approved":
                approve_identity_request(request=request, actor=second)
            for reader in (first, second):
                client.force_login(reader)
                # The number of unread notifications is the reader's own.
                Notification.objects.filter(recipient=reader).delete()
                body = client.get(request.get_absolute_url()).content.decode()
                pages.append(body.replace(question.number, "Q").replace(str(request.pk), "K"))
        bodies.append([without_tokens(page) for page in pages])
    assert differing_lines(*("\n".join(pages) for pages in bodies)) == []


def test_approving_sends_the_same_statements_whoever_is_on_record(client, settings, first, second):
    """More work for one of them would be read from the time, and a notice more from the size of what follows."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
    closed = UserFactory(is_active=False)
    client.force_login(second)
    client.get("/")
    statements, rows = [], []
    for person in (UserFactory(), closed, None):
        question = QuestionFactory(asker=person, naming=Naming.ANONYMOUS)
        request = request_identity(question=question, keeper=first, reason=REASON)
        before = Notification.objects.count()
        with CaptureQueriesContext(connection) as queries:
            client.post(reverse("inquiry:approve_identity", args=[request.pk]))
        # What they do to which table; values, keys and names of savepoints differ anyhow.
        statements.append(
            [" ".join(re.findall(r"^\w+|\"[a-z]+_[a-z]+\"", query["sql"])[:2]) for query in queries]
        )
        rows.append(Notification.objects.count() - before)
    assert statements[0] == statements[1] == statements[2]
    assert rows == [1, 1, 1]
    run_queued_tasks()
    told = Notification.objects.filter(kind=NotificationKind.IDENTITY_DISCLOSED)
    assert told.count() == 1


def test_asker_is_told_once(request_of_first, second, asker):
    approve_identity_request(request=request_of_first, actor=second)
    tell_asker(request_id=str(request_of_first.pk))
    assert Notification.objects.filter(recipient=asker).count() == 1


def test_reading_where_nobody_is_on_record_is_recorded_as_well(client, first, second):
    question = QuestionFactory(asker=None, naming=Naming.ANONYMOUS)
    request = request_identity(question=question, keeper=first, reason=REASON)
    approve_identity_request(request=request, actor=second)
    client.force_login(first)
    response = client.post(reverse("inquiry:read_identity", args=[request.pk]))
    assert (response.status_code, IdentityDisclosure.objects.count()) == (200, 1)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_journey_over_the_pages(client, question, first, second, asker, language):
    for person in (first, second):
        person.language = language
        person.save()
    client.force_login(first)
    address = reverse("inquiry:request_identity", args=[question.number])
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": ""}).status_code == 200
    client.post(address, {"reason": REASON})
    request = IdentityRequest.objects.get()
    client.force_login(second)
    assert REASON in client.get(reverse("inquiry:identity_requests")).content.decode()
    client.post(reverse("inquiry:approve_identity", args=[request.pk]))
    client.force_login(first)
    assert asker.display_name not in client.get(request.get_absolute_url()).content.decode()
    read = client.post(reverse("inquiry:read_identity", args=[request.pk]))
    assert asker.display_name in read.content.decode()
    assert "no-store" in read["Cache-Control"]


def test_request_is_shown_to_its_keepers_alone(client, request_of_first, first, second):
    third = UserFactory(roles=["keeper"], office=first.office)
    for person, status in ((first, 200), (second, 200), (third, 404)):
        client.force_login(person)
        assert client.get(request_of_first.get_absolute_url()).status_code == status
    client.force_login(third)
    assert REASON not in client.get(reverse("inquiry:identity_requests")).content.decode()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_decisions_at_once_one_counts():
    first, deciders = keeper("court"), [keeper("prison"), keeper("prison")]
    request = request_identity(question=QuestionFactory(), keeper=first, reason=REASON)

    def decide(act):
        try:
            return act()
        except ValidationError:
            return None

    results = at_once(
        lambda: decide(lambda: approve_identity_request(request=request, actor=deciders[0])),
        lambda: decide(lambda: refuse_identity_request(request=request, actor=deciders[1], reason="否")),
    )
    assert results.count(None) == 1


def test_keeper_who_was_a_colleague_until_the_request_is_no_keeper_of_another_department(
    request_of_first, first, second
):
    """An administrator could move a colleague for the decision, under any date."""
    colleague = UserFactory(roles=["keeper"], office=first.office)
    office = OfficeFactory(department=department("correction"))
    move_to_office(user=colleague, office=office, since=dt.date(2021, 1, 1), actor=None)
    with pytest.raises(PermissionDenied):
        approve_identity_request(request=request_of_first, actor=colleague)
    move_to_office(user=first, office=OfficeFactory(department=department("detention")), actor=None)
    with pytest.raises(PermissionDenied):
        approve_identity_request(request=request_of_first, actor=UserFactory(roles=["keeper"]))
    approve_identity_request(request=request_of_first, actor=second)


def test_former_colleague_is_a_keeper_of_another_department_after_some_months(question, first):
    colleague = UserFactory(roles=["keeper"], office=first.office)
    move_to_office(user=colleague, office=OfficeFactory(department=department("correction")), actor=None)
    with time_machine.travel(timezone.now() + dt.timedelta(days=COLLEAGUE_DAYS + 1)):
        request = request_identity(question=question, keeper=first, reason=REASON)
        assert list(keepers_elsewhere(request)) == [colleague]
        approve_identity_request(request=request, actor=colleague)
