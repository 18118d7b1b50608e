"""Titles, numbers, dates, kinds."""

from __future__ import annotations

import datetime as dt

import pytest

from norms.citations.titles import title_key
from norms.importing.dates import named_date
from norms.importing.metadata import document_kind
from norms.importing.plain import read_markdown
from tests.factories.norms import parse_text

BODY = "\n\n第一条　甲。\n第二条　乙。\n"


@pytest.mark.parametrize(
    ("stem", "title", "day"),
    [
        ("中华人民共和国监狱法_20121026", "中华人民共和国监狱法", dt.date(2012, 10, 26)),
        ("刑事诉讼法(2018-10-26)", "刑事诉讼法", dt.date(2018, 10, 26)),
        ("刑事诉讼法（2018年10月26日）", "刑事诉讼法", dt.date(2018, 10, 26)),
        ("2018-10-26 刑事诉讼法", "刑事诉讼法", dt.date(2018, 10, 26)),
        ("监狱法_20121026 (1)", "监狱法", dt.date(2012, 10, 26)),
        ("刑法", "刑法", None),
        ("某法_20121399", "某法_20121399", None),
    ],
)
def test_file_names_hold_title_and_date(stem, title, day):
    assert named_date(stem) == (title, day)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("社区矫正法", "中华人民共和国社区矫正法"),
        ("《中华人民共和国刑法》", "刑法（2020年修正）"),
        ("最高人民法院、最高人民检察院关于某事的规定", "最高人民法院 最高人民检察院关于某事的规定"),
        ("关于适用《刑事诉讼法》的解释", "关于适用〈刑事诉讼法〉的解释"),
    ],
)
def test_titles_that_mean_the_same_have_one_key(one, other):
    assert title_key(one) == title_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("刑法修正案（十一）", "刑法修正案（十二）"),
        ("社区矫正实施办法", "社区矫正实施办法（试行）"),
        ("刑法", "刑事诉讼法"),
    ],
)
def test_titles_that_differ_have_different_keys(one, other):
    assert title_key(one) != title_key(other)


def test_title_over_several_lines_is_joined():
    document = parse_text(
        f"最高人民法院　最高人民检察院\n关于办理某案件\n若干问题的解释\n\n法释〔2023〕3号{BODY}", "a.txt"
    )
    assert document.title == "最高人民法院、最高人民检察院关于办理某案件若干问题的解释"
    assert document.document_number == "法释〔2023〕3号"
    assert document.issuing_bodies == ["最高人民法院", "最高人民检察院"]


def test_spaced_title_is_closed_up():
    assert parse_text(f"中 华 人 民 共 和 国 监 狱 法{BODY}", "a.txt").title == "中华人民共和国监狱法"


def test_order_before_the_title_belongs_to_the_title_block():
    text = "中华人民共和国国务院令\n\n第687号\n\n《某条例》已经通过，现予公布。\n\n总理　某某\n\n2017年10月7日\n\n某条例"
    document = parse_text(text + BODY, "a.txt")
    assert (document.title, document.document_number) == ("某条例", "中华人民共和国国务院令第687号")
    assert document.promulgated_on == dt.date(2017, 10, 7)
    assert document.articles == 2


def test_history_of_amendments_gives_the_date_of_the_latest():
    history = (
        "（1979年7月1日第五届全国人民代表大会第二次会议通过　根据1996年3月17日第八届全国人民代表大会第四次会议\n"
        "《关于修改〈某法〉的决定》修正　自1996年10月1日起施行）"
    )
    document = parse_text(f"某法\n\n{history}{BODY}", "a.txt")
    assert document.promulgated_on == dt.date(1996, 3, 17)
    assert document.effective_on == dt.date(1996, 10, 1)


def test_date_of_an_earlier_version_is_not_when_this_one_began():
    text = "某法\n\n（1994年12月29日通过　根据2012年10月26日《决定》修正）\n\n第一条　甲。\n第二条　本法自1995年1月1日起施行。"
    document = parse_text(text, "某法_20121026.txt")
    assert (document.promulgated_on, document.effective_on) == (dt.date(2012, 10, 26), None)


def test_text_in_force_at_once_began_when_promulgated():
    document = parse_text("某条例\n\n第一条　甲。\n第二条　本条例自公布之日起施行。", "某条例_20200101.txt")
    assert document.effective_on == dt.date(2020, 1, 1)


def test_earlier_date_in_the_name_yields_to_the_text():
    document = parse_text(f"某法\n\n（2018年10月26日修正）{BODY}", "某法_20120101.txt")
    assert document.promulgated_on == dt.date(2018, 10, 26)
    assert [(w.code, dict(w.values)) for w in document.warnings] == [
        ("date_differs", {"named": "2012-01-01", "written": "2018-10-26", "used": "2018-10-26"})
    ]


def test_date_of_the_signature_counts_where_there_is_no_other():
    document = parse_text(
        "某批复\n\n某厅：\n请示收悉。经研究，批复如下。\n\n最高人民法院\n二〇二一年三月五日", "a.txt"
    )
    assert document.promulgated_on == dt.date(2021, 3, 5)


def test_missing_title_is_taken_from_the_name():
    document = parse_text("第一条　甲。\n第二条　乙。", "某条例_20200101.txt")
    assert document.title == "某条例"
    assert [w.code for w in document.warnings] == ["no_title"]


@pytest.mark.parametrize(
    ("title", "number", "kind"),
    [
        ("中华人民共和国刑法", "", "law"),
        ("中华人民共和国刑法修正案（十一）", "", "law"),
        ("最高人民法院关于适用某法的解释", "法释〔2021〕1号", "judicial_interpretation"),
        ("最高人民检察院关于某问题的批复", "高检发释字〔1998〕5号", "reply"),
        ("最高人民法院关于加强某工作的意见", "法发〔2021〕1号", "normative_document"),
        ("看守所条例", "", "regulation"),
        ("浙江省社区矫正条例", "", "local_normative"),
        ("社区矫正实施办法", "", "rule"),
        ("五部门关于同堂培训的协议", "", "agreement"),
        ("Implementation plan of work", "", "plan"),
        ("五部门会议纪要", "", "minutes"),
    ],
)
def test_kind_is_read_from_the_title(title, number, kind):
    assert document_kind(title, number) == kind


def test_markdown_marks_are_not_text():
    text = "# **某法**\n\n- 第一条 甲\\.\n\n> 引\n\n| 甲 | 乙 |\n|---|---|\n| 丙 | 丁 |\n\n[链接](http://x)&nbsp;完<br>行<!-- 注 -->"
    blocks = [block.text for block in read_markdown(text.encode()).blocks if block.text]
    assert blocks == ["某法", "第一条 甲.", "引", "甲\t乙\n丙\t丁", "链接 完", "行"]


def test_numbered_line_under_the_title_is_body():
    document = parse_text("关于某事若干问题的解答\n1．问：缓刑考验期怎么计算？\n答：自判决确定之日起计算。\n")
    assert document.title == "关于某事若干问题的解答"
    assert document.rows[0].node.text == "1．问：缓刑考验期怎么计算？"


def test_number_alone_belongs_to_the_title():
    document = parse_text("关于适用某法若干问题的解释\n（一）\n第一条　甲。\n第二条　乙。\n")
    assert document.title == "关于适用某法若干问题的解释（一）"


def test_title_set_in_book_marks_is_stored_without_them():
    document = parse_text("《某部会见办法》\n第一条　甲。\n第二条　乙。\n")
    assert document.title == "某部会见办法"
