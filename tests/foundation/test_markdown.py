import pytest

from portal.foundation.markdown import markdown_text, render_markdown
from tests.growth import LINEAR_STEPS, LINEAR_TIME, steps, time_ratio

MASKED = [
    "罪犯张**、李**共同犯罪",
    "罪犯张*、李*共同犯罪",
    "身份证号4401**********1234，电话138****5678",
    "刑期3*12个月*2",
    "被告人王**与李**系夫妻",
    "张**伙同刘**盗窃，欧阳**望风",
    "罪犯**、**共同犯罪，被告人**与**系夫妻",
    "*某、李*某；*某某与**某",
    "**强因盗窃，李**因抢劫",
    "（2024）粤刑**号、（2024）粤刑**号和（2024）粤刑**号",
    "粤A**345、粤B**678，尾号**1234、**5678",
    "李**，男，**岁，**省**市人，2024年*月*日生",
    "姓名：***，性别：*",
    "***",
    "暴**、苟**，暴**和苟**",
    "3~~5年，6~~8年",
    "John D**, Mary S**",
]
PLAIN = [
    "    罪犯甲在服刑期间患病。",
    "见//外部.example/x",
    "[说明](//外部.example/x)，[甲](javascript:alert)，[乙](ftp://a.example)，[丙](a.example/x)",
    "[注]: 见刑法第七十八条",
]


@pytest.mark.parametrize("text", MASKED + PLAIN)
def test_what_stands_for_names_and_digits_is_shown_as_typed(text):
    assert render_markdown(text) == f"<p>{text.strip()}</p>\n"
    assert markdown_text(text) == text.strip()


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**《刑法》第七十八条**规定", "<strong>《刑法》第七十八条</strong>规定"),
        ("请看**重点**内容", "请看<strong>重点</strong>内容"),
        ("对于**重大案件**应当", "对于<strong>重大案件</strong>应当"),
        ("**注意：**请按时", "<strong>注意：</strong>请按时"),
        ("“**重点**”（*强调*）", "“<strong>重点</strong>”（<em>强调</em>）"),
        ("**第七十八条**、**第七十九条**", "<strong>第七十八条</strong>、<strong>第七十九条</strong>"),
        ("***重点***是", "<em><strong>重点</strong></em>是"),
        ("**罪犯张**与李**系夫妻**", "<strong>罪犯张**与李**系夫妻</strong>"),
        ("a **bold** and *em* text", "a <strong>bold</strong> and <em>em</em> text"),
        ("~~作废~~的", "<s>作废</s>的"),
        ("![图](http://a.example/b.png)", '<a href="http://a.example/b.png" rel="noopener nofollow">图</a>'),
    ],
)
def test_what_is_meant_to_emphasise_does(text, html):
    assert render_markdown(text) == f"<p>{html}</p>\n"


def test_words_come_from_what_the_page_shows():
    text = "## 标题\n\n1. 罪犯张**、**李四**\n2. [法](http://a.example)\n\n| 甲 | 乙 |\n|---|---|\n| `1` | |\n\n```\n码 *a*\n```"
    assert markdown_text(text) == "标题\n罪犯张**、李四\n法\n甲 乙\n1\n码 *a*"


def test_lines_behind_a_table_of_too_many_cells_are_kept():
    columns = 8
    rows = "x\n" * 2_000
    html = render_markdown(f"{'a|' * columns}\n{'-|' * columns}\n{rows}")
    assert html.count("<td>") <= 5_000
    assert html.count("x") == 2_000


def _table(columns: int, rows: str) -> str:
    return f"{'a|' * columns}\n{'-|' * columns}\n{rows}"


# Texts of about so many characters.
HOSTILE = {
    "rows without cells": lambda size: _table(8, "x\n" * (size // 2)),
    "a wide table": lambda size: _table(size // 10, "x\n" * (size * 3 // 10)),
    "many tables": lambda size: (_table(40, "x\n" * 120) + "\n") * (size // 400),
    "a narrow table": lambda size: "|a|\n|-|\n" + "|b|\n" * (size // 4),
    "a list": lambda size: "- a\n" * (size // 4),
    "brackets": lambda size: "[" * size,
    "pictures": lambda size: "![a" * (size // 3),
    "stars": lambda size: "看**" * (size // 3),
}


def _steps(text: str) -> int:
    return steps(lambda: render_markdown(text))


@pytest.mark.parametrize("text_of", HOSTILE.values(), ids=HOSTILE)
def test_work_grows_no_faster_than_the_text(text_of):
    short, long = (_steps(text_of(size)) for size in (10_000, 20_000))
    assert long / short < LINEAR_STEPS
    # What expressions do in C is not among the steps.
    assert time_ratio(lambda size: render_markdown(text_of(size)), 5_000) < LINEAR_TIME


@pytest.mark.parametrize("text_of", HOSTILE.values(), ids=HOSTILE)
def test_no_text_takes_much_more_work_than_an_ordinary_one_of_its_length(text_of):
    """An ordinary text of 20,000 characters takes 0.03 s, the worst of these 16 times the steps, and 0.3 s."""
    ordinary = ("看守所应当在五日内移送材料。**减刑**的期限从裁定之日起计算。\n\n" * 700)[:20_000]
    assert _steps(text_of(20_000)) < 18 * _steps(ordinary)
