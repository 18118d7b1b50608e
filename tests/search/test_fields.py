import pytest

from courses.enums import SessionStatus
from inquiry.enums import QuestionStatus
from search.facets import codes_named
from search.query.fields import named_fields, read_fields
from search.query.parsing import FieldValue, SearchQuery
from tests.factories.courses import TrainingSessionFactory
from tests.factories.org import TopicFactory
from tests.search.laws import make_law

pytestmark = pytest.mark.django_db


def read(text: str, **options) -> SearchQuery:
    return read_fields(SearchQuery(text=text, **options))


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("部门:法院", (("department", ("court",)),)),
        ("部门:法", (("department", ("court",)),)),
        ("部门：人民法院", (("department", ("court",)),)),
        ("department:court", (("department", ("court",)),)),
        ("Dept:COURT", (("department", ("court",)),)),
        ("期次:TT-2026-03", (("session", ("TT-2026-03",)),)),
        ("session:2026-3", (("session", ("TT-2026-03",)),)),
        ("年份:2026", (("year", ("2026",)),)),
        ("年:2026年", (("year", ("2026",)),)),
        ("year:2024-2026", (("year", ("2024", "2025", "2026")),)),
        ("年度:2026至2024", (("year", ("2024", "2025", "2026")),)),
        ("月份:2026-04", (("month", ("2026-04",)),)),
        ("month:2026年4月", (("month", ("2026-04",)),)),
        ("类型:问题", (("kind", ("question",)),)),
        ("kind:case,cluster", (("kind", ("case", "cluster")),)),
        ("类型:案例，条文", (("kind", ("case", "provision")),)),
        ("状态:已提炼", (("status", ("question.refined",)),)),
        ("status:question.refined", (("status", ("question.refined",)),)),
        ("部门:法院 部门:检察院", (("department", ("court", "procuratorate")),)),
        ("类型：问题 年份:2026", (("kind", ("question",)), ("year", ("2026",)))),
    ],
)
def test_field_is_read_in_either_language(text, filters):
    query = read(text)
    assert (query.text, query.filters, query.unknown) == ("", filters, ())


def test_english_status_is_read(settings):
    from django.utils import translation

    with translation.override("en"):
        label = str(QuestionStatus.REFINED.label)
        assert codes_named("status", label) == ("question.refined",)


def test_topic_and_document_are_read_by_any_of_their_names():
    TopicFactory(slug="property", name="财产性判项", name_en="Property penalties")
    make_law("中华人民共和国试验法", {1: "文。"}, aliases=["试法"], slug="shi")
    assert read("主题:财产性判项").filters == (("topic", ("property",)),)
    assert read('topic:"property penalties"').filters == (("topic", ("property",)),)
    assert read("文件:试法").filters == (("document", ("shi",)),)
    assert read("law:《试验法》").filters == read("文件:试验法").filters


def test_merged_topic_leads_to_the_one_that_replaced_it():
    kept = TopicFactory(slug="kept", name="外出审批")
    TopicFactory(slug="gone", name="请假外出", merged_into=kept)
    assert read("主题:请假外出 减刑").filters == (("topic", ("kept",)),)


def test_excluded_value_must_not_hold():
    query = read("减刑 -类型:案例 -年份:2024-2025")
    assert (query.text, query.filters) == ("减刑", ())
    assert query.without == (("kind", ("case",)), ("year", ("2024", "2025")))


def test_value_that_nothing_has_becomes_a_word():
    query = read("减刑 主题:没有这个 部门:法院")
    assert query.parsed.keywords == ("减刑", "没有这个")
    assert query.filters == (("department", ("court",)),)
    assert query.unknown == (FieldValue("topic", "没有这个"),)


@pytest.mark.parametrize(
    ("text", "keywords", "excluded"),
    [
        ("-主题:没有", (), ("没有",)),
        ('-主题:"没有 这个"', (), ("没有 这个",)),
        ('主题:"没有 这个"', ("没有", "这个"), ()),
        ("主题:主题:没有", ("主题", "没有"), ()),
    ],
)
def test_unknown_value_loses_no_word(text, keywords, excluded):
    parsed = read(text).parsed
    assert (parsed.keywords, parsed.excluded, parsed.fields) == (keywords, excluded, ())


@pytest.mark.parametrize("text", ["注：罚金", "http://example.org", "减刑：幅度", "12:30", "年份:", ":法院"])
def test_other_colons_stay_text(text):
    query = SearchQuery(text=text)
    assert (query.parsed.fields, read(text)) == ((), query)


def test_ticked_and_typed_values_add_up():
    query = read("类型:案例", filters=(("kind", ("question",)),))
    assert query.filters == (("kind", ("question", "case")),)


def test_fields_that_were_read_are_not_read_again(django_assert_num_queries):
    query = SearchQuery(text="部门:法院 主题:没有")
    fields = named_fields(query)
    assert [(each.narrows, each.values) for each in fields] == [(True, ("court",)), (False, ())]
    with django_assert_num_queries(0):
        assert read_fields(query, fields) == read_fields(read_fields(query, fields))


def test_session_that_is_planned_is_not_told_by_the_number_it_is_read_as(settings):
    """With a prefix, a bare number is looked up; what comes of it stands in the address that everybody may open."""
    settings.NUMBER_PREFIX = "SC-"
    before = codes_named("session", "TT-2018-07")
    planned = TrainingSessionFactory(number="TT-2018-07", status=SessionStatus.PROPOSED)
    assert codes_named("session", "TT-2018-07") == before == ("SC-TT-2018-07",)
    planned.status = SessionStatus.OPEN
    planned.save()
    assert codes_named("session", "TT-2018-07") == ("TT-2018-07",)
