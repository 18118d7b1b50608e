import pytest

from inquiry.enums import DossierStatus
from inquiry.models import Question
from norms.services.citations import record_citations
from portal.foundation.signals import announce_changed
from portal.org.enums import Role
from portal.org.rules import audience_tokens
from search.answers.searching import find_document, search
from search.answers.similar import related, similar
from search.answers.suggesting import suggest_titles
from search.facets import FACET_NAMES
from search.query.parsing import SearchQuery
from tests.factories.casebank import CaseFactory, TypicalCaseFactory
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import ClusterFactory, DossierFactory, RefinementFactory
from tests.factories.org import UserFactory, department
from tests.factories.search import LoneQuestionFactory as QuestionFactory
from tests.search.laws import make_law

pytestmark = pytest.mark.django_db
STAFF = frozenset({"all", "staff"})
ALL = frozenset({"all"})


def keys(text="", audience=STAFF, **options):
    return [hit.document.key for hit in search(SearchQuery(text=text, **options), audience).hits]


def test_every_kind_is_found_by_its_words(indexed):
    question = QuestionFactory(title="脱逃之一")
    cluster = ClusterFactory(title="脱逃之二")
    dossier = DossierFactory(title="脱逃之三", status=DossierStatus.FINISHED)
    case = CaseFactory(title="脱逃之四")
    session = TrainingSessionFactory(theme="脱逃之五")
    law = make_law("脱逃罪犯处理办法", {1: "文。"})
    indexed()
    provision = law.versions.get().provisions.get(anchor="art-1")
    assert set(keys("脱逃")) == {
        f"question:{question.pk}",
        f"cluster:{cluster.pk}",
        f"dossier:{dossier.pk}",
        f"case:{case.pk}",
        f"session:{session.pk}",
        f"provision:{provision.pk}",
        f"provision:norm-{law.pk}",
    }


def test_article_typed_in_any_form_finds_what_cites_it(indexed):
    law = make_law("中华人民共和国社区矫正法", {}, aliases=["社矫法"], slug="shejiao")
    citing = QuestionFactory(title="外出", text="《社区矫正法》第二十八条第一款怎么理解")
    other = QuestionFactory(title="期限", text="《社区矫正法》第二十七条怎么理解")
    for question in (citing, other):
        record_citations(source=question, field="text", text=question.text, read_on=question.raised_on)
    indexed()
    for text in ("社区矫正法28条", "社矫法第二十八条", "《社区矫正法》第28条第2款", "社矫法28"):
        result = search(SearchQuery(text=text), STAFF)
        assert [hit.document.key for hit in result.hits if not hit.is_relaxed] == [f"question:{citing.pk}"], (
            text
        )
    within = SearchQuery(text="第二十八条", filters=(("document", ("shejiao",)),))
    assert search(within, STAFF).hits[0].document.key == f"question:{citing.pk}"
    assert law.slug in search(within, STAFF).hits[0].document.document


def test_strict_hits_come_first_and_relaxed_ones_are_marked(indexed):
    both = QuestionFactory(title="减刑与罚金", text="x")
    one = QuestionFactory(title="减刑", text="x")
    indexed()
    result = search(SearchQuery(text="减刑 罚金"), STAFF)
    assert [(hit.document.key, hit.is_relaxed) for hit in result.hits] == [
        (f"question:{both.pk}", False),
        (f"question:{one.pk}", True),
    ]
    assert (result.total, result.strict_total) == (2, 1)
    assert [hit.score for hit in result.hits if not 0 < hit.score < 1000] == []


def test_enough_strict_hits_stand_alone_under_any_filter(indexed):
    for number in range(10):
        QuestionFactory(title=f"减刑与罚金{number}", department=department("court" if number else "prison"))
    QuestionFactory(title="减刑", text="x", department=department("prison"))
    indexed()
    query = SearchQuery(text="减刑 罚金", facets=FACET_NAMES)
    result = search(query, STAFF)
    assert (result.total, result.strict_total) == (10, None)
    assert dict(result.facets["department"]) == {"court": 9, "prison": 1}
    narrowed = search(SearchQuery(text="减刑 罚金", filters=(("department", ("prison",)),)), STAFF)
    assert narrowed.total == 1


def test_marked_question_is_not_found_by_its_original_even_before_it_is_indexed(indexed):
    question = QuestionFactory(title="张三减刑", text="张三的减刑")
    indexed()
    assert keys("张三") == [f"question:{question.pk}"]
    RefinementFactory(question=question, title="减刑条件", text="某罪犯")
    Question.objects.filter(pk=question.pk).update(names_real=True)
    question.refresh_from_db()
    announce_changed(question)
    result = search(SearchQuery(text="张三"), STAFF)
    assert (result.total, result.hits) == (0, ())
    assert search(SearchQuery(), STAFF).hits[0].document.title == "减刑条件"


def test_marked_question_leaves_the_index(indexed, drained):
    question = QuestionFactory(title="张三减刑", text="张三的减刑")
    indexed()
    RefinementFactory(question=question, title="减刑条件", text="某罪犯")
    Question.objects.filter(pk=question.pk).update(names_real=True)
    announce_changed(question)
    drained()
    assert keys("张三") == []
    assert keys("减刑条件") == [f"question:{question.pk}"]


