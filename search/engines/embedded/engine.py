"""The embedded engine: a tantivy index in a directory that the processes of one machine share.

The file `<root>/current` names the live generation, and `<root>/<generation>/` holds its index. The process that
writes to it locks `<root>/write.lock`; one that builds a new generation locks `<root>/<generation>.lock`. Readers check
`current` and the generation's last commit before each search, so that they see a commit or a swap made by another
process at once.
"""

import fcntl
import os
import shutil
import threading
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tantivy

from search.documents.base import SearchDocument, SourceState, digest_of
from search.engines.base import (
    FACET_SIZE,
    MAX_WINDOW,
    EngineHit,
    EngineResult,
    IndexedDocument,
    NoIndex,
    SearchUnavailable,
    WriteOutcome,
    WriterBusy,
)
from search.engines.embedded.schema import (
    FIELD_NAMES,
    PreparedDocument,
    compile_node,
    prepare,
    register_tokenizers,
    schema,
    to_tantivy,
)
from search.engines.fields import FORMAT
from search.plan import (
    DATE,
    WEIGHT,
    Frequencies,
    MatchAll,
    Node,
    Plan,
    Term,
    Terms,
    resolved,
    unresolved_choices,
    unscored,
)

# Memory for documents that are not written yet, in bytes, shared by the threads of a writer.
WRITER_HEAP_BYTES = 30_000_000
BUILD_HEAP_BYTES = 160_000_000
BUILD_THREADS = 2
# A build commits after so many documents, so that a full disk is noticed before the end.
DOCUMENTS_PER_COMMIT = 400_000
MAX_OPEN_ATTEMPTS = 3
# Plans of one commit whose answers are kept in memory, some ten kilobytes each.
MAX_ANSWERS = 256
ORDER_FIELDS = {DATE: "date", WEIGHT: "weight"}


@dataclass(slots=True)
class _OpenIndex:
    """The index of a generation as this process has opened it; `stamp` identifies the commit that it reads.

    `answers` are the last plans that were asked of this commit, with what came of them: whoever goes back to a list of
    hits asks the same again. The audience is part of a plan, so that nobody is served what another one may see.
    """

    generation: str
    index: tantivy.Index
    stamp: tuple[int, int, int]
    answers: dict[Plan, EngineResult] = field(default_factory=dict)


