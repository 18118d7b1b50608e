"""The kinds of records that are indexed: one entry for each, from which everything else about a kind is derived."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from casebank.models import TypicalCase
from casebank.rules import audience as case_audience
from courses.enums import SessionStatus
from courses.models import TrainingSession
from courses.rules import audience as session_audience
from inquiry.enums import ClusterStatus, DossierStatus, QuestionStatus
from inquiry.models import Dossier, Question, QuestionCluster
from inquiry.rules import cluster_audience, dossier_audience, question_audience
from norms.enums import DocumentStatus
from norms.models import NormativeDocument
from portal.org.rules import ALL
from search.documents import cases, clusters, dossiers, norms, questions, sessions
from search.documents.base import Dependencies, SearchDocument, SourceState

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Status:
    """A state that documents of a kind can have.

    `tone` colours its tag. A quiet state goes without saying: it is counted in the facet and tagged on no hit.
    """

    label: Text
    tone: str = "neutral"
    is_quiet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordKind:
    """One kind of record that is indexed.

    `name` stands in outbox rows and in the `source` of documents, `document_kind` is the value of the facet `kind` (the
    same unless a record yields documents of another kind, as a law yields articles). `documents` yields the present
    documents of the records with the given primary keys; `audience` returns the tokens of those who may find a record.
    `label` names a hit, `record_label` the record as a whole, `facet_label` both in the facet `kind`; `aliases` are the names of the kind in `kind:value`.
    `statuses` are by code. Permanent numbers have `number_series` and at least `number_width` digits; laws have none.
    `depends_on` tells, by model, which records are indexed again when objects of that model change.
    `batch_size` is how many records are read together. Completed names are ordered by `completion_rank`, the greatest
    first. `details` returns further facts to show with a hit.
    """

    name: str
    model: type[Model]
    documents: Callable[[Sequence[int]], Iterator[SearchDocument]]
    audience: Callable[[Any], list[str]]
    label: Text
    aliases: tuple[str, ...]
    statuses: Mapping[str, Status]
    depends_on: Dependencies
    document_kind: str = ""
    record_label: Text = ""
    facet_label: Text = ""
    number_series: str = ""
    number_width: int = 0
    batch_size: int = 500
    completion_rank: int = 0
    details: Callable[[SearchDocument], list[str]] = field(default=lambda document: [])

    def __post_init__(self) -> None:
        # A frozen dataclass sets derived defaults so.
        object.__setattr__(self, "document_kind", self.document_kind or self.name)
        object.__setattr__(self, "record_label", self.record_label or self.label)
        object.__setattr__(self, "facet_label", self.facet_label or self.label)


def _statuses(
    choices: Iterable[tuple[str, Text]], *, tones: Mapping[str, str] | None = None, quiet: Iterable[str] = ()
) -> dict[str, Status]:
    tone_by_code, quiet_codes = tones or {}, set(quiet)
    return {
        code: Status(label, tone_by_code.get(code, "neutral"), code in quiet_codes) for code, label in choices
    }


def _session_number(document: SearchDocument) -> list[str]:
    return [*document.session[:1]]


def _question_count(document: SearchDocument) -> list[str]:
    count = int(document.fact("questions") or 0)
    return [ngettext("%(count)s question", "%(count)s questions", count) % {"count": count}]


def _source_count(document: SearchDocument) -> list[str]:
    count = int(document.fact("sources") or 0)
    return [ngettext("%(count)s source", "%(count)s sources", count) % {"count": count}]


def _headings(document: SearchDocument) -> list[str]:
    return [document.headings.replace(" > ", " › ")] if document.headings else []


_KINDS = (
    RecordKind(
        name="question",
        model=Question,
        documents=questions.question_documents,
        audience=question_audience,
        label=gettext_lazy("Question"),
        aliases=("问题", "questions"),
        statuses=_statuses(
            QuestionStatus.choices,
            tones={"refined": "brand", "grouped": "brand", "in_dossier": "ok", "closed": "warn"},
            quiet=["raised"],
        ),
        number_series="Q",
        number_width=6,
        depends_on=questions.DEPENDS_ON,
        completion_rank=1,
        details=_session_number,
    ),
    RecordKind(
        name="cluster",
        model=QuestionCluster,
        documents=clusters.cluster_documents,
        audience=cluster_audience,
        label=gettext_lazy("Cluster"),
        aliases=("归并问题", "归并", "聚类", "clusters"),
        statuses=_statuses(ClusterStatus.choices, quiet=["open"]),
        number_series="C",
        number_width=4,
        depends_on=clusters.DEPENDS_ON,
        batch_size=100,
        completion_rank=2,
        details=_question_count,
    ),
    RecordKind(
        name="norm",
        document_kind="provision",
        model=NormativeDocument,
        documents=norms.norm_documents,
        audience=lambda document: [ALL],
        label=pgettext_lazy("kind of hit", "Article"),
        record_label=gettext_lazy("Normative document"),
        facet_label=pgettext_lazy("kind of hits", "Law"),
        aliases=("条文", "法条", "法条及文件", "条款", "法规", "article", "articles", "provisions", "law"),
        statuses=_statuses(
            DocumentStatus.choices, tones={"amended": "warn", "repealed": "warn"}, quiet=["in_force"]
        ),
        depends_on=norms.DEPENDS_ON,
        batch_size=20,
        completion_rank=5,
        details=_headings,
    ),
    RecordKind(
        name="case",
        model=TypicalCase,
        documents=cases.case_documents,
        audience=case_audience,
        label=gettext_lazy("Typical case"),
        aliases=("案例", "典型案例", "cases"),
        statuses={"published": Status(pgettext_lazy("case", "Published"), is_quiet=True)},
        number_series="AL",
        number_width=3,
        depends_on=cases.DEPENDS_ON,
        completion_rank=4,
    ),
    RecordKind(
        name="dossier",
        model=Dossier,
        documents=dossiers.dossier_documents,
        audience=dossier_audience,
        label=gettext_lazy("Dossier"),
        aliases=("卷宗", "素材卷宗", "dossiers"),
        statuses=_statuses(DossierStatus.choices, tones={"finished": "ok", "draft": "warn"}),
        number_series="D",
        number_width=3,
        depends_on=dossiers.DEPENDS_ON,
        batch_size=100,
        completion_rank=3,
        details=_source_count,
    ),
    RecordKind(
        name="session",
        model=TrainingSession,
        documents=sessions.session_documents,
        audience=session_audience,
        label=pgettext_lazy("kind of hit", "Training session"),
        aliases=("培训", "期次", "培训期次", "sessions"),
        statuses=_statuses(
            SessionStatus.choices, tones={"running": "brand", "open": "brand", "cancelled": "warn"}
        ),
        number_series="TT",
        number_width=2,
        depends_on=sessions.DEPENDS_ON,
        completion_rank=4,
    ),
)

# By the name that outbox rows and sources carry.
RECORD_KINDS: Mapping[str, RecordKind] = {kind.name: kind for kind in _KINDS}
# By the value of the facet `kind`, in the order in which engines and forms list them.
DOCUMENT_KINDS: Mapping[str, RecordKind] = {kind.document_kind: kind for kind in _KINDS}


def kind_of(record: Model | type[Model]) -> RecordKind | None:
    """Return the kind of a record or of its model; None where it is not indexed itself."""
    model = record if isinstance(record, type) else type(record)
    return next((kind for kind in RECORD_KINDS.values() if kind.model is model), None)


def affected_records(model: type[Model], changed: Sequence[Model]) -> Iterator[tuple[str, Iterable[int]]]:
    """Yield (kind, primary keys) of the records whose documents may differ now that objects of `model` have changed."""
    for kind in RECORD_KINDS.values():
        if model is kind.model:
            yield kind.name, [record.pk for record in changed]
        if dependents := kind.depends_on.get(model):
            yield kind.name, dependents(changed)


def current_states(records: Iterable[tuple[str, int]]) -> list[SourceState]:
    """Return the present documents of records, given as (kind, primary key); one that is gone has none."""
    keys = list(dict.fromkeys(records))
    states: list[SourceState] = []
    for kind in RECORD_KINDS.values():
        if ids := [pk for name, pk in keys if name == kind.name]:
            states += _states_of(kind, ids)
    return states


def _states_of(kind: RecordKind, ids: Sequence[int]) -> list[SourceState]:
    documents: dict[str, list[SearchDocument]] = defaultdict(list)
    for document in kind.documents(ids):
        documents[document.source].append(document)
    sources = (f"{kind.name}:{pk}" for pk in ids)
    return [SourceState(source, tuple(documents.get(source, ()))) for source in sources]


def hit_label(document: SearchDocument) -> str:
    """Return the label of a hit: that of its kind, or of the record as a whole, as a law beside its articles."""
    kind = DOCUMENT_KINDS.get(document.kind)
    if not kind:
        return document.kind
    return str(kind.record_label if document.fact("whole") else kind.label)


def kind_label(document_kind: str) -> str:
    """Return the label of all hits of this kind together; the code itself for a kind of an older index."""
    kind = DOCUMENT_KINDS.get(document_kind)
    return str(kind.facet_label if kind else document_kind)


def record_label(name: str) -> str:
    """Return the label of a record of this kind: a law as a whole rather than its articles."""
    kind = RECORD_KINDS.get(name)
    return str(kind.record_label if kind else name)


def status_of(value: str) -> Status:
    """Return the state that a facet value such as `question.refined` names; an unknown one is its own label."""
    name, _dot, code = value.partition(".")
    kind = DOCUMENT_KINDS.get(name)
    return (kind.statuses.get(code) if kind else None) or Status(code or value)


def status_label(value: str) -> str:
    return str(status_of(value).label)


def details_of(document: SearchDocument) -> list[str]:
    """Return the facts that are shown with a hit besides its title and date."""
    kind = DOCUMENT_KINDS.get(document.kind)
    return kind.details(document) if kind else []


def completion_weight(document: SearchDocument) -> int:
    """Return the weight that sorts completed names, the greatest first; shorter titles weigh more."""
    kind = DOCUMENT_KINDS.get(document.kind)
    # A law as a whole stands before its articles; a title of a hundred characters or more gains nothing.
    whole_bonus = 100 if document.fact("whole") else 0
    return (kind.completion_rank if kind else 0) * 1000 + whole_bonus + max(0, 99 - len(document.title))
