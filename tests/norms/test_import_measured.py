"""The parser measured on real texts, by counts made in another way than it counts."""

from __future__ import annotations

import itertools
import re
import unicodedata
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from norms.importing.parser import parse_source

pytestmark = pytest.mark.shared_data

# Articles counted by hand in the official editions; 刑法 has 452 and 53 inserted ones.
ARTICLES = {
    "中华人民共和国监狱法_20121026.docx": 78,
    "中华人民共和国看守所条例_19900317.docx": 52,
    "中华人民共和国社区矫正法_20191228.docx": 63,
    "最高人民检察院关于对服刑罪犯暂予监外执行期间在异地又犯罪应由何地检察院受理审查起诉问题的批复_19981126.docx": 0,
    "最高人民法院关于办理减刑、假释案件具体应用法律的规定_20161114.docx": 42,
    "最高人民法院关于办理减刑、假释案件审查财产性判项执行问题的规定_20240429.docx": 15,
    "最高人民法院关于死刑缓期执行限制减刑案件审理程序若干问题的规定_20110425.docx": 8,
    "刑事诉讼法(2018-10-26).md": 308,
    "刑法.md": 505,
    "最高人民法院关于减刑、假释案件审理程序的规定(2014-04-23).md": 22,
    "最高人民法院关于办理减刑、假释案件具体应用法律的补充规定(2019-04-24).md": 7,
    "最高人民法院关于办理减刑、假释案件具体应用法律的规定(2016-11-14).md": 42,
    "最高人民法院关于办理减刑、假释案件审查财产性判项执行问题的规定(2024-04-29).md": 15,
    "民事诉讼法(2021-12-24).md": 291,
    "民事诉讼法(2023-09-01).md": 306,
    "监狱法(2012-10-26).md": 78,
    "看守所条例(1990-03-17).md": 52,
    "社区矫正法(2019-12-28).md": 63,
    "community-correction-implementation-plan.txt": 0,
    "joint-training-minutes.txt": 0,
}


@pytest.fixture(params=ARTICLES, ids=lambda name: name[:24])
def source(request, shared_data) -> Path:
    return next((shared_data / "norms").glob(f"*/{glob_safe(request.param)}"))


def glob_safe(name: str) -> str:
    return re.sub(r"([\[\]])", r"[\1]", name)


