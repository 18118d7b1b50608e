"""30日 and 三十日 are the same in search, on both sides and on both engines."""

import pytest

from search.query.highlighting import mark
from search.query.parsing import parse_text
from search.text.analysis import fold_with_offsets, normalised, runs
from tests.factories.search import SearchDocumentFactory
from tests.search.engines import BOTH, fill, keys, make_engine, remove

SAME = [
    ("30日", "三十日"),
    ("３０日", "三十日"),
    ("30 日", "三十日"),
    ("3个月", "三个月"),
    ("2年", "两年"),
    ("15天", "十五天"),
    ("24小时", "二十四小时"),
    ("18周岁", "十八周岁"),
    ("3万元", "30000元"),
    ("3次", "三次"),
    ("3-6个月", "三至六个月"),
    ("3～6个月", "三至六个月"),
    ("3到6个月", "三至六个月"),
    ("3个月-6个月", "三个月至六个月"),
    ("2—3年", "两至三年"),
    ("10——15日", "十至十五日"),
    ("2024年5月1日", "二〇二四年五月一日"),
]


@pytest.mark.parametrize(("digits", "characters"), SAME)
def test_quantity_has_one_form(digits, characters):
    assert normalised(f"应当在{digits}内报告") == normalised(f"应当在{characters}内报告")


@pytest.mark.parametrize(
    "text",
    [
        "Q-2026-000123",
        "第28条",
        "1.5倍",
        "1,500元",
        "covid-19",
        "a3天",
        "0日",
        "2024年",
        "2024-2026年",
        "第3-6条",
        "1.5-3倍",
    ],
)
def test_numbers_that_count_nothing_keep_their_digits(text):
    assert any(character.isdigit() for character in "".join(runs(text)))


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("应当在30日内报告", "三十日", ["30日"]),
        ("应当在三十日内报告", "30日", ["三十日"]),
        ("罚款30000元以下", "3万元", ["30000元"]),
        ("暂停3～6个月", "三至六个月", ["3～6个月"]),
        ("暂停三至六个月", "3-6个月", ["三至六个月"]),
        ("暂停3 个月", '"三个月"', ["3 个月"]),
    ],
)
def test_mark_covers_the_quantity_as_written(text, query, marked):
    assert [part.text for part in mark(text, parse_text(query)) if part.marked] == marked


def test_every_character_has_an_offset():
    text = "自2024年1月5日起12345678元、两年、3 个月，Ⅳ㈠½"
    folded, offsets = fold_with_offsets(text)
    assert len(folded) == len(offsets)
    assert offsets == sorted(offsets)
    assert max(offsets) == len(text) - 1


@pytest.mark.parametrize("name", BOTH)
def test_engine_answers_with_either_form(tmp_path, name):
    engine = make_engine(name, tmp_path)
    try:
        bodies = ("应当在30日内报告", "应当在三十日内报告", "应当在20日内报告", "暂停３个月", "暂停三个月")
        fill(engine, *(SearchDocumentFactory(pk=pk, body=body) for pk, body in enumerate(bodies, 1)))
        expected = ["question:1", "question:2"]
        assert sorted(keys(engine, "30日")) == sorted(keys(engine, "三十日")) == expected
        expected = ["question:4", "question:5"]
        assert sorted(keys(engine, '"3个月"')) == sorted(keys(engine, '"三个月"')) == expected
    finally:
        remove(engine)
