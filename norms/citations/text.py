"""Folding of widths that keeps every character at its index, so that offsets stay true."""

import re
import unicodedata

from portal.foundation.numerals import HAN, PLAIN_DIGITS

# Stands for a line break inside a number, which is part of no numeral and ends no sentence.
JOINT = "\u2060"
# 第七 / 十八条, as a PDF breaks it; the first character of the match is 第.
_BROKEN_NUMBER = re.compile(rf"第(?=[^条\n]{{0,8}}\n)[ {HAN}0-9]{{0,8}}\n[ {HAN}0-9]{{0,8}}条")


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


def folded_prose(text: str) -> str:
    """Return the folded text of a record, with `JOINT` for line breaks inside the number of an article."""
    return _BROKEN_NUMBER.sub(lambda match: match.group().replace("\n", JOINT), folded(text))
