"""Which of the places that look like the beginning of an article are one.

`第三条规定的……` at the beginning of a paragraph cites an article, `“第三条　……”` quotes one; a slip in printing gives
an article the wrong number. The order of the numbers tells them apart.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass

from norms.importing.blocks import Block, BlockKind
from norms.importing.marks import ARTICLE, ArticleMark, article_mark
from norms.importing.warnings import Warnings
from portal.foundation.numerals import chinese_numeral

_INSIDE = re.compile(rf"(?:(?<=[。；;”）\s])){ARTICLE.pattern}[ \t\u3000]")
_INTRODUCED = re.compile(
    r"(?:修改为|改为|调整为|表述为|增加[一二三四五六七八九十两0-9]+条|作为第[^。；]{1,30}条)[^。；]{0,10}[:：]\Z"
)

Place = tuple[int, int]
FEW = 5
LARGEST_GAP = 20


@dataclass(slots=True)
class Candidate:
    line: int
    start: int
    mark: ArticleMark
    quoted: bool = False

    @property
    def place(self) -> Place | None:
        return (self.mark.number, self.mark.suffix) if self.mark.number is not None else None

    @property
    def strong(self) -> bool:
        return self.mark.strong and not self.quoted and self.start == 0


@dataclass(frozen=True, slots=True)
class ArticleStart:
    """An article begins at character `start` of line `line`; its words follow from `end`.

    `scope` counts the texts in the file: it grows where the numbering begins again.
    """

    line: int
    start: int
    end: int
    number: int
    suffix: int
    label: str
    scope: int


def article_starts(lines: list[Block], warnings: Warnings) -> list[ArticleStart]:
    chain = _Chain(_candidates(lines), lines, warnings)
    return chain.follow()


def label_of(number: int, suffix: int, written: str = "") -> str:
    """第一百二十条之一; in the script (Arabic digits, English) of the label as written."""
    if written.lower().startswith("article"):
        return f"{written[:7]} {number}"
    if re.search(r"[0-9０-９]", written):
        return f"第{number}条" + (f"之{chinese_numeral(suffix)}" if suffix else "")
    return f"第{chinese_numeral(number)}条" + (f"之{chinese_numeral(suffix)}" if suffix else "")


def _candidates(lines: list[Block]) -> list[Candidate]:
    found: list[Candidate] = []
    introduced = False
    for number, block in enumerate(lines):
        if block.kind != BlockKind.LINE:
            continue
        mark = article_mark(block.text)
        if mark:
            found.append(Candidate(number, 0, mark, quoted=introduced))
        for match in _INSIDE.finditer(block.text, 1):
            inside = article_mark(block.text, match.start())
            if inside and not inside.broken:
                found.append(Candidate(number, match.start(), inside))
        introduced = bool(_INTRODUCED.search(block.text[-60:]))
    return found


class _Chain:
    def __init__(self, candidates: list[Candidate], lines: list[Block], warnings: Warnings) -> None:
        self.candidates, self.lines, self.warnings = candidates, lines, warnings
        self.after = self._strong_after()
        self.all_run_in = not any(candidate.strong for candidate in candidates)
        self.places: dict[Place, list[int]] = {}
        for index, candidate in enumerate(candidates):
            if candidate.start == 0 and candidate.place:
                self.places.setdefault(candidate.place, []).append(index)
        self.last: Place | None = None
        self.last_label = ""
        self.quoted: Place | None = None
        self.scope = 0
        self.starts: list[ArticleStart] = []
        self.run_in: list[str] = []

    def follow(self) -> list[ArticleStart]:
        for index, candidate in enumerate(self.candidates):
            self._consider(index, candidate, self.after[index])
        if len(self.run_in) > FEW:
            self.warnings.note("run_in_many", count=len(self.run_in))
        else:
            for label in self.run_in:
                self.warnings.note("run_in", read=label)
        return self.starts

    def _strong_after(self) -> list[Place | None]:
        """For each candidate the number of the next one that stands like an article."""
        after: list[Place | None] = [None] * len(self.candidates)
        upcoming: Place | None = None
        for index in range(len(self.candidates) - 1, -1, -1):
            after[index] = upcoming
            if self.candidates[index].strong and self.candidates[index].place:
                upcoming = self.candidates[index].place
        return after

    def _consider(self, index: int, candidate: Candidate, upcoming: Place | None) -> None:
        place = candidate.place
        if candidate.quoted or self._continues_quotation(candidate):
            self.quoted = place
        elif candidate.strong:
            self._consider_strong(candidate, upcoming)
        elif place and self._may_run_in(index, place, upcoming):
            self._accept(candidate, place)
            self._note_weakness(candidate)

    def _may_run_in(self, index: int, place: Place, upcoming: Place | None) -> bool:
        candidate = self.candidates[index]
        if self.all_run_in and candidate.start == 0:
            return self._is_best_run_in(index, place)
        if candidate.mark.cited or not self._follows(place):
            return False
        return upcoming is None or upcoming > place or upcoming == (1, 0)

    def _is_best_run_in(self, index: int, place: Place) -> bool:
        """In a text whose articles are never set off: right unless the same number, or one left out, comes later.

        Words that speak of a citation count against a line only where another can be the article.
        """
        cited, following = self.candidates[index].mark.cited, self._first_after(index, _next(place))
        if self._follows(place):
            again = self._first_after(index, place)
            if not cited:
                return True
            return following is not None and (again is None or following < again)
        if self.last is None or cited or not 0 < place[0] - self.last[0] <= LARGEST_GAP or following is None:
            return False
        if self._first_after(index, _next(self.last)) is not None:
            return False
        self.warnings.note("gap", before=self.last_label, after=self.candidates[index].mark.written)
        return True

    def _first_after(self, index: int, place: Place) -> int | None:
        """Where a line next begins with this number."""
        lines = self.places.get(place, [])
        at = bisect_right(lines, index)
        return lines[at] if at < len(lines) else None

    def _note_weakness(self, candidate: Candidate) -> None:
        if candidate.start:
            self.warnings.note("inside", read=self.last_label)
        elif not candidate.mark.broken:
            self.run_in.append(self.last_label)

    def _continues_quotation(self, candidate: Candidate) -> bool:
        place = candidate.place
        if self.quoted is None or place is None:
            return False
        follows_quoted = place in (_next(self.quoted), _inserted(self.quoted))
        return follows_quoted and not self._follows(place)

    def _consider_strong(self, candidate: Candidate, upcoming: Place | None) -> None:
        place = candidate.place
        expected = _next(self.last) if self.last else (1, 0)
        if place and self._follows(place):
            self._accept(candidate, place)
        elif place == (1, 0) and self.last and upcoming in ((2, 0), (1, 1)) and self.last > place:
            self.scope += 1
            self.warnings.note("restart", label=candidate.mark.written)
            self._accept(candidate, place)
        elif upcoming == _next(expected) and (place is None or not place[1]):
            self._repair(candidate, expected)
        elif place is None:
            self._refuse(candidate)
        elif self.last is None:
            self.warnings.note("first", after=candidate.mark.written)
            self._accept(candidate, place)
        elif place == self.last:
            self.warnings.note("double", label=candidate.mark.written)
            self._accept(candidate, place)
        else:
            self._consider_jump(candidate, place, upcoming, expected)

    def _consider_jump(
        self, candidate: Candidate, place: Place, upcoming: Place | None, expected: Place
    ) -> None:
        """A number that does not follow: right if later ones follow it, else kept where there is room for it."""
        ahead = self.last is not None and place > self.last
        if ahead and (upcoming is None or upcoming > place or upcoming == (1, 0)):
            self.warnings.note("gap", before=self.last_label, after=candidate.mark.written)
            self._accept(candidate, place)
        elif upcoming and upcoming > expected:
            code = "gap" if ahead else "backwards"
            self.warnings.note(code, before=self.last_label, after=candidate.mark.written)
            self._accept(candidate, place)
            self.last = expected
        else:
            self._refuse(candidate)

    def _repair(self, candidate: Candidate, place: Place) -> None:
        self._accept(candidate, place)
        read = label_of(*place, candidate.mark.written)
        self.warnings.note("repaired_number", written=candidate.mark.written, read=read)

    def _refuse(self, candidate: Candidate) -> None:
        text = self.lines[candidate.line].text
        self.warnings.note("not_article", text=text[candidate.start : candidate.start + 30])

    def _follows(self, place: Place) -> bool:
        if self.last is None:
            return place == (1, 0)
        return place in (_next(self.last), _inserted(self.last))

    def _accept(self, candidate: Candidate, place: Place) -> None:
        mark = candidate.mark
        self.last, self.quoted = place, None
        kept = place == candidate.place and not mark.broken
        label = (
            re.sub(r"\s+", "", mark.written)
            if kept and "第" in mark.written
            else label_of(*place, mark.written)
        )
        self.last_label = label
        if mark.broken:
            self.warnings.note("broken_number", read=label, written=mark.written)
        self.starts.append(ArticleStart(candidate.line, candidate.start, mark.end, *place, label, self.scope))


def _next(place: Place) -> Place:
    return place[0] + 1, 0


def _inserted(place: Place) -> Place:
    return place[0], place[1] + 1
