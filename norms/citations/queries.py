"""Articles as people type them in a search box: 刑法78, 社区矫正法28条, 刑诉法 268, 试矫法120-1, 第二十八条第一款.

A query is rewritten in the full form (刑法第78条), which `chains` then reads like any other text.
"""

import re

from portal.foundation.numerals import HAN, NUMERAL, parse_numeral

from .chains import Chain
from .names import NameTable
from .references import OwnText, Reference
from .text import folded, readable

MAX_QUERY_LENGTH = 500
_BRACKETS = re.compile(r"[《》〈〉<>]")
_BEFORE_NAME_END = "的之,、: "
# A name, then one article: its number with or without 第 and 条, an inserted number after 之 or a hyphen, levels below.
# The name holds no 第 before a number, so that a list or range of articles is left to the grammar of full forms; a
# number does not begin inside another, so that 2026-000123 is no article.
_SHORT_FORM = re.compile(
    rf"(?P<name>(?:(?!第 ?[0-9{HAN}]).)*?)"
    rf"(?P<ordinal>第)? ?(?<![0-9{HAN}-])(?P<number>{NUMERAL})(?![0-9{HAN}])(?P<unit> ?条)?"
    rf"(?:(?P<joint> ?之 ?|[-_])(?P<suffix>{NUMERAL})(?![0-9{HAN}])(?P<unit_after> ?条)?)?"
    rf"(?P<below> ?第? ?\(? ?{NUMERAL} ?\)? ?[款项目].*)?"
)
# Every index at which a number begins, and none inside a number.
_NUMBER_START = re.compile(rf"第(?= ?[0-9{HAN}(])|(?<![0-9{HAN}第 (-])[0-9{HAN}]")


def read_query(text: str, *, names: NameTable | None = None, own: OwnText | None = None) -> list[Reference]:
    """Return the one reference that a query is, or an empty list if it is anything else.

    An article without a name is read only for a text inside a document (`own`), and only with 条: a number alone
    may be anything.
    """
    name, chain = _split(text)
    if chain is None or (not name and (own is None or "条" not in folded(text))):
        return []
    if name:
        key = names.lookup(name) if names is not None else None
    else:
        key = own.key if own is not None else None
    return [
        Reference(0, len(text), text, name, key, tuple(chain.locators()), chain.text[len(name) :].strip())
    ]


def split_article(text: str) -> Chain | None:
    """Return the articles that a text without a name is: 28, 第二十八条, 120条之一; None for other texts."""
    name, chain = _split(text)
    return None if name else chain


def _split(text: str) -> tuple[str, Chain | None]:
    """Return name and articles of a query, no chain where it is not made of these."""
    query = _full_form(_BRACKETS.sub("", readable(text[:MAX_QUERY_LENGTH]).folded).strip())
    for match in _NUMBER_START.finditer(query):
        chain = Chain(query, match.start(), unordered="any")
        if chain.terms and chain.end == len(query) and chain.terms[0].first.article is not None:
            return query[: match.start()].rstrip(_BEFORE_NAME_END), chain
    return "", None


def _full_form(query: str) -> str:
    """Return 刑法第78条 for 刑法78, and a query that is no short form as it is."""
    match = _SHORT_FORM.fullmatch(query)
    if match is None:
        return query
    name, number, joint, suffix, below = match.group("name", "number", "joint", "suffix", "below")
    if below and not (match["unit"] or match["unit_after"]):
        return query
    article = f"第{number}条"
    if suffix and "之" in joint:
        article = f"第{number}条之{suffix}"
    elif suffix:
        # The number after a hyphen is an inserted number or the end of a range; `chains` tells which.
        article = f"第{number}-{parse_numeral(suffix) or suffix}条"
    return f"{name}{article}{(below or '').lstrip()}"
