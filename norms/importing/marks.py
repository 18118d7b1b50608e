"""Marks at the beginning of lines of Chinese (and English) legal texts: articles, headings, items, annexes."""

import re
from dataclasses import dataclass

from norms.enums import ProvisionKind
from portal.foundation.numerals import (
    HAN_WITH_CIRCLES,
    parse_english_numeral,
    parse_numeral,
    parse_roman_numeral,
)

# One character of a numeral; both widths of Arabic digits occur.
HAN_DIGIT = rf"[{HAN_WITH_CIRCLES}]"
DIGIT = rf"[{HAN_WITH_CIRCLES}0-9０-９]"

_GAP = r"[ \t\u3000]{0,3}"
# Scans and old layouts set spaces between the characters: 第 二 十 八 条.
_SPACED_NUMERAL = rf"({DIGIT}(?:{_GAP}{DIGIT}){{0,9}})"
ARTICLE = re.compile(rf"第{_GAP}{_SPACED_NUMERAL}{_GAP}条(?:{_GAP}之{_GAP}({DIGIT}{{1,3}}))?")
# A capital, a quotation mark or the end of the line must follow, or "Article 5 of this Law" would begin an article.
_ENGLISH_ARTICLE = re.compile(
    r"(?:Article|ARTICLE)[ \u00a0]([0-9]{1,4}|[IVXLC]{1,8})(?:[.:]?(?=\s+[A-Z“\"(\d])|[.:]?\s*\Z)"
)
# What sets a number off from the text of its own article.
_SEPARATED = re.compile(r"[ \t\u3000]|\Z|[【［\[:：]")
# Words after 第三条 that show a citation at the beginning of a line: 第三条规定的……, 第三条至第五条.
_CITED = re.compile(
    r"规定|所[列称指规述]|的|第|[、，,；;。)）”》]|和(?!平)|至|到|或|及(?!时)|与|以[内外上下]|中(?=[的所，,规有])"
    r"|之[外间前后]|修改|改为|删|增加|作为|[款项]|内容|有关规定|前(?=[款项条增])|后(?=[增，,])|移至"
)

_HEADING = re.compile(rf"第{_GAP}{_SPACED_NUMERAL}{_GAP}(分编|编|篇|章|节|部分)(?:之({DIGIT}{{1,3}}))?")
_ENGLISH_HEADING = re.compile(
    r"(Part|PART|Chapter|CHAPTER|Section|SECTION)[ \u00a0]+([0-9]{1,3}|[IVXLC]{1,8}|[A-Z][a-z]{2,8})\b[.:]?"
)
_HEADING_KINDS = {
    "编": ProvisionKind.PART,
    "篇": ProvisionKind.PART,
    "部分": ProvisionKind.PART,
    "分编": ProvisionKind.SUBPART,
    "章": ProvisionKind.CHAPTER,
    "节": ProvisionKind.SECTION,
    "part": ProvisionKind.PART,
    "chapter": ProvisionKind.CHAPTER,
    "section": ProvisionKind.SECTION,
}
MAX_HEADING_LENGTH = 90
MAX_MARKED_HEADING_LENGTH = 300
# A heading is no sentence: it has no full stop inside and does not end in the middle of a clause.
_SENTENCE = re.compile(r"[。；;](?!\Z)|[，,：:；;]\Z|[^。]{20,}。\Z|、\Z")
_SET_OFF_SENTENCE = re.compile(r"[。；;](?!\Z)|[，,：:；;]\Z|[^。]{20,}。\Z")
_NOT_A_NAME = re.compile(r"规定|所[列称指规述]|的|第|[、，,；;。)）”》]|和第|至第|中")

# Headings that need no number: 总　则, 【附则】, 分则：.
DIVISION = re.compile(r"(?:#{1,6}[ \t]*)?[【\[［〔（(]?([总分附罚])[ \t\u3000]*则[】\]］〕）)]?[:：]?\Z")
CONTENTS = re.compile(r"(?:目[ \t\u3000]*[录錄次]|contents|table of contents)[:：]?\Z", re.IGNORECASE)
PREAMBLE = re.compile(r"(?:序[ \t\u3000]*言|前[ \t\u3000]*言|引[ \t\u3000]*言)\Z")
# 附 alone counts only with a colon; 附件1 must not run on into a date or a locator.
_ANNEX = re.compile(
    rf"(附[ \t\u3000]?件|附[ \t\u3000]?录|附[ \t\u3000]?表|附[ \t\u3000]?图|附|Annex|Appendix|ANNEX|APPENDIX)"
    rf"[ \t\u3000]*(?:[（(]?({DIGIT}{{1,4}}|[IVX]{{1,4}}|[A-Z])[）)]?(?![年月日条款项0-9]))?[ \t\u3000]*(?:([:：.．、])|\Z|(?<=[ \t\u3000]))"
)

