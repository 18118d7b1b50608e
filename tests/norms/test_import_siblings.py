"""Siblings of the shared cases of laws: other marks of divisions and points, lines broken in other ways."""

import pytest

from tests.factories.norms import parse_text

TITLE = "宁川省某条例\n\n"


def rows(text: str) -> list[tuple]:
    return [
        (row.node.kind.value, row.node.number, row.node.heading or row.node.text)
        for row in parse_text(TITLE + text).rows
    ]


def codes(text: str) -> set[str]:
    return {warning.code for warning in parse_text(TITLE + text).warnings} - {"no_date"}


@pytest.mark.parametrize(
    "written",
    [
        "总则 分则 附则",
        "【总则】 【分则】 【附则】",
        "［总　则］ （分　则） 〔附　则〕",
        "总则： 分则: 附则：",
        "##总则 ##分则 ##附则",
    ],
)
def test_divisions_without_numbers_are_known_by_any_marks(written):
    lines = zip(written.split(" "), "一二三", strict=True)
    text = "".join(f"{division}\n第{number}条　甲。\n" for division, number in lines)
    chapters = [row for row in rows(text) if row[0] == "chapter"]
    assert chapters == [("chapter", None, name) for name in ("总则", "分则", "附则")]
    assert codes(text) == set()


def test_penalties_without_a_number_are_a_division():
    text = "总则\n第一条　甲。\n罚　则\n第二条　乙。\n附则\n第三条　丙。\n"
    assert [words for kind, _number, words in rows(text) if kind == "chapter"] == ["总则", "罚则", "附则"]


@pytest.mark.parametrize(
    "written",
    [
        "一、 二、 三、",
        "一． 二． 三．",
        "一. 二. 三.",
        "1、 2、 3、",
        "１． ２． ３．",
        "（一） （二） （三）",
        "㈠ ㈡ ㈢",
        "（1） （2） （3）",
        "① ② ③",
    ],
)
def test_points_are_found_by_their_own_number_in_any_style(written):
    one, two, three = written.split(" ")
    text = f"{one}将第一条修改为：“甲的，处罚。\n“乙的，从轻。”\n{two}将第三条改为：“丙。”\n{three}自公布之日起施行。\n"
    assert [(kind, number, words[:3]) for kind, number, words in rows(text)] == [
        ("text", 1, "将第一"),
        ("text", None, "“乙的"),
        ("text", 2, "将第三"),
        ("text", 3, "自公布"),
    ]


def test_points_in_brackets_count_on_over_headings():
    text = (
        "一、总体要求\n（一）甲的，应当审查。\n（二）乙的，不予审查。\n二、严格审查\n（三）丙的，应当审查。\n"
    )
    assert [(kind, number) for kind, number, _words in rows(text)] == [
        ("part", 1),
        ("text", 1),
        ("text", 2),
        ("part", 2),
        ("text", 3),
    ]


def test_items_of_a_text_without_points_stay_lines_of_their_own():
    text = "有下列情形之一的，从严：\n（一）甲；\n（二）乙。\n其他情形从宽。\n"
    assert [(number, words) for _kind, number, words in rows(text)][:3] == [
        (1, "有下列情形之一的，从严："),
        (2, "（一）甲；"),
        (3, "（二）乙。"),
    ]


BROKEN = [
    "第一条　为了规范工作，根据《禁毒法》制定本条例。",
    "第二条　各单位应当分工负责，不得推诿。",
    "第三条　县级以上人民政府负责。",
]


@pytest.mark.parametrize(
    "text",
    [
        "第一条　为了规范工作，根据\n《禁毒法》制定\n本条例。\n第二条　各单位应当分工\n负责，不得推\n诿。\n第三条　县级以上人民\n政府负责。\n",
        "第一条　为了规范工作，\n根据《禁毒法》制定本条例。\n第二条　各单位应当分工负责，\n不得推诿。\n第三条　县级以上人民政府负责。\n",
        "第一条　为了规范工作，根据\r\n《禁毒法》制定\r\n本条例。\r\n第二条　各单位应当分工\r\n负责，不得推诿。\r\n第三条　县级以上人民政府负责。\r\n",
        "第一条　为了规范工作，根据\n\n《禁毒法》制定\n\n本条例。\n\n第二条　各单位应当\n\n分工负责，不得推诿。\n\n第三条　县级以上人民\n\n政府负责。\n",
        "　　第一条　为了规范工作，根据《禁\n毒法》制定本条例。\n　　第二条　各单位应当分工负\n责，不得推诿。\n　　第三条　县级以上人民政\n府负责。\n",
    ],
    ids=["short lines", "after commas", "carriage returns", "blank lines", "indented"],
)
def test_broken_lines_are_joined_and_no_sentence_becomes_a_heading(text):
    assert codes(text) == {"wrapped"}
    assert [words for kind, _number, words in rows(text) if kind == "paragraph"] == [
        line.split("　")[1] for line in BROKEN
    ]
    assert [words for kind, _number, words in rows(text) if kind == "article"] == [""] * 3


@pytest.mark.parametrize("name", ["应当回避的情形", "不得减刑的罪犯", "名称", "负责审查的部门"])
def test_name_that_speaks_of_a_duty_stays_a_name(name):
    text = "".join(f"第{number}条　{name}\n甲的，应当处罚。\n" for number in "一二三四")
    assert codes(text) == set()
    assert [words for kind, _number, words in rows(text) if kind == "article"] == [name] * 4
