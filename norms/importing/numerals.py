"""Numbers of headings and articles: 一百二十, 28, ２８, IV, three."""

import re
import unicodedata

import cn2an

from norms.citations.numerals import number as plain_number

HAN = "〇零○Ｏ一二三四五六七八九十百千两廿卅"
NUMERAL = rf"[{HAN}0-9０-９]"
HAN_NUMERAL = rf"[{HAN}]"
_WORDS = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
_ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
_ROMAN = re.compile(r"(?=[ivxlc])(c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})", re.IGNORECASE)
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def number(written: str) -> int | None:
    """The value of a numeral in any of the forms above, or None."""
    bare = (
        unicodedata.normalize("NFKC", re.sub(r"\s+", "", written))
        .casefold()
        .replace("○", "〇")
        .replace("o", "〇")
    )
    if len(bare) > 12 or not bare:
        return None
    if re.fullmatch(r"[0-9]{1,4}", bare) or re.fullmatch(rf"[{HAN}]+", bare):
        return plain_number(bare)
    return None


def english_number(written: str) -> int | None:
    """The value of `II`, `two`, `second` or `2`, or None."""
    bare = written.casefold()
    if bare.isascii() and bare.isdecimal():
        return int(bare) if len(bare) < 4 else None
    for words in (_WORDS, _ORDINALS):
        if bare.removesuffix("ly") in words:
            return words.index(bare.removesuffix("ly")) + 1
    return roman_number(bare)


def roman_number(written: str) -> int | None:
    if not _ROMAN.fullmatch(written):
        return None
    values = [_ROMAN_VALUES[letter] for letter in written.casefold()]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=True))


def chinese(value: int) -> str:
    """一百二十 for 120."""
    return cn2an.an2cn(value)
