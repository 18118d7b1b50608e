"""Folding of widths that keeps every character at its index, so that offsets stay true."""

from portal.foundation.numerals import PLAIN_DIGITS

# Numerals of the financial and traditional forms are also parts of names (大陆); names are folded as well when they
# are compared, and only numerals between 第 and 条 are read as such.
_FOLDED = {
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
