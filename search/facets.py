"""The facets by which results are narrowed: one entry for each, from which everything else about a facet is derived."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from courses.models import TrainingSession
from norms.models import NormativeDocument
from portal.foundation import dates
from portal.foundation.models import in_language
from portal.foundation.numbers import first_numbered, read_typed_number
from portal.org.models import Department, Topic
from search.kinds import DOCUMENT_KINDS, RECORD_KINDS, kind_label, status_label
from search.text.analysis import fold

# 2024, 2024年, 2024-2026, 2024年至2026年
YEAR = re.compile(r"(\d{4})年?(?:\s*(?:-|—|~|至|到|\.\.)\s*(\d{4})年?)?")
# 2026-04, 2026年4月, 2026/4
MONTH = re.compile(r"(\d{4})\s*[-年./]\s*(\d{1,2})月?")
# 2026-3: a session's number without its series
BARE_SESSION_NUMBER = re.compile(r"\d{4}[-\s]?\d{1,3}")
# A typed range of years is cut here: an address can hold no more filters.
MAX_YEARS = 30

Departments = Mapping[str, Department]


@dataclass(frozen=True, slots=True)
class Label:
    """A facet value in the reader's language; that of a department is shown with its seal."""

    text: str
    department: Department | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One facet: a field of every search document whose values are codes.

    `aliases` are its names before a colon, in either language. `read` returns the codes that a written
    value means (from folded text; no code for an unknown value). `label` returns labels by code, with one query at
    most; a value without a label is its own. Values of a guarded facet have names that not everybody may read: one that
    was written into the address keeps its code. A drawn facet is shown as a chart over time, not as a list.
    """

    name: str
    title: str | Promise
    aliases: tuple[str, ...]
    read: Callable[[str], tuple[str, ...]]
    label: Callable[[list[str], Departments], dict[str, Label]] = lambda values, departments: {}
    is_guarded: bool = False
    is_drawn: bool = False


def departments_by_code() -> dict[str, Department]:
    return {department.code: department for department in Department.objects.all()}


def labels_of(name: str, values: Iterable[str], departments: Departments) -> dict[str, Label]:
    """Return the label of each value of the facet `name`; one query at most."""
    codes = list(values)
    labels = FACETS[name].label(codes, departments) if codes else {}
    return {code: labels.get(code, Label(code)) for code in codes}


def codes_named(name: str, written: str) -> tuple[str, ...]:
    """Return the codes of the facet's values with this name, in either language, or with this code."""
    return FACETS[name].read(fold(written).strip())


# Kinds


def _read_kind(written: str) -> tuple[str, ...]:
    return tuple(code for code, kind in DOCUMENT_KINDS.items() if written in (code, *kind.aliases))


def _label_kinds(codes: list[str], departments: Departments) -> dict[str, Label]:
    return {code: Label(kind_label(code)) for code in codes}


# Departments


def _read_department(written: str) -> tuple[str, ...]:
    is_named = Q(code__iexact=written) | Q(seal=written)
    for field in ("name", "name_en", "short_name", "short_name_en"):
        is_named |= Q(**{f"{field}__iexact": written})
    return tuple(Department.objects.filter(is_named).values_list("code", flat=True))


def _label_departments(codes: list[str], departments: Departments) -> dict[str, Label]:
    return {
        code: Label(departments[code].short_name_here, departments[code])
        for code in codes
        if code in departments
    }


# Sessions


def _read_session(written: str) -> tuple[str, ...]:
    kind = RECORD_KINDS["session"]
    typed = f"{kind.number_series}-{written}" if BARE_SESSION_NUMBER.fullmatch(written) else written
    numbers = read_typed_number(typed, widths={kind.number_series: kind.number_width})
    if len(numbers) < 2:
        return numbers
    # Of sessions that everybody may see: else the number that comes of it would tell that one is being planned.
    session = first_numbered(TrainingSession.objects.announced(), numbers)
    return (session.number,) if session else numbers[-1:]


def _label_sessions(numbers: list[str], departments: Departments) -> dict[str, Label]:
    sessions = TrainingSession.objects.filter(number__in=numbers)
    return {session.number: Label(session.theme_here) for session in sessions}


# Time


def _read_years(written: str) -> tuple[str, ...]:
    match = YEAR.fullmatch(written)
    if not match:
        return ()
    first, last = sorted((int(match[1]), int(match[2] or match[1])))
    return tuple(str(year) for year in range(first, min(last, first + MAX_YEARS) + 1))


def _read_month(written: str) -> tuple[str, ...]:
    match = MONTH.fullmatch(written)
    return (f"{match[1]}-{int(match[2]):02}",) if match and 1 <= int(match[2]) <= 12 else ()


