"""Facets and their values in words of the reader's language."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from courses.enums import SessionStatus
from courses.models import TrainingSession
from inquiry.enums import ClusterStatus, DossierStatus, QuestionStatus
from norms.enums import DocumentStatus
from norms.models import NormativeDocument
from portal.foundation import dates
from portal.foundation.models import in_language
from portal.org.models import Department, Topic

FACET_TITLES = {
    "kind": pgettext_lazy("facet", "Kind"),
    "department": gettext_lazy("Department"),
    "session": gettext_lazy("Session"),
    "year": gettext_lazy("Year"),
    "month": gettext_lazy("Month"),
    "topic": gettext_lazy("Topic"),
    "status": gettext_lazy("Status"),
    "document": gettext_lazy("Normative document"),
}
KIND_LABELS = {
    "question": gettext_lazy("Question"),
    "cluster": gettext_lazy("Cluster"),
    "provision": pgettext_lazy("kind of hit", "Article"),
    "case": gettext_lazy("Typical case"),
    "dossier": gettext_lazy("Dossier"),
    "session": pgettext_lazy("kind of hit", "Training session"),
}
# Of records that wait to be indexed: a law as a whole, not its articles.
RECORD_LABELS = {
    "question": KIND_LABELS["question"],
    "cluster": KIND_LABELS["cluster"],
    "norm": gettext_lazy("Normative document"),
    "case": KIND_LABELS["case"],
    "dossier": KIND_LABELS["dossier"],
    "session": KIND_LABELS["session"],
}
STATUS_LABELS: dict[str, Any] = {
    "question": dict(QuestionStatus.choices),
    "cluster": dict(ClusterStatus.choices),
    "provision": dict(DocumentStatus.choices),
    "case": {"published": pgettext_lazy("case", "Published")},
    "dossier": dict(DossierStatus.choices),
    "session": dict(SessionStatus.choices),
}
STATUS_TONES = {
    "question.refined": "brand",
    "question.grouped": "brand",
    "question.in_dossier": "ok",
    "provision.in_force": "neutral",
    "provision.amended": "warn",
    "provision.repealed": "warn",
    "dossier.finished": "ok",
    "dossier.draft": "warn",
    "session.running": "brand",
    "session.open": "brand",
    "session.cancelled": "warn",
}
ENGINE_LABELS = {"embedded": gettext_lazy("Embedded index"), "elastic": "Elasticsearch"}
# States that go without saying: they are counted in the facet and not tagged on each hit.
QUIET_STATUSES = frozenset({"provision.in_force", "cluster.open", "case.published", "question.raised"})


@dataclass(frozen=True, slots=True)
class Label:
    text: str
    department: Department | None = None


def kind_label(kind: str) -> str:
    return str(KIND_LABELS.get(kind, kind))


def record_label(kind: str) -> str:
    return str(RECORD_LABELS.get(kind, kind))


def engine_label(engine: str) -> str:
    return str(ENGINE_LABELS.get(engine, engine))


def status_label(status: str) -> str:
    kind, _dot, value = status.partition(".")
    return str(STATUS_LABELS.get(kind, {}).get(value, value))


def status_values(written: str) -> tuple[str, ...]:
    """`refined` and `question.refined` alike, as facet values."""
    if "." in written:
        return (written,)
    return tuple(f"{kind}.{written}" for kind, labels in STATUS_LABELS.items() if written in labels)


def departments_by_code() -> dict[str, Department]:
    return {department.code: department for department in Department.objects.all()}


def labels_of(facet: str, values: Iterable[str], departments: dict[str, Department]) -> dict[str, Label]:
    """One query at most; a value that is no record any more is its own label."""
    wanted = list(values)
    named = _NAMERS.get(facet, _as_they_are)(wanted, departments) if wanted else {}
    return {value: named.get(value, Label(value)) for value in wanted}


def _kinds(values: list[str], departments: dict[str, Department]) -> dict[str, Label]:
    return {value: Label(kind_label(value)) for value in values}


def _departments(values: list[str], departments: dict[str, Department]) -> dict[str, Label]:
    return {
        value: Label(departments[value].short_name_here, departments[value])
        for value in values
        if value in departments
    }


def _sessions(values: list[str], departments: dict[str, Department]) -> dict[str, Label]:
    sessions = TrainingSession.objects.filter(number__in=values)
    return {session.number: Label(session.theme_here) for session in sessions}


def _topics(values: list[str], departments: dict[str, Department]) -> dict[str, Label]:
    return {topic.slug: Label(str(topic)) for topic in Topic.objects.filter(slug__in=values)}


def _documents(values: list[str], departments: dict[str, Department]) -> dict[str, Label]:
    documents = NormativeDocument.objects.filter(slug__in=values)
    return {document.slug: Label(in_language(document, "title")) for document in documents}


def _statuses(values: list[str], departments: dict[str, Department]) -> dict[str, Label]:
    """With the kind before it: a question and a dossier are not `open` in the same way."""
    return {
        value: Label(
            gettext("%(kind)s: %(status)s")
            % {"kind": kind_label(value.partition(".")[0]), "status": status_label(value)}
        )
        for value in values
    }


def _months(values: list[str], departments: dict[str, Department]) -> dict[str, Label]:
    return {value: Label(dates.month(day)) for value in values if (day := month_of(value))}


def month_of(value: str) -> dt.date | None:
    """First day of the month that a facet value names; None for what an address may hold instead."""
    try:
        return dt.date.fromisoformat(f"{value}-01")
    except ValueError:
        return None


def _as_they_are(values: list[str], departments: dict[str, Department]) -> dict[str, Label]:
    return {}


_NAMERS: dict[str, Callable[[list[str], dict[str, Department]], dict[str, Label]]] = {
    "kind": _kinds,
    "department": _departments,
    "session": _sessions,
    "month": _months,
    "topic": _topics,
    "document": _documents,
    "status": _statuses,
}
