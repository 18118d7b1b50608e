"""The table of opinions and the signing sheet, as files."""

from __future__ import annotations

import io

import pytest
from django.utils import timezone, translation
from docx import Document
from openpyxl import load_workbook

from deliberation.digests import printed_digest
from deliberation.enums import Stance
from deliberation.exporting.opinions import opinions_docx, opinions_xlsx
from deliberation.exporting.signing_sheet import signing_sheet_docx
from deliberation.passages import Passage
from deliberation.services.consultations import answer_position
from deliberation.services.deputations import give_deputation
from deliberation.services.matters import AttendeeEntry
from deliberation.services.remarks import add_remark, carry_remark
from deliberation.services.signing import open_signing
from portal.foundation.dates import day
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db


def words_of(content: bytes) -> tuple[str, list[list[str]]]:
    """Return the paragraphs of a DOCX in one text, and the cells of its only table."""
    document = Document(io.BytesIO(content))
    (table,) = document.tables
    cells = [[cell.text for cell in row.cells] for row in table.rows]
    return "\n".join(paragraph.text for paragraph in document.paragraphs), cells


@pytest.fixture
def consultation(table):
    matter = table.open()
    consultation = table.consult(matter, silence_agrees=True)
    matter.refresh_from_db()
    table.say(consultation, 0, Stance.RESERVE, reasons="时间偏紧")
    table.say(consultation, 0)
    position = table.say(consultation, 1, Stance.AGREE_WITH_CHANGES, changes="=十日改为七日")
    answer_position(position=position, adoption="in_part", reason="改为八日", actor=table.host)
    table.say(consultation, 2, Stance.DIFFER, reasons="第二条无依据")
    remark = add_remark(
        version=matter.current, passage=Passage("十日内函复"), text="期限过长", actor=table.signatories[1]
    )
    carry_remark(remark=remark, reason="下次修订", actor=table.host)
    return consultation


def expected_rows(table):
    first, second, third = (office.name for office in table.offices)
    return [
        ["1", first, "全文", "同意但有保留", "时间偏紧", "已由后来的立场取代", ""],
        ["2", first, "全文", "同意", "同意", "", ""],
        ["3", second, "全文", "修改后同意", "=十日改为七日", "部分采纳", "改为八日"],
        ["4", second, "十日内函复", "", "期限过长", "留待后续", "下次修订"],
        ["5", third, "全文", "不同意", "第二条无依据", "尚未答复", ""],
    ]


HEADER = ["序号", "单位", "段落", "立场", "意见", "采纳情况", "理由"]


def test_table_of_opinions_says_what_became_of_each(table, consultation):
    text, cells = words_of(opinions_docx(consultation))
    assert cells == [HEADER, *expected_rows(table)]
    version = consultation.version
    for line in (
        "意见采纳情况表",
        version.matter.number,
        printed_digest(version.digest),
        day(consultation.due_on),
        "逾期未复",
    ):
        assert line in text


def test_table_of_opinions_stands_on_turned_pages_alone(consultation):
    (page,) = Document(io.BytesIO(opinions_docx(consultation))).sections
    assert page.page_width > page.page_height


def test_table_of_opinions_as_a_sheet_has_the_same_rows(table, consultation):
    sheet = load_workbook(io.BytesIO(opinions_xlsx(consultation))).active
    rows = [["" if value is None else value for value in row] for row in sheet.values]
    assert rows == [HEADER, *expected_rows(table)]
    assert sheet["E4"].data_type == "s"


def test_table_of_opinions_is_there_in_english(consultation):
    with translation.override("en"):
        _text, cells = words_of(opinions_docx(consultation))
    assert cells[0] == ["No.", "Office", "Passage", "Position", "Opinion", "What became of it", "Reason"]
    assert cells[3][5] == "Adopted in part"


def test_signing_sheet_lists_positions_signers_capacities_and_days(table):
    matter = table.open("minutes", title="会商纪要", attendees=[AttendeeEntry("陆一鸣", "法院")])
    consultation = table.consult(matter)
    table.say(consultation, 0)
    table.say(consultation, 1, Stance.RESERVE, reasons="对第三条保留")
    table.say(consultation, 2, Stance.NOT_CONCERNED)
    matter.refresh_from_db()
    open_signing(matter=matter, version=matter.current, actor=table.host)
    matter.refresh_from_db()
    table.sign(matter, 0, capacity="副院长")
    today = timezone.localdate()
    deputy = UserFactory(office=table.offices[1])
    deputation = give_deputation(deputy=deputy, since=today, until=today, actor=table.signatories[1])
    text, cells = words_of(signing_sheet_docx(matter))
    assert "尚未确定" in text
    table.sign(matter, 1, actor=deputy, deputation=deputation)
    matter.refresh_from_db()
    text, cells = words_of(signing_sheet_docx(matter))
    first, second, third = (office.name for office in table.offices)
    assert cells == [
        ["单位", "立场", "签署人", "签署日期"],
        [first, "同意", f"{table.signatories[0]}（副院长）", day(today)],
        [second, "同意但有保留", f"{deputy}（代{table.signatories[1]}）", day(today)],
        [third, "与本单位无关", "无需会签", ""],
    ]
    for line in (
        matter.number,
        printed_digest(matter.digest),
        f"{second}的保留意见：对第三条保留",
        "出席：陆一鸣（法院）",
    ):
        assert line in text
