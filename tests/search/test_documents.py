import datetime as dt

import pytest
from django.utils import timezone

from courses.enums import SessionStatus
from inquiry.enums import DossierStatus, Naming, QuestionStatus
from inquiry.models import Correction, DossierClause, ReceivedAnswer
from search.documents.text import plain_text
from search.kinds import RECORD_KINDS, current_states
from tests.factories.casebank import CaseFactory, CaseSectionFactory, TypicalCaseFactory
from tests.factories.courses import ActivityFactory, TrainingSessionFactory
from tests.factories.inquiry import ClusterFactory, DossierFactory, RefinementFactory
from tests.factories.org import TopicFactory, UserFactory, department
from tests.factories.search import LoneQuestionFactory as QuestionFactory
from tests.search.laws import add_version, make_law, make_text

pytestmark = pytest.mark.django_db


def document_of(record, kind):
    [document] = RECORD_KINDS[kind].documents([record.pk])
    return document


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("**粗体** 与 `码`", "粗体 与 码"),
        ("# 标题\n- 一项\n> 引文", "标题\n一项\n引文"),
        ("[社区矫正法](https://example.org) 第28条", "社区矫正法 第28条"),
        ("a * b * c", "a * b * c"),
    ],
)
def test_markdown_marks_are_taken_away(markdown, expected):
    assert plain_text(markdown) == expected


def test_question_is_indexed_with_its_words_and_codes():
    session = TrainingSessionFactory(number="TT-2026-77")
    question = QuestionFactory(
        session=session,
        title="外出审批",
        text="急病外出，**事后**补办",
        department=department("court"),
        raised_on=dt.date(2026, 4, 17),
    )
    question.topics.add(TopicFactory(slug="leave"))
    Correction.objects.create(question=question, text="更正一处", appended_on=dt.date(2026, 4, 18))
    question.origin = "published"
    ReceivedAnswer.objects.create(question=question, text="应当认定")
    document = document_of(question, "question")
    assert document.text == "外出审批\n急病外出，事后补办\n更正一处\n应当认定"
    assert (document.kind, document.key, document.number) == (
        "question",
        f"question:{question.pk}",
        question.number,
    )
    assert (document.session, document.department, document.topic) == (
        ("TT-2026-77",),
        ("court",),
        ("leave",),
    )
    assert (document.year, document.date, document.audience) == ("2026", "2026-04-17", ("staff",))
    assert document.status == f"question.{QuestionStatus.RAISED}"


def test_refined_question_shows_both_forms():
    question = QuestionFactory(title="原题", text="原话")
    RefinementFactory(question=question, title="提炼后的题目", text="提炼后的内容")
    document = document_of(question, "question")
    assert (document.title, document.text) == ("提炼后的题目", "提炼后的题目\n提炼后的内容\n原题\n原话")


def test_question_that_names_somebody_is_indexed_in_its_restated_form_only():
    question = QuestionFactory(title="张三的减刑", text="张三在临河监狱", names_real=True)
    Correction.objects.create(question=question, text="张三已释放", appended_on=dt.date(2026, 4, 18))
    question.origin = "published"
    ReceivedAnswer.objects.create(question=question, text="关于张三")
    RefinementFactory(question=question, title="减刑条件", text="某罪犯的减刑条件")
    cluster = ClusterFactory(questions=[question], title="减刑", statement="")
    assert "张三" not in document_of(question, "question").to_json()
    assert "张三" not in document_of(cluster, "cluster").to_json()
    assert document_of(question, "question").text == "减刑条件\n某罪犯的减刑条件"


@pytest.mark.parametrize("naming", Naming.values)
def test_no_document_names_the_asker(naming):
    asker = UserFactory(display_name="独一无二名", username="unique-login")
    question = QuestionFactory(asker=asker, naming=naming)
    raw = document_of(question, "question").to_json()
    assert "独一无二名" not in raw
    assert "unique-login" not in raw
    assert f"user:{asker.pk}" not in raw


def test_merged_topic_counts_as_its_successor():
    topic = TopicFactory(slug="old", merged_into=TopicFactory(slug="new"))
    question = QuestionFactory()
    question.topics.add(topic)
    assert document_of(question, "question").topic == ("new",)


def test_cluster_is_found_by_its_questions():
    one = QuestionFactory(title="急病外出", department=department("court"))
    other = QuestionFactory(title="补办审批", department=department("prison"))
    cluster = ClusterFactory(title="外出审批", statement="怎样补办", questions=[one, other])
    document = document_of(cluster, "cluster")
    assert document.text.splitlines()[:2] == ["外出审批", "怎样补办"]
    assert set(document.text.splitlines()[2:]) == {"急病外出", "补办审批"}
    assert set(document.department) == {"court", "prison"}
    assert document.fact("questions") == "2"


