import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import ModelLogEntry

from inquiry.enums import Naming, QuestionStatus
from inquiry.models import AskerIdentity, Question
from inquiry.selectors import (
    has_me_too,
    is_following,
    presented_question,
    question_voices,
    questions_asked_by,
)
from inquiry.services.questions import (
    add_me_too,
    append_correction,
    follow,
    raise_question,
    remove_me_too,
    unfollow,
    withdraw_question,
)
from norms.models import Citation, NormativeDocument
from portal.foundation.signals import record_changed
from tests.factories.courses import ActivityFactory, TrainingSessionFactory
from tests.factories.inquiry import QuestionFactory
from tests.factories.org import OfficeFactory, UserFactory, department

pytestmark = pytest.mark.django_db


def ask(**changes):
    given = {
        "session": changes.pop("session", None) or TrainingSessionFactory(),
        "actor": changes.pop("actor", None) or UserFactory(),
        "kind": "question",
        "text": "暂予监外执行期满后，社区矫正期间如何计算？",
        "naming": Naming.OFFICE,
    }
    return raise_question(**(given | changes))


@pytest.fixture
def heard():
    """Records that were announced as changed."""
    records = []

    def listen(instances, **kwargs):
        records.extend(instances)

    record_changed.connect(listen)
    yield records
    record_changed.disconnect(listen)


def test_question_is_numbered_by_the_year_it_was_raised_in():
    session = TrainingSessionFactory(starts_on=dt.date(2025, 3, 3), ends_on=dt.date(2025, 3, 5))
    at = timezone.make_aware(dt.datetime(2025, 3, 4, 10))
    numbers = [ask(session=session, at=at).number for _ in range(2)]
    assert numbers == ["Q-2025-000001", "Q-2025-000002"]


def test_question_keeps_department_and_office_as_they_were():
    office = OfficeFactory(department=department("prison"))
    # Where fewer work, less is printed: tests/inquiry/test_small_groups.py.
    actor, *_colleagues = [UserFactory(office=office) for _ in range(5)]
    question = ask(actor=actor)
    assert (question.department, question.office) == (department("prison"), office)


def test_anonymous_question_carries_its_department_only():
    office = OfficeFactory(department=department("prison"))
    actor, *_colleagues = [UserFactory(office=office) for _ in range(5)]
    question = ask(actor=actor, naming=Naming.ANONYMOUS)
    question.refresh_from_db()
    assert (question.department, question.office, question.office_name) == (department("prison"), None, "")
    identity = AskerIdentity.objects.get(question=question)
    assert (identity.user, identity.office) == (actor, office)


def test_same_submission_is_taken_once():
    session, actor, key = TrainingSessionFactory(), UserFactory(), uuid.uuid4()
    first = ask(session=session, actor=actor, submission_key=key)
    assert ask(session=session, actor=actor, submission_key=str(key)) == first
    assert Question.objects.count() == 1


def test_form_that_comes_back_with_another_text_is_another_question():
    """A draft restored after an answer got lost has the key of the question that was stored."""
    session, actor, key = TrainingSessionFactory(), UserFactory(), uuid.uuid4()
    first = ask(session=session, actor=actor, submission_key=key)
    second = ask(session=session, actor=actor, submission_key=key, text="外出期间突发疾病，由谁来核实？")
    assert second != first
    assert second.text == "外出期间突发疾病，由谁来核实？"


def test_submission_key_of_another_person_reveals_nothing():
    session, key = TrainingSessionFactory(), uuid.uuid4()
    ask(session=session, submission_key=key)
    with pytest.raises(ValidationError) as error, translation.override("en"):
        ask(session=session, submission_key=key)
    assert error.value.messages == ["This could not be stored. Please send it again."]
    assert Question.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": "  "}, "text"),
        ({"text": "长" * 20_001}, "text"),
        ({"title": "长" * 201}, "title"),
        ({"kind": "rumour"}, "kind"),
        ({"naming": "nickname"}, "naming"),
    ],
)
def test_wrong_input_is_refused_by_field(changes, field):
    with pytest.raises(ValidationError) as error:
        ask(**changes)
    assert list(error.value.message_dict) == [field]


def test_activity_must_belong_to_the_session():
    with pytest.raises(ValidationError) as error:
        ask(activity=ActivityFactory())
    assert list(error.value.message_dict) == ["activity"]


