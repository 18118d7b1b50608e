import hashlib
import io
import shutil
import subprocess

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from django_tasks_db.models import DBTaskResult
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt

from inquiry.enums import DossierStatus, ExportFormat, ExportStatus, Naming
from inquiry.models import Dossier, DossierExport
from inquiry.selectors import annex_rows, exports_visible_to, publicly_presented, source_questions
from inquiry.services import export_making
from inquiry.services.clauses import save_clause
from inquiry.services.dossiers import add_to_dossier, create_dossier, edit_dossier, move_dossier
from inquiry.services.export_making import produce_export
from inquiry.services.exports import open_export, request_export, retry_export
from inquiry.services.refinements import refine_question
from portal.foundation.markdown import markdown_text
from portal.foundation.worker.interrupted_tasks import requeue_interrupted
from portal.org.enums import NotificationKind
from portal.org.models import Notification
from tests.factories.inquiry import ClusterFactory, DossierFactory, QuestionFactory
from tests.factories.org import OfficeFactory, UserFactory, department
from tests.queued_tasks import run_queued_tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst():
    return UserFactory(roles=["analyst"])


@pytest.fixture
def gathered(analyst):
    """A dossier with a named, an office-only and an anonymous question; the last one names a real person."""
    office = OfficeFactory(name="宁川市人民检察院", department=department("procuratorate"))
    prison = OfficeFactory(name="宁川监狱", department=department("prison"))
    questions = [
        QuestionFactory(
            asker=UserFactory(display_name="陆一鸣", office=office), naming=Naming.FULL, text="甲问"
        ),
        QuestionFactory(asker=UserFactory(display_name="祁素", office=prison), text="乙问"),
        QuestionFactory(
            asker=UserFactory(display_name="霍青", office=prison), naming=Naming.ANONYMOUS, text="老张怎么办"
        ),
    ]
    refine_question(question=questions[2], title="题", text="丙问（提炼）", names_real=True, actor=analyst)
    dossier = DossierFactory(
        title="财产性判项素材卷宗",
        grounds="**依据**会商纪要。",
        analysis="## 现状\n\n把握不一。\n\n### 监狱\n\n1. 甲\n2. 乙\n",
    )
    items = add_to_dossier(dossier=dossier, clusters=[ClusterFactory(questions=questions)], actor=analyst)
    save_clause(dossier=dossier, text="不认定确有悔改。", heading="认定", sources=items, actor=analyst)
    dossier.refresh_from_db()
    return dossier, questions


def export(dossier, actor, format=ExportFormat.DOCX, lang="zh-hans"):
    return request_export(dossier=dossier, format=format, actor=actor, lang=lang)


def opened(made):
    return Document(io.BytesIO(open_export(made).read()))


def test_export_is_kept_with_digest_and_the_questions_as_they_stood(gathered, analyst):
    dossier, questions = gathered
    made = export(dossier, analyst)
    data = open_export(made).read()
    assert (made.status, made.progress, made.size) == (ExportStatus.DONE, 100, len(data))
    assert made.sha256 == hashlib.sha256(data).hexdigest()
    assert made.dossier_revision == dossier.revision
    assert [row["number"] for row in made.questions] == [question.number for question in questions]
    edit_dossier(dossier=dossier, expected_revision=dossier.revision, title="改名", actor=analyst)
    refine_question(question=questions[1], title="题", text="后来", names_real=True, actor=analyst)
    made.refresh_from_db()
    assert [row["text"] for row in made.questions] == ["甲问", "乙问", "丙问（提炼）"]
    assert opened(made).paragraphs[0].text == "财产性判项素材卷宗"


@pytest.mark.parametrize("format", ExportFormat.values)
def test_file_names_the_compiling_office_and_what_it_was_finished_without(format, analyst):
    dossier = create_dossier(title="卷", target_title="意见", grounds="会商纪要。", actor=analyst)
    add_to_dossier(dossier=dossier, questions=[QuestionFactory()], actor=analyst)
    move_dossier(
        dossier=dossier, status=DossierStatus.FINISHED, incomplete_reason="起草组\n急需", actor=analyst
    )
    made = export(dossier, analyst, format)
    if format == ExportFormat.DOCX:
        lines = [paragraph.text for paragraph in opened(made).paragraphs]
    else:
        lines = [line.rstrip() for line in open_export(made).read().decode().split("\n")]
    assert lines.count(f"编制单位：{analyst.office}") == 1
    assert lines.count("定稿时缺少：问题分析、建议条款") == 1
    assert lines.count("理由：起草组 急需") == 1


@pytest.mark.parametrize("format", ExportFormat.values)
def test_grounds_have_one_name_on_the_page_and_in_the_file(client, gathered, analyst, format):
    dossier, _questions = gathered
    made = export(dossier, analyst, format)
    if format == ExportFormat.DOCX:
        lines = [paragraph.text for paragraph in opened(made).paragraphs]
    else:
        lines = open_export(made).read().decode().split("\n")
    assert [line.lstrip("# ") for line in lines if line.endswith("、依据")] == ["二、依据"]
    assert len([line for line in lines if line.startswith("依据：C-2026-")]) == 1
    client.force_login(analyst)
    page = client.get(dossier.get_absolute_url()).content.decode()
    assert page.count('<h2 class="card__title">依据</h2>') == 1
    assert "理由" not in page


