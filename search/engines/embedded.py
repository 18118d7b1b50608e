"""The embedded engine: a tantivy index in a directory that processes of one machine share.

Layout: `<root>/current` names the live generation, `<root>/<generation>/` holds it, `<root>/write.lock` is
held by the one process that writes. Readers look at `current` and at the generation's commit before each
search, so that a commit or a swap made by another process is seen at once.
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

from search.analysis import exact_key
from search.documents.base import Replacement, SearchDocument
from search.engines.base import MAX_WINDOW, EngineHit, EngineResult, SearchUnavailable, WriterBusy
from search.engines.embedded_schema import FORMAT, compile_node, schema, to_tantivy
from search.plan import DATE, Plan

FACET_SIZE = 500
WRITER_HEAP = 30_000_000
REBUILD_HEAP = 120_000_000
BATCH_COMMIT = 200_000


@dataclass(slots=True)
class _Reader:
    generation: str
    index: tantivy.Index
    stamp: tuple[int, int, int]


class _Builder:
    def __init__(self, writer: tantivy.IndexWriter) -> None:
        self._writer = writer
        self._pending = 0

    def add(self, documents: Iterable[SearchDocument]) -> None:
        for document in documents:
            if not document.audience:
                continue
            self._writer.add_document(to_tantivy(document))
            self._pending += 1
            if self._pending >= BATCH_COMMIT:
                self._writer.commit()
                self._pending = 0


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
        query = compile_node(self._schema, plan.narrowed())
        limit = max(0, min(plan.limit, MAX_WINDOW - plan.offset))
        found = _ranked(searcher, query, plan, limit)
        hits = tuple(
            EngineHit(
                document=_document(searcher, address),
                score=0.0 if plan.sort == DATE else float(score),
            )
            for score, address in found.hits[: limit or 0]
        )
        return EngineResult(total=_count(found), hits=hits, facets=self._facets(searcher, plan))

    def count(self, plan: Plan) -> int:
        return _count(self._searcher().search(compile_node(self._schema, plan.narrowed()), limit=1))

    def titles_with_prefix(self, prefix: str, plan: Plan) -> list[SearchDocument]:
        key = exact_key(prefix)
        if not key:
            return []
        searcher = self._searcher()
        narrowed = compile_node(self._schema, plan.narrowed())
        titles = searcher.terms_with_prefix("title", key, narrowed, plan.limit)
        found: list[SearchDocument] = []
        for title, _count in titles:
            query = tantivy.Query.boolean_query(
                [
                    (tantivy.Occur.Must, narrowed),
                    (tantivy.Occur.Must, tantivy.Query.term_query(self._schema, "title", title)),
                ]
            )
            for _score, address in searcher.search(query, limit=plan.limit, count=False).hits:
                found.append(_document(searcher, address))
        return found[: plan.limit]

    def size(self) -> tuple[int, int]:
        generation = self._generation()
        files = (self.root / generation).iterdir()
        return self._searcher().num_docs, sum(item.stat().st_size for item in files if item.is_file())

    def _facets(self, searcher: tantivy.Searcher, plan: Plan) -> dict[str, list[tuple[str, int]]]:
        filtered = {item.field for item in plan.filters}
        groups: dict[str, list[str]] = {}
        for facet in plan.facets:
            groups.setdefault(facet if facet in filtered else "", []).append(facet)
        counts: dict[str, list[tuple[str, int]]] = {}
        for left_out, facets in groups.items():
            query = compile_node(self._schema, plan.narrowed(without=left_out))
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
            raise SearchUnavailable("no index yet") from None

    def _readable_generation(self) -> str:
        generation = self._generation()
        if not generation.startswith(FORMAT):
            raise SearchUnavailable("the index was written by another version")
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
                    raise SearchUnavailable("the index cannot be read") from None
        raise AssertionError

    def _fresh_searcher(self) -> tantivy.Searcher:
        generation = self._readable_generation()
        with self._guard:
            stamp = self._stamp(generation)
            reader = self._reader
            if reader is None or reader.generation != generation:
                index = tantivy.Index.open(str(self.root / generation))
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
        with open(self.root / "write.lock", "w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise WriterBusy(str(self.root)) from None
            yield

    def apply(self, replacements: Sequence[Replacement]) -> None:
        index = tantivy.Index.open(str(self.root / self._readable_generation()))
        writer = index.writer(WRITER_HEAP, 1)
        for replacement in replacements:
            writer.delete_documents_by_term("source", replacement.source)
            for document in replacement.documents:
                if document.audience:
                    writer.add_document(to_tantivy(document))
        writer.commit()
        writer.wait_merging_threads()

    @contextmanager
    def rebuild(self) -> Iterator[_Builder]:
        self.root.mkdir(parents=True, exist_ok=True)
        generation = f"{FORMAT}-{uuid.uuid4().hex[:12]}"
        path = self.root / generation
        path.mkdir()
        try:
            writer = tantivy.Index(self._schema, path=str(path)).writer(REBUILD_HEAP, 1)
            yield _Builder(writer)
            writer.commit()
            writer.wait_merging_threads()
        except BaseException:
            shutil.rmtree(path, ignore_errors=True)
            raise
        self._point_to(generation)
        self._remove_others(generation)

    def _point_to(self, generation: str) -> None:
        beside = self.root / "current.new"
        beside.write_text(generation)
        os.replace(beside, self.root / "current")

    def _remove_others(self, generation: str) -> None:
        for item in self.root.iterdir():
            if item.is_dir() and item.name != generation:
                shutil.rmtree(item, ignore_errors=True)


def _document(searcher: tantivy.Searcher, address: tantivy.DocAddress) -> SearchDocument:
    stored: Any = searcher.doc(address).get_first("stored")
    return SearchDocument.from_json(bytes(stored).decode())


def _ranked(searcher: tantivy.Searcher, query: tantivy.Query, plan: Plan, limit: int) -> tantivy.SearchResult:
    order = "date" if plan.sort == DATE else None
    return searcher.search(query, max(limit, 1), order_by_field=order, offset=min(plan.offset, MAX_WINDOW))


def _count(found: Any) -> int:
    """Missing in the stubs of tantivy's SearchResult."""
    return found.count
