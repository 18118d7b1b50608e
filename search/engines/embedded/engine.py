"""The embedded engine: a tantivy index in a directory that processes of one machine share.

Layout: `<root>/current` names the live generation, `<root>/<generation>/` holds it, `<root>/write.lock` is
held by the one process that writes to it, `<root>/<generation>.lock` by the one that builds a new generation.
Readers look at `current` and at the generation's commit before each search, so that a commit or a swap made by
another process is seen at once.
"""

import fcntl
import os
import shutil
import threading
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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
    Prepared,
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
)

WRITER_HEAP = 30_000_000
BUILD_HEAP = 160_000_000
BUILD_THREADS = 2
BATCH_COMMIT = 400_000
ORDER_FIELDS = {DATE: "date", WEIGHT: "weight"}


@dataclass(slots=True)
class _Reader:
    generation: str
    index: tantivy.Index
    stamp: tuple[int, int, int]


class EmbeddedEngine:
    name = "embedded"

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)
        self._schema = schema()
        self._reader: _Reader | None = None
        self._guard = threading.Lock()

    # Reading

    def search(self, plan: Plan) -> EngineResult:
        searcher = self._searcher()
        query = self._compiled(searcher, plan.narrowed())
        limit = max(0, min(plan.limit, MAX_WINDOW - plan.offset))
        found = _ranked(searcher, query, plan, limit)
        hits = tuple(_hits(searcher, found.hits[:limit], plan))
        return EngineResult(total=_count(found), hits=hits, facets=self._facets(searcher, plan))

    def counts(self, plans: Sequence[Plan]) -> list[int]:
        searcher = self._searcher()
        return [_count(searcher.search(self._compiled(searcher, plan.narrowed()), limit=1)) for plan in plans]

    def scan(self, plan: Plan, *, limit: int = MAX_WINDOW) -> Iterator[EngineHit]:
        searcher = self._searcher()
        order = ORDER_FIELDS.get(plan.sort)
        query = self._compiled(searcher, plan.narrowed())
        found = searcher.search(query, max(limit, 1), count=False, order_by_field=order)
        yield from _hits(searcher, found.hits[:limit], plan)

    def frequencies(self, terms: Sequence[Term]) -> Frequencies:
        return _frequencies(self._searcher(), terms)

    def contents(self, sources: Sequence[str] | None = None) -> Iterator[IndexedDocument]:
        searcher = self._searcher()
        wanted = MatchAll() if sources is None else Terms("source", tuple(sources))
        query = compile_node(self._schema, wanted)
        many = _count(searcher.search(query, 1))
        for _score, address in searcher.search(query, max(many, 1), count=False).hits:
            stored = _stored(searcher, address)
            document = SearchDocument.from_json(stored)
            yield IndexedDocument(document.key, document.source or document.key, digest_of(stored.decode()))

    def ping(self) -> None:
        self._searcher()

    def size(self) -> tuple[int, int]:
        files = (self.root / self._generation()).iterdir()
        return self._searcher().num_docs, sum(item.stat().st_size for item in files if item.is_file())

    def _compiled(self, searcher: tantivy.Searcher, node: Node) -> tantivy.Query:
        terms = {term for choice in unresolved_choices(node) for term in choice.terms}
        return compile_node(self._schema, resolved(node, _frequencies(searcher, terms)))

    def _facets(self, searcher: tantivy.Searcher, plan: Plan) -> dict[str, list[tuple[str, int]]]:
        counts: dict[str, list[tuple[str, int]]] = {}
        for left_out, facets in plan.facet_groups().items():
            query = self._compiled(searcher, plan.narrowed(without=left_out))
            request = {
                facet: {"terms": {"field": facet, "size": FACET_SIZE, "segment_size": 20 * FACET_SIZE}}
                for facet in facets
            }
            answer = searcher.aggregate(query, request)
            for facet in facets:
                counts[facet] = [(item["key"], item["doc_count"]) for item in answer[facet]["buckets"]]
        return counts

    def _generation(self) -> str:
        try:
            return (self.root / "current").read_text().strip()
        except FileNotFoundError:
            raise NoIndex("no index yet") from None

    def _readable_generation(self) -> str:
        generation = self._generation()
        if not generation.startswith(f"{FORMAT}-"):
            raise NoIndex("the index was written by another version")
        return generation

    def _stamp(self, generation: str) -> tuple[int, int, int]:
        info = (self.root / generation / "meta.json").stat()
        return info.st_mtime_ns, info.st_ino, info.st_size

    def _searcher(self) -> tantivy.Searcher:
        for attempt in (1, 2, 3):
            try:
                return self._fresh_searcher()
            except (FileNotFoundError, ValueError):  # swapped away between the two reads
                if attempt == 3:
                    raise NoIndex("the index cannot be read") from None
        raise AssertionError

    def _fresh_searcher(self) -> tantivy.Searcher:
        generation = self._readable_generation()
        with self._guard:
            stamp = self._stamp(generation)
            reader = self._reader
            if reader is None or reader.generation != generation:
                index = _open(self.root / generation)
                index.config_reader("manual")
                self._reader = reader = _Reader(generation, index, stamp)
                index.reload()
            elif reader.stamp != stamp:
                reader.index.reload()
                reader.stamp = stamp
            return reader.index.searcher()

    # Writing

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        self.root.mkdir(parents=True, exist_ok=True)
        with _locked(self.root / "write.lock"):
            yield

    def apply(self, states: Sequence[SourceState], *, version: int) -> WriteOutcome:
        """To be called inside `exclusive`, which keeps older states from following newer ones."""
        made = _made(states)
        generation = self._readable_generation()
        try:
            writer = _open(self.root / generation).writer(WRITER_HEAP, 1)
            _replace(writer, made)
            writer.commit()
            writer.wait_merging_threads()
        except ValueError as error:  # how tantivy tells of a full disk
            raise SearchUnavailable("the index cannot be written") from error
        return WriteOutcome()

    @staticmethod
    def prepare(documents: Iterable[SearchDocument]) -> list[Prepared]:
        return [prepare(document) for document in documents if document.audience]

    def build(self) -> "EmbeddedBuild":
        self.root.mkdir(parents=True, exist_ok=True)
        return EmbeddedBuild(self.root, self._schema)


