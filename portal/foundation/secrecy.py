"""Finds marks of classification in texts: what bears one does not belong in the portal until a reviewer has decided.

The written form of a mark is that of 国家秘密定密管理规定 and the habits of offices: the level, a star, the term
(机密★10年), alone on a line or in brackets; 内部资料 and 工作秘密 are marks of offices.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# What people put between the characters of a mark, and what is invisible.
_GAP = r"[\s\u00ad\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff]*"
_STAR = r"[★☆✦✭⭐*＊]"
_OPEN, _CLOSE = r"[【〔\[［（(〈<《「『]", r"[】〕\]］）)〉>》」』]"
# Traditional and variant characters stand beside the simplified ones.
_LEVEL = rf"(?:绝|絕|机|機|秘|祕){_GAP}密"
_TOP = rf"(?:绝|絕){_GAP}密"


def _spaced(word: str, **variants: str) -> str:
    return _GAP.join(f"[{char}{variants[char]}]" if char in variants else char for char in word)


_INTERNAL = _spaced("内部资料", 内="內", 资="資", 料="")
_WORK_SECRET = _spaced("工作秘密", 秘="祕")
# A level with a star, whatever stands around it.
_STARRED = rf"(?:{_LEVEL}|{_WORK_SECRET}){_GAP}(?:级|級)?{_GAP}{_STAR}"
_AFTER_LABEL = rf"(?:密{_GAP}级|密{_GAP}級|密级和保密期限){_GAP}[:：]{_GAP}{_LEVEL}"
_NAMED = rf"(?:{_LEVEL}{_GAP}(?:级|級)?|{_INTERNAL}|{_WORK_SECRET})"
_TERM = rf"(?:{_GAP}(?:\d+|[一二三四五六七八九十]+|长){_GAP}(?:年|月|期|天))?"
_BRACKETED = rf"{_OPEN}{_GAP}{_NAMED}{_TERM}{_GAP}{_CLOSE}"
_ALONE = rf"^{_GAP}{_NAMED}{_TERM}(?:{_GAP}[,，。.!！、;；]?{_GAP}(?:注意保存|注意保密|严禁外传|不得外传|请勿外传|妥善保管))?{_GAP}$"

# Laws about secrets speak of 绝密 and 工作秘密 in every second article: in them a mark is what stands as one.
_IN_OFFICIAL_TEXTS = re.compile("|".join((_STARRED, _AFTER_LABEL, _ALONE)), re.MULTILINE)
# In what people write, these words are reason enough to look; 国家秘密 and 商业秘密 are everyday words and are not.
_IN_TEXTS = re.compile(
    "|".join(
        (
            _STARRED,
            _AFTER_LABEL,
            _BRACKETED,
            _ALONE,
            _TOP,
            _INTERNAL,
            _WORK_SECRET,
            rf"{_LEVEL}{_GAP}(?:级|級)",
        )
    ),
    re.MULTILINE,
)


@dataclass(frozen=True)
class ClassificationMark:
    """A mark as it is written, with its offsets in the text, in code points."""

    start: int
    end: int
    text: str


def classification_marks(text: str, *, is_official: bool = False) -> list[ClassificationMark]:
    """Return the marks in a text, in order. In an official text (`is_official`) words alone are no mark."""
    pattern = _IN_OFFICIAL_TEXTS if is_official else _IN_TEXTS
    return [
        ClassificationMark(match.start(), match.end(), match.group().strip())
        for match in pattern.finditer(_folded(text))
    ]


def _folded(text: str) -> str:
    """Return the text with compatibility characters (⼯, ﹡) replaced one for one, so that offsets stay."""
    folded = (unicodedata.normalize("NFKC", char) for char in text)
    return "".join(new if len(new) == 1 else char for new, char in zip(folded, text, strict=True))


def marks_in(texts: Iterable[str], *, is_official: bool = False) -> str:
    """Return the first mark in any of several texts, "" where there is none."""
    for text in texts:
        if marks := classification_marks(text, is_official=is_official):
            return marks[0].text
    return ""
