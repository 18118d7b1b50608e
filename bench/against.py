"""Compares the portal's search with alternatives: the same rows, the same machine, one run.

1. Searching: Wagtail's database search on SQLite and the embedded engine (and Elasticsearch), the same keyword queries.
2. Indexing into Elasticsearch: `django-elasticsearch-dsl`'s `search_index --rebuild`, without and with --parallel, and
   the portal's rebuild, with the same mapping and values; the server warmed, best of three. Needs ELASTICSEARCH_URL.

Run it with `./run bench against.py FILES...`, which installs the alternatives.
"""

import argparse
import io
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import rows
from figures import line, machine, spread
from million import timed
from sentences import keyword_queries, questions, read_sentences

BATCH_SIZE = 5_000
RUNS = 3
READER = frozenset({"all", "staff"})


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--questions", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=50)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "alternatives.settings"
    sentences = read_sentences(options.files)
    engines = ["embedded", *(["elastic"] if os.environ.get("ELASTICSEARCH_URL") else [])]
    line("machine", machine())
    with tempfile.TemporaryDirectory() as folder:
        rows.set_up(Path(folder), engines=",".join(engines), prefix="bench-against")
        rows.fill(questions(sentences, options.questions))
        line("questions", options.questions)
        compare_indexing() if "elastic" in engines else line("indexing", "left out: set ELASTICSEARCH_URL")
        compare_searching(keyword_queries(sentences, options.queries), engines)


def best(work: Callable[[], object]) -> float:
    """Return the seconds of the fastest of three runs."""
    seconds = []
    for _run in range(RUNS):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def compare_indexing() -> None:
    from django.core.management import call_command

    from search.engines.configured import get_engine
    from search.indexing.rebuilding import rebuild

    def theirs(*extra: str) -> None:
        call_command("search_index", "--rebuild", "-f", *extra, stdout=io.StringIO())

    engine = get_engine("elastic")
    rebuild(engine)
    ours = best(lambda: rebuild(engine))
    plain = best(theirs)
    parallel = best(lambda: theirs("--parallel"))
    line("portal: rebuild_index (all kinds)", f"{ours:.1f} s")
    line("django-elasticsearch-dsl: search_index", f"{plain:.1f} s, {plain / ours:.1f} times as long")
    line(
        "django-elasticsearch-dsl: with --parallel", f"{parallel:.1f} s, {parallel / ours:.1f} times as long"
    )


def compare_searching(texts: list[str], engines: list[str]) -> None:
    from search.answers.searching import search
    from search.engines.configured import get_engine
    from search.indexing.rebuilding import rebuild
    from search.query.parsing import SearchQuery

    for name in engines:
        engine = get_engine(name)
        if name == "embedded":
            rebuild(engine)
        totals: dict[str, int] = {}

        def find(text: str, engine=engine, totals=totals) -> None:
            result = search(SearchQuery(text=text, facets=("topic", "department")), READER, engine=engine)
            totals[text] = result.total if result.strict_total is None else result.strict_total

        durations = timed(find, texts)
        line(f"portal, {name}", f"{spread(durations)}, {sum(map(bool, totals.values()))} with hits")
    compare_wagtail(texts)


def compare_wagtail(texts: list[str]) -> None:
    from alternatives.models import IndexedQuestion
    from django.core.management import call_command
    from django.db import connection

    from inquiry.models import Question

    with connection.schema_editor() as editor:
        editor.create_model(IndexedQuestion)
    indexed = (
        IndexedQuestion(title=question.title_as_raised, text=question.text)
        for question in Question.objects.only("title", "text").iterator(chunk_size=BATCH_SIZE)
    )
    IndexedQuestion.objects.bulk_create(indexed, batch_size=BATCH_SIZE)
    started = time.perf_counter()
    call_command("update_index", stdout=io.StringIO(), verbosity=0)
    line("Wagtail's database search: index", f"{time.perf_counter() - started:.1f} s")
    from wagtail.search.backends import get_search_backend

    backend = get_search_backend()
    totals: dict[str, int] = {}

    def find(text: str) -> None:
        results = backend.search(text, IndexedQuestion.objects.all())
        list(results[:10])
        totals[text] = results.count()

    durations = timed(find, texts)
    line("Wagtail's database search", f"{spread(durations)}, {sum(map(bool, totals.values()))} with hits")


if __name__ == "__main__":
    main()
