"""Questions that nobody asked: sentences of real texts, cut up and put together anew, the same for the same seed."""

import gzip
import json
import random
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

DEMO = Path(__file__).resolve().parent.parent / "home" / "demo"
END = re.compile(r"[。！？?!；;\n]")
HAN = re.compile(r"[\u4e00-\u9fff]")
SHORTEST, LONGEST = 6, 60


def read_sentences(files: Iterable[Path]) -> list[str]:
    """Sentences of 6 to 60 characters of the demo's content and of the files: TOML, JSON, JSON lines, plain text.

    A file's name may end in .gz. Raises SystemExit where one cannot be read.
    """
    found: dict[str, None] = {}
    for path in [*sorted(DEMO.glob("*.toml")), *files]:
        try:
            texts = list(_texts(path))
        except (OSError, ValueError) as error:
            raise SystemExit(f"{path} cannot be read: {error}") from None
        for text in texts:
            for sentence in END.split(text):
                kept = " ".join(sentence.split())
                if SHORTEST <= len(kept) <= LONGEST and HAN.search(kept):
                    found[kept] = None
    if len(found) < 10:
        raise SystemExit("There are too few sentences to put together.")
    return list(found)


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
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


def questions(sentences: list[str], count: int, *, seed: int = 1) -> Iterator[tuple[str, str]]:
    """(title, text) of as many questions; half of them begin with halves of two sentences."""
    draw = random.Random(seed)
    for _number in range(count):
        parts = draw.sample(sentences, draw.choice((1, 2, 2, 3)))
        if draw.random() < 0.5:
            one, other = draw.sample(sentences, 2)
            parts[0] = one[: len(one) // 2] + other[len(other) // 2 :]
        yield parts[0][:40], "。".join(parts) + "。"


def keyword_queries(sentences: list[str], count: int, *, seed: int = 2) -> list[str]:
    """One to three words, 2 to 12 characters in all, as they stand in the sentences."""
    draw = random.Random(seed)
    made: list[str] = []
    while len(made) < count:
        words = []
        for _word in range(draw.choice((1, 1, 2, 2, 3))):
            stretch = re.findall(r"[\u4e00-\u9fff]{2,}", draw.choice(sentences))
            if stretch:
                run = draw.choice(stretch)
                size = draw.randint(2, min(6, len(run)))
                start = draw.randint(0, len(run) - size)
                words.append(run[start : start + size])
        query = " ".join(words)
        if 2 <= len(query.replace(" ", "")) <= 12:
            made.append(query)
    return made


def lay_queries(sentences: list[str], count: int, *, seed: int = 3) -> list[str]:
    """Sentences of 15 to 60 characters, half of them out of halves of two."""
    draw = random.Random(seed)
    made: list[str] = []
    while len(made) < count:
        one, other = draw.sample(sentences, 2)
        query = one[: len(one) // 2] + other[len(other) // 2 :] if draw.random() < 0.5 else one
        if len(query) < 15:
            query += other
        if 15 <= len(query) <= LONGEST:
            made.append(f"{query}？")
    return made


def typed_queries(sentences: list[str], count: int, *, seed: int = 4) -> list[str]:
    """What stands in the box of a question that is being typed: beginnings of 6 to 60 characters."""
    draw = random.Random(seed)
    return [query[: draw.randint(6, LONGEST)] for query in lay_queries(sentences, count, seed=seed)]
