"""The sheet to fill in: headings, lists to choose from, notes."""

from __future__ import annotations

import io

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from inquiry.intake.fields import LAYOUT
from portal.foundation.sheets import write_csv

WIDTHS = {"text": 60, "answer": 40, "title": 30, "office": 30}
CHOICES = {"kind": "问题,意见,建议", "naming": "姓名和单位,仅单位,匿名"}
NOTES = (
    (
        "类型 / Kind",
        "问题、意见或建议，空白按“问题”处理。Question, opinion or suggestion; empty means question.",
    ),
    ("内容 / Text", "必填，原样保存，不会改动。Required; kept word for word."),
    (
        "署名方式 / Naming",
        "姓名和单位、仅单位或匿名，空白按“仅单位”处理。Full, office or anonymous; empty means office.",
    ),
    ("单位 / Office", "未登记的单位按原文保存，不会退回。An unknown office is kept as written."),
    (
        "提出日期 / Raised on",
        "如 2026-04-17 或 2026年4月17日；空白按本期最后一天。Empty means the session's last day.",
    ),
    (
        "培训期次 / Session",
        "如 TT-2026-03；导入时已选定期次的可以空白。Empty where a session is chosen at import.",
    ),
    (
        "重复 / Twice",
        "已导入的内容再次上传会自动跳过，改好的表可以直接重传。Rows that are there already are skipped; send a corrected sheet again.",
    ),
)


def template_csv() -> bytes:
    """Return the headings alone."""
    return write_csv([column.title for column in LAYOUT.columns], [])


def template_xlsx() -> bytes:
    """Return headings with lists to choose from, and a second sheet that explains them."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "问题 Questions"
    for position, column in enumerate(LAYOUT.columns, start=1):
        cell = sheet.cell(1, position, column.title)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E4EFF0")
        letter = get_column_letter(position)
        sheet.column_dimensions[letter].width = WIDTHS.get(column.field, 18)
        if column.field in CHOICES:
            choices = DataValidation(type="list", formula1=f'"{CHOICES[column.field]}"', allow_blank=True)
            choices.add(f"{letter}2:{letter}2000")
            sheet.add_data_validation(choices)
    sheet.freeze_panes = "A2"
    _explain(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _explain(book: Workbook) -> None:
    notes = book.create_sheet("说明 Notes")
    notes.column_dimensions["A"].width, notes.column_dimensions["B"].width = 24, 90
    for row, (heading, text) in enumerate(NOTES, start=1):
        notes.cell(row, 1, heading).font = Font(bold=True)
        notes.cell(row, 2, text).alignment = Alignment(wrap_text=True, vertical="top")
