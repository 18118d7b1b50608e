"""The columns of an intake sheet: what each means and under which names it is recognised."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from inquiry.enums import Naming, QuestionKind


@dataclass(frozen=True)
class Column:
    """A column; `heading` is what templates write, `names` are other headings that mean the same."""

    field: str
    label: str | Promise
    heading: str
    names: tuple[str, ...] = ()


COLUMNS = (
    Column("kind", _("Kind"), "类型 / Kind", ("类型", "问题类型", "kind", "type")),
    Column("title", _("Title"), "标题 / Title", ("标题", "题目", "title")),
    Column("text", _("Text"), "内容 / Text", ("内容", "问题", "问题内容", "提问内容", "text", "question")),
    Column("naming", _("Naming"), "署名方式 / Naming", ("署名方式", "署名", "naming")),
    Column(
        "name",
        pgettext_lazy("of a person", "Name"),
        "姓名 / Name",
        ("姓名", "提问人", "提出人", "name", "asker"),
    ),
    Column(
        "office", _("Office"), "单位 / Office", ("单位", "提问单位", "所在单位", "office", "asker_office")
    ),
    Column("department", _("Department"), "部门 / Department", ("部门", "系统", "department")),
    Column(
        "date", _("Raised on"), "提出日期 / Raised on", ("提出日期", "日期", "提问日期", "date", "raised_on")
    ),
    Column("session", _("Session"), "培训期次 / Session", ("培训期次", "期次", "session")),
    Column("category", _("Category"), "类别 / Category", ("类别", "业务类别", "分类", "category")),
    Column(
        "answer", _("Answer received"), "已有答复 / Answer", ("已有答复", "答复", "回复", "答案", "answer")
    ),
)
ERROR_HEADING = "错误 / Error"
FIELDS = {column.field: column for column in COLUMNS}
KINDS = {
    QuestionKind.QUESTION: ("问题", "提问", "疑问", "question", "q"),
    QuestionKind.OPINION: ("意见", "看法", "opinion"),
    QuestionKind.SUGGESTION: ("建议", "suggestion"),
}
NAMINGS = {
    Naming.FULL: ("姓名和单位", "姓名与单位", "实名", "署名", "full", "name and office"),
    Naming.OFFICE: ("仅单位", "只署单位", "单位", "office", "office only"),
    Naming.ANONYMOUS: ("匿名", "不署名", "anonymous"),
}


def folded(text: str) -> str:
    """Half width, lower case, without white space or the stars of required columns."""
    plain = unicodedata.normalize("NFKC", text).lower().replace("*", "")
    return "".join(plain.split())


_BY_NAME = {folded(name): column.field for column in COLUMNS for name in (column.heading, *column.names)}


def field_of(heading: str) -> str | None:
    """The field that a heading means; a bilingual one is known by either half."""
    key = folded(heading)
    return _BY_NAME.get(key) or next((_BY_NAME[half] for half in key.split("/") if half in _BY_NAME), None)


def choice_of(value: str, choices: dict) -> str | None:
    key = folded(value)
    return next(
        (str(code) for code, names in choices.items() if key == code or key in map(folded, names)), None
    )
