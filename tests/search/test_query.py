import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.plan import DATE, RELEVANCE
from search.query.parsing import (
    FieldValue,
    ParsedText,
    SearchQuery,
    in_quotes,
    parse_text,
    with_fields,
    without_fields,
)
from search.query.planning import make_plans


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("减刑 财产性判项", ParsedText(keywords=("减刑", "财产性判项"))),
        ("减刑，假释", ParsedText(keywords=("减刑", "假释"))),
        ('"悔改表现" 减刑', ParsedText(keywords=("减刑",), phrases=("悔改表现",))),
        ("“悔改表现”", ParsedText(phrases=("悔改表现",))),
        ("减刑 -假释", ParsedText(keywords=("减刑",), excluded=("假释",))),
        ('减刑 -"有期徒刑"', ParsedText(keywords=("减刑",), excluded=("有期徒刑",))),
        ("2012-10-26", ParsedText(keywords=("2012", "10", "26"))),
        ("家属代缴罚金后减刑幅度怎么把握", ParsedText(sentences=("家属代缴罚金后减刑幅度怎么把握",))),
        ("什么是扒窃？", ParsedText(sentences=("什么是扒窃？",))),
        ("ＤＯＣＸ", ParsedText(keywords=("docx",))),
        ("", ParsedText()),
        ("？！，", ParsedText()),
        ('"', ParsedText()),
        ("-", ParsedText()),
        ('"减刑', ParsedText(keywords=("减刑",))),
        ("AND OR ( NOT *", ParsedText(keywords=("and", "or", "not"))),
    ],
)
def test_text_is_read_as(text, expected):
    assert parse_text(text) == expected


def test_quotation_marks_inside_a_sentence_are_punctuation():
    parsed = parse_text("确有“履行能力”而不履行的罪犯能否减刑")
    assert parsed == ParsedText(sentences=("确有“履行能力”而不履行的罪犯能否减刑",))


@given(st.text(max_size=800))
def test_any_text_can_be_planned(text):
    query = SearchQuery(text=text)
    assert make_plans(query, frozenset({"all"})).strict.audience.values == ("all",)


def test_unknown_sort_and_facets_are_ignored():
    query = SearchQuery(
        text="减刑", sort="price", filters=(("colour", ("red",)), ("kind", ("case",)), ("year", ()))
    )
    assert (query.sort, query.filters) == (RELEVANCE, (("kind", ("case",)),))


def test_query_without_words_is_sorted_by_date():
    assert SearchQuery().effective_sort == DATE
    assert SearchQuery(text="-减刑").effective_sort == DATE
    assert SearchQuery(text="减刑").effective_sort == RELEVANCE


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("jianxing 罚金", "jianxing", '"jianxing" 罚金'),
        ("JianXing，", "jianxing", '"JianXing，"'),
        ("罚金 jian xing", "jian xing", '罚金 "jian xing"'),
        ("社矫 社矫", "社矫", '"社矫" 社矫'),
        ("社矫对象", "社矫", "社矫对象"),
        ("-jianxing", "jianxing", "-jianxing"),
        ('"jianxing"', "jianxing", '"jianxing"'),
        ("", "jianxing", ""),
        ("减刑", "", "减刑"),
    ],
)
def test_words_are_put_in_quotation_marks_where_they_stand_alone(text, words, expected):
    assert in_quotes(text, words) == expected


@pytest.mark.parametrize("text", ['"减刑 部门:法院"', "“减刑 部门：法院”", '-"减刑 部门:法院"'])
def test_field_inside_a_phrase_is_none(text):
    parsed = parse_text(text)
    assert (parsed.fields, without_fields(text)) == ((), text)
    assert [*parsed.phrases, *parsed.excluded] == [text.strip('-"“”')]


def test_fields_are_taken_out_of_the_text_one_by_one():
    text = "部门:法院,天庭  减刑 -类型：案例 注：罚金"
    assert without_fields(text) == "减刑 注：罚金"
    assert with_fields(text, lambda value: value.excluded) == "减刑 -类型：案例 注：罚金"
    unread = FieldValue("department", "天庭")
    assert with_fields(text, lambda value: value == unread) == "部门:天庭 减刑 注：罚金"
    assert with_fields(text, lambda value: True) == "部门:法院,天庭 减刑 -类型：案例 注：罚金"
