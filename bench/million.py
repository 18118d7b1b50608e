"""Measures searches, suggestions of similar questions and a rebuild among a million questions.

The questions are put together from sentences of the demo and of FILES (TOML, JSON, JSON lines, text; .gz too), stored
as rows of a real database (SQLite in a temporary folder) and indexed by `rebuild_index`'s own service. Then a mix of
300 queries is sent by a signed-in member of staff: 100 of keywords (2 to 12 characters), 100 lay questions (15 to 60)
and 100 beginnings of a question that is being typed. Searches give ten hits and two facets, highlights included.
At last the real web process answers the searches over HTTP, and its memory is read.

Both engines are measured in one run where ELASTICSEARCH_URL names a cluster. Run it with `./run python`.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import rows
from figures import line, machine, spread
from sentences import keyword_queries, lay_queries, questions, read_sentences, typed_queries
from serving import database_queries, served

# Of each kind in the mix: enough for a 95th percentile.
QUERIES_OF_A_KIND = 100
WARM_UP_QUERIES = 15
FACETS = ("topic", "department")


def main() -> None:
    options = arguments()
    sentences = read_sentences(options.files)
    mix = {
        "keywords": keyword_queries(sentences, QUERIES_OF_A_KIND),
        "lay questions": lay_queries(sentences, QUERIES_OF_A_KIND),
        "similar while typing": typed_queries(sentences, QUERIES_OF_A_KIND),
    }
    line("machine", machine())
    line("sentences", len(sentences))
    show_mix(mix, complete=options.show_mix)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        rows.set_up(folder, engines=",".join(options.engine), prefix="bench-million")
        prepare(folder, sentences, options.questions)
        for name in options.engine:
            measure(name, mix, options)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--questions", type=int, default=1_000_000)
    parser.add_argument("--engine", action="append", choices=["embedded", "elastic"])
    parser.add_argument("--keep", type=Path, help="folder of the database, kept for the next run")
    parser.add_argument("--show-mix", action="store_true", help="print every query")
    parser.add_argument("--no-web", action="store_true", help="leave out the web process")
    options = parser.parse_args()
    options.engine = options.engine or ["embedded"]
    return options


def show_mix(mix: dict[str, list[str]], *, complete: bool) -> None:
    for kind, texts in mix.items():
        sizes = sorted(len(text) for text in texts)
        line(
            f"mix: {kind}",
            f"{len(texts)} of {sizes[0]} to {sizes[-1]} characters, median {statistics.median(sizes):.0f}",
        )
        for text in texts if complete else texts[:3]:
            print(f"    {text}")


def prepare(folder: Path, sentences: list[str], count: int) -> None:
    """Fill the database, unless the folder holds one of this size already."""
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / f"filled-{count}"
    if not marker.exists():
        started = time.monotonic()
        rows.fill(questions(sentences, count))
        marker.touch()
        line("rows written", f"{count} in {time.monotonic() - started:.0f} s")


def measure(name: str, mix: dict[str, list[str]], options: argparse.Namespace) -> None:
    from search.answers.searching import search
    from search.answers.similar import similar
    from search.engines.configured import get_engine
    from search.indexing.rebuilding import rebuild
    from search.query.parsing import SearchQuery

    engine = get_engine(name)
    started = time.monotonic()
    read = rebuild(engine)
    seconds = time.monotonic() - started
    documents, size = engine.size()
    line(f"{name}: rebuild from database rows", f"{seconds:.1f} s, {read} records")
    line(f"{name}: index", f"{documents} documents, {size / 1e6:.0f} MB")
    reader = frozenset({"all", "staff", "user:5", "role:trainee", "department:3"})

    def find(text: str) -> None:
        search(SearchQuery(text=text, facets=FACETS), reader, engine=engine)

    def compare(text: str) -> None:
        similar(text, reader, engine=engine)

    for kind, texts in mix.items():
        line(f"{name}: {kind}", spread(timed(compare if kind.startswith("similar") else find, texts)))
    if not options.no_web and name == options.engine[0]:
        measure_web(name, [*mix["keywords"], *mix["lay questions"]])


def timed(search_for: Callable[[str], None], texts: list[str]) -> list[float]:
    """Return the milliseconds of each query, after some that fill caches and are not counted."""
    for text in texts[:WARM_UP_QUERIES]:
        search_for(text)
    durations = []
    for text in texts:
        started = time.perf_counter()
        search_for(text)
        durations.append((time.perf_counter() - started) * 1000)
    return durations


def measure_web(name: str, texts: list[str]) -> None:
    with served() as server:
        for text in texts[:WARM_UP_QUERIES]:
            server.get("/search/", q=text)
        durations = [server.get("/search/", q=text)[0] for text in texts]
        memory = server.memory()
    line(f"{name}: whole search page", spread(durations))
    queries = database_queries("/search/", texts)
    line(f"{name}: database queries of a page", f"{min(queries)} to {max(queries)}")
    line(f"{name}: web process", f"RssAnon {memory['anonymous']:.0f} MB, mapped {memory['mapped']:.0f} MB")


if __name__ == "__main__":
    main()