def raw_lines(path: Path) -> list[str]:
    """The lines of a file, read without the importer."""
    if path.suffix != ".docx":
        text = re.sub(r"<!--.*?-->", "", path.read_text(encoding="utf-8"))
        return [re.sub(r"^#+ *", "", line) for line in text.splitlines()]
    xml = zipfile.ZipFile(path).read("word/document.xml").decode()
    return [
        re.sub("<[^>]+>", "", "".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", paragraph)))
        for paragraph in re.findall(r"<w:p[ >].*?</w:p>", xml, re.DOTALL)
    ]


def count_articles(lines: list[str]) -> int:
    """Lines that begin like 第十条, then a blank, or a word that no citation goes on with."""
    begun = 0
    for line in lines:
        head = line.strip()[:16]
        match = re.match(r"第[一二三四五六七八九十百零]+ ?条(之[一二三四五六七八九十]+)?", head)
        if match and (head[match.end() :][:1] in ("", " ", "\u3000") or " 条" in match.group()):
            begun += 1
    return begun


def characters(text: str) -> Counter[str]:
    visible = (c for c in text if not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc"))
    return Counter(visible)


def test_number_of_articles_equals_an_independent_count(source):
    document = parse_source(source.name, source.read_bytes())
    assert document.articles == count_articles(raw_lines(source)) == ARTICLES[source.name]


def test_every_character_of_the_body_is_found_again(source):
    """What is not in the provisions must be in the title block or be the table of contents."""
    document = parse_source(source.name, source.read_bytes())
    lines = raw_lines(source)
    stored = "".join(f"{row.node.label}{row.node.heading}{row.node.text}" for row in document.rows)
    missing = characters("".join(lines)) - characters(stored)
    body = list(lines[_body_start(lines) :])
    assert characters("".join(body)) - characters(stored) == Counter()
    assert missing - characters("".join(lines[: _body_start(lines)])) == Counter()
    assert sum(characters(stored).values()) == document.characters


def _body_start(lines: list[str]) -> int:
    """Index of the first line after title block and contents, found by words that begin bodies of these texts."""
    openings = (
        "为确保",
        "为正确",
        "为进一步",
        "为准确",
        "四川省人民检察院",
        "In order to ensure",
        "In order to implement",
    )
    for index, line in enumerate(lines):
        if line.strip().startswith(openings):
            return index
    first = next(i for i, line in enumerate(lines) if re.match(r"第一条[ \u3000]", line.strip()))
    headings = first
    while headings and (
        not lines[headings - 1].strip("\u200b \u3000") or re.match(r"第[一二]", lines[headings - 1].strip())
    ):
        headings -= 1
    contents = [i for i in range(headings) if "录" in lines[i] and len(lines[i].split()) == 2]
    return first - 3 if contents else headings


def test_numbering_has_no_holes_in_any_text(source):
    document = parse_source(source.name, source.read_bytes())
    numbers = [(row.node.number, row.node.suffix) for row in document.rows if row.node.kind == "article"]
    assert len(numbers) == ARTICLES[source.name]
    for before, after in itertools.pairwise(numbers):
        assert after in ((before[0] + 1, 0), (before[0], before[1] + 1))


def test_anchors_are_unique_and_rows_are_in_order(source):
    rows = parse_source(source.name, source.read_bytes()).rows
    assert len({row.anchor for row in rows}) == len(rows)
    assert [row.position for row in rows] == list(range(len(rows)))
    assert [row.position for row in rows if row.parent is not None and row.parent >= row.position] == []
    assert len(rows) > 0


def parsed(shared_data: Path, pattern: str):
    path = next((shared_data / "norms").glob(pattern))
    return parse_source(path.name, path.read_bytes())


def test_slip_in_a_number_is_repaired_and_reported(shared_data):
    document = parsed(shared_data, "markdown/刑事诉讼法*")
    assert [(w.code, dict(w.values)) for w in document.warnings] == [
        ("broken_number", {"read": "第一百二十八条", "written": "第一百二十八 条"})
    ]
    article = next(row for row in document.rows if row.anchor == "art-128-p1")
    assert article.node.text.startswith("侦查人员对于与犯罪有关的场所")


def test_heading_that_runs_over_two_lines_is_one(shared_data):
    document = parsed(shared_data, "markdown/刑事诉讼法*")
    heading = next(row.node for row in document.rows if row.anchor == "part-5-ch-4")
    assert heading.title == "第四章 犯罪嫌疑人、被告人逃匿、死亡案件违法所得的没收程序"


def test_title_over_several_paragraphs_is_one(shared_data):
    document = parsed(shared_data, "docx/*财产性判项*")
    assert document.title == "最高人民法院关于办理减刑、假释案件审查财产性判项执行问题的规定"
    assert document.document_number == "法释〔2024〕5号"
    assert (str(document.promulgated_on), str(document.effective_on)) == ("2024-04-29", "2024-05-01")


def test_title_after_an_announcement_is_found(shared_data):
    document = parsed(shared_data, "docx/*具体应用法律的规定*")
    assert document.title == "最高人民法院关于办理减刑、假释案件具体应用法律的规定"
    assert (str(document.promulgated_on), str(document.effective_on)) == ("2016-11-14", "2017-01-01")


@pytest.mark.parametrize(
    ("pattern", "promulgated", "effective"),
    [
        ("markdown/刑法.md", "2023-12-29", "None"),
        ("markdown/刑事诉讼法*", "2018-10-26", "None"),
        ("docx/*社区矫正法*", "2019-12-28", "2020-07-01"),
        ("docx/*看守所条例*", "1990-03-17", "1990-03-17"),
        ("docx/*批复*", "1998-11-26", "None"),
        ("markdown/*补充规定*", "2019-04-24", "2019-06-01"),
        ("docx/*死刑缓期*", "2011-04-25", "2011-05-01"),
    ],
)
def test_dates_are_read_from_text_and_name(shared_data, pattern, promulgated, effective):
    document = parsed(shared_data, pattern)
    assert (str(document.promulgated_on), str(document.effective_on)) == (promulgated, effective)


@pytest.mark.parametrize(
    "pattern", ["docx/*社区矫正法*", "docx/*监狱法*", "docx/*看守所*", "docx/*死刑缓期*"]
)
def test_dates_and_title_are_found_without_the_file_name(shared_data, pattern):
    path = next((shared_data / "norms").glob(pattern))
    named, anonymous = parse_source(path.name, path.read_bytes()), parse_source("a.docx", path.read_bytes())
    assert (anonymous.title, anonymous.promulgated_on) == (named.title, named.promulgated_on)
    assert anonymous.digest == named.digest


@pytest.mark.parametrize("name", ["社区矫正法", "看守所条例", "具体应用法律的规定", "财产性判项"])
def test_both_formats_hold_the_same_text(shared_data, name):
    assert parsed(shared_data, f"docx/*{name}*").digest == parsed(shared_data, f"markdown/*{name}*").digest


def test_reply_is_kept_whole_with_numbered_paragraphs(shared_data):
    document = parsed(shared_data, "docx/*批复*")
    assert [(row.anchor, row.node.text[:9]) for row in document.rows] == [
        ("p-1", "四川省人民检察院："),
        ("p-2", "你院川检发研〔19"),
        ("p-3", "对罪犯在暂予监外执"),
        ("signature", "最高人民检察院\n1"),
    ]


def test_plan_has_three_parts_with_four_three_and_six_sections(shared_data):
    document = parsed(shared_data, "text/community*")
    parts = [node for node in document.nodes if node.kind == "part"]
    assert [
        (node.label, [child.label for child in node.children if child.kind == "section"]) for node in parts
    ] == [
        ("I.", ["(1)", "(two)", "(three)", "(four)"]),
        ("Second,", ["(1)", "(II)", "(III)"]),
        ("Three.", ["(1)", "(II)", "(III)", "(IV)", "(V)", "(VI)"]),
    ]
    assert [warning.code for warning in document.warnings] == ["stray", "no_date"]


def test_minutes_are_plain_paragraphs(shared_data):
    document = parsed(shared_data, "text/joint*")
    assert [(row.anchor, row.node.kind) for row in document.rows] == [("p-1", "text")]
    assert document.kind == "minutes"


def test_annexes_of_the_criminal_law_stand_apart(shared_data):
    document = parsed(shared_data, "markdown/刑法.md")
    annexes = [(row.node.label, len(row.node.children)) for row in document.rows if row.node.kind == "annex"]
    assert annexes == [("附件一", 16), ("附件二", 9)]
    assert next(row.anchor for row in document.rows if row.node.text.startswith("① ")) == "note-1"
