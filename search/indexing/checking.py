"""Whether an index holds what the database says, and making it so.

Keys and digests of all documents are compared, which takes some 400 bytes for each; what differs is looked at again,
in the database and in the index, since records change meanwhile.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from search.documents.base import SearchDocument, SourceState, digest_of
from search.engines.base import Engine, IndexedDocument, NoIndex, WriterBusy
from search.indexing.outbox import drain_all, enqueue, next_version
from search.indexing.preparing import prepared, worker_pool
from search.indexing.rebuilding import rebuild
from search.indexing.states import Record, read_possible_states
from search.indexing.watching import has_index
from search.kinds import RECORD_KINDS
from search.models import OutboxEntry

Progress = Callable[[int], None]
# (key, source, digest) of a document.
Fingerprint = tuple[str, str, str]

STEP = 500
# Records from which on a new index is made sooner than so many are repaired.
MANY = 20_000
# Seconds to wait for a worker that is about to index what differs.
SETTLE_TIMEOUT_SECONDS = 5.0
PAUSE = 0.5
LARGEST_KEY = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Difference:
    """Of one document: digests in the database and in the index, "" where it is not there.

    `is_readable` is False where the database has a record of which no document can be made.
    """

    source: str
    wanted: str
    held: str
    is_readable: bool = True

    @property
    def is_missing(self) -> bool:
        return not self.held

    @property
    def is_orphaned(self) -> bool:
        return bool(self.held) and not self.wanted and self.is_readable


@dataclass(frozen=True, slots=True)
class CheckResult:
    """`checked` is the number of documents that the database has; differences are named by key."""

    engine: str
    checked: int
    differences: Mapping[str, Difference] = field(default_factory=dict)
    has_index: bool = True

    @property
    def missing(self) -> list[str]:
        return [key for key, one in self.differences.items() if one.is_missing]

    @property
    def orphaned(self) -> list[str]:
        return [key for key, one in self.differences.items() if one.is_orphaned]

    @property
    def stale(self) -> list[str]:
        return [key for key, one in self.differences.items() if not one.is_missing and not one.is_orphaned]

    @property
    def sources(self) -> list[str]:
        return list(dict.fromkeys(one.source for one in self.differences.values()))


def check(
    engine: Engine,
    *,
    progress: Progress | None = None,
    processes: int | None = None,
    timeout: float = SETTLE_TIMEOUT_SECONDS,
) -> CheckResult:
    """An index that is not there lacks everything.

    Raises SearchUnavailable where the engine is away, WriterBusy where the index was replaced meanwhile.
    """
    wanted = _Wanted()
    with worker_pool(processes) as pool:
        for done in prepared(fingerprints, pool):
            wanted.add(done.documents, done.failed)
            if progress:
                progress(done.records)
    checked = len(wanted)
    try:
        found = wanted.compared(engine.contents())
    except NoIndex:
        if has_index(engine):
            raise WriterBusy(
                "a new index was put in the place of the one that was read; check again"
            ) from None
        return CheckResult(engine.name, checked, wanted.compared([]), has_index=False)
    return CheckResult(engine.name, checked, _looked_at_again(engine, found, timeout))


def repair(engine: Engine, result: CheckResult, *, progress: Progress | None = None) -> CheckResult:
    """What differed is indexed again, or the whole index where there is none; how it is then.

    Raises SearchUnavailable where the engine is away, WriterBusy where another process builds or writes.
    """
    if not result.differences and result.has_index:
        return result
    if not result.has_index or len(result.sources) > MANY:
        rebuild(engine)
        return check(engine, progress=progress)
    known = dict(zip(result.sources, map(record_of, result.sources), strict=True))
    _index_again(engine, [record for record in known.values() if record])
    _remove(engine, [source for source, record in known.items() if not record])
    after = check(engine, progress=progress)
    if _would_a_new_index_help(engine, after):
        rebuild(engine)
        return check(engine, progress=progress)
    return after


def fingerprints(documents: Iterable[SearchDocument]) -> list[Fingerprint]:
    """Of those that somebody may find."""
    return [(one.key, one.source, digest_of(one.to_json())) for one in documents if one.audience]


def record_of(source: str) -> Record | None:
    """None for what no record of today can be called."""
    kind, _colon, number = source.partition(":")
    if kind not in RECORD_KINDS or not number.isdecimal() or str(int(number)) != number:
        return None
    return (kind, int(number)) if int(number) <= LARGEST_KEY else None


class _Wanted:
    """What the database has: one digest for each key, and the source where that is not the key."""

    def __init__(self) -> None:
        self._digests: dict[str, bytes] = {}
        self._sources: dict[str, str] = {}
        self._unreadable: set[str] = set()

    def __len__(self) -> int:
        return len(self._digests) + len(self._unreadable)

    def add(self, made: Iterable[Fingerprint], unreadable: Iterable[str]) -> None:
        for key, source, digest in made:
            self._digests[key] = bytes.fromhex(digest)
            if source != key:
                self._sources[key] = source
        self._unreadable.update(unreadable)

    def compared(self, contents: Iterable[IndexedDocument]) -> dict[str, Difference]:
        """By key; what is held leaves, so that it can be done once."""
        found: dict[str, Difference] = {}
        untouched = set(self._unreadable)
        for held in contents:
            if held.source in self._unreadable:
                found[held.key] = Difference(held.source, "", held.digest, is_readable=False)
                untouched.discard(held.source)
                continue
            digest = self._digests.pop(held.key, b"").hex()
            if digest != held.digest:
                found[held.key] = Difference(held.source, digest, held.digest)
        for key, lacking in self._digests.items():
            found[key] = Difference(self._sources.get(key, key), lacking.hex(), "")
        for source in untouched:
            found[source] = Difference(source, "", "", is_readable=False)
        return found


def _looked_at_again(engine: Engine, found: dict[str, Difference], timeout: float) -> dict[str, Difference]:
    """Until two looks agree while nothing of it waits in the queue, or timeout is over."""
    deadline = time.monotonic() + timeout
    while found:
        sources = list(dict.fromkeys(one.source for one in found.values()))
        waited = _is_waiting(engine, sources)
        again = _differences_of(engine, sources)
        is_settled = again == found and not waited and not _is_waiting(engine, sources)
        if is_settled or time.monotonic() >= deadline:
            return again
        found = again
        time.sleep(PAUSE if found else 0)
    return found


def _differences_of(engine: Engine, sources: Sequence[str]) -> dict[str, Difference]:
    found: dict[str, Difference] = {}
    for some in _steps(sources):
        failed: dict[str, str] = {}
        wanted = _Wanted()
        for state in read_possible_states([record for one in some if (record := record_of(one))], failed):
            wanted.add(fingerprints(state.documents), ())
        wanted.add((), failed)
        found |= wanted.compared(engine.contents(some))
    return found


def _steps(sources: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(sources), STEP):
        yield sources[start : start + STEP]


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
        for some in _steps(sources)
        for kind, ids in _by_kind(map(record_of, some)).items()
    )


def _index_again(engine: Engine, records: Iterable[Record]) -> None:
    with transaction.atomic():
        for kind, ids in _by_kind(records).items():
            enqueue(kind, ids, engines=[engine.name])
    drain_all(engine)


def _remove(engine: Engine, sources: Sequence[str]) -> None:
    for some in _steps(sources):
        with engine.exclusive():
            engine.apply([SourceState(source, ()) for source in some], version=next_version())


def _would_a_new_index_help(engine: Engine, after: CheckResult) -> bool:
    """Where something differs that did not fail: as after a backup of the database was restored, whose versions are
    older than those in the index.
    """
    rows = OutboxEntry.objects.for_engine(engine.name).waiting().filter(attempts__gt=0)
    failed = set(rows.values_list("kind", "object_id"))
    return any(record_of(source) not in failed for source in after.sources)
