"""Reading the place inside a document: 第二十八条第一款第（三）项, 第三条至第五条, 第二、三条.

Texts given here are folded (see `text.folded`).
"""

import re
from dataclasses import dataclass, replace

from .numerals import ARABIC, CHINESE, RINGED, number

LEVELS = ("part", "subpart", "chapter", "section", "article", "paragraph", "item", "subitem")
UNITS = dict(zip(("编", "分编", "章", "节", "条", "款", "项", "目"), LEVELS, strict=True))
RANK = {level: rank for rank, level in enumerate(LEVELS)}
ARTICLE = RANK["article"]
MOST_IN_RANGE = 1500

_NUMBER = rf"(?:{ARABIC}|{CHINESE})"
_ELEMENT = re.compile(
    rf"(?P<ordinal>第)? {{0,2}}"
    rf"(?:\( ?(?P<paren>{_NUMBER}) ?\)|(?P<plain>{_NUMBER})|(?P<ring>[{RINGED}]))"
    r"(?: {0,2}(?P<unit>分编|编|章|节|条|款|项|目)"
    r"(?: ?之 ?(?P<suffix>[0-9]{1,2}|[一二三四五六七八九十]{1,3})(?![般切样些方致旦直年月日]))?)?"
)
_RANGE = re.compile(r" ?(?:至|到|-{1,2}) ?(?=[第(0-9〇零一二三四五六七八九十百两㈠-㈩⑴-⒇①-⑳])")
_IN_NUMBERS = re.compile(r" ?(?:、|以及|和|及|与|或者|或|,(?= ?[0-9(])) ?")
_BETWEEN = re.compile(
    r" ?(?:[、,;](?:以及|和|及|或者|或|并)?|以及|和|及|与|或者|或|并) ?"
    r"(?=[第(0-9㈠-㈩⑴-⒇①-⑳]|[一二三四五六七八九十百两〇零]{2,8}条)"
)
_INTO = re.compile(r" {0,2}(?:(?:的|之|中的?) ?(?=第))?(?=[第(0-9㈠-㈩⑴-⒇①-⑳])")
_NOT_A_PLACE = {
    "article": re.compile(r"件|例(?!外)|约(?!定|束)|款(?![第项])|目(?![前的])"),
    "paragraph": re.compile(r"项(?!第)|式|待"),
    "item": re.compile(r"目(?![前的])"),
    "subitem": re.compile(r"[标的录击光次]"),
    "section": re.compile(r"课|车|目|电"),
    "chapter": re.compile(r"鱼|程"),
    "part": re.compile(r"队|制|号|辑|写|排"),
    "subpart": re.compile(r"队|制"),
}


@dataclass(frozen=True, slots=True)
class Locator:
    """A place in a document; all empty is the document as a whole."""

    article: int | None = None
    suffix: int = 0
    paragraph: int | None = None
    item: int | None = None
    subitem: int | None = None
    part: int | None = None
    subpart: int | None = None
    chapter: int | None = None
    section: int | None = None

    @property
    def rank(self) -> int:
        """Rank of the deepest level given, -1 for the whole document."""
        return max((RANK[level] for level in LEVELS if getattr(self, level) is not None), default=-1)

    def at(self, level: str, value: int, suffix: int = 0) -> "Locator":
        """The same way down to `level`, with `value` there and nothing below."""
        rank = RANK[level]
        if rank == ARTICLE:
            return Locator(value, suffix)
        return replace(self, **(dict.fromkeys(LEVELS[rank:]) | {level: value}))

    def as_json(self) -> dict:
        """`{"article", "suffix", "paragraph", "item", "subitem"}`, with levels above articles if given."""
        if self.rank < 0:
            return {}
        upper = {level: getattr(self, level) for level in LEVELS[:ARTICLE]}
        lower = {level: getattr(self, level) for level in LEVELS[ARTICLE:]}
        return {"suffix": self.suffix, **lower, **{k: v for k, v in upper.items() if v is not None}}

    @classmethod
    def from_json(cls, data: dict) -> "Locator":
        return cls(**{name: data[name] for name in cls.__slots__ if data.get(name) is not None})


@dataclass(slots=True)
class Term:
    """One place or range of places with its span."""

    start: int
    end: int
    first: Locator
    last: Locator | None = None

    def expanded(self) -> tuple[Locator, ...]:
        return between(self.first, self.last) if self.last else (self.first,)


def between(first: Locator, last: Locator) -> tuple[Locator, ...]:
    """Every place from `first` to `last`; only the two where what lies between cannot be enumerated."""
    if (first.article, first.suffix) != (last.article, last.suffix):
        inside = _articles_between(first, last)
        return (first, *inside, last)
    rank = first.rank
    level = LEVELS[rank]
    low, high = getattr(first, level), getattr(last, level)
    if last.rank != rank or first.at(level, high) != last or not low < high <= low + MOST_IN_RANGE:
        return (first, last)
    return tuple(first.at(level, value) for value in range(low, high + 1))


def _articles_between(first: Locator, last: Locator) -> list[Locator]:
    low, high = first.article, last.article
    if low is None or high is None or not low <= high <= low + MOST_IN_RANGE:
        return []
    if low == high:
        return [Locator(low, suffix) for suffix in range(first.suffix + 1, last.suffix)]
    whole = [Locator(value) for value in range(low + 1, high)]
    if last.suffix:
        whole.append(Locator(high))
        whole.extend(Locator(high, suffix) for suffix in range(1, last.suffix))
    return whole


