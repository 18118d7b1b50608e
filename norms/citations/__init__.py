"""Finding citations of normative documents in Chinese text. Plain Python, no database."""

import re

from .locators import Chain, Locator
from .memory import ShortNames
from .names import NameTable
from .numerals import ARABIC, CHINESE, number
from .reader import Reader
from .references import OwnText, Reference
from .text import folded

__all__ = ["Locator", "NameTable", "OwnText", "Reader", "Reference", "ShortNames", "article_place", "parse"]

_NUMERAL = re.compile(f"{ARABIC}|{CHINESE}")


def parse(
    text: str,
    *,
    names: NameTable | None = None,
    own: OwnText | None = None,
    short_names: ShortNames | None = None,
) -> list[Reference]:
    """References in the order they stand in `text`, which may be anything.

    `names` are the documents known; `own` says where in a norm the text stands, if it does. `short_names`
    collects what the text abbreviates (以下简称……), and may be passed on to the next text of the same record.
    """
    return Reader(text, names=names, own=own, short_names=short_names).read()


def article_place(written: str) -> Locator | None:
    """An article's number as a reader types it: 28, 第二十八条, 120条之一, 二十八."""
    text = folded(written.strip()[:30])
    if _NUMERAL.fullmatch(text):
        value = number(text)
        return Locator(value) if value else None
    if "条" not in text:
        text = text.replace("之", "条之")
    chain = Chain(text if text.startswith("第") else f"第{text}", 0)
    place = chain.terms[0].first if chain.terms else None
    return place if place is not None and place.article is not None else None
