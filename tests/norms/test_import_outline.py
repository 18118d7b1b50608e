"""Trees made from texts in the forms that legal texts have."""

from __future__ import annotations

import pytest

from tests.factories.norms import parse_text

TITLE = "宁川省某条例\n\n"


def tree(text: str) -> list[tuple[str, str]]:
    return [(row.anchor, row.node.text or row.node.heading) for row in parse_text(TITLE + text).rows]


def articles(text: str) -> list[str]:
    return [row.node.label for row in parse_text(TITLE + text).rows if row.node.kind == "article"]


def warnings(text: str) -> list[tuple[str, dict]]:
    return [(w.code, dict(w.values)) for w in parse_text(TITLE + text).warnings]


def test_outline_has_parts_subparts_chapters_and_sections():
    text = (
        "第一编　总　则\n第一分编　通则\n第一章　基本规定\n第一节　一般规定\n第一条　甲。\n"
        "第二节　特别规定\n第二条　乙。\n第二编　分则\n第三条　丙。\n附　则\n第四条　丁。"
    )
    assert [(anchor, words) for anchor, words in tree(text) if "art" not in anchor.split("-")] == [
        ("part-1", "总则"),
        ("part-1-sub-1", "通则"),
        ("part-1-sub-1-ch-1", "基本规定"),
        ("part-1-sub-1-ch-1-sec-1", "一般规定"),
        ("part-1-sub-1-ch-1-sec-2", "特别规定"),
        ("part-2", "分则"),
        ("part-x", "附则"),
    ]


def test_heading_path_names_the_headings_above():
    rows = parse_text(TITLE + "第二编　执行\n第一章　总　则\n第一条　甲。").rows
    assert [row.heading_path for row in rows] == [
        "",
        "第二编 执行",
        "第二编 执行 > 第一章 总则",
        "第二编 执行 > 第一章 总则",
    ]


def test_article_has_paragraphs_items_and_subitems():
    text = "第一条　下列情形：\n（一）甲：\n1．子；\n2．丑。\n（二）乙。\n另有规定的除外。\n第二条　完。"
    assert tree(text) == [
        ("art-1", ""),
        ("art-1-p1", "下列情形："),
        ("art-1-p1-i1", "甲："),
        ("art-1-p1-i1-s1", "子；"),
        ("art-1-p1-i1-s2", "丑。"),
        ("art-1-p1-i2", "乙。"),
        ("art-1-p2", "另有规定的除外。"),
        ("art-2", ""),
        ("art-2-p1", "完。"),
    ]


def test_second_list_of_an_article_counts_anew():
    text = "第一条　甲：\n（一）子；\n（二）丑。\n乙：\n（一）寅；\n（二）卯。\n第二条　完。"
    assert [anchor for anchor, _words in tree(text) if "-i" in anchor] == [
        "art-1-p1-i1",
        "art-1-p1-i2",
        "art-1-p2-i1",
        "art-1-p2-i2",
    ]


def test_line_between_two_items_belongs_to_the_first():
    text = "第一条　甲：\n（一）子。\n子的说明。\n（二）丑。\n第二条　完。"
    assert ("art-1-p1-i1", "子。\n子的说明。") in tree(text)


def test_list_inside_a_line_becomes_items():
    text = "第一条　有下列情形之一的：（一）甲；（二）乙；（三）丙。\n第二条　完。"
    assert [words for anchor, words in tree(text) if "-i" in anchor] == ["甲；", "乙；", "丙。"]


def test_inserted_articles_have_their_own_anchor():
    text = "第一条　甲。\n第一条之一　乙。\n第一条之二　丙。\n第二条　丁。"
    assert [anchor for anchor, _words in tree(text) if "-p" not in anchor] == [
        "art-1",
        "art-1_1",
        "art-1_2",
        "art-2",
    ]
    assert warnings(text) == []


@pytest.mark.parametrize(
    ("line", "heading", "words"),
    [
        ("第一条　【立法目的】为了规范。", "【立法目的】", "为了规范。"),
        ("第一条（立法目的）　为了规范。", "（立法目的）", "为了规范。"),
        ("第一条（立法目的）\n为了规范。", "（立法目的）", "为了规范。"),
        ("第一条　立法目的\n为了规范。", "立法目的", "为了规范。"),
        ("第一条　（一）项所列情形，从其规定。", "", "（一）项所列情形，从其规定。"),
    ],
)
def test_names_of_articles_are_headings(line, heading, words):
    rows = parse_text(f"{TITLE}{line}\n第二条　完。").rows
    article = next(row for row in rows if row.anchor == "art-1")
    assert article.node.heading == heading
    assert (
        "".join(
            f"{child.label}{child.text}" for node in article.node.children for child in (node, *node.children)
        )
        == words
    )


# What begins an article and what only looks like it ------------------------------------------------------------


