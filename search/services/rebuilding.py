"""A whole index from the database, which alone holds the truth."""

from collections.abc import Callable, Iterator

from search.documents.registry import SOURCES
from search.engines.base import Engine
from search.models import OutboxEntry

Progress = Callable[[str, int], None]


def rebuild(engine: Engine, *, progress: Progress | None = None) -> int:
    """Build beside the live index, then swap; the number of records read.

    Rows that waited before the build began are done with it. Those written meanwhile stay for the worker,
    which waits until the build is over.
    """
    with engine.exclusive():
        waiting = list(OutboxEntry.objects.for_engine(engine.name).values_list("pk", flat=True))
        count = 0
        with engine.rebuild() as builder:
            for kind, ids in _chunks():
                builder.add(SOURCES[kind].build(ids))
                count += len(ids)
                if progress:
                    progress(kind, len(ids))
        for start in range(0, len(waiting), 500):
            OutboxEntry.objects.filter(pk__in=waiting[start : start + 500]).delete()
    return count


def records_to_index() -> int:
    return sum(source.model._default_manager.count() for source in SOURCES.values())


def _chunks() -> Iterator[tuple[str, list[int]]]:
    """Primary keys of every kind in steps; paged by key, so that records made meanwhile move nothing."""
    for kind, source in SOURCES.items():
        last = 0
        while ids := list(
            source.model._default_manager.filter(pk__gt=last)
            .order_by("pk")
            .values_list("pk", flat=True)[: source.chunk]
        ):
            yield kind, ids
            last = ids[-1]
