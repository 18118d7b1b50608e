"""Whatever the page shows of a Markdown text, the files hold: one reading for page, DOCX and Markdown."""

import html
import io
import re

import pytest
from docx import Document
from docx.oxml.ns import qn

from portal.foundation.markdown import markdown_text, render_markdown
from portal.foundation.official import OfficialDocument
from portal.foundation.official.markdown import renumbered_markdown

KINDS = {
    "heading": "## 1.5倍刑期\n\n### 3.5年以上\n\n#### 2026.4.17会议",
    "heading with marks": "## **重点**与[法](http://a.example/x)",
    "setext heading": "现状\n===",
    "paragraph": "甲乙\n丙丁\n\n戊己",
    "indented paragraph": "    罪犯甲在服刑期间患病。",
    "masks": "罪犯张**、李**共同犯罪，4401**********1234，3*12个月*2",
    "bullets": "- 甲\n- 乙\n  - 丙\n\n    丁",
    "ordered": "3. 甲\n4. 乙\n   1. 丙",
    "items without text": "-\n- | 列 |\n  |---|\n  | 表 |\n- ## 题",
    "table": "| 情形 | 标准 |\n|---|---|\n| **已缴清** | [视为](http://a.example/履行?a=(1)) |\n| `a\\|b` | 从严 |\n| 缺格 |",
    "quotation": "> 引文\n>\n> > 再引\n> - 项",
    "code": "```\nif a:\n    b `c` *d*\n```",
    "rule": "甲\n\n---\n\n乙",
    "line of stars": "***",
    "bold": "**重点**内容，满**3年**的",
    "italic": "*强调*的",
    "bold italic": "***重点***是",
    "emphasis that goes on": "***甲*乙**，**丙*丁***，**戊~~己~~**",
    "link of several runs": "[**甲**乙](http://a.example/x)",
    "strike": "~~作废~~的，3~~5年",
    "code span": "`张**` 与 ``a`b``",
    "link": "参见[说明](http://a.example/x)、<http://b.example/>和<a@c.example>",
    "own link": "[社区矫正法](/law/shejiao/#art-27)",
    "refused link": "[甲](javascript:alert)，[乙](//外部.example/x)",
    "image": "![图](http://a.example/b.png)",
    "definition": "[注]: 见刑法第七十八条",
    "raw html": "<b>粗</b><br>&lt;甲&gt; &amp;amp; AT&T",
    "escapes": "\\*甲\\* \\# 1\\. a_b_c",
    "line starts": "1.5倍\n\n-5度\n\n2026年\n\n+8\n\n#号楼",
    "hard break": "甲  \n乙\\\n丙",
}


def shown(text):
    """The words of the page by lines, and the addresses of its links."""
    page = render_markdown(text)
    addresses = [html.unescape(address) for address in re.findall(r'href="([^"]+)"', page)]
    return markdown_text(text).splitlines(), addresses


def squeezed(text):
    return re.sub(r"\s+", "", text)


def docx_words(element):
    return "".join(node.text or "" for node in element.iter(qn("w:t")))


@pytest.mark.parametrize("text", KINDS.values(), ids=KINDS)
def test_words_are_those_of_the_page(text):
    tagless = re.sub(r"<[^>]+>", "", render_markdown(text))
    assert squeezed(markdown_text(text)) == squeezed(html.unescape(tagless))


@pytest.mark.parametrize("text", KINDS.values(), ids=KINDS)
def test_docx_holds_what_the_page_shows(text):
    document = OfficialDocument(title="通知")
    document.add_markdown(text)
    file = Document(io.BytesIO(document.to_bytes()))
    words = squeezed(docx_words(file.element.body))
    lines, addresses = shown(text)
    for address in addresses:
        assert address.removeprefix("mailto:") in words
        words = words.replace(f"（{address}）", "", 1)
    position = 0
    for line in map(squeezed, lines):
        assert line in words[position:]
        position = words.index(line, position) + len(line)
    targets = {relation.target_ref for relation in file.part.rels.values() if relation.is_external}
    assert targets == {address for address in addresses if not address.startswith("/")}


@pytest.mark.parametrize("text", KINDS.values(), ids=KINDS)
def test_markdown_holds_what_the_page_shows(text):
    written = "\n\n".join(renumbered_markdown(text))
    lines, addresses = shown(text)
    words, addresses_again = squeezed(markdown_text(written)), shown(written)[1]
    assert addresses_again == addresses
    position = 0
    for line in map(squeezed, lines):
        assert line in words[position:]
        position = words.index(line, position) + len(line)


@pytest.mark.parametrize("tag", ["strong", "em", "s", "code", "table", "hr"])
def test_markdown_keeps_the_look(tag):
    for text in KINDS.values():
        count = render_markdown(text).count(f"<{tag}>")
        assert render_markdown("\n\n".join(renumbered_markdown(text))).count(f"<{tag}>") == count


def test_docx_keeps_the_look():
    document = OfficialDocument(title="通知")
    document.add_markdown("**粗**，*斜*，~~删~~\n\n> 引\n\n---\n\n| **粗** |\n|---|\n| *斜*~~删~~ |")
    file = Document(io.BytesIO(document.to_bytes()))
    runs = file.paragraphs[0].runs
    assert [(run.text, run.font.bold, run.font.italic, run.font.strike) for run in runs] == [
        ("粗", True, None, None),
        ("，", None, None, None),
        ("斜", None, True, None),
        ("，", None, None, None),
        ("删", None, None, True),
    ]
    assert file.paragraphs[1]._p.pPr.find(qn("w:ind")).get(qn("w:leftChars")) == "200"
    assert file.paragraphs[2]._p.pPr.find(qn("w:pBdr")) is not None
    cells = [row.cells[0].paragraphs[0].runs for row in file.tables[0].rows]
    assert [(run.font.bold, run.font.italic, run.font.strike) for row in cells for run in row] == [
        (True, None, None),
        (None, True, None),
        (None, None, True),
    ]
