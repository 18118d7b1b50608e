"""What an exported file looks like and says: type, page, annex, tables, and the same in Markdown."""

from __future__ import annotations

import io
import shutil
import subprocess

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt

from inquiry.enums import ExportFormat, ExportStatus
from inquiry.selectors import annex_rows, publicly_presented, source_questions
from inquiry.services import export_making
from inquiry.services.clauses import save_clause
from inquiry.services.dossiers import add_to_dossier
from inquiry.services.exports import open_export
from portal.foundation.markdown import markdown_text
from tests.factories.inquiry import DossierFactory, QuestionFactory
from tests.factories.org import UserFactory
from tests.inquiry.exported import export, opened

pytestmark = pytest.mark.django_db
CLAUSE = """## 1.5倍刑期的计算

### 3.5年以上

#### 2026.4.17会议

审查标准如下：

| 情形 | 标准 |
|---|---|
| 已缴清 | 视为履行 |
| 未缴 | 从严 |

其余从其规定。参见[说明](http://a.example/x)。罪犯张**、李**除外。
"""


@pytest.fixture
def analyst():
    return UserFactory(roles=["analyst"])


def test_annex_lies_on_a_turned_page(gathered, analyst):
    sections = opened(export(gathered[0], analyst)).sections
    assert [section.orientation for section in sections] == [
        WD_ORIENT.PORTRAIT,
        WD_ORIENT.LANDSCAPE,
        WD_ORIENT.PORTRAIT,
    ]


def fonts(paragraph):
    return {run._r.rPr.rFonts.get(qn("w:eastAsia")) for run in paragraph.runs}


def test_title_body_and_headings_have_their_type(gathered, analyst):
    paragraphs = {each.text: each for each in opened(export(gathered[0], analyst)).paragraphs}
    title = paragraphs["财产性判项素材卷宗"]
    assert (fonts(title), title.runs[0].font.size) == ({"方正小标宋简体"}, Pt(22))
    part = next(each for text, each in paragraphs.items() if text.startswith("二、"))
    assert (fonts(part), part.runs[0].font.size) == ({"黑体"}, Pt(16))
    assert fonts(paragraphs["（一）现状"]) == {"楷体"}
    assert fonts(paragraphs["1. 监狱"]) == {"仿宋"}
    assert "附件：1. 来源问题一览表" in paragraphs
    body = paragraphs["把握不一。"]
    assert (fonts(body), body.runs[0].font.size) == ({"仿宋"}, Pt(16))


def test_annex_lists_every_question_as_named(gathered, analyst):
    dossier, questions = gathered
    with translation.override("en"):
        annex, counts = opened(export(dossier, analyst, lang="en")).tables
    rows = [[cell.text for cell in row.cells] for row in annex.rows]
    day = timezone.localdate().isoformat()
    sessions = [question.session.number for question in questions]
    assert rows[1:] == [
        ["1", questions[0].number, "甲问", "陆一鸣", "宁川市人民检察院", sessions[0], day],
        ["2", questions[1].number, "乙问", "Office only", "宁川监狱", sessions[1], day],
        [
            "3",
            questions[2].number,
            "[Restated] 丙问（提炼）",
            "Anonymous",
            "Prison administration",
            sessions[2],
            day,
        ],
    ]
    assert annex.rows[0]._tr.find(qn("w:trPr")).find(qn("w:tblHeader")) is not None
    assert [[cell.text for cell in row.cells] for row in counts.rows][1:] == [
        ["People's procuratorates", "1"],
        ["Prison administration", "2"],
        ["Total", "3"],
    ]


def test_annex_names_askers_without_a_query_of_its_own(gathered):
    dossier, _questions = gathered
    shown = publicly_presented(source_questions(dossier))
    assert [(row.naming, row.office) for row in annex_rows(dossier)] == [
        (question.asker_name or question.naming_label, question.office_label) for question in shown
    ]
    assert [question.asker_name for question in shown] == ["陆一鸣", "", ""]
    with CaptureQueriesContext(connection) as queries:
        annex_rows(dossier)
    assert sum("inquiry_askeridentity" in query["sql"] for query in queries) == 1


def test_annex_fits_between_the_margins(gathered, analyst):
    document = opened(export(gathered[0], analyst))
    page = document.sections[1]
    room = Emu(page.page_width - page.left_margin - page.right_margin)
    widths = [int(column.get(qn("w:w"))) for column in document.tables[0]._tbl.tblGrid]
    assert 0 <= room.pt * 20 - sum(widths) < Mm(5).pt * 20


