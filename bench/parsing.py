"""Measures how long hostile and long texts take to read, at one size and at twice that size, so that growth shows.

A ratio near 2 is linear. Prints one row for each text: milliseconds at both sizes, and the ratio.
"""

import contextlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django

from norms.citations import NameTable, parse
from norms.importing.errors import UnreadableSource

# In characters.
SIZE = 50_000
LAW = "根据《社区矫正法》第二十七条、第二十八条以及第三十条第二款的规定，离开所居住的市、县应当报经批准。"
CITATIONS = {
    "citations": LAW,
    "plain words": "家属第二天才打电话说明情况，检察院来查的时候两边说法不一样。",
    "open brackets": "《",
    "articles": "第一条",
    "commas": "、",
    "ranges": "刑法第三条至",
    "deep places": "第一条第二款第三项第四目",
}
OUTLINES = {
    "articles": "第一条　甲。\n",
    "one number": "第8000条　甲。\n",
    "items": "（一）乙；\n",
    "annexes": "附件：\n",
    "open brackets": "《",
    "one line": "自",
}
NAMES = NameTable(
    [("中华人民共和国刑法", 1), ("中华人民共和国社区矫正法", 2), ("社区矫正法", 2), ("刑法", 1)]
)


def read_citations(text: str) -> None:
    parse(text, names=NAMES)


def read_outline(text: str) -> None:
    from norms.importing.parser import parse_source

    with contextlib.suppress(UnreadableSource):
        parse_source("甲条例.txt", f"甲条例\n\n{text}".encode())


def milliseconds(read: Callable[[str], None], text: str) -> float:
    """Return the CPU time of the fastest of three runs."""
    times = []
    for _ in range(3):
        began = time.process_time()
        read(text)
        times.append((time.process_time() - began) * 1000)
    return min(times)


def compare(kind: str, read: Callable[[str], None], pieces: dict[str, str]) -> None:
    for name, piece in pieces.items():
        long = (piece * (2 * SIZE // len(piece) + 1))[: 2 * SIZE]
        once, twice = milliseconds(read, long[:SIZE]), milliseconds(read, long)
        print(f"{kind:10} {name:14} {once:8.1f} ms {twice:8.1f} ms  x{twice / max(once, 0.001):.2f}")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.test")
    django.setup()
    print(f"{'':25} {SIZE:>8} chars {2 * SIZE:>6} chars  growth")
    compare("citations", read_citations, CITATIONS)
    compare("outline", read_outline, OUTLINES)