class EmbeddedEngine:
    """Searches the live generation, and writes to it under a lock."""

    name = "embedded"

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)
        self._schema = schema()
        self._reader: _OpenIndex | None = None
        self._guard = threading.Lock()

    # Reading

    def search(self, plan: Plan) -> EngineResult:
        searcher, answers = self._opened()
        answer = answers.get(plan)
        if answer is None:
            answer = self._answer(searcher, plan)
            if len(answers) >= MAX_ANSWERS:
                answers.clear()
            answers[plan] = answer
        return answer

    def _answer(self, searcher: tantivy.Searcher, plan: Plan) -> EngineResult:
        query = self._compiled(searcher, plan.narrowed())
        limit = max(0, min(plan.limit, MAX_WINDOW - plan.offset))
        result = _ranked(searcher, query, plan, limit)
        hits = tuple(_hits(searcher, result.hits[:limit], plan))
        return EngineResult(total=_count(result), hits=hits, facets=self._facets(searcher, plan))

    def counts(self, plans: Sequence[Plan]) -> list[int]:
        searcher = self._searcher()
        queries = (self._compiled(searcher, unscored(plan.narrowed())) for plan in plans)
        return [_count(searcher.search(query, limit=1)) for query in queries]

    def scan(self, plan: Plan, *, limit: int = MAX_WINDOW) -> Iterator[EngineHit]:
        searcher = self._searcher()
        order = ORDER_FIELDS.get(plan.sort)
        query = self._compiled(searcher, plan.narrowed())
        result = searcher.search(query, max(limit, 1), count=False, order_by_field=order)
        yield from _hits(searcher, result.hits[:limit], plan)

    def frequencies(self, terms: Sequence[Term]) -> Frequencies:
        return _frequencies(self._searcher(), terms)

    def contents(self, sources: Sequence[str] | None = None) -> Iterator[IndexedDocument]:
        searcher = self._searcher()
        node = MatchAll() if sources is None else Terms("source", tuple(sources))
        query = compile_node(self._schema, node)
        total = _count(searcher.search(query, 1))
        for _score, address in searcher.search(query, max(total, 1), count=False).hits:
            stored = _stored(searcher, address)
            document = SearchDocument.from_json(stored)
            yield IndexedDocument(document.key, document.source or document.key, digest_of(stored.decode()))

    def ping(self) -> None:
        self._searcher()

    def size(self) -> tuple[int, int]:
        files = (self.root / self._generation()).iterdir()
        return self._searcher().num_docs, sum(file.stat().st_size for file in files if file.is_file())

    def _compiled(self, searcher: tantivy.Searcher, node: Node) -> tantivy.Query:
        terms = {term for choice in unresolved_choices(node) for term in choice.terms}
        return compile_node(self._schema, resolved(node, _frequencies(searcher, terms)))

    def _facets(self, searcher: tantivy.Searcher, plan: Plan) -> dict[str, list[tuple[str, int]]]:
        counts: dict[str, list[tuple[str, int]]] = {}
        for excluded_filter, facets in plan.facet_groups().items():
            query = self._compiled(searcher, unscored(plan.narrowed(without=excluded_filter)))
            request = {
                facet: {"terms": {"field": facet, "size": FACET_SIZE, "segment_size": 20 * FACET_SIZE}}
                for facet in facets
            }
            answer = searcher.aggregate(query, request)
            for facet in facets:
                counts[facet] = [(bucket["key"], bucket["doc_count"]) for bucket in answer[facet]["buckets"]]
        return counts

    def _generation(self) -> str:
        """Return the name of the live generation. Raises NoIndex if there is none."""
        try:
            return (self.root / "current").read_text().strip()
        except FileNotFoundError:
            raise NoIndex("no index yet") from None

    def _readable_generation(self) -> str:
        """Return the live generation if this version of the code can read it. Raises NoIndex otherwise."""
        generation = self._generation()
        if not generation.startswith(f"{FORMAT}-"):
            raise NoIndex("the index was written by another version")
        return generation

    def _stamp(self, generation: str) -> tuple[int, int, int]:
        """Return what changes with each commit: tantivy replaces `meta.json` then."""
        info = (self.root / generation / "meta.json").stat()
        return info.st_mtime_ns, info.st_ino, info.st_size

    def _searcher(self) -> tantivy.Searcher:
        return self._opened()[0]

    def _opened(self) -> tuple[tantivy.Searcher, dict[Plan, EngineResult]]:
        """Return a searcher of the last commit, and its answers. Raises NoIndex if there is no index that can be read."""
        for _attempt in range(MAX_OPEN_ATTEMPTS):
            # Between reading `current` and opening the generation, another process may have swapped it away.
            with suppress(FileNotFoundError, ValueError):
                return self._last_commit()
        raise NoIndex("the index cannot be read")

    def _last_commit(self) -> tuple[tantivy.Searcher, dict[Plan, EngineResult]]:
        generation = self._readable_generation()
        with self._guard:
            stamp = self._stamp(generation)
            reader = self._reader
            if reader is None or reader.generation != generation:
                index = _open(self.root / generation)
                index.config_reader("manual")
                self._reader = reader = _OpenIndex(generation, index, stamp)
                index.reload()
            elif reader.stamp != stamp:
                reader.index.reload()
                reader.stamp = stamp
                reader.answers = {}
            return reader.index.searcher(), reader.answers

    # Writing

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        self.root.mkdir(parents=True, exist_ok=True)
        with _locked(self.root / "write.lock"):
            yield

    def apply(self, states: Sequence[SourceState], *, version: int) -> WriteOutcome:
        """Replace documents; the caller holds `exclusive`, which keeps older states from following newer ones."""
        # Before anything is written: an error here is due to a document, later ones to the disk.
        documents = _documents_by_source(states)
        generation = self._readable_generation()
        try:
            writer = _open(self.root / generation).writer(WRITER_HEAP_BYTES, 1)
            _replace(writer, documents)
            writer.commit()
            writer.wait_merging_threads()
        except ValueError as error:
            # The error that tantivy raises when the disk is full.
            raise SearchUnavailable("the index cannot be written") from error
        return WriteOutcome()

    @staticmethod
    def prepare(documents: Iterable[SearchDocument]) -> list[PreparedDocument]:
        return [prepare(document) for document in documents if document.audience]

    def build(self) -> "EmbeddedBuild":
        self.root.mkdir(parents=True, exist_ok=True)
        return EmbeddedBuild(self.root, self._schema)


