"""Numbers of parts, headings and list items in official documents (GB/T 9704-2012, 7.3.3)."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import get_language

from portal.foundation.numerals import chinese_numeral

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


def heading_mark(level: int, value: int) -> str:
    """Return the mark of the heading or item number `value`: （一）, 1. or （1） on levels 1, 2 and 3.

    Deeper levels are marked as the third, since the standard knows four levels of which 一、 is the first.
    """
    return (f"（{chinese_numeral(value)}）", f"{value}. ", f"（{value}）")[min(level, 3) - 1]


@dataclass
class HeadingCounters:
    """The counters of the three levels of headings below a part numbered 一、."""

    counts: list[int] = field(default_factory=lambda: [0, 0, 0])

    def next(self, level: int) -> str:
        """Count a heading on `level` (1 to 3), begin the levels below anew, and return its mark."""
        self.counts[level - 1] += 1
        self.counts[level:] = [0] * (3 - level)
        return heading_mark(level, self.counts[level - 1])


@dataclass
class PartNumbers:
    """The numbers of a document's parts in the active language: 一、, 二、 in Chinese, I., II. in English.

    English parts are not numbered 1., 2.: these are the marks of headings two levels below.
    """

    count: int = 0

    def next(self) -> str:
        """Count a part and return its mark; English documents have ten parts at most."""
        self.count += 1
        if (get_language() or "").startswith("en"):
            return f"{ROMAN[self.count - 1]}. "
        return f"{chinese_numeral(self.count)}、"
