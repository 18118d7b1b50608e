"""The numbers that Word makes by itself (ECMA-376, 17.9), as text."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cn2an
from lxml import etree

from norms.importing.word_styles import Styles, attribute, child, children, integer_value, value

# WordprocessingML has nine levels in a list.
LEVEL_COUNT = 9
# Word repeats letters after z (aa, bb); a hostile number must not make a text of its own.
MAX_LETTERS = 10
_HAN_DIGITS = "〇一二三四五六七八九"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_HAN_COUNTING = {
    "chineseCounting",
    "chineseCountingThousand",
    "ideographTraditionalCounting",
    "japaneseCounting",
    "japaneseDigitalTenThousand",
    "taiwaneseCounting",
    "taiwaneseCountingThousand",
    "koreanCounting",
}
_DIGITAL = {"ideographDigital", "taiwaneseDigital", "koreanDigital2"}
_LEGAL = {"chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"}
_SPACED_AFTER = ("条", "章", "节", "编", "篇", "部分")


def formatted(number: int, form: str) -> str:
    """Return `number` in a numbering format of Word; unknown formats count in decimal."""
    if form in _HAN_COUNTING:
        return cn2an.an2cn(number)
    if form in _LEGAL:
        return cn2an.an2cn(number, "up")
    if form in _DIGITAL:
        return "".join(_HAN_DIGITS[int(digit)] for digit in str(number))
    if form in ("upperRoman", "lowerRoman"):
        return _roman(number) if form == "upperRoman" else _roman(number).lower()
    if form in ("upperLetter", "lowerLetter"):
        letters = chr(ord("A") + (number - 1) % 26) * min((number - 1) // 26 + 1, MAX_LETTERS)
        return letters if form == "upperLetter" else letters.lower()
    if form == "ideographTraditional":
        return _STEMS[(number - 1) % 10]
    if form == "ideographZodiac":
        return _BRANCHES[(number - 1) % 12]
    return _decimal(number, form)


def _decimal(number: int, form: str) -> str:
    if form in ("none", "bullet"):
        return ""
    if form == "decimalZero":
        return f"{number:02d}"
    if form.startswith("decimalFullWidth"):
        return "".join(chr(ord("０") + int(digit)) for digit in str(number))
    rings = {"decimalEnclosedCircle": "①", "decimalEnclosedCircleChinese": "①", "decimalEnclosedParen": "⑴"}
    if form in rings and number <= 20:
        return chr(ord(rings[form]) + number - 1)
    if form == "decimalEnclosedFullstop" and number <= 20:
        return chr(ord("⒈") + number - 1)
    if form == "ideographEnclosedCircle" and number <= 10:
        return chr(ord("㊀") + number - 1)
    return str(number)


def _roman(number: int) -> str:
    steps = zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    )
    written, remainder = "", number % 4000
    for size, letters in steps:
        written += letters * (remainder // size)
        remainder %= size
    return written


@dataclass(frozen=True, slots=True)
class ListLevel:
    start: int = 1
    form: str = "decimal"
    text: str = ""
    restart: int | None = None
    legal: bool = False


@dataclass(frozen=True, slots=True)
class NumberedList:
    """A list as a paragraph uses it: counters are shared by the lists of one abstract definition."""

    abstract: str
    levels: dict[int, ListLevel]
    overrides: dict[int, int]


class Numbering:
    def __init__(self, root: etree._Element | None, styles: Styles) -> None:
        self.styles = styles
        self.lists: dict[str, NumberedList] = {}
        self.counters: dict[str, list[int | None]] = {}
        self.begun: set[tuple[str, int]] = set()
        self.style_levels: dict[tuple[str, str], int] = {}
        if root is not None:
            self._load(root)

    def label(self, paragraph: etree._Element) -> str:
        """Return the number that Word shows before this paragraph, and count on."""
        list_id, level = self._of(paragraph)
        used = self.lists.get(list_id) if list_id else None
        if used is None or level not in used.levels:
            return ""
        counters = self._count(used, list_id or "", level)
        return self._written(used, level, counters)

    def _of(self, paragraph: etree._Element) -> tuple[str | None, int]:
        properties = child(paragraph, "pPr")
        direct = child(properties, "numPr")
        style = value(child(properties, "pStyle")) or self.styles.default
        list_id, level = value(child(direct, "numId")), value(child(direct, "ilvl"))
        if list_id is None:
            list_id, inherited = self.styles.numbering(style)
            level = level if level is not None else inherited
            if level is None and list_id:
                level = str(self.style_levels.get((list_id, style or ""), 0))
        if list_id in (None, "0"):
            return None, 0
        return list_id, min(integer_value(level) or 0, LEVEL_COUNT - 1)

    def _count(self, used: NumberedList, list_id: str, level: int) -> list[int | None]:
        counters = self.counters.setdefault(used.abstract, [None] * LEVEL_COUNT)
        if level in used.overrides and (list_id, level) not in self.begun:
            counters[level] = used.overrides[level]
        else:
            before = counters[level]
            counters[level] = used.levels[level].start if before is None else before + 1
        self.begun.add((list_id, level))
        for above in range(level):
            if counters[above] is None and above in used.levels:
                counters[above] = used.levels[above].start
        for below in range(level + 1, LEVEL_COUNT):
            if self._restarts(used, below, level):
                counters[below] = None
        return counters

    def _restarts(self, used: NumberedList, below: int, level: int) -> bool:
        restart = used.levels[below].restart if below in used.levels else None
        return restart is None or (restart > 0 and level < restart)

    def _written(self, used: NumberedList, level: int, counters: list[int | None]) -> str:
        shape = used.levels[level]
        written = shape.text
        for index in range(LEVEL_COUNT):
            if f"%{index + 1}" in written:
                own = used.levels.get(index, ListLevel())
                form = "decimal" if shape.legal else own.form
                count = counters[index] if counters[index] is not None else own.start
                written = written.replace(f"%{index + 1}", formatted(max(count, 1), form) if count else "0")
        if shape.form == "bullet" or not written.strip():
            return ""
        spaced = written.endswith(_SPACED_AFTER) or written[-1].isalnum()
        return f"{written}\u3000" if spaced else written

    def _load(self, root: etree._Element) -> None:
        abstracts = {attribute(row, "abstractNumId") or "": row for row in children(root, "abstractNum")}
        for row in children(root, "num"):
            list_id = attribute(row, "numId") or ""
            abstract_id = value(child(row, "abstractNumId")) or ""
            abstract = self._followed(abstracts.get(abstract_id), abstracts)
            if abstract is None:
                continue
            levels = {number: _level(shape) for number, shape in _numbered(abstract, "lvl")}
            self._note_styles(list_id, abstract)
            overrides: dict[int, int] = {}
            for number, override in _numbered(row, "lvlOverride"):
                if (shape := child(override, "lvl")) is not None:
                    levels[number] = _level(shape)
                if (start := integer_value(value(child(override, "startOverride")))) is not None:
                    overrides[number] = start
                    levels[number] = replace(levels.get(number, ListLevel()), start=start)
            self.lists[list_id] = NumberedList(abstract_id, levels, overrides)

    def _followed(
        self, abstract: etree._Element | None, abstracts: dict[str, etree._Element]
    ) -> etree._Element | None:
        """Return the definition of a list, that of its list style if it only links to one."""
        link = value(child(abstract, "numStyleLink")) if abstract is not None else None
        if not link:
            return abstract
        for candidate in abstracts.values():
            if value(child(candidate, "styleLink")) == link:
                return candidate
        return abstract

    def _note_styles(self, list_id: str, abstract: etree._Element) -> None:
        for number, shape in _numbered(abstract, "lvl"):
            if style := value(child(shape, "pStyle")):
                self.style_levels[list_id, style] = number


def _numbered(parent: etree._Element, name: str) -> Iterator[tuple[int, etree._Element]]:
    for row in children(parent, name):
        number = integer_value(attribute(row, "ilvl"))
        if number is not None and number < LEVEL_COUNT:
            yield number, row


def _level(shape: etree._Element) -> ListLevel:
    start = integer_value(value(child(shape, "start")))
    legal = child(shape, "isLgl")
    return ListLevel(
        start=1 if start is None else start,
        form=value(child(shape, "numFmt")) or "decimal",
        text=(value(child(shape, "lvlText")) or "")[:100],
        restart=integer_value(value(child(shape, "lvlRestart"))),
        legal=legal is not None and value(legal) not in ("0", "false"),
    )
