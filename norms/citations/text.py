"""Folding of widths that keeps every character at its index, and leaving out what stands inside a citation by chance."""

import re
import unicodedata
from dataclasses import dataclass

from portal.foundation.numerals import HAN, PLAIN_DIGITS

_DIGIT = f"[0-9{HAN}]"
_IN_NUMBER = f"[ ()0-9{HAN}]{{0,8}}"
_BREAK = r" {0,2}\n {0,2}"
# Line breaks of a PDF inside a citation: in a number, before a level below or the next of a list, in a title.
_BROKEN = re.compile(
    rf"第(?=[^条款项目\n]{{0,10}}\n){_IN_NUMBER}{_BREAK}{_IN_NUMBER}[条款项目]"
    rf"|(?<=[条款]){_BREAK}(?=第 ?\(?{_DIGIT}{{1,6}}\)? ?[款项目])"
    rf"|(?<=条){_BREAK}(?=之 ?{_DIGIT})|(?<=条之){_BREAK}(?={_DIGIT})"
    rf"|(?<=[条款项][、和及与或至到]){_BREAK}(?=第 ?\(?{_DIGIT}{{1,8}}\)? ?[条款项])"
    rf"|(?<=[\])】]){_BREAK}(?=第?{_DIGIT}{{1,5}} ?号)|(?<=令){_BREAK}(?=\(?第?[0-9]{{1,5}} ?号)"
    rf"|《[^《》\n]{{1,80}}{_BREAK}[^《》\n]{{1,80}}》"
)
_LINE_BREAK = re.compile(_BREAK)
# Characters that nobody sees, which copying from web pages and chats brings along.
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]|\r(?=\n)")
# Radicals that Unicode does not map to a character, and that fonts of PDFs still put in its place.
_RADICALS = dict(
    zip(
        "⺠⻓⻅⻔⻋⻢⻘⻛⻜⻝⻉⻄⻆⻚⻙⻥⻦⻨⻩⻬⻮⻰⻤⻣⻁",
        "民长见门车马青风飞食贝西角页韦鱼鸟麦黄齐齿龙鬼骨虎",
        strict=True,
    )
)


def _compatibility_forms() -> dict[int, str]:
    """Return the plain form of radicals and compatibility ideographs, which PDFs put in the place of characters."""
    blocks = (range(0x2E80, 0x2FD6), range(0xF900, 0xFAFF))
    plain = {code: unicodedata.normalize("NFKC", chr(code)) for block in blocks for code in block}
    mapped = {code: form for code, form in plain.items() if len(form) == 1 and form != chr(code)}
    return mapped | {ord(radical): character for radical, character in _RADICALS.items()}


COMPATIBILITY_FORMS = _compatibility_forms()
# Numerals of the financial and traditional forms are also parts of names (大陆); names are folded as well when they
# are compared, and only numerals between 第 and 条 are read as such.
_FOLDED = {
    **COMPATIBILITY_FORMS,
    **PLAIN_DIGITS,
    **{0xFF01 + i: chr(0x21 + i) for i in range(94)},
    **dict.fromkeys(map(ord, "—–－~～﹣‐‑−―〜"), "-"),
    **dict.fromkeys(map(ord, "\u3000\u00a0\t\u2002\u2003\u2009\u200a\u202f"), " "),
    **dict.fromkeys(map(ord, "\r\u2028\u2029\u0085\x0b\x0c"), "\n"),
    ord("Ｏ"): "O",
    ord("〔"): "[",
    ord("〕"): "]",
    ord("｡"): "。",
    ord("﹐"): ",",
    ord("﹑"): "、",
    ord("條"): "条",
    ord("項"): "项",
    ord("編"): "编",
    ord("節"): "节",
    ord("該"): "该",
    ord("規"): "规",
    ord("﹝"): "[",
    ord("﹞"): "]",
    ord("﹙"): "(",
    ord("﹚"): ")",
}


def folded(text: str) -> str:
    """Return the text with half-width digits, brackets, dashes and spaces; its length does not change."""
    return text.translate(_FOLDED)


@dataclass(frozen=True, slots=True)
class ReadableText:
    """A text without invisible characters and line breaks inside citations, as written and folded.

    `offsets` are the indexes of its characters in the text as given; None where nothing was left out.
    """

    raw: str
    folded: str
    offsets: list[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return a span of the text as given for a span of this one that is not empty."""
        return (start, end) if self.offsets is None else (self.offsets[start], self.offsets[end - 1] + 1)


def readable(text: str) -> ReadableText:
    """Return the text of a record or query as the parser reads it."""
    invisible = {match.start() for match in _INVISIBLE.finditer(text)}
    visible = (
        [index for index in range(len(text)) if index not in invisible] if invisible else range(len(text))
    )
    plain = folded("".join(text[index] for index in visible) if invisible else text)
    breaks = _breaks_inside_citations(plain) if "\n" in plain else frozenset()
    if not invisible and not breaks:
        return ReadableText(text, plain)
    readable = [position for position in range(len(plain)) if position not in breaks]
    offsets = [visible[position] for position in readable]
    return ReadableText(
        "".join(text[index] for index in offsets), "".join(plain[position] for position in readable), offsets
    )


def _breaks_inside_citations(plain: str) -> frozenset[int]:
    """Return the indexes of line breaks, with the spaces around them, that end no line of the author's."""
    breaks = [
        line_break.span()
        for broken in _BROKEN.finditer(plain)
        for line_break in _LINE_BREAK.finditer(plain, broken.start(), broken.end())
    ]
    return frozenset(index for start, end in breaks for index in range(start, end))