def test_session_takes_questions_until_its_window_closes():
    today = timezone.localdate()
    last = TrainingSessionFactory(
        starts_on=today - dt.timedelta(days=32), ends_on=today - dt.timedelta(days=30)
    )
    over = TrainingSessionFactory(
        starts_on=today - dt.timedelta(days=33), ends_on=today - dt.timedelta(days=31)
    )
    assert ask(session=last).status == QuestionStatus.RAISED
    with pytest.raises(PermissionDenied):
        ask(session=over)


def test_question_records_its_citations_as_of_the_day_it_was_raised():
    document = NormativeDocument.objects.create(title="中华人民共和国社区矫正法")
    question = ask(text="《社区矫正法》第二十七条所称正当理由如何把握？")
    citation = Citation.objects.of_source(question).get()
    assert (citation.document, citation.locator["article"], citation.read_on) == (
        document,
        27,
        question.raised_on,
    )


def test_raising_is_announced_once(heard):
    question = ask()
    assert heard == [question]


@pytest.mark.parametrize("naming", Naming.values)
def test_what_an_asker_does_is_logged_without_a_user(naming):
    actor = UserFactory()
    question = ask(actor=actor, naming=naming)
    append_correction(question=question, text="应为第二十七条。", actor=actor)
    withdraw_question(question=question, actor=actor)
    entries = ModelLogEntry.objects.for_instance(question).order_by("pk")
    assert [entry.action for entry in entries] == [
        "inquiry.question.raise",
        "inquiry.question.correct",
        "inquiry.question.withdraw",
    ]
    assert {(entry.user_id, entry.label) for entry in entries} == {(None, question.number)}
    assert {timezone.localtime(entry.timestamp).time() for entry in entries} == {dt.time()}


def test_withdrawn_question_keeps_number_and_text():
    actor = UserFactory()
    question = ask(actor=actor)
    before = (question.number, question.text)
    withdrawn = withdraw_question(question=question, actor=actor)
    withdrawn.refresh_from_db()
    assert (withdrawn.number, withdrawn.text) == before
    assert (withdrawn.status, withdrawn.withdrawn_on) == (QuestionStatus.WITHDRAWN, timezone.localdate())


def test_withdrawing_twice_leads_to_the_question_again(client):
    asker = UserFactory()
    question = QuestionFactory(asker=asker)
    client.force_login(asker)
    url = reverse("inquiry:withdraw", args=[question.number])
    assert [client.post(url).url for _ in range(2)] == [question.get_absolute_url()] * 2
    assert client.get(url).url == question.get_absolute_url()
    client.force_login(UserFactory())
    assert client.post(url).status_code == 403


@pytest.mark.parametrize("roles", [[], ["analyst"], ["administrator"], ["keeper"]])
def test_only_the_asker_withdraws_and_corrects(roles):
    question, other = ask(), UserFactory(roles=roles)
    with pytest.raises(PermissionDenied):
        withdraw_question(question=question, actor=other)
    with pytest.raises(PermissionDenied):
        append_correction(question=question, text="更正", actor=other)


def test_correction_leaves_the_text_as_raised():
    actor = UserFactory()
    question = ask(actor=actor)
    append_correction(question=question, text="期间应为六个月。", actor=actor)
    question.refresh_from_db()
    assert question.text == "暂予监外执行期满后，社区矫正期间如何计算？"
    assert [each.text for each in question.corrections.all()] == ["期间应为六个月。"]


def test_me_too_counts_a_person_once_and_never_the_asker():
    asker, other = UserFactory(), UserFactory()
    question = ask(actor=asker)
    counts = [add_me_too(question=question, actor=actor) for actor in (other, other, asker)]
    assert counts == [2, 2, 2]
    assert (question.me_toos.count(), has_me_too(other, question), has_me_too(asker, question)) == (
        1,
        True,
        False,
    )
    assert remove_me_too(question=question, actor=other) == 1
    assert question_voices(question) == 1


def test_withdrawn_question_is_not_joined():
    actor = UserFactory()
    question = withdraw_question(question=ask(actor=actor), actor=actor)
    with pytest.raises(ValidationError):
        add_me_too(question=question, actor=UserFactory())


def test_following_begins_and_ends():
    question, reader = QuestionFactory(), UserFactory()
    follow(question=question, actor=reader)
    follow(question=question, actor=reader)
    assert is_following(reader, question)
    unfollow(question=question, actor=reader)
    assert not is_following(reader, question)


def test_own_questions_are_found_by_their_asker_alone():
    asker = UserFactory()
    question = QuestionFactory(asker=asker, naming=Naming.ANONYMOUS)
    QuestionFactory()
    assert list(questions_asked_by(asker)) == [question]
    assert presented_question(question, asker).is_asker
    assert not presented_question(question, UserFactory(roles=["analyst"])).is_asker
