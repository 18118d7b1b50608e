"""Reading locators that stand together: 第二十八条第一款第（三）项, 第三条至第五条, 第二、三条, 第一百二十条之一、之二.

Texts given here are folded (see `text.folded`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from portal.foundation.numerals import ARABIC, CHINESE, HAN, RINGED, parse_numeral

from .locators import ARTICLE_RANK, LEVELS, RANK, Locator, is_forward, locators_between

UNITS = dict(zip(("编", "分编", "章", "节", "条", "款", "项", "目"), LEVELS, strict=True))
PARAGRAPH_RANK = RANK["paragraph"]
NO_BASE = Locator()

_NUMBER = rf"(?:{ARABIC}|{CHINESE})"
_SUFFIX_NUMBER = r"[0-9]{1,2}|[一二三四五六七八九十]{1,3}"
# 之一般, 之一切 and the like go on as words; 之三年 and 之五月 count time.
_NOT_A_WORD = r"(?![般切样些方致旦直年月日条款项目])"
# 第一百二十条之一, 第一百二十条（之一）, 第293条-1.
_SUFFIX = (
    rf"(?: ?之 ?(?P<suffix>{_SUFFIX_NUMBER}){_NOT_A_WORD}| ?\(之 ?(?P<noted>{_SUFFIX_NUMBER})\)"
    r"|(?<=条)-(?P<dashed>[1-9])(?![0-9.条款项年月日至到-]))?"
)
_NUMBER_START = rf"[第(0-9{HAN}㈠-㈩⑴-⒇①-⑳]"
# A number with its unit.
_ELEMENT = re.compile(
    rf"(?P<ordinal>第)? {{0,2}}"
    rf"(?:\( ?(?P<paren>{_NUMBER}) ?\)|(?P<plain>{_NUMBER})|(?P<ring>[{RINGED}]))"
    rf"(?: {{0,2}}(?P<unit>分编|编|章|节|条|款|项|目)"
    rf"{_SUFFIX})?"
)
# 第293-1条, 第293-1、293-2条 and 第293之一条 are 第二百九十三条之一, but 第100-102条 is a range: the numbers tell, see
# `_read_suffix`.
_SUFFIX_BEFORE_UNIT = re.compile(
    rf"(?P<joint> ?- ?| ?之 ?)(?P<suffix>{_SUFFIX_NUMBER}) {{0,2}}(?:(?P<unit>条)|(?=[、,和及与或]))"
)
_RANGE = re.compile(rf" ?(?:至|到|-{{1,2}}) ?(?={_NUMBER_START})")
_IN_NUMBERS = re.compile(r" ?(?:、|以及|和|及|与|或者|或|,(?= ?[1-9(])) ?")
_BETWEEN = re.compile(
    r" ?(?:[、,;](?:以及|和|及|或者|或|并)?|以及|和|及|与|或者|或|并) ?"
    rf"(?=[第(0-9㈠-㈩⑴-⒇①-⑳]|[{HAN}]{{2,8}}条|[一二三四五六七八九十]{{1,3}}[款项])"
)
# What may follow a number without its unit: a noun would make it a count (五条、二十条意见).
_NO_NOUN = re.compile(r"\Z|[的之规所、,。;:和及或至第()《“”\"\n]|以(?![上下内外])")
_ENDS_BARE_LIST = rf"(?=(?:、(?:{_SUFFIX_NUMBER})){{0,9}}(?:、[第《]|(?!、)(?:{_NO_NOUN.pattern})))"
# Further inserted articles of one number: 之一、之二和之四, 之二至之六, 之一、二、三, 之二至六.
_FURTHER_SUFFIX = re.compile(
    rf" ?(?:(?P<range>至|到|-{{1,2}})|[、,](?:以及|和|及|或者|或)?|以及|和|及|与|或者|或) ?"
    rf"(?:之 ?(?P<suffix>{_SUFFIX_NUMBER}){_NOT_A_WORD}|(?P<bare>{_SUFFIX_NUMBER}){_ENDS_BARE_LIST})"
)
_INTO = re.compile(r" {0,2}(?:(?:的|之|中的?) ?(?=第))?(?=[第(0-9㈠-㈩⑴-⒇①-⑳])")
# Below an article or paragraph people leave 第 out: 第七十二条一款, 第七十二条一、三款, 第268条二款三项.
_INTO_PARAGRAPH = re.compile(
    r" {0,2}之?(?=[一二三四五六七八九十]{1,3}(?:[、和及至到-][一二三四五六七八九十]{1,3}){0,4}款)"
)
_INTO_ITEM = re.compile(r" {0,2}(?=[一二三四五六七八九十]{1,3}项)")
# Words that begin with a unit: 第一条件, 第三项目, 第二章程.
_WORD_AFTER_UNIT = {
    "article": re.compile(r"件|例(?!外)|约(?!定|束)|款(?![第项])|目(?![前的])"),
    "paragraph": re.compile(r"项(?!第)|式|待"),
    "item": re.compile(r"目(?![前的])"),
    "subitem": re.compile(r"[标的录击光次]"),
    "section": re.compile(r"课|车|目|电"),
    "chapter": re.compile(r"鱼|程"),
    "part": re.compile(r"队|制|号|辑|写|排"),
    "subpart": re.compile(r"队|制"),
}


@dataclass(slots=True)
class LocatorRange:
    """One locator, or a range from `first` to `last`, with its offsets in the text."""

    start: int
    end: int
    first: Locator
    last: Locator | None = None

    def expanded(self) -> tuple[Locator, ...]:
        return locators_between(self.first, self.last) if self.last else (self.first,)


@dataclass(slots=True)
class _Number:
    start: int
    end: int
    value: int
    suffix: int
    ends_range: bool


@dataclass(slots=True)
class _Group:
    """Numbers that share one unit: 第二、三条."""

    level: str
    numbers: list[_Number]
    end: int


def _read_group(text: str, start: int, unordered: str) -> tuple[_Group | None, int]:
    """Read numbers up to their unit.

    `unordered` says which first numbers may stand without 第: "" for none, "paren", "digits" or "any". The second
    value is the offset where reading stopped; if no group was read, none begins before it.
    """
    numbers: list[_Number] = []
    ends_range = False
    position = start
    while True:
        match = _ELEMENT.match(text, position)
        if match is None or (not numbers and not _may_begin(match, unordered)):
            return None, position
        value = parse_numeral(match["paren"] or match["plain"] or match["ring"])
        written_suffix = match["suffix"] or match["noted"] or match["dashed"]
        suffix = parse_numeral(written_suffix) if written_suffix else 0
        if value is None or suffix is None:
            return None, match.end()
        numbers.append(_Number(match.start(), match.end(), value, suffix, ends_range))
        if match["unit"]:
            return _Group(UNITS[match["unit"]], numbers, match.end()), match.end()
        end = _read_suffix(text, numbers[-1]) or match.end()
        if end > match.end() and text[end - 1] == "条":
            return _Group("article", numbers, end), end
        joint = _RANGE.match(text, end)
        ends_range = joint is not None
        if joint is None:
            joint = _IN_NUMBERS.match(text, end)
        if joint is None and not (match["paren"] or match["ring"]):
            return None, end
        position = joint.end() if joint else end


def _read_suffix(text: str, number: _Number) -> int | None:
    """Read the number of an inserted article before its unit (293-1条), and return where it ends."""
    match = _SUFFIX_BEFORE_UNIT.match(text, number.end)
    suffix = parse_numeral(match["suffix"]) if match else None
    if match is None or suffix is None or ("-" in match["joint"] and suffix > number.value):
        return None
    number.suffix, number.end = suffix, match.end()
    return match.end()


def _may_begin(match: re.Match[str], unordered: str) -> bool:
    if match["ordinal"] or unordered == "any":
        return True
    if match["paren"] or match["ring"]:
        return unordered in ("paren", "digits")
    return unordered == "digits" and match["plain"].isascii()


class Chain:
    """Locators that stand together: 第二十七条、第二十八条以及第三十条第二款.

    `terms` is empty where the text at `start` is no locator; `end` is where reading stopped. `base` is what the
    chain stands below (本条 before 第二款).
    """

    __slots__ = ("base", "end", "terms", "text")

    def __init__(self, text: str, start: int, *, unordered: str = "", base: Locator = NO_BASE) -> None:
        self.text = text
        self.base = base
        self.terms: list[LocatorRange] = []
        self.end = start
        group, self.end = _read_group(text, start, unordered)
        if group is None or RANK[group.level] <= base.rank or not self._is_ordinal(group, unordered):
            return
        self._add(group, base, is_range=False)
        self._read_on()
        if _WORD_AFTER_UNIT[LEVELS[self.terms[-1].first.rank]].match(text, self.end):
            self.terms = []

    def locators(self) -> Iterator[Locator]:
        """Yield all locators in order, those inside ranges included."""
        for term in self.terms:
            yield from term.expanded()

    def _is_ordinal(self, group: _Group, unordered: str) -> bool:
        """Return whether a number names an article: `刑法三条` counts articles, `刑法七十八条` names one."""
        number = group.numbers[0]
        if unordered != "any" or self.text[number.start] in "第(" or self.text[number.start].isascii():
            return True
        return group.level == "article" and number.value > 10

    def _read_on(self) -> None:
        while True:
            current = self.terms[-1].last or self.terms[-1].first
            if (inner := self._inner(current)) is not None:
                self._add(inner, current, is_range=False, is_inner=True)
            elif (sibling := self._suffix_sibling(current) or self._sibling(current)) is not None:
                group, is_range = sibling
                self._add(group, current, is_range=is_range)
            else:
                return

    def _inner(self, current: Locator) -> _Group | None:
        """Read a level below the current locator."""
        joint, unordered = _INTO.match(self.text, self.end), "digits"
        if joint is None and current.rank in (ARTICLE_RANK, PARAGRAPH_RANK):
            pattern = _INTO_PARAGRAPH if current.rank == ARTICLE_RANK else _INTO_ITEM
            joint, unordered = pattern.match(self.text, self.end), "any"
        if joint is None:
            return None
        group, _ = _read_group(self.text, joint.end(), unordered)
        if group is None or RANK[group.level] <= current.rank:
            return None
        if RANK[group.level] == PARAGRAPH_RANK and current.rank < ARTICLE_RANK:
            return None
        return group

    def _suffix_sibling(self, current: Locator) -> tuple[_Group, bool] | None:
        """Read a further inserted article, whose number may leave 之 out only after one with 之."""
        if current.rank != ARTICLE_RANK or current.article is None:
            return None
        match = _FURTHER_SUFFIX.match(self.text, self.end)
        if match is None or (match["bare"] and not current.suffix):
            return None
        suffix = parse_numeral(match["suffix"] or match["bare"])
        if suffix is None or (match["bare"] and suffix <= current.suffix):
            return None
        is_range = match["range"] is not None
        start = match.start("suffix") - 1 if match["suffix"] else match.start("bare")
        number = _Number(start, match.end(), current.article, suffix, is_range)
        return _Group("article", [number], match.end()), is_range

    def _sibling(self, current: Locator) -> tuple[_Group, bool] | None:
        joint, is_range = _RANGE.match(self.text, self.end), True
        if joint is None:
            joint, is_range = _BETWEEN.match(self.text, self.end), False
        start = joint.end() if joint else self.end
        if joint is None and self.text[start : start + 1] not in ("第", "("):
            return None
        group, _ = _read_group(self.text, start, "any" if joint else "digits")
        if group is None or not self.base.rank < RANK[group.level] <= current.rank:
            return None
        if not is_range and self.text[start] in HAN and not self._goes_on(group, current):
            return None
        if is_range and len(group.numbers) > 1 and group.numbers[1].ends_range:
            return None
        return group, is_range

    def _goes_on(self, group: _Group, current: Locator) -> bool:
        """Return whether 二百三十四条 or 二款 without 第 goes on: `第五条、二十条意见` names one article only."""
        is_forward = group.numbers[0].value > (getattr(current, group.level) or 0)
        is_ordinal = group.level in ("paragraph", "item") or self._is_ordinal(group, "any")
        return is_forward and is_ordinal and _NO_NOUN.match(self.text, group.end) is not None

    def _add(self, group: _Group, parent: Locator, *, is_range: bool, is_inner: bool = False) -> None:
        for index, number in enumerate(group.numbers):
            locator = parent.at(group.level, number.value, number.suffix)
            ends_range = is_range if index == 0 else number.ends_range
            if index == 0 and is_inner:
                self._deepen(locator, number.end)
            elif ends_range and is_forward(self.terms[-1].first, locator) and self.terms[-1].last is None:
                self.terms[-1].last, self.terms[-1].end = locator, number.end
            else:
                self.terms.append(LocatorRange(number.start, number.end, locator))
        self.terms[-1].end = self.end = group.end

    def _deepen(self, locator: Locator, end: int) -> None:
        term = self.terms[-1]
        if term.last:
            term.last = locator
        else:
            term.first = locator
        term.end = end
