import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench" / "retrieval.py"
KEYS = {
    "ndcg_at_10",
    "mrr_at_10",
    "recall_at_10",
    "recall_at_30",
    "recall_at_100",
    "index_seconds",
    "index_bytes",
    "p50_ms",
    "p95_ms",
    "engine",
}


def bench(*arguments) -> dict:
    run = subprocess.run(
        [sys.executable, str(BENCH), *map(str, arguments), "--json"],
        capture_output=True,
        check=True,
        text=True,
    )
    return json.loads(run.stdout)


def test_bench_prints_one_object(tmp_path):
    corpus, queries = tmp_path / "corpus.jsonl.gz", tmp_path / "queries.jsonl"
    rows = [
        {"id": "a", "law": "某法", "article": "第一条", "heading": "", "text": "家属代缴罚金"},
        {"id": "b", "law": "某法", "article": "第二条", "heading": "", "text": "会见通信"},
    ]
    with gzip.open(corpus, "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    queries.write_text(json.dumps({"question": "代缴罚金怎么办", "relevant": ["a"]}), encoding="utf-8")
    figures = bench(corpus, queries)
    assert set(figures) == KEYS
    assert (figures["ndcg_at_10"], figures["recall_at_10"], figures["engine"]) == (1.0, 1.0, "embedded")


@pytest.mark.shared_data
def test_quality_on_real_statutes(shared_data):
    folder = shared_data / "retrieval"
    figures = bench(folder / "corpus.jsonl.gz", folder / "queries.dev.jsonl")
    assert figures["ndcg_at_10"] >= 0.405
    assert figures["recall_at_10"] >= 0.50