def test_law_has_one_document_for_each_article():
    law = make_law(
        "试行外出办法",
        {1: "为了规范外出。", 2: "经批准可以外出：\n（一）就医的；\n（二）就学的。"},
        slug="waichu",
    )
    whole, first, second = RECORD_KINDS["norm"].documents([law.pk])
    assert (whole.title, whole.url, whole.fact("whole")) == ("试行外出办法", "/law/waichu/", "1")
    assert (first.title, first.text) == ("试行外出办法\u3000第1条", "试行外出办法\n为了规范外出。")
    assert second.body == "经批准可以外出：\n（一）就医的；\n（二）就学的。"
    assert (second.headings, second.url, second.document) == (
        "第一章 总则",
        "/law/waichu/#art-2",
        ("waichu",),
    )
    assert (second.number, second.audience, second.source) == ("第2条", ("all",), f"norm:{law.pk}")


def test_only_the_current_version_is_indexed():
    law = make_law("试行外出办法", {1: "旧文。"}, day=dt.date(2020, 1, 1))
    add_version(law, {1: "新文。"}, day=dt.date(2024, 1, 1))
    _whole, article = RECORD_KINDS["norm"].documents([law.pk])
    assert article.body == "新文。"


def test_text_without_articles_has_one_document_for_each_paragraph():
    text = make_text("培训纪要", ["第一段话。", "第二段话。"])
    _whole, *paragraphs = RECORD_KINDS["norm"].documents([text.pk])
    assert [one.body for one in paragraphs] == ["第一段话。", "第二段话。"]


def test_law_whose_text_is_not_held_is_found_by_its_names():
    law = make_law("中华人民共和国试验法", {}, aliases=["试法"])
    document = document_of(law, "norm")
    assert document.text.splitlines() == ["中华人民共和国试验法", "试法"]
    assert document.fact("without_text") == "1"


def test_session_is_found_by_its_agenda():
    session = TrainingSessionFactory(theme="减刑假释", summary="一次**培训**", status=SessionStatus.OPEN)
    ActivityFactory(session=session, title="模拟听证")
    document = document_of(session, "session")
    assert document.text.splitlines()[:3] == ["减刑假释", "一次培训", "模拟听证"]
    assert document.audience == ("all",)


def test_english_titles_are_found_and_not_shown_among_chinese_words():
    case = CaseFactory(title_en="Sun: medical parole")
    session = TrainingSessionFactory(theme_en="Loss of supervision", summary="人不见了怎么办。")
    for document in (document_of(case, "case"), document_of(session, "session")):
        [title] = document.aliases
        assert title in document.text
        assert title not in document.excerptable


def test_session_that_is_not_announced_is_for_staff():
    session = TrainingSessionFactory(status=SessionStatus.PROPOSED)
    assert document_of(session, "session").audience == ("staff",)


def test_published_case_is_public_and_a_draft_is_in_no_index():
    case = CaseFactory(title="李某减刑案")
    CaseSectionFactory(case=case, body="基本案情")
    assert (document_of(case, "case").text, document_of(case, "case").audience) == (
        "李某减刑案\n基本案情",
        ("all",),
    )
    assert document_of(TypicalCaseFactory(), "case").audience == ()


@pytest.mark.parametrize(
    ("status", "audience"), [(DossierStatus.DRAFT, ("role:analyst",)), (DossierStatus.FINISHED, ("staff",))]
)
def test_dossier_in_progress_is_for_analysts(status, audience):
    dossier = DossierFactory(status=status, title="外出审批卷宗", grounds="依据", analysis="分析")
    DossierClause.objects.create(dossier=dossier, text="第一条文字", rationale="理由")
    document = document_of(dossier, "dossier")
    assert document.audience == audience
    assert [
        line for line in ("依据", "分析", "第一条文字", "理由") if line in document.text.splitlines()
    ] == [
        "依据",
        "分析",
        "第一条文字",
        "理由",
    ]


def test_record_that_is_gone_has_no_documents():
    [replacement] = current_states([("question", 4711)])
    assert (replacement.source, replacement.documents) == ("question:4711", ())


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("kind", "make", "queries"),
    [
        ("question", lambda: RefinementFactory(question=QuestionFactory()).question, 10),
        ("session", TrainingSessionFactory, 4),
        ("case", lambda: CaseSectionFactory().case, 5),
        ("dossier", DossierFactory, 3),
    ],
)
def test_documents_are_built_with_a_constant_number_of_queries(
    kind, make, queries, count, django_assert_num_queries
):
    ids = [make().pk for _number in range(count)]
    list(RECORD_KINDS[kind].documents(ids))
    with django_assert_num_queries(queries):
        assert len(list(RECORD_KINDS[kind].documents(ids))) == count


def test_excerpt_does_not_repeat_a_title_made_of_the_first_sentence():
    untitled = QuestionFactory(title="", text="急病外出怎么办？事后补办行不行？")
    titled = QuestionFactory(title="外出", text="急病外出怎么办？")
    assert document_of(untitled, "question").excerptable == "事后补办行不行？"
    assert document_of(titled, "question").excerptable == "急病外出怎么办？"


def test_day_of_a_case_is_that_of_the_portal_not_of_utc():
    published = timezone.make_aware(dt.datetime(2026, 1, 1, 0, 30))
    document = document_of(TypicalCaseFactory(live=True, first_published_at=published), "case")
    assert (document.year, document.date) == ("2026", "2026-01-01")
