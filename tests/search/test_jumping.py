import datetime as dt

import pytest

from inquiry.enums import DossierStatus
from norms.services.citations import record_citations
from search.answers.jumping import article_target, document_target, record_target, search_with_target
from search.query.articles import read_article
from search.query.parsing import SearchQuery
from tests.factories.casebank import TypicalCaseFactory
from tests.factories.inquiry import DossierFactory
from tests.factories.org import UserFactory
from tests.factories.search import LoneQuestionFactory as QuestionFactory
from tests.search.laws import make_law

pytestmark = pytest.mark.django_db
STAFF = frozenset({"all", "staff"})


@pytest.fixture
def law():
    articles = dict.fromkeys((1, 28, 120, 268), "第一款。\n第二款：\n（一）甲；\n（二）乙。")
    return make_law("中华人民共和国试验矫正法", articles, aliases=["试矫法"], slug="shiyan")


@pytest.mark.parametrize(
    ("text", "anchor"),
    [
        ("试验矫正法28条", "art-28"),
        ("试验矫正法第28条", "art-28"),
        ("试验矫正法 第二十八条", "art-28"),
        ("试验矫正法二十八条", "art-28"),
        ("《试验矫正法》第二十八条", "art-28"),
        ("中华人民共和国试验矫正法第28条", "art-28"),
        ("试矫法268", "art-268"),
        ("试矫法 268", "art-268"),
        ("试矫法第２６８条", "art-268"),
        ("《试矫法》第120条", "art-120"),
        ("试矫法第一百二十条", "art-120"),
        ("试矫法第28条第二款", "art-28-p2"),
        ("试矫法第二十八条第二款第（一）项", "art-28-p2-i1"),
        ("试矫法28条2款2项", "art-28-p2-i2"),
        ("试矫法第28条第9款", "art-28"),
    ],
)
def test_article_is_reached_in_any_form(law, text, anchor):
    assert article_target(text).url == f"/law/shiyan/#{anchor}"


def test_inserted_article_is_reached(law):
    version = law.versions.get()
    version.provisions.create(
        kind="article", number=120, suffix=1, label="第一百二十条之一", anchor="art-120_1", position=999
    )
    for text in ("试矫法第120条之一", "试矫法第一百二十条之一", "试矫法120之1", "试矫法120-1"):
        assert article_target(text).url == "/law/shiyan/#art-120_1"


def test_article_alone_is_that_of_the_chosen_document(law):
    assert article_target("第二十八条第一款", within="shiyan").url == "/law/shiyan/#art-28-p1"
    assert article_target("第二十八条第一款") is None


# Forms of one article in a record's text and in the search box; both doors read the same article.
FORMS_OF_BOTH_DOORS = [
    "试矫法第二十八条",
    "试矫法第28条",
    "试矫法28条",
    "《试矫法》第二十八条",
    "《试矫法第二十八条》",
    "中华人民共和国试验矫正法第二十八条",
    "试矫法第廿八条",
    "试矫法第２８条",
    "试矫法第貳拾捌條",
    "试矫法第二十八\n条",
    "试矫法第28-30条",
    "试矫法第二十八条至第三十条",
    "试矫法第28条二款二项",
    "试矫法第二十八条第二款第（二）项",
    "试矫法第120-1条",
    "试矫法第一百二十条之一",
]


@pytest.mark.parametrize("text", FORMS_OF_BOTH_DOORS)
def test_text_of_a_record_and_search_box_read_the_same_article(law, text):
    citation = record_citations(
        source=UserFactory(), field="text", text=f"依照{text}办理", read_on=dt.date(2026, 4, 17)
    )[0]
    reference = read_article(text)
    assert (citation.document_id, citation.locator) == (
        reference.document.pk,
        {
            "article": reference.article,
            "suffix": reference.suffix,
            "paragraph": reference.paragraph or None,
            "item": reference.item or None,
            "subitem": None,
        },
    )


@pytest.mark.parametrize(
    ("text", "anchor"),
    [
        ("试矫法28-30", "art-28"),
        ("试矫法第28-30条", "art-28"),
        ("试矫法第廿八条", "art-28"),
        ("试矫法28", "art-28"),
    ],
)
def test_first_article_of_a_range_is_reached(law, text, anchor):
    assert article_target(text).url == f"/law/shiyan/#{anchor}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "减刑",
        "28",
        "第28条",
        "无此法第28条",
        "试矫法第9999条",
        "试矫法第零条",
        "减刑 财产性判项",
        "2026",
        "试矫法" + "九" * 400,
        "(((((((((((((((((((((((第",
        "第" * 500,
    ],
)
def test_other_words_lead_nowhere(law, text):
    assert article_target(text) is None


def test_name_of_a_document_leads_to_it(law):
    assert document_target("试矫法").url == "/law/shiyan/"
    assert document_target("试矫") is None


@pytest.mark.parametrize(
    "text", ["Q-2026-000123", "q-2026-123", "Ｑ－２０２６－０００１２３", " Q 2026 123 "]
)
def test_record_is_reached_by_its_number(text):
    question = QuestionFactory(number="Q-2026-000123")
    assert record_target(text, STAFF).url == question.get_absolute_url()
    assert record_target(text, frozenset({"all"})) is None


def test_number_of_a_hidden_record_leads_nowhere():
    dossier = DossierFactory(number="D-2026-004", status=DossierStatus.DRAFT)
    case = TypicalCaseFactory(number="AL-2026-007")
    assert record_target(dossier.number, STAFF) is None
    assert record_target(case.number, STAFF | {"role:analyst"}) is None
    assert record_target(dossier.number, STAFF | {"role:analyst"}).url == dossier.get_absolute_url()


def test_typed_article_is_the_first_hit(law, indexed):
    indexed()
    result = search_with_target(SearchQuery(text="试矫法第28条第二款"), STAFF)
    assert (result.hits[0].document.url, result.hits[0].rank) == ("/law/shiyan/#art-28-p2", 1)
    assert [hit.rank for hit in result.hits] == list(range(1, len(result.hits) + 1))
    assert len({hit.document.key for hit in result.hits}) == len(result.hits)


def test_typed_article_obeys_the_filters(law, indexed):
    indexed()
    query = SearchQuery(text="试矫法第28条", filters=(("kind", ("case",)),))
    assert search_with_target(query, STAFF).hits == ()