# In the order of the levels below an article that drafting rules give: （一）, 1., (1), ①; 一、 comes from notices.
ITEM_STYLES = (
    ("bracketed", re.compile(rf"[（(]{_GAP}({HAN_DIGIT}{{1,4}}){_GAP}[）)]|([㈠-㈩])")),
    ("dotted", re.compile(r"([0-9０-９]{1,3})[ ]?(?:[.．](?![0-9０-９])|、)|([⒈-⒛])")),
    ("parenthesised", re.compile(r"[（(][ ]?([0-9０-９]{1,3})[ ]?[）)]|([⑴-⒇])")),
    ("ringed", re.compile(r"(?:([①-⑳]))")),
    ("listed", re.compile(rf"({HAN_DIGIT}{{1,4}})(?:、|[.．](?!{DIGIT}))")),
)
# First characters of the blocks of ringed numbers, each of which counts on from one.
_RING_STARTS = "㈠⒈⑴①"


@dataclass(frozen=True, slots=True)
class HeadingMark:
    kind: ProvisionKind
    number: int | None
    suffix: int
    label: str
    name: str


@dataclass(frozen=True, slots=True)
class ItemMark:
    style: str
    number: int
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class ArticleMark:
    """`strong` where a separator follows, `cited` where the words after it speak of a citation."""

    number: int | None
    suffix: int
    written: str
    end: int
    strong: bool
    cited: bool
    broken: bool


def squeeze(text: str) -> str:
    """Return a heading without the spaces that only set its characters apart (总　　则)."""
    words = text.split()
    if len(words) > 1 and all(len(word) == 1 and word > "\u2e80" for word in words):
        return "".join(words)
    return " ".join(words)


def division_name(line: str) -> str:
    """Return the name of a division without a number (总则), "" for other lines."""
    match = DIVISION.match(line)
    return f"{match[1]}则" if match else ""


def heading_mark(line: str, is_marked: bool = False) -> HeadingMark | None:
    """Return the mark of a heading; `is_marked` says that the file itself marks the line as one."""
    if len(line) > (MAX_MARKED_HEADING_LENGTH if is_marked else MAX_HEADING_LENGTH):
        return None
    match = _HEADING.match(line)
    if match is None:
        return _english_heading(line)
    following = line[match.end() :]
    if not is_marked and not _is_name(following):
        return None
    value = parse_numeral(match.group(1))
    if value is None:
        return None
    suffix = parse_numeral(match.group(3)) or 0 if match.group(3) else 0
    label = re.sub(r"\s+", "", match.group())
    return HeadingMark(
        _HEADING_KINDS[match.group(2)], value, suffix, label, squeeze(following.lstrip("：:　 "))
    )


def _is_name(text: str) -> bool:
    """Return whether the words after 第三章 are its name; set off by a space they may end oddly, since a line may follow."""
    if text[:1].isspace():
        return not _SET_OFF_SENTENCE.search(text)
    return not (_SENTENCE.search(text) or text.endswith("。") or _NOT_A_NAME.match(text))


def _english_heading(line: str) -> HeadingMark | None:
    match = _ENGLISH_HEADING.match(line)
    if match is None or (line.endswith((".", ";", ",")) and match.end() < len(line)):
        return None
    value = parse_english_numeral(match.group(2))
    if value is None:
        return None
    return HeadingMark(
        _HEADING_KINDS[match.group(1).lower()], value, 0, match.group().strip(), squeeze(line[match.end() :])
    )


def annex_mark(line: str) -> HeadingMark | None:
    if len(line) > MAX_HEADING_LENGTH:
        return None
    match = _ANNEX.match(line)
    if match is None:
        return None
    word, numeral, colon = match.group(1, 2, 3)
    following = line[match.end() :].strip()
    if word == "附" and not (colon in (":", "：") or line == "附"):
        return None
    if _SENTENCE.search(following) and not colon:
        return None
    value = (parse_numeral(numeral) or parse_roman_numeral(numeral)) if numeral else None
    return HeadingMark(ProvisionKind.ANNEX, value, 0, line[: match.end()].strip(), squeeze(following))


def item_mark(line: str) -> ItemMark | None:
    for style, pattern in ITEM_STYLES:
        if match := pattern.match(line):
            value = _item_number(match)
            if value:
                return ItemMark(style, value, match.group().strip(), line[match.end() :].strip())
    return None


def _item_number(match: re.Match[str]) -> int | None:
    written = next(group for group in match.groups() if group)
    for start in _RING_STARTS:
        if len(written) == 1 and 0 <= ord(written) - ord(start) < 20:
            return ord(written) - ord(start) + 1
    return parse_numeral(written)


def article_mark(line: str, start: int = 0) -> ArticleMark | None:
    match = ARTICLE.match(line, start)
    if match is None:
        return _english_article(line) if start == 0 else None
    written = match.group()
    following = line[match.end() : match.end() + 4]
    return ArticleMark(
        number=parse_numeral(match.group(1)),
        suffix=(parse_numeral(match.group(2)) or 0) if match.group(2) else 0,
        written=written,
        end=match.end(),
        strong=bool(_SEPARATED.match(following)),
        cited=bool(_CITED.match(following.lstrip())),
        broken=any(character.isspace() for character in written),
    )


def _english_article(line: str) -> ArticleMark | None:
    match = _ENGLISH_ARTICLE.match(line)
    if match is None:
        return None
    written = match.group().rstrip(" .:")
    return ArticleMark(parse_english_numeral(match.group(1)), 0, written, match.end(), True, False, False)