def test_clause_keeps_its_items_and_tables(analyst):
    dossier = DossierFactory(title="卷")
    text = "1. 甲\n2. 乙\n\n| 列 | 数 |\n|---|---|\n| 丙 | 1 |"
    save_clause(dossier=dossier, text=text, actor=analyst)
    document = opened(export(dossier, analyst))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert "第一条　（一）甲" in texts
    assert "（二）乙" in texts
    assert [cell.text for cell in document.tables[0].rows[1].cells] == ["丙", "1"]
    lines = open_export(export(dossier, analyst, ExportFormat.MARKDOWN)).read().decode().splitlines()
    assert "**第一条**　（一）甲" in lines
    assert "| 丙 | 1 |" in lines


def test_each_text_of_a_dossier_is_read_alike(client, analyst):
    dossier = DossierFactory(title="卷", grounds=CLAUSE, analysis=CLAUSE)
    save_clause(dossier=dossier, text=CLAUSE, rationale=CLAUSE, actor=analyst)
    document = opened(export(dossier, analyst))
    paragraphs = [paragraph.text for paragraph in document.paragraphs]
    # Grounds, analysis, clause and rationale: four of each, in every format.
    texts = (
        "1.5倍刑期的计算",
        "3.5年以上",
        "2026.4.17会议",
        "说明（http://a.example/x）",
        "罪犯张**、李**除外。",
    )
    for text in texts:
        assert len([paragraph for paragraph in paragraphs if text in paragraph]) == 4
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables[:4]]
    assert tables == [[["情形", "标准"], ["已缴清", "视为履行"], ["未缴", "从严"]]] * 4
    written = open_export(export(dossier, analyst, ExportFormat.MARKDOWN)).read().decode()
    for text in (
        "1.5倍刑期的计算",
        "3.5年以上",
        "2026.4.17会议",
        "[说明](http://a.example/x)",
        "| 已缴清 | 视为履行 |",
    ):
        assert written.count(text) == 4
    assert markdown_text(written).count("罪犯张**、李**除外。") == 4
    client.force_login(analyst)
    page = client.get(dossier.get_absolute_url()).content.decode()
    assert page.count("<td>视为履行</td>") == 4


def test_markdown_says_the_same(gathered, analyst):
    dossier, questions = gathered
    text = open_export(export(dossier, analyst, ExportFormat.MARKDOWN, lang="en")).read().decode()
    lines = text.splitlines()
    assert lines[0] == "# 财产性判项素材卷宗"
    assert "### （一）现状" in lines
    assert "**第一条**（认定）　不认定确有悔改。" in lines
    day = timezone.localdate().isoformat()
    assert (
        f"| 1 | {questions[0].number} | 甲问 | 陆一鸣 | 宁川市人民检察院 | {questions[0].session.number} | {day} |"
        in lines
    )
    assert "老张" not in text


def test_hostile_text_breaks_neither_format(analyst):
    text = "表格|竖线\x02\x0b <script>alert(1)</script>\n# 标题 ]]> &amp;"
    question = QuestionFactory(text=text)
    dossier = DossierFactory(title="卷<b>&\x01", analysis=text)
    add_to_dossier(dossier=dossier, questions=[question], actor=analyst)
    made = export(dossier, analyst)
    assert made.status == ExportStatus.DONE
    cell = opened(made).tables[0].rows[1].cells[2].text
    assert cell == "表格|竖线 <script>alert(1)</script>\n# 标题 ]]> &amp;"
    written = open_export(export(dossier, analyst, ExportFormat.MARKDOWN)).read().decode()
    assert "<script>" not in written.replace("\\<script\\>", "")


def test_large_annex_is_written_in_seconds(analyst):
    dossier = DossierFactory()
    questions = [QuestionFactory(asker=None, session=None, text="长问" * 100) for _ in range(120)]
    add_to_dossier(dossier=dossier, questions=questions, actor=analyst)
    seen = []
    document = export_making.write_docx(export_making.dossier_content(dossier), seen.append)
    assert len(Document(io.BytesIO(document)).tables[0].rows) == 121
    assert seen == sorted(seen) == [30, 55, 80, 90]


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice: install it (soffice) to run this")
@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext: install poppler-utils to run this")
def test_word_processor_opens_the_file_and_finds_the_question(gathered, analyst, tmp_path):
    dossier, questions = gathered
    made = export(dossier, analyst)
    source = tmp_path / made.filename
    source.write_bytes(open_export(made).read())
    subprocess.run(
        [
            "soffice",
            "--headless",
            f"-env:UserInstallation=file://{tmp_path}/office",
            "--convert-to",
            "pdf",
            *("--outdir", str(tmp_path), str(source)),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    pdf = source.with_suffix(".pdf")
    text = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True
    ).stdout.decode()
    assert [question.number in text for question in questions] == [True, True, True]