def test_reopened_dossier_is_hidden_before_it_is_indexed(indexed):
    dossier = DossierFactory(title="某卷宗", status=DossierStatus.FINISHED)
    indexed()
    assert keys("某卷宗") == [f"dossier:{dossier.pk}"]
    dossier.status = DossierStatus.DRAFT
    dossier.save()
    announce_changed(dossier)
    assert keys("某卷宗") == []
    assert find_document(f"dossier:{dossier.pk}", STAFF) is None
    assert suggest_titles("某卷", STAFF) == []


def test_similar_questions_are_offered_best_first(indexed):
    near = QuestionFactory(title="社区矫正对象因急病外出没有请假如何处理", text="急病外出")
    other = QuestionFactory(title="病人外出前来不及请假的，社区矫正机构怎么办", text="外出")
    QuestionFactory(title="罚金能否分期缴纳", text="分期")
    indexed()
    hits = similar("社区矫正对象因病外出未请假怎么处理", STAFF)
    assert [hit.document.key for hit in hits] == [f"question:{near.pk}", f"question:{other.pk}"]
    assert 1 > hits[0].similarity > 0.5 > hits[1].similarity


def test_same_text_is_wholly_similar(indexed):
    QuestionFactory(title="家属代缴罚金能否减刑", text="另有说明")
    indexed()
    assert similar("家属代缴罚金能否减刑", STAFF)[0].similarity == 1.0


def test_similar_obeys_kind_visibility_and_exclusion(indexed):
    question = QuestionFactory(title="家属代缴罚金能否减刑")
    cluster = ClusterFactory(title="家属代缴罚金能否减刑")
    indexed()
    text = "家属代缴罚金能否减刑"
    assert similar(text, ALL) == []
    assert [hit.document.key for hit in similar(text, STAFF, kinds=("cluster",))] == [f"cluster:{cluster.pk}"]
    assert similar(text, STAFF, without=[f"question:{question.pk}"]) == []


def test_related_provisions_speak_of_the_same(indexed):
    law = make_law("财产性判项规定", {1: "罪犯应当履行财产性判项。", 2: "会见每月一次。"})
    indexed()
    first = law.versions.get().provisions.get(anchor="art-1")
    hits = related("不履行财产性判项的罪犯能否减刑", ALL)
    assert hits[0].document.key == f"provision:{first.pk}"


def test_titles_are_suggested_by_their_beginning(indexed):
    QuestionFactory(title="外出审批的期限")
    QuestionFactory(title="审批外出")
    indexed()
    assert [one.title for one in suggest_titles("外出审", STAFF)] == ["外出审批的期限"]
    assert suggest_titles("外出审", ALL) == []


PEOPLE = {
    "visitor": None,
    "trainee": [Role.TRAINEE],
    "analyst": [Role.ANALYST],
    "keeper": [Role.KEEPER],
    "administrator": [Role.ADMINISTRATOR],
}


@pytest.mark.parametrize("who", PEOPLE)
def test_audience_agrees_with_the_predicates_of_every_kind(who, indexed):
    from django.contrib.auth.models import AnonymousUser

    from casebank.rules import can_view_case
    from courses.enums import SessionStatus
    from courses.rules import can_view_session
    from inquiry.rules import can_view_dossier, can_view_question
    from inquiry.selectors.listings import clusters_visible_to

    roles = PEOPLE[who]
    person = AnonymousUser() if roles is None else UserFactory(roles=roles)
    records = {
        "question": ([QuestionFactory(), QuestionFactory(naming="anonymous")], can_view_question),
        "cluster": ([ClusterFactory()], lambda person, cluster: cluster in clusters_visible_to(person)),
        "dossier": ([DossierFactory(status=status) for status in DossierStatus.values], can_view_dossier),
        "session": (
            [TrainingSessionFactory(status=status) for status in SessionStatus.values],
            can_view_session,
        ),
        "case": ([CaseFactory()], can_view_case),
    }
    TypicalCaseFactory()
    law = make_law("某法", {1: "文。", 2: "文。"})
    indexed()
    seen = set(keys(audience=audience_tokens(person), limit=100))
    expected = {
        f"{kind}:{record.pk}"
        for kind, (made, may_view) in records.items()
        for record in made
        if may_view(person, record)
    }
    articles = law.versions.get().provisions.articles()
    assert seen == expected | {f"provision:{article.pk}" for article in articles} | {
        f"provision:norm-{law.pk}"
    }


def test_counts_and_facets_are_those_of_the_reader(indexed):
    QuestionFactory(title="减刑")
    DossierFactory(title="减刑", status=DossierStatus.DRAFT)
    CaseFactory(title="减刑")
    indexed()
    query = SearchQuery(text="减刑", facets=("kind",))
    assert search(query, ALL).facets["kind"] == [("case", 1)]
    assert dict(search(query, STAFF).facets["kind"]) == {"case": 1, "question": 1}
    assert dict(search(query, STAFF | {"role:analyst"}).facets["kind"]) == {
        "case": 1,
        "question": 1,
        "dossier": 1,
    }


def test_asker_of_an_anonymous_question_is_in_no_file_of_the_index(indexed):
    asker = UserFactory(display_name="欧阳独名", username="zz-unique-login")
    QuestionFactory(asker=asker, naming="anonymous")
    engine = indexed()
    raw = b"".join(path.read_bytes() for path in engine.root.rglob("*") if path.is_file())
    assert "欧阳独名".encode() not in raw
    assert b"zz-unique-login" not in raw
    assert f"user:{asker.pk}".encode() not in raw
