"""Every kind of record that is indexed, and how its documents are made."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Model

from casebank.models import TypicalCase
from courses.models import TrainingSession
from inquiry.models import Dossier, Question, QuestionCluster
from norms.models import NormativeDocument
from search.documents.base import SearchDocument, SourceState
from search.documents.cases import case_documents
from search.documents.clusters import cluster_documents
from search.documents.dossiers import dossier_documents
from search.documents.norms import norm_documents
from search.documents.questions import question_documents
from search.documents.sessions import session_documents


@dataclass(frozen=True, slots=True)
class RecordSource:
    """`build` yields the present documents of the given records, fetched together."""

    model: type[Model]
    build: Callable[[Sequence[int]], Iterator[SearchDocument]]
    chunk: int = 500


SOURCES: dict[str, RecordSource] = {
    "session": RecordSource(TrainingSession, session_documents),
    "norm": RecordSource(NormativeDocument, norm_documents, chunk=20),
    "case": RecordSource(TypicalCase, case_documents),
    "question": RecordSource(Question, question_documents),
    "cluster": RecordSource(QuestionCluster, cluster_documents, chunk=100),
    "dossier": RecordSource(Dossier, dossier_documents, chunk=100),
}


def source_states(kind: str, ids: Iterable[int]) -> list[SourceState]:
    """The present state of these records; one that is gone has no documents."""
    wanted = list(dict.fromkeys(ids))
    made: dict[str, list[SearchDocument]] = defaultdict(list)
    for document in SOURCES[kind].build(wanted):
        made[document.source].append(document)
    return [SourceState(source, tuple(made.get(source, ()))) for source in (f"{kind}:{pk}" for pk in wanted)]


def present_state(records: Iterable[tuple[str, int]]) -> list[SourceState]:
    """Of (kind, primary key), kind by kind."""
    wanted = list(records)
    made: list[SourceState] = []
    for kind in SOURCES:
        if ids := [pk for name, pk in wanted if name == kind]:
            made += source_states(kind, ids)
    return made
