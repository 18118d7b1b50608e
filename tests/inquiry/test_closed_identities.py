"""While an account may be in other hands, what its person asked is a stranger's: on every page and in every answer."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from inquiry.enums import Naming
from inquiry.models import AskerIdentity, Follow, MeToo
from inquiry.selectors import has_me_too, is_asker, is_following, question_voices, questions_asked_by
from inquiry.selectors.identities import previous_naming
from inquiry.services.clusters import create_cluster
from inquiry.services.identities import approve_identity_request, request_identity
from inquiry.services.questions import (
    add_me_too,
    append_correction,
    follow,
    raise_question,
    remove_me_too,
    unfollow,
    withdraw_question,
)
from inquiry.services.refinements import refine_question
from portal.org.enums import NotificationKind
from portal.org.models import Notification
from portal.org.selectors import notifications_of
from portal.org.services import close_earlier_questions, grant_approval
from search.engines.configured import get_engine
from search.indexing.rebuilding import rebuild
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import QuestionFactory
from tests.factories.org import OfficeFactory, UserFactory, department
from tests.pages import differing_lines, one_moment, without_tokens

pytestmark = pytest.mark.django_db
TEXT = "社区矫正对象就医外出逾期一日未归，是否一律给予警告？"


@pytest.fixture
def office():
    return OfficeFactory(department=department("correction"))


@pytest.fixture
def asker(office):
    return UserFactory(office=office)


@pytest.fixture
def stranger(office):
    """A colleague who asked, joined and followed nothing; a bait of the same kind is on record for both."""
    return UserFactory(office=office)


@pytest.fixture(params=[Naming.ANONYMOUS, Naming.OFFICE])
def question(request, asker):
    return raise_question(
        session=TrainingSessionFactory(), kind="question", text=TEXT, naming=request.param, actor=asker
    )


@pytest.fixture
def joined(asker):
    """A question of somebody else that the person joined and follows."""
    other = QuestionFactory()
    add_me_too(question=other, actor=asker)
    follow(question=other, actor=asker)
    return other


def close(person):
    close_earlier_questions(user=person, actor=UserFactory(roles=["administrator"], office=OfficeFactory()))
    person.refresh_from_db()


def release(person):
    approval = person.approvals.open().get()
    office = OfficeFactory(department=department("prison"))
    grant_approval(approval=approval, actor=UserFactory(roles=["administrator"], office=office))
    person.refresh_from_db()


def test_closed_questions_are_nobodys_own(question, joined, asker):
    close(asker)
    assert not is_asker(asker, question)
    assert not questions_asked_by(asker).exists()
    assert previous_naming(asker) == ""
    assert not has_me_too(asker, joined)
    assert not is_following(asker, joined)


def test_named_questions_stay_the_persons(asker):
    named = QuestionFactory(asker=asker, naming=Naming.FULL)
    close(asker)
    assert is_asker(asker, named)


def test_what_is_asked_afterwards_is_open(question, asker):
    close(asker)
    later = raise_question(
        session=question.session,
        kind="question",
        text="后来提出的问题是什么？",
        naming="anonymous",
        actor=asker,
    )
    assert list(questions_asked_by(asker)) == [later]


def test_release_opens_everything_again(question, joined, asker):
    close(asker)
    release(asker)
    assert list(questions_asked_by(asker)) == [question]
    assert has_me_too(asker, joined)
    assert is_following(asker, joined)


@pytest.mark.parametrize("act", [withdraw_question, append_correction])
def test_acts_of_the_asker_are_refused(question, asker, act):
    close(asker)
    values = {"text": "更正"} if act is append_correction else {}
    with pytest.raises(PermissionDenied):
        act(question=question, actor=asker, **values)


def test_original_of_a_marked_question_is_closed_to_its_asker(client, question, asker, stranger):
    analyst = UserFactory(roles=["analyst"])
    restated = {"title": "逾期未归", "text": "逾期未归如何处理？", "actor": analyst}
    refine_question(question=question, names_real=True, **restated)
    close(asker)
    client.force_login(asker)
    assert TEXT not in client.get(question.get_absolute_url()).content.decode()


def test_joining_the_closed_question_counts_as_a_strangers_voice_and_stays(question, asker):
    """Not counted, or falling at the release, the number would tell whose question it is."""
    close(asker)
    assert add_me_too(question=question, actor=asker) == 2
    assert has_me_too(asker, question)
    release(asker)
    assert question_voices(question) == 2


def test_joining_again_what_was_joined_counts_once_more_and_stays(joined, asker):
    before = question_voices(joined)
    close(asker)
    assert add_me_too(question=joined, actor=asker) == before + 1
    release(asker)
    assert question_voices(joined) == before + 1
    assert remove_me_too(question=joined, actor=asker) == before


def test_leaving_while_closed_leaves_what_was_joined_before(joined, asker):
    close(asker)
    remove_me_too(question=joined, actor=asker)
    unfollow(question=joined, actor=asker)
    assert (MeToo.objects.count(), Follow.objects.count()) == (1, 1)


def test_following_again_leaves_one_row_after_the_release(joined, asker):
    close(asker)
    follow(question=joined, actor=asker)
    release(asker)
    assert list(Follow.objects.values_list("is_closed", flat=True)) == [False]


def test_progress_of_closed_questions_is_told_to_nobody(question, joined, asker):
    close(asker)
    before = Notification.objects.filter(recipient=asker).count()
    analyst = UserFactory(roles=["analyst"])
    for record in (question, joined):
        refine_question(question=record, title="逾期未归", text="逾期未归如何处理？", actor=analyst)
    create_cluster(title="逾期未归", questions=[question, joined], actor=analyst)
    assert Notification.objects.filter(recipient=asker).count() == before


def test_whoever_joins_the_closed_question_hears_of_it_as_a_stranger(question, asker):
    close(asker)
    follow(question=question, actor=asker)
    analyst = UserFactory(roles=["analyst"])
    refine_question(question=question, title="逾期未归", text="逾期未归如何处理？", actor=analyst)
    kinds = set(notifications_of(asker).values_list("kind", flat=True))
    assert NotificationKind.FOLLOWED_REFINED in kinds
    assert NotificationKind.QUESTION_REFINED not in kinds


def test_disclosure_meanwhile_is_told_at_the_release(question, asker):
    close(asker)
    keepers = [UserFactory(roles=["keeper"]) for _ in range(2)]
    request = request_identity(question=question, keeper=keepers[0], reason="核实线索")
    approve_identity_request(request=request, actor=keepers[1])
    told = Notification.objects.filter(recipient=asker, kind=NotificationKind.IDENTITY_DISCLOSED)
    assert not told.exists()
    release(asker)
    assert told.count() == 1


def test_closing_looks_the_same_for_whoever_asked_nothing(question, asker, stranger):
    for person in (asker, stranger):
        close(person)
    rows = [
        (person.approvals.count(), sorted(notifications_of(person).values_list("kind", flat=True)))
        for person in (asker, stranger)
    ]
    assert rows[0] == rows[1]


def normalised(response, *people):
    """Return an answer as text, without what differs between any two people."""
    body = f"{response.status_code}\n{response.content.decode()}"
    for person in people:
        of_drafts = (f'data-draft="{person.browser_key}:', f'data-person="{person.browser_key}"')
        for text in (person.display_name, person.username, *of_drafts):
            body = body.replace(text, "N")
    return without_tokens(body)


def addresses(question, joined, cluster):
    own = ("my_questions", "questions", "clusters", "dossiers", "ask_choose")
    return [
        "/",
        reverse("org:me"),
        reverse("org:profile"),
        reverse("org:notifications"),
        *(reverse(f"inquiry:{name}") for name in own),
        reverse("inquiry:ask", args=[question.session.number]),
        reverse("inquiry:session_questions", args=[question.session.number]),
        question.session.get_absolute_url(),
        question.get_absolute_url(),
        joined.get_absolute_url(),
        cluster.get_absolute_url(),
        *(
            f"{record.get_absolute_url()}{act}/"
            for record in (question, joined)
            for act in ("withdraw", "correct")
        ),
        reverse("search:page") + "?q=逾期未归",
        reverse("search:similar") + f"?text={TEXT}",
        reverse("search:similar") + f"?text={TEXT}&me_too=1",
        *(reverse("inquiry:my_questions") + f"?list={name}" for name in ("joined", "followed")),
        *(reverse(f"inquiry:{name}") + "?sort=voices" for name in ("questions", "clusters")),
        reverse("search:suggest") + "?q=逾期",
    ]


def test_own_questions_say_why_earlier_ones_are_missing(client, asker):
    asker.language = "en"
    asker.save()
    client.force_login(asker)
    page = reverse("inquiry:my_questions")
    words = "this account does not show what was asked without the full name"
    assert words not in client.get(page).content.decode()
    close_earlier_questions(user=asker, actor=None)
    assert words in client.get(page).content.decode()


def test_every_page_is_the_same_to_the_closed_person_and_to_a_stranger(
    client, question, joined, asker, stranger
):
    cluster = create_cluster(
        title="逾期未归", questions=[question, joined], actor=UserFactory(roles=["analyst"])
    )
    with one_moment():
        for person in (asker, stranger):
            close(person)
    rebuild(get_engine())
    pages = {}
    with one_moment():
        for person in (asker, stranger):
            client.force_login(person)
            responses = [client.get(address) for address in addresses(question, joined, cluster)]
            assert [response.status_code for response in responses].count(200) >= 14
            pages[person] = [normalised(response, asker, stranger) for response in responses]
    for address, *bodies in zip(addresses(question, joined, cluster), *pages.values(), strict=True):
        assert differing_lines(*bodies) == [], address


@pytest.mark.parametrize("name", ["me_too", "follow", "withdraw", "correct"])
def test_every_act_answers_the_same_to_the_closed_person_and_to_a_stranger(
    client, question, asker, stranger, name
):
    for person in (asker, stranger):
        close(person)
    answers = []
    address = reverse(f"inquiry:{name}", args=[question.number])
    with one_moment():
        for person in (asker, stranger):
            client.force_login(person)
            for undo in ("", "1"):
                data = {"undo": undo, "text": "更正"}
                response = client.post(address, data, headers={"HX-Request": "true"})
                answers.append(normalised(response, asker, stranger))
            MeToo.objects.all().delete()
    assert [differing_lines(*pair) for pair in zip(answers[:2], answers[2:], strict=True)] == [[], []]


def test_the_comparison_can_fail(client, question, joined, asker, stranger):
    pages = []
    for person in (asker, stranger):
        client.force_login(person)
        pages.append(normalised(client.get(question.get_absolute_url()), asker, stranger))
    assert pages[0] != pages[1]


def test_submission_key_of_a_closed_question_leads_nowhere(asker):
    from django.core.exceptions import ValidationError

    session, key = TrainingSessionFactory(), "6f1c53a4-93ff-4b7c-8a55-4d7e3f1e4b01"
    values = {"session": session, "kind": "question", "text": TEXT, "naming": "anonymous"}
    raise_question(**values, actor=asker, submission_key=key)
    close(asker)
    for person in (asker, UserFactory()):
        with pytest.raises(ValidationError):
            raise_question(**values, actor=person, submission_key=key)
    assert AskerIdentity.objects.count() == 1
