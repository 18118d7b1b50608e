import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from inquiry.enums import Naming, QuestionStatus
from inquiry.selectors import (
    earlier_steps,
    linked_provisions,
    presented_citations,
    presented_question,
    presented_questions,
)
from inquiry.services.clusters import create_cluster
from inquiry.services.questions import add_me_too, follow, raise_question
from inquiry.services.refinements import (
    link_provision,
    refine_question,
    refinement_revision,
    unlink_provision,
)
from norms.models import ArticleIdentity, DocumentVersion, NormativeDocument, Provision
from norms.selectors.cited import cited_by
from portal.foundation.limits import MAX_TEXT_CHARS
from portal.org.enums import NotificationKind
from portal.org.models import Notification
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import QuestionFactory, RefinementFactory
from tests.factories.org import TopicFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst():
    return UserFactory(roles=["analyst"])


def refine(question, actor, **changes):
    given = {"title": "外出批准的期限", "text": "正当理由外出的期限如何把握？", "topics": []}
    given["expected_revision"] = refinement_revision(question)
    return refine_question(question=question, actor=actor, **(given | changes))


def provision():
    document = NormativeDocument.objects.create(title="中华人民共和国社区矫正法")
    version = DocumentVersion.objects.create(document=document, title=document.title, is_current=True)
    return Provision.objects.create(
        version=version,
        identity=ArticleIdentity.objects.create(document=document),
        kind="article",
        number=27,
        label="第二十七条",
        anchor="art-27",
        position=1,
    )


def test_refinement_leaves_the_original_unchanged(analyst):
    question = QuestionFactory(text="老张外出三天算不算脱管？")
    first = refine(question, analyst)
    second = refine(question, analyst, text="外出批准期限如何计算？")
    question.refresh_from_db()
    assert question.text == "老张外出三天算不算脱管？"
    assert question.status == QuestionStatus.REFINED
    first.refresh_from_db()
    assert [(each.version, each.is_current) for each in (first, second)] == [(1, False), (2, True)]


def test_refinement_sets_the_topics(analyst):
    old, new = TopicFactory(), TopicFactory()
    question = QuestionFactory()
    question.topics.add(old)
    refine(question, analyst, topics=[new])
    assert list(question.topics.all()) == [new]


@pytest.mark.parametrize("roles", [[], ["coordinator"], ["administrator"], ["keeper"]])
def test_only_analysts_refine(roles):
    with pytest.raises(PermissionDenied):
        refine(QuestionFactory(), UserFactory(roles=roles))


@pytest.mark.parametrize(("changes", "field"), [({"title": " "}, "title"), ({"text": ""}, "text")])
def test_empty_refinement_is_refused(analyst, changes, field):
    with pytest.raises(ValidationError) as error:
        refine(QuestionFactory(), analyst, **changes)
    assert list(error.value.message_dict) == [field]


def test_asker_and_followers_are_notified(analyst):
    asker, follower, joined = UserFactory(), UserFactory(), UserFactory()
    question = QuestionFactory(asker=asker, naming=Naming.ANONYMOUS, title="老张外出三天算不算脱管？")
    follow(question=question, actor=follower)
    follow(question=question, actor=asker)
    add_me_too(question=question, actor=joined)
    refine(question, analyst, names_real=True)
    told = {(each.recipient, each.kind, each.subject) for each in Notification.objects.all()}
    public = f"{question.number} 外出批准的期限"
    assert told == {
        (asker, NotificationKind.QUESTION_REFINED, f"{question.number} 老张外出三天算不算脱管？"),
        (follower, NotificationKind.FOLLOWED_REFINED, public),
        (joined, NotificationKind.FOLLOWED_REFINED, public),
    }


def test_marked_question_is_restated_for_all_but_asker_and_analysts(analyst):
    asker, colleague = UserFactory(), UserFactory()
    question = QuestionFactory(asker=asker, title="老张的事", text="老张外出三天算不算脱管？")
    refine(question, analyst, names_real=True)
    question.refresh_from_db()
    seen = {who: presented_question(question, who) for who in (asker, analyst, colleague)}
    assert [seen[who].original for who in (asker, analyst, colleague)] == [question.text, question.text, None]
    assert (seen[colleague].text, seen[colleague].title) == ("正当理由外出的期限如何把握？", "外出批准的期限")
    assert [seen[who].is_restated for who in (asker, analyst, colleague)] == [False, False, True]


@pytest.mark.parametrize("roles", [["administrator"], ["keeper"], ["coordinator"], ["editor"]])
def test_marked_original_is_hidden_from_other_roles(analyst, roles):
    question = QuestionFactory(text="老张外出三天算不算脱管？")
    refine(question, analyst, names_real=True)
    question.refresh_from_db()
    assert presented_question(question, UserFactory(roles=roles)).original is None
    assert presented_question(question, UserFactory(is_superuser=True)).original is None


def test_mark_can_be_taken_back(analyst):
    question = QuestionFactory(text="老张外出三天算不算脱管？")
    refine(question, analyst, names_real=True)
    refine(question, analyst, names_real=False)
    question.refresh_from_db()
    assert presented_question(question, UserFactory()).text == "老张外出三天算不算脱管？"