def test_requester_is_notified(gathered, analyst):
    dossier, _questions = gathered
    Notification.objects.all().delete()
    export(dossier, analyst)
    told = Notification.objects.get()
    assert (told.recipient, told.kind, told.url) == (
        analyst,
        NotificationKind.EXPORT_READY,
        dossier.get_absolute_url(),
    )


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


def test_failure_is_kept_and_can_be_tried_again(gathered, analyst, monkeypatch, caplog):
    dossier, _questions = gathered

    def fail(content, progress):
        raise OSError("老张 disk full")

    monkeypatch.setitem(export_making.WRITERS, ExportFormat.DOCX, fail)
    with translation.override("en"):
        made = export(dossier, analyst)
    assert (made.status, made.file.name) == (ExportStatus.FAILED, "")
    assert len(made.error) > 10
    assert "老张" not in caplog.text
    monkeypatch.undo()
    assert retry_export(export=made, actor=analyst).status == ExportStatus.DONE
    with pytest.raises(ValidationError):
        retry_export(export=made, actor=analyst)


def test_finished_export_is_not_made_again(gathered, analyst):
    made = export(gathered[0], analyst)
    produce_export(made.pk)
    again = DossierExport.objects.get(pk=made.pk)
    assert (again.finished_at, again.file.name) == (made.finished_at, made.file.name)


def test_staff_export_finished_dossiers_only(gathered):
    dossier, _questions = gathered
    reader = UserFactory()
    with pytest.raises(PermissionDenied):
        export(dossier, reader)
    dossier.status, dossier.finished_on = DossierStatus.FINISHED, timezone.localdate()
    dossier.save()
    assert export(dossier, reader).status == ExportStatus.DONE


def test_unknown_format_is_refused(gathered, analyst):
    with pytest.raises(ValidationError):
        export(gathered[0], analyst, format="pdf")


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


def test_others_open_exports_of_the_present_state_only(gathered, analyst):
    dossier, _questions = gathered
    reader = UserFactory()
    draft = export(dossier, analyst)
    assert exports_visible_to(reader, dossier) == []
    dossier = move_dossier(
        dossier=dossier, status=DossierStatus.FINISHED, actor=analyst, incomplete_reason="先行移交"
    )
    final = export(dossier, reader)
    assert exports_visible_to(reader, dossier) == [final]
    assert exports_visible_to(analyst, dossier) == [final, draft]


def test_export_that_holds_a_marked_original_is_closed_to_others(gathered, analyst):
    dossier, questions = gathered
    reader = UserFactory()
    dossier = move_dossier(
        dossier=dossier, status=DossierStatus.FINISHED, actor=analyst, incomplete_reason="先行移交"
    )
    made = export(dossier, reader)
    assert exports_visible_to(reader, dossier) == [made]
    refine_question(question=questions[0], title="题", text="甲问（提炼）", names_real=True, actor=analyst)
    assert exports_visible_to(reader, dossier) == []
    assert exports_visible_to(analyst, dossier) == [made]


# Asked for twice ---------------------------------------------------------------------------------------------------


@pytest.fixture
def queued_tasks(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}


def test_export_under_way_is_not_made_twice(gathered, analyst, queued_tasks):
    request = {"dossier": gathered[0], "format": "docx", "actor": analyst}
    first = request_export(**request)
    assert request_export(**request) == first
    assert request_export(**request | {"format": "md"}) != first
    assert request_export(**request, lang="en") != first
    assert request_export(**request | {"actor": UserFactory(roles=["analyst"])}) != first
    assert DossierExport.objects.count() == 4
    assert DBTaskResult.objects.filter(task_path__endswith=".make_export").count() == 4
    run_queued_tasks()
    # It is done: the next one is another.
    assert request_export(**request) != first


def test_export_that_has_read_an_earlier_state_is_not_taken_for_this(gathered, analyst, queued_tasks):
    first = request_export(dossier=gathered[0], format="docx", actor=analyst)
    DossierExport.objects.update(status=ExportStatus.RUNNING)
    assert request_export(dossier=gathered[0], format="docx", actor=analyst) == first
    Dossier.objects.update(revision=F("revision") + 1)
    assert request_export(dossier=gathered[0], format="docx", actor=analyst) != first


def test_export_of_a_dead_worker_is_written_by_the_next(gathered, analyst, queued_tasks):
    export = request_export(dossier=gathered[0], format="md", actor=analyst)
    DossierExport.objects.update(status=ExportStatus.RUNNING)
    DBTaskResult.objects.update(status="RUNNING", worker_ids=["dead"])
    assert requeue_interrupted("another") == 0
    assert requeue_interrupted("dead") == 1
    run_queued_tasks()
    export.refresh_from_db()
    assert export.status == ExportStatus.DONE
