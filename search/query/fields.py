"""`field:value` as people write it: which facet values a written one means."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q

from courses.models import TrainingSession
from norms.models import NormativeDocument
from portal.foundation.numbers import first_numbered, read_typed_number
from portal.org.models import Department, Topic
from search.documents.base import KINDS
from search.labels import STATUS_LABELS, status_values
from search.query.parsing import FieldValue, SearchQuery, Values, without_fields
from search.text.analysis import fold

KIND_NAMES = {
    "question": "问题 questions",
    "cluster": "归并问题 归并 聚类 clusters",
    "provision": "条文 法条 条款 法规 article articles provisions law",
    "case": "案例 典型案例 cases",
    "dossier": "卷宗 素材卷宗 dossiers",
    "session": "培训 期次 培训期次 sessions",
}
KIND_OF_NAME = {name: kind for kind, names in KIND_NAMES.items() for name in (kind, *names.split())}
YEAR = re.compile(r"(\d{4})年?(?:\s*(?:-|—|~|至|到|\.\.)\s*(\d{4})年?)?")
MONTH = re.compile(r"(\d{4})\s*[-年./]\s*(\d{1,2})月?")
# The facet says already that a session is meant, so its number may go without its series.
BARE_SESSION_NUMBER = re.compile(r"\d{4}[-\s]?\d{1,3}")
COLONS = re.compile(r"[:：]")
MAX_YEARS = 30


@dataclass(frozen=True, slots=True)
class ReadField:
    """One typed field with the codes it means; none where nothing is called so."""

    typed: FieldValue
    values: tuple[str, ...]

    @property
    def narrows(self) -> bool:
        return bool(self.values) and not self.typed.excluded


def named_fields(query: SearchQuery) -> tuple[ReadField, ...]:
    return tuple(ReadField(typed, values_named(typed.facet, typed.written)) for typed in query.parsed.fields)


def read_fields(query: SearchQuery, found: Sequence[ReadField] | None = None) -> SearchQuery:
    """The query with its typed fields as filters; what no record has becomes a word to look for, and is told.

    `found` are its `named_fields` where they have been read already.
    """
    if not query.parsed.fields:
        return query
    filters = {facet: list(values) for facet, values in query.filters}
    without = {facet: list(values) for facet, values in query.without}
    unknown: list[FieldValue] = []
    words = [without_fields(query.text)]
    for field in named_fields(query) if found is None else found:
        typed = field.typed
        if field.values:
            (without if typed.excluded else filters).setdefault(typed.facet, []).extend(field.values)
        else:
            unknown.append(typed)
            words.append(_as_words(typed))
    return replace(
        query,
        text=" ".join(word for word in words if word),
        filters=_values(filters),
        without=_values(without),
        unknown=tuple(unknown),
    )


def _as_words(typed: FieldValue) -> str:
    """Colons go, or the words would be read as a field once more."""
    words = COLONS.sub(" ", typed.written)
    if not typed.excluded:
        return words
    return f'-"{words}"' if " " in words else f"-{words}"


def values_named(facet: str, written: str) -> tuple[str, ...]:
    """Codes of the facet's values that are called so, in either language or by code; none where nothing is."""
    return _NAMED[facet](fold(written).strip())


def _values(found: dict[str, list[str]]) -> Values:
    return tuple((facet, tuple(dict.fromkeys(values))) for facet, values in found.items())


def _kinds(written: str) -> tuple[str, ...]:
    kind = KIND_OF_NAME.get(written, "")
    return (kind,) if kind in KINDS else ()


def _departments(written: str) -> tuple[str, ...]:
    named = Q(code__iexact=written) | Q(seal=written)
    for field in ("name", "name_en", "short_name", "short_name_en"):
        named |= Q(**{f"{field}__iexact": written})
    return tuple(Department.objects.filter(named).values_list("code", flat=True))


def _sessions(written: str) -> tuple[str, ...]:
    typed = f"TT-{written}" if BARE_SESSION_NUMBER.fullmatch(written) else written
    numbers = read_typed_number(typed, widths={"TT": 2})
    if len(numbers) < 2:
        return numbers
    session = first_numbered(TrainingSession.objects.all(), numbers)
    return (session.number,) if session else numbers[-1:]


def _years(written: str) -> tuple[str, ...]:
    found = YEAR.fullmatch(written)
    if not found:
        return ()
    first, last = sorted((int(found[1]), int(found[2] or found[1])))
    return tuple(str(year) for year in range(first, min(last, first + MAX_YEARS) + 1))


def _months(written: str) -> tuple[str, ...]:
    found = MONTH.fullmatch(written)
    return (f"{found[1]}-{int(found[2]):02}",) if found and 1 <= int(found[2]) <= 12 else ()


def _topics(written: str) -> tuple[str, ...]:
    named = Q(name__iexact=written) | Q(name_en__iexact=written) | Q(slug=written)
    topics = Topic.objects.filter(named).select_related("merged_into")
    return tuple((topic.merged_into or topic).slug for topic in topics)


def _documents(written: str) -> tuple[str, ...]:
    named = (
        NormativeDocument.objects.named(written) | NormativeDocument.objects.filter(slug=written).distinct()
    )
    return tuple(named.values_list("slug", flat=True))


def _statuses(written: str) -> tuple[str, ...]:
    labelled = [
        f"{kind}.{value}"
        for kind, labels in STATUS_LABELS.items()
        for value, label in labels.items()
        if fold(str(label)) == written
    ]
    return tuple(dict.fromkeys((*(_known_statuses(written)), *labelled)))


def _known_statuses(written: str) -> tuple[str, ...]:
    return tuple(
        value
        for value in status_values(written)
        if value.partition(".")[2] in STATUS_LABELS.get(value.partition(".")[0], {})
    )


_NAMED: dict[str, Callable[[str], tuple[str, ...]]] = {
    "kind": _kinds,
    "department": _departments,
    "session": _sessions,
    "year": _years,
    "month": _months,
    "topic": _topics,
    "document": _documents,
    "status": _statuses,
}
