"""Numerals as Chinese and English texts write them: 二十八, 一百〇三, 廿八, 貳拾捌, 28, ２８, ㈢, IV, three."""

import re
import unicodedata
from functools import lru_cache

import cn2an

# Characters of Chinese numerals in text whose widths are folded; a page may also write 〇 as a circle or a letter.
HAN = "〇零一二三四五六七八九十百千两廿卅卌"
HAN_WITH_CIRCLES = f"{HAN}○Ｏ"
RINGED = "㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"

# Patterns of a whole numeral in folded text. Longer runs of digits are years, telephone numbers and the like.
ARABIC = r"[0-9]{1,4}"
CHINESE = rf"[{HAN}]{{1,9}}"
NUMERAL = rf"(?:{ARABIC}|{CHINESE})"

# cn2an does not know the contracted tens 卅 and 卌.
_CONTRACTED_TENS = str.maketrans({"廿": "二十", "卅": "三十", "卌": "四十"})
# Financial (大写) and traditional forms, in which cheques and older statutes are numbered.
PLAIN_DIGITS = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟貳叄參陸兩○◯", "一二三四五六七八九十百千二三三六两〇〇")

MAX_LENGTH = 12
# Digits of a primary key, which is less than 2 ** 63.
MAX_KEY_DIGITS = 18
_DIGITS = re.compile(ARABIC)
_HAN_RUN = re.compile(f"[{HAN}]+")
# 二〇二六 counts digit by digit and may end in 〇; 一百二十〇 is not a numeral.
_DIGIT_BY_DIGIT = re.compile(r"[〇零一二三四五六七八九]{2,4}")
_RINGED_VALUES = {
    **{chr(ord("㈠") + i): i + 1 for i in range(10)},
    **{chr(ord("⑴") + i): i + 1 for i in range(20)},
    **{chr(ord("①") + i): i + 1 for i in range(20)},
}
_CARDINALS = [
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
# ASCII: without it, IGNORECASE takes the Turkish ı and İ for an i.
_ROMAN = re.compile(r"(?=[ivxlc])(c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})", re.IGNORECASE | re.ASCII)
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


# The importer meets the same few hundred numerals over and over; cn2an alone takes 20 times as long.
@lru_cache(maxsize=8192)
def parse_numeral(written: str) -> int | None:
    """Return the value of a Chinese, Arabic or ringed numeral; None where it is none (百十) or is zero."""
    if written in _RINGED_VALUES:
        return _RINGED_VALUES[written]
    if len(written) > 4 * MAX_LENGTH:
        return None
    bare = re.sub(r"\s+", "", written)
    if not bare.isascii():
        bare = unicodedata.normalize("NFKC", bare).translate(PLAIN_DIGITS).casefold().replace("o", "〇")
    if _DIGITS.fullmatch(bare):
        return int(bare) or None
    if len(bare) > MAX_LENGTH or not _HAN_RUN.fullmatch(bare):
        return None
    bare = bare.translate(_CONTRACTED_TENS)
    if len(bare) > 1 and bare[-1] in "〇零" and not _DIGIT_BY_DIGIT.fullmatch(bare):
        return None
    try:
        return int(cn2an.cn2an(bare, "normal")) or None
    # cn2an refuses most runs that are no numeral with ValueError, and 〇十一 or 一百二十〇 with KeyError.
    except (ValueError, LookupError):
        return None


def parse_english_numeral(written: str) -> int | None:
    """Return the value of `II`, `two`, `second`, `secondly` or `2`, or None."""
    bare = written.casefold()
    if bare.isascii() and bare.isdecimal():
        return int(bare) if len(bare) < 4 else None
    for words in (_CARDINALS, _ORDINALS):
        if bare.removesuffix("ly") in words:
            return words.index(bare.removesuffix("ly")) + 1
    return parse_roman_numeral(bare)


def parse_roman_numeral(written: str) -> int | None:
    """Return the value of a Roman numeral below 400, or None."""
    if not _ROMAN.fullmatch(written):
        return None
    values = [_ROMAN_VALUES[letter] for letter in written.casefold()]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=True))


def chinese_numeral(value: int) -> str:
    """Return 一百二十 for 120."""
    return cn2an.an2cn(value)


def parse_primary_key(written: str) -> int | None:
    """Return the primary key that an address or form carries, None for whatever is no number that the database holds.

    `str.isdigit` is true for ², which `int` refuses, and `int` refuses more than 4,300 digits.
    """
    is_key = written.isascii() and written.isdigit() and len(written) <= MAX_KEY_DIGITS
    return int(written) if is_key else None
