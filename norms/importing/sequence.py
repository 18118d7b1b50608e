"""Recognition of the lines that begin an article, by the sequence of their numbers.

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

# An article that begins inside a paragraph, after the end of a sentence and set off by a space.
_INSIDE = re.compile(rf"(?:(?<=[。；;”）\s])){ARTICLE.pattern}[ \t\u3000]")
# A line that announces the new wording of articles; the articles after it are quoted, not begun.
_INTRODUCED = re.compile(
    r"(?:修改为|改为|调整为|表述为|增加[一二三四五六七八九十两0-9]+条|作为第[^。；]{1,30}条)[^。；]{0,10}[:：]\Z"
)

ArticleNumber = tuple[int, int]
# Warnings of one kind that are still listed article by article.
MAX_LISTED_WARNINGS = 5
# In a text that sets no article off, a greater jump of the numbers is taken for a citation.
MAX_ARTICLE_GAP = 20


@dataclass(slots=True)
class Candidate:
    line: int
    start: int
    mark: ArticleMark
    quoted: bool = False

    @property
    def article(self) -> ArticleNumber | None:
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
    """Return 第一百二十条之一, in the script (Arabic digits, English) of the label as written."""
    if written.lower().startswith("article"):
        return f"{written[:7]} {number}"
    if re.search(r"[0-9０-９]", written):
        return f"第{number}条" + (f"之{chinese_numeral(suffix)}" if suffix else "")
    return f"第{chinese_numeral(number)}条" + (f"之{chinese_numeral(suffix)}" if suffix else "")


def _candidates(lines: list[Block]) -> list[Candidate]:
    candidates: list[Candidate] = []
    introduced = False
    for number, block in enumerate(lines):
        if block.kind != BlockKind.LINE:
            continue
        mark = article_mark(block.text)
        if mark:
            candidates.append(Candidate(number, 0, mark, quoted=introduced))
        for match in _INSIDE.finditer(block.text, 1):
            inside = article_mark(block.text, match.start())
            if inside and not inside.broken:
                candidates.append(Candidate(number, match.start(), inside))
        introduced = bool(_INTRODUCED.search(block.text[-60:]))
    return candidates


class _Chain:
    def __init__(self, candidates: list[Candidate], lines: list[Block], warnings: Warnings) -> None:
        self.candidates, self.lines, self.warnings = candidates, lines, warnings
        self.after = self._strong_after()
        self.all_run_in = not any(candidate.strong for candidate in candidates)
        self.candidates_by_article: dict[ArticleNumber, list[int]] = {}
        for index, candidate in enumerate(candidates):
            if candidate.start == 0 and candidate.article:
                self.candidates_by_article.setdefault(candidate.article, []).append(index)
        self.is_shuffled = _is_shuffled(candidates)
        self.last: ArticleNumber | None = None
        self.last_label = ""
        self.quoted: ArticleNumber | None = None
        self.scope = 0
        self.starts: list[ArticleStart] = []
        self.run_in: list[str] = []

    def follow(self) -> list[ArticleStart]:
        for index, candidate in enumerate(self.candidates):
            self._consider(index, candidate, self.after[index])
        if len(self.run_in) > MAX_LISTED_WARNINGS:
            self.warnings.note("run_in_many", count=len(self.run_in))
        else:
            for label in self.run_in:
                self.warnings.note("run_in", read=label)
        return self.starts

    def _strong_after(self) -> list[ArticleNumber | None]:
        """Return, candidate by candidate, the number of the next one that looks like an article for certain."""
        after: list[ArticleNumber | None] = [None] * len(self.candidates)
        upcoming: ArticleNumber | None = None
        for index in range(len(self.candidates) - 1, -1, -1):
            after[index] = upcoming
            if self.candidates[index].strong and self.candidates[index].article:
                upcoming = self.candidates[index].article
        return after

    def _consider(self, index: int, candidate: Candidate, upcoming: ArticleNumber | None) -> None:
        article = candidate.article
        if candidate.quoted or self._continues_quotation(candidate):
            self.quoted = article
        elif candidate.strong:
            self._consider_strong(candidate, upcoming)
        elif article and self._may_run_in(index, article, upcoming):
            self._accept(candidate, article)
            self._note_weakness(candidate)

    def _may_run_in(self, index: int, article: ArticleNumber, upcoming: ArticleNumber | None) -> bool:
        candidate = self.candidates[index]
        if self.all_run_in and candidate.start == 0:
            return self._is_best_run_in(index, article)
        if candidate.mark.cited or not self._follows(article):
            return False
        return upcoming is None or upcoming > article or upcoming == (1, 0)

    def _is_best_run_in(self, index: int, article: ArticleNumber) -> bool:
        """Return whether a line is an article in a text that sets none off: no later line has its number or one left out.

        Words that speak of a citation count against a line only where another can be the article.
        """
        cited, following = (
            self.candidates[index].mark.cited,
            self._first_after(index, _following_article(article)),
        )
        if self._follows(article):
            again = self._first_after(index, article)
            if not cited:
                return True
            return following is not None and (again is None or following < again)
        if (
            self.last is None
            or cited
            or not 0 < article[0] - self.last[0] <= MAX_ARTICLE_GAP
            or following is None
        ):
            return False
        if self._first_after(index, _following_article(self.last)) is not None:
            return False
        self.warnings.note("gap", before=self.last_label, after=self.candidates[index].mark.written)
        return True

    def _first_after(self, index: int, article: ArticleNumber) -> int | None:
        """Return the index of the next candidate with this number."""
        lines = self.candidates_by_article.get(article, [])
        position = bisect_right(lines, index)
        return lines[position] if position < len(lines) else None

    def _note_weakness(self, candidate: Candidate) -> None:
        if candidate.start:
            self.warnings.note("inside", read=self.last_label)
        elif not candidate.mark.broken:
            self.run_in.append(self.last_label)

    def _continues_quotation(self, candidate: Candidate) -> bool:
        article = candidate.article
        if self.quoted is None or article is None:
            return False
        follows_quoted = article in (_following_article(self.quoted), _inserted_article(self.quoted))
        return follows_quoted and not self._follows(article)

    def _consider_strong(self, candidate: Candidate, upcoming: ArticleNumber | None) -> None:
        article = candidate.article
        expected = _following_article(self.last) if self.last else (1, 0)
        if article and self._follows(article):
            self._accept(candidate, article)
        elif article and self.is_shuffled:
            if self.last is not None:
                code = "backwards" if article < self.last else "gap"
                self.warnings.note(code, before=self.last_label, after=candidate.mark.written)
            self._accept(candidate, article)
        elif article == (1, 0) and self.last and upcoming in ((2, 0), (1, 1)) and self.last > article:
            self.scope += 1
            self.warnings.note("restart", label=candidate.mark.written)
            self._accept(candidate, article)
        elif upcoming == _following_article(expected) and (article is None or not article[1]):
            self._repair(candidate, expected)
        elif article is None:
            self._refuse(candidate)
        elif self.last is None:
            self.warnings.note("first", after=candidate.mark.written)
            self._accept(candidate, article)
        elif article == self.last:
            self.warnings.note("double", label=candidate.mark.written)
            self._accept(candidate, article)
        else:
            self._consider_jump(candidate, article, upcoming, expected)

    def _consider_jump(
        self,
        candidate: Candidate,
        article: ArticleNumber,
        upcoming: ArticleNumber | None,
        expected: ArticleNumber,
    ) -> None:
        """Accept a number that does not follow the last if later ones follow it, or if there is room for it."""
        ahead = self.last is not None and article > self.last
        if ahead and (upcoming is None or upcoming > article or upcoming == (1, 0)):
            self.warnings.note("gap", before=self.last_label, after=candidate.mark.written)
            self._accept(candidate, article)
        elif upcoming and upcoming > expected:
            code = "gap" if ahead else "backwards"
            self.warnings.note(code, before=self.last_label, after=candidate.mark.written)
            self._accept(candidate, article)
            self.last = expected
        else:
            self._refuse(candidate)

    def _repair(self, candidate: Candidate, article: ArticleNumber) -> None:
        self._accept(candidate, article)
        read = label_of(*article, candidate.mark.written)
        self.warnings.note("repaired_number", written=candidate.mark.written, read=read)

    def _refuse(self, candidate: Candidate) -> None:
        text = self.lines[candidate.line].text
        self.warnings.note("not_article", text=text[candidate.start : candidate.start + 30])

    def _follows(self, article: ArticleNumber) -> bool:
        if self.last is None:
            return article == (1, 0)
        return article in (_following_article(self.last), _inserted_article(self.last))

    def _accept(self, candidate: Candidate, article: ArticleNumber) -> None:
        mark = candidate.mark
        self.last, self.quoted = article, None
        is_as_written = article == candidate.article and not mark.broken
        label = (
            re.sub(r"\s+", "", mark.written)
            if is_as_written and "第" in mark.written
            else label_of(*article, mark.written)
        )
        self.last_label = label
        if mark.broken:
            self.warnings.note("broken_number", read=label, written=mark.written)
        self.starts.append(
            ArticleStart(candidate.line, candidate.start, mark.end, *article, label, self.scope)
        )


def _is_shuffled(candidates: list[Candidate]) -> bool:
    """Return whether the articles have every number from 1 on once, in another order than that of the numbers."""
    numbers = [candidate.article for candidate in candidates if candidate.strong]
    in_order = [(number, 0) for number in range(1, len(numbers) + 1)]
    return len(numbers) > 2 and numbers != in_order and sorted(filter(None, numbers)) == in_order


def _following_article(article: ArticleNumber) -> ArticleNumber:
    return article[0] + 1, 0


def _inserted_article(article: ArticleNumber) -> ArticleNumber:
    return article[0], article[1] + 1
