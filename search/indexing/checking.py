"""Compares an index with the database, and repairs it.

Keys and digests of all documents are compared, which takes some 400 bytes of memory for each. Documents that differ are
compared again, in the database and in the index, since records change meanwhile.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from search.documents.base import SearchDocument, SourceState, digest_of
from search.engines.base import Engine, IndexedDocument, NoIndex, WriterBusy
from search.indexing.outbox import drain_all, enqueue, next_version
from search.indexing.preparing import prepared_batches, worker_pool
from search.indexing.rebuilding import rebuild
from search.indexing.states import Record, read_readable_states
from search.indexing.watching import has_index
from search.kinds import RECORD_KINDS
from search.models import OutboxEntry

Progress = Callable[[int], None]
# (key, source, digest) of a document.
Fingerprint = tuple[str, str, str]

BATCH_SIZE = 500
# With more records to repair, building a new index is quicker.
MAX_REPAIRED_RECORDS = 20_000
# How long to wait for a worker that is about to index what differs.
SETTLE_TIMEOUT_SECONDS = 5.0
POLL_SECONDS = 0.5
# The greatest primary key that a database can hold.
MAX_PRIMARY_KEY = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Difference:
    """A document that differs: its digest in the database and in the index, "" if it is missing there.

    `is_readable` is False if no document can be made of the record in the database.
    """

    source: str
    expected: str
    indexed: str
    is_readable: bool = True

    @property
    def is_missing(self) -> bool:
        return not self.indexed

    @property
    def is_orphaned(self) -> bool:
        return bool(self.indexed) and not self.expected and self.is_readable


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result for one engine: the number of documents in the database, and the differences by key."""

    engine: str
    checked: int
    differences: Mapping[str, Difference] = field(default_factory=dict)
    has_index: bool = True

    @property
    def missing(self) -> list[str]:
        return [key for key, difference in self.differences.items() if difference.is_missing]

    @property
    def orphaned(self) -> list[str]:
        return [key for key, difference in self.differences.items() if difference.is_orphaned]

    @property
    def stale(self) -> list[str]:
        return [
            key
            for key, difference in self.differences.items()
            if not difference.is_missing and not difference.is_orphaned
        ]

    @property
    def sources(self) -> list[str]:
        return _sources_of(self.differences)


def check(
    engine: Engine,
    *,
    progress: Progress | None = None,
    processes: int | None = None,
    timeout: float = SETTLE_TIMEOUT_SECONDS,
) -> CheckResult:
    """Compare the database with an engine's index; without an index everything is missing.

    Raises SearchUnavailable if the engine is away, WriterBusy if the index was replaced meanwhile.
    """
    expected = _Expected()
    with worker_pool(processes) as pool:
        for batch in prepared_batches(fingerprints, pool):
            expected.add(batch.documents, batch.failed)
            if progress:
                progress(batch.records)
    checked = len(expected)
    try:
        differences = expected.compared(engine.contents())
    except NoIndex:
        if has_index(engine):
            raise WriterBusy(
                "a new index was put in the place of the one that was read; check again"
            ) from None
        return CheckResult(engine.name, checked, expected.compared([]), has_index=False)
    return CheckResult(engine.name, checked, _confirmed(engine, differences, timeout))


def repair(engine: Engine, result: CheckResult, *, progress: Progress | None = None) -> CheckResult:
    """Index again what differs, or build the index if there is none; return the result of checking it afterwards.

    Raises SearchUnavailable if the engine is away, WriterBusy if another process builds or writes.
    """
    if not result.differences and result.has_index:
        return result
    if not result.has_index or len(result.sources) > MAX_REPAIRED_RECORDS:
        rebuild(engine)
        return check(engine, progress=progress)
    records = {source: record_of(source) for source in result.sources}
    _index_again(engine, [record for record in records.values() if record])
    _remove(engine, [source for source, record in records.items() if not record])
    after = check(engine, progress=progress)
    if _needs_new_index(engine, after):
        rebuild(engine)
        return check(engine, progress=progress)
    return after


def fingerprints(documents: Iterable[SearchDocument]) -> list[Fingerprint]:
    """Return the fingerprints of documents with an audience."""
    return [
        (document.key, document.source, digest_of(document.to_json()))
        for document in documents
        if document.audience
    ]


def record_of(source: str) -> Record | None:
    """Return the record that a source names, None if no record can have that name."""
    kind, _colon, number = source.partition(":")
    if kind not in RECORD_KINDS or not number.isdecimal() or str(int(number)) != number:
        return None
    return (kind, int(number)) if int(number) <= MAX_PRIMARY_KEY else None


