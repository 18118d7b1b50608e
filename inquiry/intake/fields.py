"""The columns of a sheet of questions, and the words of its choices."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from inquiry.enums import Naming, QuestionKind
from portal.foundation.sheets import Layout, SheetColumn

LAYOUT = Layout(
    (
        SheetColumn("kind", _("Kind"), ("类型", "问题类型", "kind", "type"), "类型 / Kind"),
        SheetColumn("title", _("Title"), ("标题", "题目", "title"), "标题 / Title"),
        SheetColumn(
            "text",
            _("Text"),
            ("内容", "问题", "问题内容", "提问内容", "text", "question"),
            "内容 / Text",
            required=True,
        ),
        SheetColumn("naming", _("Naming"), ("署名方式", "署名", "naming"), "署名方式 / Naming"),
        SheetColumn(
            "name",
            pgettext_lazy("of a person", "Name"),
            ("姓名", "提问人", "提出人", "name", "asker"),
            "姓名 / Name",
        ),
        SheetColumn(
            "office",
            _("Office"),
            ("单位", "提问单位", "所在单位", "office", "asker_office"),
            "单位 / Office",
        ),
        SheetColumn("department", _("Department"), ("部门", "系统", "department"), "部门 / Department"),
        SheetColumn(
            "date",
            _("Raised on"),
            ("提出日期", "日期", "提问日期", "date", "raised_on"),
            "提出日期 / Raised on",
        ),
        SheetColumn("session", _("Session"), ("培训期次", "期次", "session"), "培训期次 / Session"),
        SheetColumn("category", _("Category"), ("类别", "业务类别", "分类", "category"), "类别 / Category"),
        SheetColumn(
            "answer",
            _("Answer received"),
            ("已有答复", "答复", "回复", "答案", "answer"),
            "已有答复 / Answer",
        ),
    )
)
# The last column of returned rows; it is not read again.
ERROR_HEADING = "错误 / Error"
# What people write for a kind or a way of naming, beside its code.
KIND_NAMES = {
    QuestionKind.QUESTION: ("问题", "提问", "疑问", "question", "q"),
    QuestionKind.OPINION: ("意见", "看法", "opinion"),
    QuestionKind.SUGGESTION: ("建议", "suggestion"),
}
NAMING_NAMES = {
    Naming.FULL: ("姓名和单位", "姓名与单位", "实名", "署名", "full", "name and office"),
    Naming.OFFICE: ("仅单位", "只署单位", "单位", "office", "office only"),
    Naming.ANONYMOUS: ("匿名", "不署名", "anonymous"),
}


def folded(text: str) -> str:
    """Return text as it is compared: half width, lower case, without white space and stars."""
    plain = unicodedata.normalize("NFKC", text).lower().replace("*", "")
    return "".join(plain.split())


def choice_of(value: str, choices: Mapping[Any, tuple[str, ...]]) -> str | None:
    """Return the code of the choice that a cell names, in either language."""
    key = folded(value)
    return next(
        (str(code) for code, names in choices.items() if key == code or key in map(folded, names)), None
    )
