"""The results of the parser, and the position of a text in a norm, with which it can be called."""

from collections.abc import Hashable
from dataclasses import dataclass

from .locators import Locator


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference to a document or to locators in it.

    `start` and `end` are offsets in the text as given. `locators` holds every locator in order: none for
    a document as such, several for a range, whose ends are then `locators[0]` and `locators[-1]`.
    `document_key` is None for an unknown document; `document_name` is empty if the text has no name there, and the
    number of the document (法释〔2016〕23号), as in `document_number`, if the text has no more.
    `edition` is the year of an edition given with it (《刑法》（2020年修正）), `year` the year it is
    to be read at (2012年刑诉法); `former` marks a text cited as superseded (原刑法);
    `own` a reference of a norm to itself (本法, 前款).
    """

    start: int
    end: int
    text: str
    document_name: str
    document_key: Hashable | None
    locators: tuple[Locator, ...] = ()
    locator_text: str = ""
    edition: int | None = None
    year: int | None = None
    former: bool = False
    own: bool = False
    document_number: str = ""


@dataclass(frozen=True, slots=True)
class OwnText:
    """The position of a text in a norm, so that 本法, 本条, 前款 and 前条 are understood.

    `preceding` lists numbers of the articles before this one, nearest last, as (article, suffix).
    """

    key: Hashable
    article: int | None = None
    suffix: int = 0
    paragraph: int | None = None
    item: int | None = None
    preceding: tuple[tuple[int, int], ...] = ()

    @property
    def article_locator(self) -> Locator:
        return Locator(self.article, self.suffix)
