"""Sheets and files of questions, made for tests."""

from __future__ import annotations

import csv
import io

from openpyxl import Workbook

from inquiry.services.intake_files import import_intake_file, read_intake_file

HEAD = ["类型", "标题", "内容", "署名方式", "姓名", "单位", "提出日期"]
GOOD = ["问题", "外出审批", "外出三日以上由谁批准？", "仅单位", "", "宁川市司法局", "2026-04-17"]


def sheet(*rows, head=HEAD):
    book = Workbook()
    for row in (head, *rows):
        book.active.append(row)
    return saved(book)


def saved(book):
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def csv_file(*rows, head=HEAD, encoding="utf-8", delimiter=","):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter).writerows([head, *rows])
    return buffer.getvalue().encode(encoding)


def read(content, session=None):
    return read_intake_file(name="sheet", content=content, session=session)


def imported(content, session=None, actor=None):
    return import_intake_file(intake=read(content, session), actor=actor)


def row(**changes):
    fields = dict(zip(("kind", "title", "text", "naming", "name", "office", "date"), GOOD, strict=True))
    return list((fields | changes).values())


def errors(content):
    return [(each.row, each.field) for each in read(content).errors]