class EmbeddedBuild:
    """A generation that is being built; its lock tells other processes that the build is alive."""

    def __init__(self, root: Path, schema: tantivy.Schema) -> None:
        self._root = root
        self.refused: dict[str, str] = {}
        self.generation = f"{FORMAT}-{uuid.uuid4().hex[:12]}"
        self._path = root / self.generation
        self._path.mkdir()
        self._lock = _locked(root / f"{self.generation}.lock")
        self._lock.__enter__()
        self._index = tantivy.Index(schema, path=str(self._path))
        register_tokenizers(self._index)
        self._writer: Any = self._index.writer(BUILD_HEAP_BYTES, BUILD_THREADS)
        self._uncommitted = 0
        self._is_published = False

    def add(self, prepared: Sequence[PreparedDocument], *, version: int) -> None:
        for document in prepared:
            self._writer.add_document(to_tantivy(document))
        self._uncommitted += len(prepared)
        if self._uncommitted >= DOCUMENTS_PER_COMMIT:
            self.settle()

    def replace(self, states: Sequence[SourceState], *, version: int) -> WriteOutcome:
        _replace(self._writer, _documents_by_source(states))
        return WriteOutcome()

    def settle(self) -> None:
        self._writer.commit()
        self._uncommitted = 0

    def ready(self) -> None:
        self._writer.commit()
        self._writer.wait_merging_threads()
        self._writer = self._index.writer(WRITER_HEAP_BYTES, 1)

    def publish(self) -> None:
        self._writer.commit()
        self._writer.wait_merging_threads()
        new_current = self._root / "current.new"
        new_current.write_text(self.generation)
        # Atomic: readers see the old name or the new one, never half of it.
        os.replace(new_current, self._root / "current")
        self._is_published = True
        self._release()
        self._remove_others()

    def discard(self) -> None:
        if self._is_published:
            return
        self._writer = None
        shutil.rmtree(self._path, ignore_errors=True)
        self._release()

    def _release(self) -> None:
        self._lock.__exit__(None, None, None)
        (self._root / f"{self.generation}.lock").unlink(missing_ok=True)

    def _remove_others(self) -> None:
        """Remove earlier generations, and those that killed builds have left behind."""
        for folder in self._root.iterdir():
            if not folder.is_dir() or folder.name == self.generation:
                continue
            lock = self._root / f"{folder.name}.lock"
            try:
                # The system releases the lock of a killed process, so a lock that is free means an abandoned build.
                with _locked(lock):
                    shutil.rmtree(folder, ignore_errors=True)
                lock.unlink(missing_ok=True)
            except WriterBusy:
                continue


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock of a file. Raises WriterBusy at once if another process holds it."""
    with open(path, "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WriterBusy(str(path)) from None
        yield


def _open(path: Path) -> tantivy.Index:
    index = tantivy.Index.open(str(path))
    register_tokenizers(index)
    return index


def _documents_by_source(states: Iterable[SourceState]) -> dict[str, list[tantivy.Document]]:
    return {
        state.source: [to_tantivy(prepare(document)) for document in state.documents if document.audience]
        for state in states
    }


def _replace(writer: tantivy.IndexWriter, documents_by_source: Mapping[str, list[tantivy.Document]]) -> None:
    for source, documents in documents_by_source.items():
        writer.delete_documents_by_term("source", source)
        for document in documents:
            writer.add_document(document)


def _frequencies(searcher: tantivy.Searcher, terms: Iterable[Term]) -> Frequencies:
    counts = {term: searcher.doc_freq(FIELD_NAMES.get(term.field, term.field), term.value) for term in terms}
    return Frequencies(searcher.num_docs, counts)


def _stored(searcher: tantivy.Searcher, address: tantivy.DocAddress) -> bytes:
    stored: Any = searcher.doc(address).get_first("stored")
    return bytes(stored)


def _hits(
    searcher: tantivy.Searcher, hits: Sequence[tuple[Any, tantivy.DocAddress]], plan: Plan
) -> Iterator[EngineHit]:
    for score, address in hits:
        document = SearchDocument.from_json(_stored(searcher, address))
        yield EngineHit(document, 0.0 if plan.sort in ORDER_FIELDS else float(score))


def _ranked(searcher: tantivy.Searcher, query: tantivy.Query, plan: Plan, limit: int) -> tantivy.SearchResult:
    order = ORDER_FIELDS.get(plan.sort)
    return searcher.search(query, max(limit, 1), order_by_field=order, offset=min(plan.offset, MAX_WINDOW))


def _count(result: Any) -> int:
    """Return the number of hits; tantivy's stubs lack the attribute."""
    return result.count
