"""The state of one reading: documents cited so far, what 该法 may refer to, and the references to return."""

import re
from collections.abc import Hashable
from dataclasses import dataclass

from . import patterns as p
from .chains import Chain, LocatorRange
from .document_numbers import NumberMatch, document_numbers
from .locators import Locator
from .names import NameTable, loose_key
from .references import OwnText, Reference
from .text import folded, readable

# References of one text, and locators in its ranges; of a range beyond that, only the ends are kept.
MAX_LOCATORS = 20_000
NO_NAMES = NameTable()

# Short names by their loose key: the name as written, the key of the document, its full name.
ShortNames = dict[str, tuple[str, Hashable | None, str]]


@dataclass(slots=True)
class Mention:
    """A document as the text names it at one point.

    `solid` is a name in brackets or one that points (本法), which later words may refer to without an article.
    """

    start: int
    end: int
    name: str
    key: Hashable | None
    sentence: int
    paragraph: int
    solid: bool = False
    own: bool = False
    edition: int | None = None
    year: int | None = None
    former: bool = False
    number: str = ""


class ReadingState:
    """The state of reading one text, and the methods that update it."""

    def __init__(
        self,
        text: str,
        *,
        names: NameTable | None = None,
        own: OwnText | None = None,
        short_names: ShortNames | None = None,
        limit: int = MAX_LOCATORS,
    ) -> None:
        self.readable = readable(text)
        self.given, self.raw, self.text = text, self.readable.raw, self.readable.folded
        self.names = names if names is not None else NO_NAMES
        self.own = own
        self.short_names = short_names if short_names is not None else {}
        self.references: list[Reference] = []
        self.limit = self.budget = limit
        self.sentence = self.paragraph = 0
        self.current: Mention | None = None
        # A law named after the one cited last and not cited by article itself.
        self.rival: Mention | None = None
        # A number right before a title in brackets: 法释〔2016〕23号《……规定》.
        self.number_before: NumberMatch | None = None
        # Where the brackets after a name end, whose number is that of the named document.
        self.note_end = 0
        self.in_paragraph: set[tuple] = set()
        self.in_sentence: set[tuple] = set()
        self.by_word: dict[str, Mention] = {}
        self.last_cited: tuple[Mention, Locator] | None = None

    def _lookup(self, name: str, bodies: str) -> tuple[str, Hashable | None]:
        short = self.short_names.get(loose_key(name))
        return (short[2], short[1]) if short else (name, self.names.lookup(name, bodies))

    def _mention(self, start: int, end: int, name: str, key: Hashable | None, *, solid: bool) -> Mention:
        text_before = self.text[max(0, start - 16) : start]
        year = p.YEAR_BEFORE.search(text_before)
        return Mention(
            start,
            end,
            name,
            key,
            self.sentence,
            self.paragraph,
            solid=solid,
            year=int(year[1]) if year else None,
            former=p.FORMER.search(text_before) is not None,
        )

    def _read_note(self, mention: Mention) -> None:
        """Read what brackets after a name say: an edition, a short name."""
        note = p.NOTE.match(self.text, mention.end)
        inside = self.text[mention.start : mention.end]
        edition = p.EDITION.search(inside) or (note and p.EDITION.search(note[1]))
        if edition:
            mention.edition = int(edition[1])
        if note is None:
            return
        self._read_number_in_note(mention, note)
        self._read_short_names(mention, note)

    def _read_short_names(self, mention: Mention, note: re.Match[str]) -> None:
        for short in (*p.SHORT_NAME.findall(note[1]), *p.SHORT_NAME_PLAIN.findall(note[1].rstrip(") "))):
            if name := short.strip():
                self.short_names[loose_key(name)] = (name, mention.key, mention.name)

    def _read_number_in_note(self, mention: Mention, note: re.Match[str]) -> None:
        self.note_end = note.end()
        number = next(document_numbers(note.group()), None)
        if number is not None and number.is_complete:
            self._number_mention(mention, number)

    def _number_mention(self, mention: Mention, number: NumberMatch) -> None:
        """Take the number that a text gives with a title; it tells the document where the title does not."""
        mention.number = number.number
        if mention.key is None:
            mention.key = self.names.lookup_number(number)

    def _remember(self, mention: Mention, *, weak: bool = False) -> None:
        """Remember a mention for 该法, 同法 and articles without a name."""
        plain = re.sub(r"[ (].*", "", folded(mention.name))
        if (word := p.WORD_OF.search(plain)) and not mention.own:
            self.by_word[kind_of(word.group())] = mention
        if weak and self.current and self.current.sentence == self.sentence:
            if (mention.key, mention.own) != (self.current.key, self.current.own) and not mention.own:
                self.rival = mention
            return
        self.current, self.rival = mention, None
        document = (mention.key, "" if mention.key is not None else loose_key(mention.name))
        self.in_paragraph.add(document)
        self.in_sentence.add(document)

    def _cite_again(self, begin: int, end: int, name: str, key: Hashable | None) -> tuple[Mention, int]:
        mention = self._mention(begin, end, name, key, solid=True)
        self._remember(mention)
        return mention, begin

    def _emit_chain(self, chain: Chain, mention: Mention, *, start: int, end: int | None = None) -> None:
        """Emit one reference for each term; the first begins at `start`, the last ends at `end` if it is given."""
        for index, term in enumerate(chain.terms):
            begin = start if index == 0 else term.start
            finish = end if end is not None and term is chain.terms[-1] else term.end
            self._emit(mention, begin, finish, self._within_budget(term), self.raw[term.start : term.end])
        last = chain.terms[-1].last or chain.terms[-1].first
        if last.article is not None:
            self.last_cited = (mention, last)

    def _within_budget(self, term: LocatorRange) -> tuple[Locator, ...]:
        ends = (term.first,) if term.last is None else (term.first, term.last)
        locators = term.expanded() if self.budget > len(ends) else ends
        locators = locators if len(locators) <= self.budget else ends
        self.budget -= len(locators)
        return locators

    def _emit(
        self, mention: Mention, start: int, end: int, locators: tuple[Locator, ...], written: str
    ) -> None:
        self.references.append(
            Reference(
                start,
                end,
                self.raw[start:end],
                mention.name,
                mention.key,
                locators,
                written,
                mention.edition,
                mention.year,
                mention.former,
                mention.own,
                mention.number,
            )
        )


def kind_of(word: str) -> str:
    """Return the word by which 同法, 该细则 and the like refer to a document of that kind."""
    return {"法典": "法", "实施细则": "细则", "实施办法": "办法"}.get(word, word)