def is_forward(first: Locator, last: Locator) -> bool:
    def order(place: Locator) -> tuple[int, ...]:
        values = [getattr(place, level) or 0 for level in LEVELS]
        values.insert(ARTICLE + 1, place.suffix)
        return tuple(values)

    return order(first) < order(last)


@dataclass(slots=True)
class _Number:
    start: int
    end: int
    value: int
    suffix: int
    ranged: bool


@dataclass(slots=True)
class _Group:
    """Numbers sharing one unit: 第二、三条."""

    level: str
    numbers: list[_Number]
    end: int


_HAN_DIGITS = "〇零一二三四五六七八九十百两廿"
_NO_NOUN = re.compile(r"\Z|[的之规所、,。;:和及或至第()《“”\"\n]|以(?![上下内外])")


def _read_group(text: str, at: int, plain: str) -> tuple[_Group | None, int]:
    """`plain` tells which first numbers may stand without 第: "", "paren", "digits" or "any".

    The second value is where reading stopped; where no group was found, none begins before it.
    """
    numbers: list[_Number] = []
    ranged = False
    while True:
        match = _ELEMENT.match(text, at)
        if match is None or (not numbers and not _may_begin(match, plain)):
            return None, at
        value = number(match["paren"] or match["plain"] or match["ring"])
        suffix = number(match["suffix"]) if match["suffix"] else 0
        if value is None or suffix is None:
            return None, match.end()
        numbers.append(_Number(match.start(), match.end(), value, suffix, ranged))
        if match["unit"]:
            return _Group(UNITS[match["unit"]], numbers, match.end()), match.end()
        follows = _RANGE.match(text, match.end())
        ranged = follows is not None
        if follows is None:
            follows = _IN_NUMBERS.match(text, match.end())
        if follows is None and not (match["paren"] or match["ring"]):
            return None, match.end()
        at = follows.end() if follows else match.end()


def _may_begin(match: re.Match, plain: str) -> bool:
    if match["ordinal"] or plain == "any":
        return True
    if match["paren"] or match["ring"]:
        return plain in ("paren", "digits")
    return plain == "digits" and match["plain"].isascii()


class Chain:
    """Places that stand together: 第二十七条、第二十八条以及第三十条第二款."""

    __slots__ = ("base", "end", "terms", "text")

    def __init__(self, text: str, at: int, *, plain: str = "", base: Locator = Locator()) -> None:
        self.text = text
        self.base = base
        self.terms: list[Term] = []
        self.end = at
        group, self.end = _read_group(text, at, plain)
        if group is None or RANK[group.level] <= base.rank or not self._is_place(group, plain):
            return
        self._take(group, base, ranged=False)
        self._read_on()
        if _NOT_A_PLACE[LEVELS[self.terms[-1].first.rank]].match(text, self.end):
            self.terms = []

    def _is_place(self, group: _Group, plain: str) -> bool:
        """`刑法三条` counts articles, `刑法七十八条` names one."""
        first = group.numbers[0]
        if plain != "any" or self.text[first.start] in "第(" or self.text[first.start].isascii():
            return True
        return group.level == "article" and first.value > 10

    def _read_on(self) -> None:
        while True:
            last = self.terms[-1]
            where = last.last or last.first
            if (inner := self._inner(where)) is not None:
                self._take(inner, where, ranged=False, inside=True)
            elif (sibling := self._sibling(where)) is not None:
                group, ranged = sibling
                self._take(group, where, ranged=ranged)
            else:
                return

    def _inner(self, where: Locator) -> _Group | None:
        step = _INTO.match(self.text, self.end)
        if step is None:
            return None
        group, _ = _read_group(self.text, step.end(), "digits")
        if group is None or RANK[group.level] <= where.rank:
            return None
        if RANK[group.level] == ARTICLE + 1 and where.rank < ARTICLE:
            return None
        return group

    def _sibling(self, where: Locator) -> tuple[_Group, bool] | None:
        step, ranged = _RANGE.match(self.text, self.end), True
        if step is None:
            step, ranged = _BETWEEN.match(self.text, self.end), False
        at = step.end() if step else self.end
        if step is None and self.text[at : at + 1] not in ("第", "("):
            return None
        group, _ = _read_group(self.text, at, "any" if step else "digits")
        if group is None or not self.base.rank < RANK[group.level] <= where.rank:
            return None
        if not ranged and self.text[at] in _HAN_DIGITS and not self._goes_on(group, where):
            return None
        if ranged and len(group.numbers) > 1 and group.numbers[1].ranged:
            return None
        return group, ranged

    def _goes_on(self, group: _Group, where: Locator) -> bool:
        """Whether 二百三十四条 without 第 is a further article: `第五条、二十条意见` names one."""
        forward = group.numbers[0].value > (where.article or 0)
        return forward and self._is_place(group, "any") and _NO_NOUN.match(self.text, group.end) is not None

    def _take(self, group: _Group, where: Locator, *, ranged: bool, inside: bool = False) -> None:
        for index, found in enumerate(group.numbers):
            place = where.at(group.level, found.value, found.suffix)
            joins = ranged if index == 0 else found.ranged
            if index == 0 and inside:
                self._deepen(place, found.end)
            elif joins and is_forward(self.terms[-1].first, place) and self.terms[-1].last is None:
                self.terms[-1].last, self.terms[-1].end = place, found.end
            else:
                self.terms.append(Term(found.start, found.end, place))
        self.terms[-1].end = self.end = group.end

    def _deepen(self, place: Locator, end: int) -> None:
        term = self.terms[-1]
        if term.last:
            term.last = place
        else:
            term.first = place
        term.end = end
