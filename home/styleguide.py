"""Samples for the styleguide: every component in every state, on data of its own."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.foundation.charts import DayChart
from portal.org.models import Department
from search.page.charts import Bar, Chart
from search.page.narrowing import Chip


def _names(path: str, pattern: str) -> list[str]:
    """Return the names that a static file of ours defines, in their order, each once."""
    file = finders.find(path)
    if file is None:
        raise FileNotFoundError(path)
    text = Path(file).read_text(encoding="utf-8")
    return list(dict.fromkeys(re.findall(pattern, text, re.MULTILINE)))


STATES = ("signed", "signed", "differs", "awaited", "part")


class SampleForm(forms.Form):
    """Fields of every shape."""

    kind = forms.ChoiceField(
        label="类型",
        widget=forms.RadioSelect,
        choices=[("question", "问题"), ("opinion", "意见"), ("suggestion", "建议")],
        initial="question",
    )
    text = forms.CharField(
        label="内容",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="可直接写法条，例如“社区矫正法第27条”，会自动识别。",
    )
    activity = forms.ChoiceField(
        label="提出环节", required=False, choices=[("", "不限于某一环节"), ("1", "现场观摩·分组讨论")]
    )
    day = forms.DateField(label="日期", widget=forms.DateInput(attrs={"type": "date"}), required=False)
    sheet = forms.FileField(label="表格文件", required=False)
    agree = forms.BooleanField(label="问题涉及真实案件或者人员", required=False)


def _departments() -> list:
    departments = list(Department.objects.filter(is_active=True)[:5])
    return departments or [
        SimpleNamespace(code="sample", seal=seal, short_name=seal, short_name_en=seal)
        for seal in "法检看狱矫"
    ]


def _seals(departments: list) -> list[dict]:
    return [
        {"department": department, "state": state}
        for department, state in zip(departments, STATES, strict=False)
    ]


def _stations(departments: list) -> list[dict]:
    return [
        {
            "label": _("Session"),
            "number": "TT-2026-03",
            "url": "#chain",
            "state": "done",
            "meta": "第三期，检察机关轮值主办",
        },
        {
            "label": _("Question"),
            "number": "Q-2026-000123",
            "state": "done",
            "meta": "2026年4月17日",
            "current": True,
        },
        {"label": _("Refinement"), "state": "done", "meta": "4月21日 · 关联 2 条法条"},
        {
            "label": _("Cluster"),
            "number": "C-2026-0031",
            "url": "#chain",
            "state": "present",
            "meta": "与 6 个问题归并，来自 4 个部门",
            "seals": _seals(departments),
        },
        {"label": _("Dossier"), "state": "future"},
        {"label": _("Clause"), "state": "future"},
    ]


def _forms() -> dict:
    broken = SampleForm({"kind": "opinion", "text": ""})
    broken.add_error(None, "本期的提问时间已经截止。")
    return {"form": SampleForm(), "broken_form": broken}


def _lists(departments: list) -> dict:
    return {
        "tiles": [
            {"value": 2, "label": "等您处理", "url": "#stats"},
            {"value": 5, "label": "我提的问题", "url": "#stats"},
            {"value": 3, "label": "已有归并", "note": "其中 1 个今天更新"},
            {"value": 1, "label": "已逾期", "tone": "seal"},
        ],
        "facets": [{"title": "类型", "options": _facet_options(departments[0])}],
        "sorts": [
            {"label": "最新", "url": "#rows", "active": True},
            {"label": "关切最多", "url": "#rows", "active": False},
        ],
        "tabs": [
            {"label": "问题", "url": "#tabs", "active": True, "count": 63},
            {"label": "归并问题", "url": "#tabs", "active": False, "count": 19},
            {"label": "卷宗", "url": "#tabs", "active": False},
        ],
        "days": _day_chart(),
        "bars": [
            {"label": str(department.short_name), "value": value, "department": department}
            for department, value in zip(departments, (9, 14, 4, 6, 11), strict=False)
        ],
        "events": [
            {"at": dt.date(2026, 4, 21), "title": "提炼为规范表述", "text": "关联 2 条法条。"},
            {"at": dt.date(2026, 4, 17), "title": "在现场观摩·分组讨论中提出", "url": "#timeline"},
        ],
        "crumbs": [{"label": "第三期同堂培训", "url": "#breadcrumbs"}, {"label": "问题"}],
        "page_of": Paginator(range(240), 20).page(5),
    }


def _facet_options(department: Department) -> list[dict]:
    name = str(department.short_name)
    return [
        {"label": "全部", "count": 128, "url": "#facet", "active": True},
        {"label": "问题", "count": 63, "url": "#facet", "active": False},
        {"label": name, "count": 44, "url": "#facet", "active": False, "department": department},
    ]


def _day_chart() -> DayChart:
    figures = [(12, 3), (18, 2), (0, 0), (7, 7), (15, 4), (9, 0), (21, 5)]
    return DayChart(
        rows=[
            {"label": f"{day}日", "value": value, "part": part}
            for day, (value, part) in enumerate(figures, 1)
        ],
        caption="每日检索次数",
        day_label="日期",
        value_label="检索次数",
        part_label="没有结果",
        table_label="以表格查看数据",
    )


def _records(departments: list) -> dict[str, list[dict[str, Any]]]:
    meta = ["11 个问题，来自三个部门", "2026年2月"]
    tags = [{"label": pgettext("status", "Grouped"), "tone": "ok"}]
    rows: list[dict[str, Any]] = [
        {
            "kind": "法条",
            "title": "关于办理减刑、假释案件审查财产性判项执行问题的规定　第三条",
            "snippet": mark_safe("对罪犯<mark>履行能力</mark>的审查应当综合其财产、收入、狱内消费……"),
            "meta": meta,
        },
        {
            "kind": "归并问题",
            "number": "C-2026-0018",
            "title": "狱内消费与财产性判项履行情况不一致时，怎样认定“确有履行能力而不履行”？",
            "tags": tags,
            "seals": _seals(departments),
            "meta": meta,
            "tick": "1",
        },
        {
            "number": "Q-2026-000064",
            "title": "家属代缴罚金后，减刑幅度如何把握",
            "chain": _stations(departments),
            "department": departments[-1],
        },
    ]
    cards: list[dict[str, Any]] = [
        {
            "number": "TT-2026-04",
            "title": "财产性判项执行与减刑假释",
            "tags": tags,
            "text": "围绕财产性判项执行情况的审查、查询与移送，五部门共同研讨。",
            "meta": meta,
        },
        {"number": "TT-2026-03", "title": "社区矫正对象外出管理", "seals": _seals(departments)},
    ]
    return {
        "rows": [row | {"url": "#rows"} for row in rows],
        "cards": [card | {"url": "#rows"} for card in cards],
    }


def _searching(departments: list) -> dict:
    first = departments[0]
    months = (0, 3, 12, 40, 0, 7, 0, 0, 22, 1, 0, 0)
    return {
        "chips": [
            Chip("部门", str(first.short_name), "#search", department=first),
            Chip("年份", "2024–2026", "#search"),
            Chip("类型", "法条", "#search", excluded=True),
        ],
        "topic_options": [
            {"value": 1, "label": "外出审批", "checked": True},
            {"value": 2, "label": "脱管漏管", "checked": False},
        ],
        "charts": [
            Chart("按年份", _columns([str(year) for year in range(2021, 2027)], (4, 0, 9, 34, 97, 60), {4})),
            Chart("2026年各月", _columns([str(n) for n in range(1, 13)], months, set()), months=True),
            Chart("更早的年份", _columns(["2018", "2019", "2020"], (2, 1, 5), set()), folded=True),
        ],
    }


def _columns(labels: list[str], counts: tuple[int, ...], active: set[int]) -> list[Bar]:
    return [
        Bar(
            label=label,
            name=f"{label}：{count} 条",
            count=count,
            height=round(100 * count / max(counts)),
            url="#search" if count else "",
            active=index in active,
        )
        for index, (label, count) in enumerate(zip(labels, counts, strict=True))
    ]


def samples() -> dict:
    """Return the template context of /styleguide/."""
    departments = _departments()
    return {
        "tokens": _names("css/tokens.css", r"^  --([a-z0-9-]+): #"),
        "icons": _names("img/icons.svg", r'<symbol id="([a-z]+)"'),
        "departments": departments,
        "first": departments[0],
        "last": departments[-1],
        "states": ("signed", "part", "awaited", "differs"),
        "seals": _seals(departments),
        "stations": _stations(departments),
        "quoted": "有个对象半夜送到邻市抢救，家属第二天才打电话。要求经批准才能外出，事后补的手续算不算？",
        "source": ["现场观摩·分组讨论", "只署单位：临河县社区矫正中心", "2026年4月17日"],
        "reviewer": {"display_name": "严守密"},
        "reviewed": {"secrecy_reviewed_by": "严守密", "secrecy_reviewed_on": dt.date(2026, 4, 17)},
        **_searching(departments),
        **_forms(),
        **_lists(departments),
        **_records(departments),
    }
