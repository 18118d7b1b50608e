"""What bears a mark of classification is held back until a named reviewer decides; until then nothing knows it."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation
from wagtail.models import ModelLogEntry

from inquiry.enums import DossierStatus, HeldStatus, Naming, QuestionOrigin
from inquiry.models import Correction, HeldSubmission, Question
from inquiry.selectors import held_submissions_of, questions_asked_by
from inquiry.services.clauses import save_clause
from inquiry.services.clusters import create_cluster
from inquiry.services.dossiers import add_to_dossier, create_dossier, move_dossier
from inquiry.services.holding import SubmissionHeld
from inquiry.services.questions import append_correction, raise_question
from inquiry.services.refinements import refine_question
from inquiry.services.secrecy_reviews import refuse_submission, release_submission
from portal.org.enums import AssignmentKind, NotificationKind
from portal.org.models import Assignment, Notification
from search.models import OutboxEntry
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import QuestionFactory
from tests.factories.org import OfficeFactory, UserFactory, department
from tests.waiting import at_once

pytestmark = pytest.mark.django_db
SECRET = "案卷首页印有机密★10年，能否在课堂上讨论该案？"
HARMLESS = "泄露国家秘密罪的罪犯能否假释？"


@pytest.fixture
def asker():
    return UserFactory(office=OfficeFactory(name="靖安县司法局", department=department("correction")))


@pytest.fixture
def reviewer():
    return UserFactory(roles=["reviewer"], display_name="严守密")


@pytest.fixture
def analyst():
    return UserFactory(roles=["analyst"])


def send(asker, text=SECRET, naming=Naming.OFFICE, key="6f1c53a4-93ff-4b7c-8a55-4d7e3f1e4b01", session=None):
    return raise_question(
        session=session or TrainingSessionFactory(),
        kind="question",
        text=text,
        naming=naming,
        actor=asker,
        submission_key=key,
    )


@pytest.fixture
def held(asker):
    with pytest.raises(SubmissionHeld) as caught:
        send(asker)
    return caught.value.submission


def release(held, reviewer):
    return release_submission(submission=held, reviewer=reviewer)


def test_marked_question_is_kept_and_is_no_question(held, reviewer):
    assert held.text == SECRET
    assert not Question.objects.exists()
    assert not OutboxEntry.objects.exists()
    waiting = Assignment.objects.open().for_user(reviewer).get()
    assert (waiting.subject, waiting.what) == (held, AssignmentKind.REVIEW_SECRECY)


def test_ordinary_words_are_not_held(asker):
    assert send(asker, HARMLESS).text == HARMLESS


def test_nothing_tells_when_or_by_whom_it_was_sent(held, asker):
    moments = [Assignment.objects.get().assigned_at, ModelLogEntry.objects.get().timestamp]
    assert {(moment.minute, moment.second, moment.microsecond) for moment in moments} == {(0, 0, 0)}
    assert ModelLogEntry.objects.get().user is None
    assert Assignment.objects.get().assigned_by is None


def test_form_that_is_sent_twice_is_held_once(held, asker):
    with pytest.raises(SubmissionHeld) as caught:
        send(asker, session=TrainingSessionFactory())
    assert caught.value.submission == held
    assert HeldSubmission.objects.count() == 1


def test_released_question_is_as_it_was_sent(held, asker, reviewer):
    question = release(held, reviewer)
    assert (question.text, question.naming, question.raised_on) == (SECRET, Naming.OFFICE, held.sent_on)
    assert list(questions_asked_by(asker)) == [question]
    held.refresh_from_db()
    assert (held.status, held.reviewed_by, held.text, held.content) == (HeldStatus.RELEASED, reviewer, "", {})
    assert not Assignment.objects.open().exists()
    assert Notification.objects.get(recipient=asker).kind == NotificationKind.SUBMISSION_RELEASED


def test_refused_text_is_deleted_and_its_sender_reads_why(client, held, asker, reviewer):
    refuse_submission(submission=held, reviewer=reviewer, reason="含有国家秘密，请走保密渠道")
    held.refresh_from_db()
    assert (held.text, held.content) == ("", {})
    client.force_login(asker)
    body = client.get(reverse("inquiry:my_questions")).content.decode()
    assert "含有国家秘密，请走保密渠道" in body
    assert SECRET not in repr(list(ModelLogEntry.objects.values()))


def test_page_of_a_reviewer_speaks_of_the_sender_and_keeps_the_text(client, held, reviewer):
    reviewer.language = "en"
    reviewer.save()
    client.force_login(reviewer)
    page = client.post(reverse("inquiry:refuse_held", args=[held.pk]), {"reason": ""}).content.decode()
    assert "Say why, for the person who sent it." in page
    assert "案卷首页印有<mark>机密★</mark>10年，能否" in page


def test_refusal_is_told_in_the_language_of_its_sender(held, asker, reviewer):
    asker.language = "en"
    asker.save()
    with translation.override("zh-hans"):
        refuse_submission(submission=held, reviewer=reviewer, reason="含有国家秘密，请走保密渠道")
    assert Notification.objects.get(recipient=asker).subject.startswith("Question ")


def test_refusal_needs_a_reason(held, reviewer):
    with pytest.raises(ValidationError):
        refuse_submission(submission=held, reviewer=reviewer, reason="")


@pytest.mark.parametrize("role", ["trainee", "analyst", "administrator", "keeper"])
def test_reviewers_alone_decide_and_read(client, held, role):
    person = UserFactory(roles=[role], is_superuser=role == "administrator")
    with pytest.raises(PermissionDenied):
        release(held, person)
    with pytest.raises(PermissionDenied):
        refuse_submission(submission=held, reviewer=person, reason="否")
    client.force_login(person)
    for address in (reverse("inquiry:held_submissions"), held.get_absolute_url()):
        assert client.get(address).status_code == 403


def test_second_decision_is_refused(held, reviewer):
    release(held, reviewer)
    with pytest.raises(ValidationError):
        release(held, reviewer)


def test_held_correction_is_appended_when_released(asker, reviewer):
    question = QuestionFactory(asker=asker)
    with pytest.raises(SubmissionHeld) as caught:
        append_correction(question=question, text="补充：该件为内部资料。", actor=asker)
    assert not Correction.objects.exists()
    release(caught.value.submission, reviewer)
    assert Correction.objects.get().text == "补充：该件为内部资料。"


def test_only_the_asker_has_a_correction_held():
    with pytest.raises(PermissionDenied):
        append_correction(question=QuestionFactory(), text="内部资料", actor=UserFactory())


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_form_says_that_it_is_held_and_keeps_it(client, asker, language):
    asker.language = language
    asker.save()
    session = TrainingSessionFactory()
    client.force_login(asker)
    address = reverse("inquiry:ask", args=[session.number])
    assert "secrecy-notice" in client.get(address).content.decode()
    data = {"kind": "question", "text": SECRET, "naming": "anonymous"}
    key = {"submission_key": "6f1c53a4-93ff-4b7c-8a55-4d7e3f1e4b02"}
    page = client.post(address, data | key, follow=True)
    assert page.request["PATH_INFO"] == reverse("inquiry:my_questions")
    assert "机密★" in page.content.decode()
    assert list(held_submissions_of(asker)) == [HeldSubmission.objects.get()]


READERS = ["colleague", "analyst", "administrator", "superuser", "keeper", "coordinator"]


@pytest.mark.parametrize("reader", READERS)
def test_no_page_shows_what_is_held(client, held, asker, reader):
    roles = [] if reader in ("colleague", "superuser") else [reader]
    person = UserFactory(roles=roles, office=asker.office, is_superuser=reader == "superuser")
    client.force_login(person)
    session = HeldSubmission.objects.get().content["session"]
    addresses = [
        "/",
        *(reverse(f"inquiry:{name}") for name in ("questions", "my_questions", "clusters", "dossiers")),
        reverse("org:assignments"),
        reverse("org:notifications"),
        "/admin/",
        "/admin/reports/site-history/",
    ]
    bodies = [client.get(address, follow=True).content.decode() for address in addresses]
    assert session
    assert [address for address, body in zip(addresses, bodies, strict=True) if "机密★" in body] == []


def test_reviewer_sees_text_and_day_and_nobody(client, held, asker, reviewer):
    client.force_login(reviewer)
    pages = [
        client.get(address).content.decode()
        for address in (reverse("inquiry:held_submissions"), held.get_absolute_url())
    ]
    assert "<mark>机密★</mark>" in pages[1]
    for body in pages:
        assert asker.display_name not in body
        assert "靖安县司法局" not in body
    client.post(reverse("inquiry:release_held", args=[held.pk]))
    assert Question.objects.get().text == SECRET


def test_reviewer_refuses_on_the_page_with_a_reason(client, held, reviewer):
    client.force_login(reviewer)
    address = reverse("inquiry:refuse_held", args=[held.pk])
    assert client.post(address, {"reason": ""}).status_code == 200
    client.post(address, {"reason": "含有国家秘密"})
    held.refresh_from_db()
    assert held.status == HeldStatus.REFUSED


def test_rows_of_a_sheet_are_held_and_the_rest_is_imported(tmp_path, capsys, reviewer):
    path = tmp_path / "questions.csv"
    path.write_text(f"内容,姓名,署名方式\n{HARMLESS},甲,匿名\n{SECRET},乙,匿名\n")
    for expected in (
        {"imported": 1, "held": 1, "already_there": 0},
        {"imported": 0, "held": 0, "already_there": 2},
    ):
        call_command("import_questions", str(path), "--json")
        report = json.loads(capsys.readouterr().out)
        assert {name: report.get(name, 0) for name in expected} == expected
    question = release(HeldSubmission.objects.get(), reviewer)
    assert (question.origin, question.asker_identity.name) == (QuestionOrigin.SHEET, "乙")


def test_dry_run_holds_nothing(tmp_path, capsys):
    path = tmp_path / "questions.csv"
    path.write_text(f"内容\n{SECRET}\n")
    call_command("import_questions", str(path), "--json", "--dry-run")
    assert json.loads(capsys.readouterr().out)["held"] == 1
    assert not HeldSubmission.objects.exists()


# What staff write


def writes(analyst, reviewer_as_analyst):
    question = QuestionFactory()
    cluster = {"title": "机密★ 归并", "statement": ""}
    return {
        "refine": lambda actor: refine_question(question=question, title="提炼", text=SECRET, actor=actor),
        "cluster": lambda actor: create_cluster(**cluster, actor=actor),
        "dossier": lambda actor: create_dossier(title="素材", grounds=SECRET, actor=actor),
        "clause": lambda actor: save_clause(
            dossier=create_dossier(title="素材", actor=actor), text=SECRET, actor=actor
        ),
    }


@pytest.mark.parametrize("name", ["refine", "cluster", "dossier", "clause"])
def test_marked_texts_of_staff_take_a_reviewer(analyst, name):
    both = UserFactory(roles=["analyst", "reviewer"])
    write = writes(analyst, both)[name]
    with pytest.raises(ValidationError) as caught:
        write(analyst)
    assert "机密★" in caught.value.messages[0]
    assert write(both).pk


def test_finished_dossier_names_who_answers_for_it(analyst):
    question = QuestionFactory()
    dossier = create_dossier(title="外出管理素材", actor=analyst)
    add_to_dossier(dossier=dossier, questions=[question], actor=analyst)
    finished = move_dossier(
        dossier=dossier, status=DossierStatus.FINISHED, actor=analyst, incomplete_reason="先行移交"
    )
    assert finished.secrecy_reviewed_by == analyst
    reopened = move_dossier(dossier=dossier, status=DossierStatus.DRAFT, actor=analyst)
    assert reopened.secrecy_reviewed_by is None


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_reviewers_at_once_one_decides():
    asker, reviewers = UserFactory(), [UserFactory(roles=["reviewer"]) for _ in range(2)]
    with pytest.raises(SubmissionHeld) as caught:
        send(asker)
    held = caught.value.submission

    def decide(act):
        try:
            return act()
        except ValidationError:
            return None

    results = at_once(
        lambda: decide(lambda: release(held, reviewers[0])),
        lambda: decide(lambda: refuse_submission(submission=held, reviewer=reviewers[1], reason="否")),
    )
    assert results.count(None) == 1
    held.refresh_from_db()
    assert Question.objects.exists() == (held.status == HeldStatus.RELEASED)
