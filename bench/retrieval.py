"""Measures the quality and speed of search on a retrieval benchmark, with the portal's own documents and queries.

CORPUS holds JSON lines (plain or .gz) with id, law, article, heading and text; QUERIES JSON lines with
question and relevant (a list of ids). Metrics are means over the queries; times are for ten hits.
"""

import argparse
import gzip
import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TextIO, TypeVar

import django

# Settings are read when Django is imported, so this comes before the portal's own modules.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")
django.setup()

from search.documents.base import SearchDocument
from search.engines.base import Engine
from search.engines.elastic import ElasticEngine
from search.engines.elastic.client import Cluster
from search.engines.embedded.engine import EmbeddedEngine
from search.query.parsing import SearchQuery
from search.query.planning import make_plans

T = TypeVar("T")

# How many hits recall is measured for.
DEPTHS = (10, 30, 100)
VISITOR = frozenset({"all"})
BATCH_SIZE = 2_000


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def open_lines(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    with open_lines(path) as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def read_documents(path: Path) -> Iterator[SearchDocument]:
    for row in read_lines(path):
        yield SearchDocument(
            kind="provision",
            key=row["id"],
            number="",
            title=f"{row['law']}\u3000{row['article']}",
            text=f"{row['law']}\n{row['text']}",
            url="",
            audience=("all",),
            headings=row.get("heading", ""),
            document=(row["law"],),
        )


def make_engine(name: str, folder: str) -> Engine:
    if name == "embedded":
        return EmbeddedEngine(folder)
    if not (hosts := os.environ.get("ELASTICSEARCH_URL", "")):
        raise SystemExit("Set ELASTICSEARCH_URL to the addresses of a running cluster.")
    return ElasticEngine(Cluster(hosts=tuple(hosts.split(",")), prefix="bench-retrieval", timeout=60.0))


def ranked(engine: Engine, text: str, limit: int) -> list[str]:
    """Return the keys of the best hits, as a search would list them."""
    plans = make_plans(SearchQuery(text=text, limit=limit), VISITOR)
    result = engine.search(plans.strict)
    if plans.relaxed and result.total < limit:
        result = engine.search(plans.relaxed)
    return [hit.document.key for hit in result.hits]


def ndcg(gains: list[int], relevant: int) -> float:
    """Return the normalised discounted cumulative gain of a ranking; `relevant` documents exist in all."""
    ideal = sum(1 / math.log2(index + 2) for index in range(min(len(gains), relevant)))
    return sum(gain / math.log2(index + 2) for index, gain in enumerate(gains)) / ideal if ideal else 0.0


def reciprocal_rank(gains: list[int]) -> float:
    """Return 1 / rank of the first relevant hit, 0 if there is none."""
    return next((1 / rank for rank, gain in enumerate(gains, 1) if gain), 0.0)


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def measure(engine: Engine, queries: list[dict[str, Any]]) -> dict[str, float]:
    sums = dict.fromkeys(("ndcg_at_10", "mrr_at_10", *(f"recall_at_{depth}" for depth in DEPTHS)), 0.0)
    milliseconds = []
    for query in queries:
        relevant = set(query["relevant"])
        started = time.perf_counter()
        ranked(engine, query["question"], 10)
        milliseconds.append((time.perf_counter() - started) * 1000)
        # A second, deeper search, which is not timed.
        keys = ranked(engine, query["question"], max(DEPTHS))
        top = [int(key in relevant) for key in keys[:10]]
        sums["ndcg_at_10"] += ndcg([*top, *[0] * (10 - len(top))], len(relevant))
        sums["mrr_at_10"] += reciprocal_rank(top)
        for depth in DEPTHS:
            sums[f"recall_at_{depth}"] += len(relevant.intersection(keys[:depth])) / len(relevant)
    means = {name: round(value / len(queries), 4) for name, value in sums.items()}
    return means | {
        "p50_ms": round(percentile(milliseconds, 0.5), 2),
        "p95_ms": round(percentile(milliseconds, 0.95), 2),
    }


def run(engine: Engine, corpus: Path, queries: list[dict[str, Any]]) -> dict[str, float | int | str]:
    started = time.perf_counter()
    build = engine.build()
    for documents in batched(read_documents(corpus), BATCH_SIZE):
        build.add(engine.prepare(documents), version=1)
    build.publish()
    seconds = time.perf_counter() - started
    index: dict[str, float | int | str] = {
        "index_seconds": round(seconds, 2),
        "index_bytes": engine.size()[1],
        "engine": engine.name,
    }
    return measure(engine, queries) | index


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("--engine", default="embedded", choices=["embedded", "elastic"])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    queries = [query for query in read_lines(options.queries) if query["relevant"]]
    if not queries:
        parser.error("no query names a relevant document")
    with tempfile.TemporaryDirectory() as folder:
        figures = run(make_engine(options.engine, folder), options.corpus, queries)
    if options.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:16}{value}")


if __name__ == "__main__":
    main()