class EmbeddedBuild:
    """A generation in the making; its lock tells others that somebody is still at it."""

    def __init__(self, root: Path, made_of: tantivy.Schema) -> None:
        self._root = root
        self.refused: dict[str, str] = {}
        self.generation = f"{FORMAT}-{uuid.uuid4().hex[:12]}"
        self._path = root / self.generation
        self._path.mkdir()
        self._lock = _locked(root / f"{self.generation}.lock")
        self._lock.__enter__()
        self._index = tantivy.Index(made_of, path=str(self._path))
        register_tokenizers(self._index)
        self._writer: Any = self._index.writer(BUILD_HEAP, BUILD_THREADS)
        self._pending = 0
        self._is_published = False

    def add(self, prepared: Sequence[Prepared], *, version: int) -> None:
        for one in prepared:
            self._writer.add_document(to_tantivy(one))
        self._pending += len(prepared)
        if self._pending >= BATCH_COMMIT:
            self.settle()

    def replace(self, states: Sequence[SourceState], *, version: int) -> WriteOutcome:
        _replace(self._writer, _made(states))
        return WriteOutcome()

    def settle(self) -> None:
        self._writer.commit()
        self._pending = 0

    def ready(self) -> None:
        self._writer.commit()
        self._writer.wait_merging_threads()
        self._writer = self._index.writer(WRITER_HEAP, 1)

    def publish(self) -> None:
        self._writer.commit()
        self._writer.wait_merging_threads()
        beside = self._root / "current.new"
        beside.write_text(self.generation)
        os.replace(beside, self._root / "current")
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
        """Earlier generations, and what builds that were killed have left."""
        for item in self._root.iterdir():
            if not item.is_dir() or item.name == self.generation:
                continue
            lock = self._root / f"{item.name}.lock"
            try:
                with _locked(lock):
                    shutil.rmtree(item, ignore_errors=True)
                lock.unlink(missing_ok=True)
            except WriterBusy:
                continue


@contextmanager
def _locked(path: Path) -> Iterator[None]:
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


def _made(states: Iterable[SourceState]) -> list[tuple[str, list[tantivy.Document]]]:
    """By source; what fails here is the fault of a document."""
    return [
        (one.source, [to_tantivy(prepare(document)) for document in one.documents if document.audience])
        for one in states
    ]


def _replace(writer: tantivy.IndexWriter, made: Iterable[tuple[str, list[tantivy.Document]]]) -> None:
    for source, documents in made:
        writer.delete_documents_by_term("source", source)
        for document in documents:
            writer.add_document(document)


def _frequencies(searcher: tantivy.Searcher, terms: Iterable[Term]) -> Frequencies:
    counted = {term: searcher.doc_freq(FIELD_NAMES.get(term.field, term.field), term.value) for term in terms}
    return Frequencies(searcher.num_docs, counted)


def _stored(searcher: tantivy.Searcher, address: tantivy.DocAddress) -> bytes:
    stored: Any = searcher.doc(address).get_first("stored")
    return bytes(stored)


def _hits(
    searcher: tantivy.Searcher, found: Sequence[tuple[Any, tantivy.DocAddress]], plan: Plan
) -> Iterator[EngineHit]:
    for score, address in found:
        document = SearchDocument.from_json(_stored(searcher, address))
        yield EngineHit(document, 0.0 if plan.sort in ORDER_FIELDS else float(score))


def _ranked(searcher: tantivy.Searcher, query: tantivy.Query, plan: Plan, limit: int) -> tantivy.SearchResult:
    order = ORDER_FIELDS.get(plan.sort)
    return searcher.search(query, max(limit, 1), order_by_field=order, offset=min(plan.offset, MAX_WINDOW))


def _count(found: Any) -> int:
    """Missing in the stubs of tantivy's SearchResult."""
    return found.count
