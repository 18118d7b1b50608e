"""Numbers of documents in text: 法释〔2016〕23号 in any brackets, with and without 第; 国务院令第588号, 588号令.

Texts given here are folded (see `text.folded`), which makes 〔〕, （） and ﹝﹞ plain brackets.
"""

import re
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from portal.foundation.numerals import HAN, parse_numeral

from .text import folded
from .titles import STATE

_COUNT = rf"(?P<count>[0-9]{{1,5}}|[{HAN}]{{1,7}})"
_YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
# What follows a number and still names its document: 号文件第三条, 号通知第三条.
_NOUN = r"(?: ?(?:文件|文|通知|意见|规定|办法|批复|答复|解释|决定|函|纪要|公告)(?= ?(?:的|之|中的?)? ?第))?"
_YEAR_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
# A code of the issuing body (公通字), the year in brackets, the count; old and careless ones leave the brackets out.
_CODED = re.compile(
    rf"(?:(?<=[字发释规通函办文规]){_YEAR}年|[\[(【〖{{〈<〈《] ?(?P<bracketed>(?:19|20)[0-9]{{2}}|[一二][〇零九][〇零一二三四五六七八九]{{2}})年? ?[\])】〗}}〉>〉》])"
    rf" {{0,2}}第? {{0,2}}{_COUNT} {{0,2}}号{_NOUN}"
)
# An order or announcement, by its number alone: 令第588号, 令(第588号), 公告2019年第3号, 第588号令.
_ORDER = re.compile(
    rf"(?P<kind>令|公告|通告) {{0,2}}[\[(]? ?(?:{_YEAR}年?)? ?[\])]? ?[\[(]? ?第? {{0,2}}{_COUNT} {{0,2}}号(?: ?[\])])?{_NOUN}"
)
_ORDER_AFTER = re.compile(rf"第? ?{_COUNT} ?号(?P<body>[\u4e00-\u9fff]{{2,12}}?)?(?P<kind>令|公告|通告)")
_RUN = re.compile(r"[\u4e00-\u9fff]{1,24} ?\Z")
MAX_CODE_LENGTH = 24
# Words before a code or body that do not belong to it: 第十八条和法释, 根据公通字, 司法部印发的司发通.
_LEAD = re.compile(
    r".*(?:根据|依照|按照|依据|违反|适用|参照|比照|符合|执行|援引|引用|遵守|规定|以及|或者|并且|及其|有关|文号为?|印发|下发|出台"
    r"|发布|公布|[条款项目]|见|查|按|依|与|和(?!社会|国)|及|或|由|将|是|即|而|了|的|在|以|该|经)"
)
# Bodies whose name people put before their code: 最高人民法院法释〔2016〕23号 is 法释〔2016〕23号.
_CENTRAL = re.compile(
    r"(?:最高人民法院|最高人民检察院|最高法院?|最高检(?:察院)?|两高|公安部|司法部|国家安全部|民政部|财政部|教育部"
    r"|全国人大常委会|国务院办公厅|国务院|中共中央办公厅|中办|国办|国家主席|主席)+"
)


@dataclass(frozen=True, slots=True)
class NumberMatch:
    """A number in a text; `number` is in its standard form, `code` the part of it before year and count."""

    start: int
    end: int
    number: str
    code: str
    year_and_count: str

    @property
    def is_complete(self) -> bool:
        return bool(self.code.removesuffix("令").removesuffix("公告").removesuffix("通告"))


def document_numbers(text: str) -> Iterator[NumberMatch]:
    """Yield the numbers of documents in a folded text, none overlapping."""
    matches = [*_CODED.finditer(text), *_ORDER.finditer(text), *_ORDER_AFTER.finditer(text)]
    end = 0
    for match in sorted(matches, key=lambda match: (match.start(), -match.end())):
        if match.start() >= end and (number := _number(match, end)) is not None:
            yield number
            end = number.end


def standard_number(written: str) -> str:
    """Return 法释〔2016〕23号 or 国务院令第588号 for a number as written, "" where it is none or names no body."""
    match = next(document_numbers(folded(written).strip()), None)
    return match.number if match is not None and match.is_complete else ""


def _number(match: re.Match[str], after: int) -> NumberMatch | None:
    count = int(match["count"]) if match["count"].isascii() else parse_numeral(match["count"])
    if not count:
        return None
    run = _RUN.search(match.string[max(after, match.start() - MAX_CODE_LENGTH) : match.start()])
    written = run.group() if run else ""
    code = _without_lead(written.rstrip())
    start = match.start() - (len(written) - written.rfind(code) if code else 0)
    groups = match.groupdict()
    if body := groups.get("body"):
        code, start = body, match.start()
    code = code.removeprefix(STATE)
    if kind := groups.get("kind"):
        year = f"{groups['year']}年" if groups.get("year") else ""
        year_and_count = f"{year}第{count}号"
        return NumberMatch(
            start, match.end(), f"{code}{kind}{year_and_count}", f"{code}{kind}", year_and_count
        )
    year = (groups["bracketed"] or groups["year"]).translate(_YEAR_DIGITS)
    year_and_count = f"〔{year}〕{count}号"
    return NumberMatch(start, match.end(), f"{code}{year_and_count}", code, year_and_count)


def _without_lead(run: str) -> str:
    lead = _LEAD.match(run)
    return run[lead.end() :] if lead else run


class NumberTable:
    """Documents by their numbers; a number that two documents have belongs to neither."""

    def __init__(self, numbers: Iterable[tuple[str, Hashable]] = ()) -> None:
        self._keys: dict[str, set[Hashable]] = {}
        for written, key in numbers:
            if number := standard_number(written):
                self._keys.setdefault(number, set()).add(key)

    def lookup(self, match: NumberMatch) -> Hashable | None:
        """Return the document of a number, None if there is none or more than one."""
        codes = [match.code]
        if (body := _CENTRAL.match(match.code)) and body.end() < len(match.code):
            codes.append(match.code[body.end() :])
        for code in codes:
            keys = self._keys.get(f"{code}{match.year_and_count}", set())
            if len(keys) == 1 and code not in ("令", "公告", "通告"):
                return next(iter(keys))
        return None

    def lookup_written(self, written: str) -> Hashable | None:
        """Return the document of a text that is a number as a whole."""
        text = folded(written).strip()
        match = next(document_numbers(text), None)
        return self.lookup(match) if match and match.start == 0 and match.end == len(text) else None