def test_citation_at_the_beginning_of_a_paragraph_is_no_article():
    text = "第一条　甲。\n第二条规定的情形除外。\n第二条　乙。\n第三条　丙。\n第四条、第五条另行规定。"
    assert articles(text) == ["第一条", "第二条", "第三条"]
    assert warnings(text) == []


def test_quoted_articles_of_a_decision_are_text():
    text = (
        "会议决定作如下修改：\n一、将第三条修改为：\n“第三条　监狱应当……。\n第四条　看守所应当……。”\n"
        "二、增加一条，作为第九条：\n第九条　社区矫正机构应当……。\n本决定自公布之日起施行。"
    )
    assert articles(text) == []
    assert [anchor for anchor, _words in tree(text)] == [
        "line-1",
        "p-1",
        "line-2",
        "line-3",
        "p-2",
        "line-4",
        "line-5",
    ]


def test_article_set_off_by_a_line_break_only_is_found():
    assert articles("第一条　甲。\n第二条　乙。\n第三条\n丙。") == ["第一条", "第二条", "第三条"]


def test_article_inside_a_paragraph_is_found_where_one_is_missing():
    text = "第一条　甲。第二条　乙。\n第三条　丙，依照第二条　办理。"
    assert articles(text) == ["第一条", "第二条", "第三条"]
    assert warnings(text) == [("inside", {"read": "第二条"})]


def test_articles_that_are_never_set_off_are_found():
    text = (
        "第一条为了规范，制定本条例。\n第二条本省适用。\n第三条第二条规定的除外。\n第四条自公布之日起施行。"
    )
    assert articles(text) == ["第一条", "第二条", "第三条", "第四条"]


def test_articles_never_set_off_survive_a_missing_one_and_odd_beginnings():
    text = (
        "第一条中国公民适用本条例。\n第二条及时办理。\n第四条有关部门负责。\n第五条与第四条相同。\n第六条完。"
    )
    assert articles(text) == ["第一条", "第二条", "第四条", "第五条", "第六条"]


def test_long_heading_before_an_article_is_not_joined_to_it():
    heading = "第一章　移管被判刑人的条件、程序和费用以及与外国主管机关之间的联系"
    text = f"第一条　甲。\n{heading}\n第二条　中国公民适用本条例。"
    assert articles(text) == ["第一条", "第二条"]


def test_heading_may_end_oddly_where_it_is_set_off():
    text = "第五节　生活、卫生。\n第一条　甲。\n第五章　卷烟纸、滤嘴棒、烟用丝束、\n烟草专用机械的生产\n第二条　乙。"
    headings = [words for anchor, words in tree(text) if "art" not in anchor]
    assert headings == ["生活、卫生。", "卷烟纸、滤嘴棒、烟用丝束、烟草专用机械的生产"]


def test_number_broken_by_a_space_is_repaired():
    text = "第一条　甲。\n第 二 条乙。\n第三条　丙。"
    assert articles(text) == ["第一条", "第二条", "第三条"]
    assert warnings(text) == [("broken_number", {"read": "第二条", "written": "第 二 条"})]


