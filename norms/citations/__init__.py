"""Finding citations of normative documents in Chinese text. Plain Python, no database."""

from .locators import Locator
from .memory import ShortNames
from .names import NameTable
from .reader import Reader
from .references import OwnText, Reference

__all__ = ["Locator", "NameTable", "OwnText", "Reader", "Reference", "ShortNames", "parse"]


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