def _label_months(months: list[str], departments: Departments) -> dict[str, Label]:
    return {month: Label(dates.month(day)) for month in months if (day := first_day_of(month))}


def first_day_of(month: str) -> dt.date | None:
    """Return the first day of a month such as `2026-04`; None for what an address may hold instead."""
    try:
        return dt.date.fromisoformat(f"{month}-01")
    except ValueError:
        return None


# Topics


def _read_topics(written: str) -> tuple[str, ...]:
    is_named = Q(name__iexact=written) | Q(name_en__iexact=written) | Q(slug=written)
    topics = Topic.objects.filter(is_named).select_related("merged_into")
    return tuple((topic.merged_into or topic).slug for topic in topics)


def _label_topics(slugs: list[str], departments: Departments) -> dict[str, Label]:
    return {topic.slug: Label(str(topic)) for topic in Topic.objects.filter(slug__in=slugs)}


# Status


def status_codes(written: str) -> tuple[str, ...]:
    """Return `refined` and `question.refined` alike as facet values."""
    if "." in written:
        return (written,)
    return tuple(f"{name}.{written}" for name, kind in DOCUMENT_KINDS.items() if written in kind.statuses)


def _read_statuses(written: str) -> tuple[str, ...]:
    by_code = [value for value in status_codes(written) if _is_status(value)]
    by_label = [
        f"{name}.{code}"
        for name, kind in DOCUMENT_KINDS.items()
        for code, status in kind.statuses.items()
        if fold(str(status.label)) == written
    ]
    return tuple(dict.fromkeys((*by_code, *by_label)))


def _is_status(value: str) -> bool:
    name, _dot, code = value.partition(".")
    return name in DOCUMENT_KINDS and code in DOCUMENT_KINDS[name].statuses


def _label_statuses(values: list[str], departments: Departments) -> dict[str, Label]:
    """Return labels with the kind before them: a question and a dossier are not `open` in the same way."""
    return {
        value: Label(
            gettext("%(kind)s: %(status)s")
            % {"kind": kind_label(value.partition(".")[0]), "status": status_label(value)}
        )
        for value in values
    }


# Normative documents


def _read_documents(written: str) -> tuple[str, ...]:
    documents = (
        NormativeDocument.objects.with_name(written)
        | NormativeDocument.objects.filter(slug=written).distinct()
    )
    return tuple(documents.values_list("slug", flat=True))


def _label_documents(slugs: list[str], departments: Departments) -> dict[str, Label]:
    documents = NormativeDocument.objects.filter(slug__in=slugs)
    return {document.slug: Label(in_language(document, "title")) for document in documents}


_FACETS = (
    Facet(
        name="kind",
        title=pgettext_lazy("facet", "Kind"),
        aliases=("类型", "种类", "类别", "kind", "type"),
        read=_read_kind,
        label=_label_kinds,
    ),
    Facet(
        name="department",
        title=gettext_lazy("Department"),
        aliases=("部门", "department", "dept"),
        read=_read_department,
        label=_label_departments,
    ),
    Facet(
        name="session",
        title=gettext_lazy("Session"),
        aliases=("期次", "培训", "培训期次", "session"),
        read=_read_session,
        label=_label_sessions,
        is_guarded=True,
    ),
    Facet(
        name="year",
        title=gettext_lazy("Year"),
        aliases=("年", "年份", "年度", "year"),
        read=_read_years,
        is_drawn=True,
    ),
    Facet(
        name="month",
        title=gettext_lazy("Month"),
        aliases=("月", "月份", "month"),
        read=_read_month,
        label=_label_months,
        is_drawn=True,
    ),
    Facet(
        name="topic",
        title=gettext_lazy("Topic"),
        aliases=("主题", "topic"),
        read=_read_topics,
        label=_label_topics,
    ),
    Facet(
        name="status",
        title=gettext_lazy("Status"),
        aliases=("状态", "status"),
        read=_read_statuses,
        label=_label_statuses,
    ),
    Facet(
        name="document",
        title=gettext_lazy("Normative document"),
        aliases=("文件", "法规", "规范性文件", "document", "law"),
        read=_read_documents,
        label=_label_documents,
    ),
)

# By name, in the order in which the page lists them.
FACETS: Mapping[str, Facet] = {facet.name: facet for facet in _FACETS}
FACET_NAMES: tuple[str, ...] = tuple(FACETS)
LISTED_FACETS = tuple(facet.name for facet in _FACETS if not facet.is_drawn)
GUARDED_FACETS = frozenset(facet.name for facet in _FACETS if facet.is_guarded)
# Names of a facet before a colon, in lower case.
FACET_BY_ALIAS: Mapping[str, Facet] = {alias: facet for facet in _FACETS for alias in facet.aliases}