def test_citations_of_a_marked_original_are_hidden(analyst):
    NormativeDocument.objects.create(title="中华人民共和国社区矫正法")
    asker = UserFactory()
    question = raise_question(
        session=TrainingSessionFactory(),
        actor=asker,
        kind="question",
        naming=Naming.OFFICE,
        text="老张违反《社区矫正法》第二十八条怎么办？",
    )
    refine(question, analyst, text="《社区矫正法》第二十七条如何适用？", names_real=True)
    question.refresh_from_db()
    assert [each.where for each in presented_citations(presented_question(question, asker))] == [
        "raised",
        "refined",
    ]
    others = presented_citations(presented_question(question, UserFactory()))
    assert [(each.where, each.citation.locator["article"]) for each in others] == [("refined", 27)]


def test_citations_are_confirmed_by_their_words(analyst):
    NormativeDocument.objects.create(title="中华人民共和国社区矫正法")
    question = QuestionFactory()
    text = "《社区矫正法》第二十七条、《社区矫正法》第二十八条如何衔接？"
    refine(question, analyst, text=text, confirmed_citations=["《社区矫正法》第二十七条"])
    shown = [
        (each.text, each.is_confirmed) for each in presented_citations(presented_question(question, analyst))
    ]
    assert shown == [("《社区矫正法》第二十七条", True), ("《社区矫正法》第二十八条", False)]
    refine(question, analyst, text=text, confirmed_citations=["《社区矫正法》第二十八条"])
    assert [each.text for each in question.confirmed_citations.all()] == ["《社区矫正法》第二十八条"]


def test_linked_provision_is_cited_until_it_is_unlinked(analyst):
    question, article = QuestionFactory(), provision()
    link = link_provision(question=question, provision=article, actor=analyst)
    assert link_provision(question=question, provision=article, actor=analyst) == link
    assert [each.provision for each in linked_provisions(question)] == [article]
    (group,) = cited_by(article, UserFactory())
    assert [record.number for record in group.records] == [question.number]
    unlink_provision(link=link, actor=analyst)
    assert cited_by(article, UserFactory()) == []


def test_list_of_questions_takes_the_same_queries_at_1_and_3_rows(analyst, django_assert_num_queries):
    questions = [RefinementFactory().question for _ in range(3)]
    for count in (1, 3):
        rows = [type(each).objects.get(pk=each.pk) for each in questions[:count]]
        with django_assert_num_queries(4):
            presented_questions(rows, analyst)


def test_marked_question_is_cited_by_its_restated_form_only(analyst):
    article, asker, reader = provision(), UserFactory(), UserFactory()
    question = raise_question(
        session=TrainingSessionFactory(),
        actor=asker,
        kind="question",
        naming=Naming.OFFICE,
        title="老张的事",
        text="老张违反《社区矫正法》第二十七条怎么办？",
    )
    assert [record.title for group in cited_by(article, reader) for record in group.records] == ["老张的事"]
    refine(question, analyst, names_real=True)
    assert cited_by(article, reader) == []
    refine(question, analyst, text="《社区矫正法》第二十七条如何适用？", names_real=True)
    for person in (reader, analyst):
        records = [record.title for group in cited_by(article, person) for record in group.records]
        assert records == ["外出批准的期限"]


def test_mark_removes_the_original_from_notifications_of_others(analyst):
    asker, follower = UserFactory(), UserFactory()
    question = QuestionFactory(asker=asker, title="老张的事")
    follow(question=question, actor=follower)
    create_cluster(title="同问", questions=[question], actor=analyst)
    refine(question, analyst, title="外出批准的期限", names_real=True)
    said = {(each.recipient, each.subject) for each in Notification.objects.all()}
    assert said == {(asker, f"{question.number} 老张的事"), (follower, f"{question.number} 外出批准的期限")}


def test_earlier_steps_of_a_marked_question_tell_no_title(analyst):
    question = QuestionFactory()
    refine(question, analyst, title="老张的事")
    refine(question, analyst, title="外出批准的期限", names_real=True)
    question.refresh_from_db()
    assert [event.text for event in earlier_steps(question)] == [""]


def test_text_longer_than_the_limit_is_refused(analyst):
    question = QuestionFactory()
    refine_question(question=question, title="题", text="字" * MAX_TEXT_CHARS, actor=analyst)
    with pytest.raises(ValidationError) as error:
        refine_question(question=question, title="题", text="字" * (MAX_TEXT_CHARS + 1), actor=analyst)
    assert list(error.value.error_dict) == ["text"]


def test_page_links_what_the_restated_form_cites(client, analyst):
    question, article = QuestionFactory(), provision()
    refine_question(question=question, title="题", text="依《社区矫正法》第二十七条办理。", actor=analyst)
    client.force_login(UserFactory())
    page = client.get(question.get_absolute_url()).content.decode()
    restated = page[page.index('id="refined"') :]
    assert f'href="{article.get_absolute_url()}"' in restated[: restated.index("</section>")]
