"""Makes up questions and queries from sentences of real texts, the same ones for the same seed."""

import gzip
import json
import random
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

DEMO = Path(__file__).resolve().parent.parent / "home" / "demo"
SENTENCE_END = re.compile(r"[。！？?!；;\n]")
# A single Han character is enough to tell Chinese text from keys and addresses.
HAN = re.compile(r"[\u4e00-\u9fff]")
# In characters.
MIN_LENGTH, MAX_LENGTH = 6, 60
MIN_SENTENCES = 10


def read_sentences(files: Iterable[Path]) -> list[str]:
    """Return sentences of 6 to 60 characters from the demo and from files: TOML, JSON, JSON lines, plain text.

    Names of files may end in .gz. Raises SystemExit if a file cannot be read.
    """
    # The keys of a dictionary: no sentence twice, and always in the same order.
    sentences: dict[str, None] = {}
    for path in [*sorted(DEMO.glob("*.toml")), *files]:
        try:
            texts = list(_texts(path))
        except (OSError, ValueError) as error:
            raise SystemExit(f"{path} cannot be read: {error}") from None
        for text in texts:
            for raw_sentence in SENTENCE_END.split(text):
                sentence = " ".join(raw_sentence.split())
                if MIN_LENGTH <= len(sentence) <= MAX_LENGTH and HAN.search(sentence):
                    sentences[sentence] = None
    if len(sentences) < MIN_SENTENCES:
        raise SystemExit("There are too few sentences to put together.")
    return list(sentences)


def _texts(path: Path) -> Iterator[str]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    name = path.name.removesuffix(".gz")
    if name.endswith(".toml"):
        yield from _strings(tomllib.loads(text))
    elif name.endswith(".jsonl"):
        for line in text.splitlines():
            yield from _strings(json.loads(line))
    elif name.endswith(".json"):
        yield from _strings(json.loads(text))
    else:
        yield text


def _strings(value: Any) -> Iterator[str]:
    """Yield every text inside a value of JSON or TOML."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


def questions(sentences: list[str], count: int, *, seed: int = 1) -> Iterator[tuple[str, str]]:
    """Yield the title and text of `count` questions; half of them begin with halves of two sentences."""
    rng = random.Random(seed)
    for _number in range(count):
        parts = rng.sample(sentences, rng.choice((1, 2, 2, 3)))
        if rng.random() < 0.5:
            parts[0] = _spliced(*rng.sample(sentences, 2))
        yield parts[0][:40], "。".join(parts) + "。"


def _spliced(first: str, second: str) -> str:
    """Return the first half of one sentence and the second half of another."""
    return first[: len(first) // 2] + second[len(second) // 2 :]


def keyword_queries(sentences: list[str], count: int, *, seed: int = 2) -> list[str]:
    """Return queries of one to three words from the sentences, 2 to 12 characters in all."""
    rng = random.Random(seed)
    queries: list[str] = []
    while len(queries) < count:
        words = []
        for _word in range(rng.choice((1, 1, 2, 2, 3))):
            # Words are cut out of runs of Han characters, so that none spans punctuation.
            runs = re.findall(r"[\u4e00-\u9fff]{2,}", rng.choice(sentences))
            if runs:
                run = rng.choice(runs)
                size = rng.randint(2, min(6, len(run)))
                start = rng.randint(0, len(run) - size)
                words.append(run[start : start + size])
        query = " ".join(words)
        if 2 <= len(query.replace(" ", "")) <= 12:
            queries.append(query)
    return queries


def lay_queries(sentences: list[str], count: int, *, seed: int = 3) -> list[str]:
    """Return questions of 15 to 60 characters as laypeople ask them; half consist of halves of two sentences."""
    rng = random.Random(seed)
    queries: list[str] = []
    while len(queries) < count:
        first, second = rng.sample(sentences, 2)
        query = _spliced(first, second) if rng.random() < 0.5 else first
        if len(query) < 15:
            query += second
        if 15 <= len(query) <= MAX_LENGTH:
            queries.append(f"{query}？")
    return queries


def typed_queries(sentences: list[str], count: int, *, seed: int = 4) -> list[str]:
    """Return beginnings of lay questions, 6 to 60 characters, as while they are typed."""
    rng = random.Random(seed)
    return [
        query[: rng.randint(MIN_LENGTH, MAX_LENGTH)] for query in lay_queries(sentences, count, seed=seed)
    ]