def test_number_broken_by_a_line_break_is_joined():
    text = "\n".join(f"第{n}条　甲。" for n in ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十"))
    assert articles(f"{text}\n第十\n一条　乙。\n第十二条　丙。")[-2:] == ["第十一条", "第十二条"]


def test_wrong_number_is_repaired_where_one_reading_is_possible():
    text = "第一条　甲。\n第二条　乙。\n第二条　丙。\n第四条　丁。"
    assert articles(text) == ["第一条", "第二条", "第三条", "第四条"]
    assert warnings(text) == [("repaired_number", {"written": "第二条", "read": "第三条"})]


def test_unreadable_number_is_repaired():
    assert articles("第一条　甲。\n第十十条　乙。\n第三条　丙。") == ["第一条", "第二条", "第三条"]


def test_gap_is_reported_and_kept():
    text = "第一条　甲。\n第二条　乙。\n第五条　丙。\n第六条　丁。"
    assert articles(text) == ["第一条", "第二条", "第五条", "第六条"]
    assert warnings(text) == [("gap", {"before": "第二条", "after": "第五条"})]


def test_double_number_is_reported_and_kept_with_its_own_anchor():
    text = "第一条　甲。\n第二条　乙。\n第二条　丙。\n第三条　丁。"
    assert warnings(text) == [("double", {"label": "第二条"})]
    assert [anchor for anchor, _words in tree(text) if "-p" not in anchor] == [
        "art-1",
        "art-2",
        "art-2-again",
        "art-3",
    ]


def test_number_too_high_does_not_swallow_what_follows():
    text = "第一条　甲。\n第二条　乙。\n第三十条　丙。\n第五条　丁。\n第六条　戊。"
    assert articles(text) == ["第一条", "第二条", "第三十条", "第五条", "第六条"]


def test_article_out_of_order_without_room_is_text():
    text = "第一条　甲。\n第二条　乙。\n第一条　丙。\n第三条　丁。"
    assert articles(text) == ["第一条", "第二条", "第三条"]
    assert warnings(text) == [("not_article", {"text": "第一条　丙。"})]


def test_second_text_in_a_file_is_an_annex():
    text = "第一条　甲。\n第二条　乙。\n附件：某办法\n第一章　总则\n第一条　丙。\n第二条　丁。"
    anchors = [anchor for anchor, _words in tree(text) if "-p" not in anchor]
    assert anchors == ["art-1", "art-2", "annex-1", "annex-1-ch-1", "annex-1-art-1", "annex-1-art-2"]
    assert [code for code, _values in warnings(text)] == ["restart"]


# The rest of a text -------------------------------------------------------------------------------------------


def test_table_of_contents_is_left_out():
    text = "目　　录\n第一章　总则\n第二章　附则\n\n第一章　总则\n第一条　甲。\n第二章　附则\n第二条　乙。"
    assert [anchor for anchor, _words in tree(text)] == [
        "ch-1",
        "art-1",
        "art-1-p1",
        "ch-2",
        "art-2",
        "art-2-p1",
    ]


def test_preamble_is_kept_before_the_articles():
    text = "序　言\n\n中国是世界上历史最悠久的国家之一。\n\n第一条　甲。"
    assert tree(text)[:2] == [("preamble-1", "序言"), ("preamble-2", "中国是世界上历史最悠久的国家之一。")]


def test_signature_block_is_recognised():
    text = "第一条　甲。\n第二条　乙。\n\n最高人民法院\n司法部\n2024年4月29日"
    assert tree(text)[-1] == ("signature", "最高人民法院\n司法部\n2024年4月29日")


def test_date_inside_the_text_is_no_signature():
    text = "第一条　甲。\n2024年4月29日\n第二条　乙。"
    assert "signature" not in [anchor for anchor, _words in tree(text)]


def test_outline_of_a_text_without_articles_gives_headings():
    text = "各有关单位：\n一、总体要求\n（一）指导思想\n以人民为中心。\n二、主要任务\n（一）完善制度。要完善各项制度。"
    assert tree(text) == [
        ("p-1", "各有关单位："),
        ("part-1", "总体要求"),
        ("part-1-sec-1", "指导思想"),
        ("p-2", "以人民为中心。"),
        ("part-2", "主要任务"),
        ("p-3", "（一）完善制度。要完善各项制度。"),
    ]


def test_inline_outline_keeps_stray_marks_as_text():
    filler = "The offices work together. " * 40
    text = f"Before it all. I. Steps of work (1) Ready {filler} (two) go on; {filler} Second, basics (1) one. First, no. (4) {filler}"
    document = parse_text(f"Plan of work\n\n{text}", name="plan.txt")
    assert [(row.node.kind, row.node.label) for row in document.rows if row.node.kind != "text"] == [
        ("part", "I."),
        ("section", "(1)"),
        ("section", "(two)"),
        ("part", "Second,"),
        ("section", "(1)"),
    ]
    assert [w.code for w in document.warnings] == ["stray", "stray", "no_date"]
    assert "".join(f"{r.node.label}{r.node.heading}{r.node.text}" for r in document.rows).replace(
        " ", ""
    ) == text.replace(" ", "")


def test_english_law_has_articles():
    text = "Chapter I General Provisions\nArticle 1 This Law applies.\nArticle 2 See Article 1 of this Law."
    document = parse_text(f"Some Law\n\n(Adopted on December 28, 2019)\n\n{text}", name="law.txt")
    assert [row.anchor for row in document.rows] == ["ch-1", "art-1", "art-1-p1", "art-2", "art-2-p1"]
    assert (document.lang, str(document.promulgated_on)) == ("en", "2019-12-28")


def test_headings_counted_like_lists_stand_over_their_articles():
    text = (
        "一、一般规定\n第一条　有下列情形之一的：\n（一）甲；\n（二）乙\n第二条　丙。\n"
        "二、特别规定\n（一）管辖\n第三条　丁。\n（二）期间\n第四条　戊。"
    )
    assert [(anchor, words) for anchor, words in tree(text) if "p" not in anchor.split("-")[-1]] == [
        ("ch-1", "一般规定"),
        ("art-1", ""),
        ("art-1-p1-i1", "甲；"),
        ("art-1-p1-i2", "乙"),
        ("art-2", ""),
        ("ch-2", "特别规定"),
        ("ch-2-sec-1", "管辖"),
        ("art-3", ""),
        ("ch-2-sec-2", "期间"),
        ("art-4", ""),
    ]


def test_heading_on_the_line_of_its_first_article_is_one():
    text = "第一章　总则　第一条　为了规范社区矫正工作，制定本条例。\n第二条　乙。"
    assert [anchor for anchor, _words in tree(text)] == ["ch-1", "art-1", "art-1-p1", "art-2", "art-2-p1"]
