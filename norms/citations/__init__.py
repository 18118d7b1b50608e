"""Citations of normative documents in Chinese text. Plain Python, no database."""

from .locators import Locator
from .names import NameTable
from .queries import read_query, split_article
from .reader import Reader
from .references import OwnText, Reference
from .state import MAX_LOCATORS, ShortNames

__all__ = ["Locator", "NameTable", "OwnText", "Reader", "Reference", "ShortNames", "parse", "parse_article"]


def parse(
    text: str,
    *,
    names: NameTable | None = None,
    own: OwnText | None = None,
    short_names: ShortNames | None = None,
    is_query: bool = False,
    limit: int = MAX_LOCATORS,
) -> list[Reference]:
    """Return the references in `text`, which may be anything, in their order.

    `names` are the names of all documents; `own` says where in a norm the text stands, if it does. `short_names`
    collects what the text abbreviates (以下简称……), and may be passed on to the next text of the same record.
    `is_query` takes the text for what somebody typed in a search box: one reference as a whole, in the short forms
    (刑法78) too, or none. Reading stops after `limit` references, and a range is enumerated as long as all locators
    together are no more; of a longer one, only its ends are returned.
    """
    if is_query:
        return read_query(text, names=names, own=own)
    return Reader(text, names=names, own=own, short_names=short_names, limit=limit).read()


def parse_article(written: str) -> Locator | None:
    """Return an article's locator from its number alone: 28, 第二十八条, 120条之一, 二十八; of a range, the first."""
    chain = split_article(written)
    return chain.terms[0].first if chain else None
