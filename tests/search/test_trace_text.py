"""What a trace keeps of a query."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.analytics.trace_text import (
    has_conditions,
    is_countable,
    pinyin_of,
    query_key,
    traced_filters,
    traced_text,
)
from search.query.parsing import SearchQuery


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("减刑  财产性判项\n", "减刑 财产性判项"),
        ("11010519491231002X 减刑", "… 减刑"),
        ("电话138 1234 5678", "电话…"),
        ("１３８１２３４５６７８", "…"),
        ("写信给 zhang.san@example.org 的人", "写信给 … 的人"),
        ("Q-2026-000123", "Q-2026-000123"),
        ("2026年3月15日 第二十八条", "2026年3月15日 第二十八条"),
        ("x" * 500, "x" * 200),
        ("\x00减\x07刑", "减 刑"),
        ("机密★10年 关于某专案的情况", "…"),
        ("机 密＊3年 关于某专案的情况", "…"),
        ("国家秘密 绝密", "国家秘密 绝密"),
    ],
)
def test_text_is_kept_without_what_belongs_to_one_person(typed, kept):
    assert traced_text(typed) == kept


def test_filters_are_kept_in_bounds():
    kept = traced_filters((("session", tuple(f"TT-{n}" for n in range(30))), ("year", ("x" * 500,))))
    assert (len(kept["session"]), kept["year"]) == (10, ["x" * 60])


def test_filters_hold_no_number_of_a_person():
    assert traced_filters((("session", ("11010519491231002X",)),)) == {"session": ["…"]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("减刑 罚金", "减刑，罚金"),
        ("減刑", "减刑"),
        ("ＤＮＡ 鉴定", "dna  鉴定"),
        ("“悔改表现”", '"悔改表现"'),
        ("部门:法院 减刑", "减刑 部门：法院"),
    ],
)
def test_queries_that_ask_the_same_share_a_key(one, other):
    assert query_key(one) == query_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("减刑 罚金", "减刑罚金"),
        ("减刑 -罚金", "减刑 罚金"),
        ("“悔改表现”", "悔改表现"),
        ("部门:法院 减刑", "部门 法院 减刑"),
        ("-部门:法院 减刑", "部门:法院 减刑"),
    ],
)
def test_queries_that_ask_differently_have_keys_of_their_own(one, other):
    assert query_key(one) != query_key(other)


@settings(deadline=None)
@given(st.text(max_size=600))
def test_any_text_can_be_kept(text):
    kept = traced_text(text)
    assert len(kept) <= 200 and len(query_key(kept)) <= 200 and "\n" not in kept


@pytest.mark.parametrize("typed", ["减刑", "减刑 罚金", "社区矫正法", "jianxing", "DNA"])
def test_keywords_are_counted(typed):
    assert is_countable(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "？",
        "家属代缴罚金后减刑幅度怎么把握？",
        '"悔改表现"',
        "减刑 -假释",
        "部门:法院 减刑",
        "13812345678",
        "减刑 zhang@example.org",
        "减刑 " * 20,
    ],
)
def test_what_names_somebody_or_promises_nothing_is_not_counted(typed):
    assert not is_countable(typed)


@pytest.mark.parametrize(
    ("query", "asks"),
    [
        (SearchQuery(), False),
        (SearchQuery(text="？"), False),
        (SearchQuery(text="减刑"), True),
        (SearchQuery(text="-减刑"), True),
        (SearchQuery(text="部门:法院"), True),
        (SearchQuery(filters=(("kind", ("case",)),)), True),
    ],
)
def test_asking_takes_words_or_filters(query, asks):
    assert has_conditions(query) == asks


def test_pinyin_of_a_query():
    assert pinyin_of("减刑 罚金") == ("jianxingfajin", "jxfj")
    assert pinyin_of("dna") == ("", "")