class _Expected:
    """The documents of the database: a digest for each key, and the source where it differs from the key."""

    def __init__(self) -> None:
        self._digests: dict[str, bytes] = {}
        self._sources: dict[str, str] = {}
        self._unreadable: set[str] = set()

    def __len__(self) -> int:
        return len(self._digests) + len(self._unreadable)

    def add(self, documents: Iterable[Fingerprint], unreadable: Iterable[str]) -> None:
        for key, source, digest in documents:
            # Bytes take half the memory of hexadecimal digits.
            self._digests[key] = bytes.fromhex(digest)
            if source != key:
                self._sources[key] = source
        self._unreadable.update(unreadable)

    def compared(self, contents: Iterable[IndexedDocument]) -> dict[str, Difference]:
        """Return the differences by key. Uses up the expected documents, so that it can be called once."""
        differences: dict[str, Difference] = {}
        unindexed = set(self._unreadable)
        for document in contents:
            key, source = document.key, document.source
            if source in self._unreadable:
                differences[key] = Difference(source, "", document.digest, is_readable=False)
                unindexed.discard(source)
                continue
            digest = self._digests.pop(key, b"").hex()
            if digest != document.digest:
                differences[key] = Difference(source, digest, document.digest)
        for key, missing in self._digests.items():
            differences[key] = Difference(self._sources.get(key, key), missing.hex(), "")
        for source in unindexed:
            differences[source] = Difference(source, "", "", is_readable=False)
        return differences


def _sources_of(differences: Mapping[str, Difference]) -> list[str]:
    return list(dict.fromkeys(difference.source for difference in differences.values()))


def _confirmed(engine: Engine, differences: dict[str, Difference], timeout: float) -> dict[str, Difference]:
    """Compare again until two comparisons agree while no row for them is waiting, or `timeout` seconds have passed."""
    deadline = time.monotonic() + timeout
    while differences:
        sources = _sources_of(differences)
        was_waiting = _is_waiting(engine, sources)
        latest = _differences_of(engine, sources)
        is_settled = latest == differences and not was_waiting and not _is_waiting(engine, sources)
        if is_settled or time.monotonic() >= deadline:
            return latest
        differences = latest
        time.sleep(POLL_SECONDS if differences else 0)
    return differences


def _differences_of(engine: Engine, sources: Sequence[str]) -> dict[str, Difference]:
    """Compare the documents of these sources."""
    differences: dict[str, Difference] = {}
    for batch in _batches(sources):
        failed: dict[str, str] = {}
        expected = _Expected()
        records = [record for source in batch if (record := record_of(source))]
        for state in read_readable_states(records, failed):
            expected.add(fingerprints(state.documents), ())
        expected.add((), failed)
        differences |= expected.compared(engine.contents(batch))
    return differences


def _batches(sources: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(sources), BATCH_SIZE):
        yield sources[start : start + BATCH_SIZE]


def _by_kind(records: Iterable[Record | None]) -> dict[str, list[int]]:
    ids: dict[str, list[int]] = defaultdict(list)
    for record in records:
        if record:
            ids[record[0]].append(record[1])
    return ids


def _is_waiting(engine: Engine, sources: Sequence[str]) -> bool:
    rows = OutboxEntry.objects.for_engine(engine.name).ready()
    return any(
        rows.filter(kind=kind, object_id__in=ids).exists()
        for batch in _batches(sources)
        for kind, ids in _by_kind(map(record_of, batch)).items()
    )


def _index_again(engine: Engine, records: Iterable[Record]) -> None:
    with transaction.atomic():
        for kind, ids in _by_kind(records).items():
            enqueue(kind, ids, engines=[engine.name])
    drain_all(engine)


def _remove(engine: Engine, sources: Sequence[str]) -> None:
    for batch in _batches(sources):
        with engine.exclusive():
            engine.apply([SourceState(source, ()) for source in batch], version=next_version())


def _needs_new_index(engine: Engine, after: CheckResult) -> bool:
    """Return whether documents still differ although indexing them did not fail.

    That is so after a backup of the database was restored: its versions are older than those in the index.
    """
    rows = OutboxEntry.objects.for_engine(engine.name).waiting().filter(attempts__gt=0)
    failed = set(rows.values_list("kind", "object_id"))
    return any(record_of(source) not in failed for source in after.sources)
