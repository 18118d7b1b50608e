"""Finds marks of classification in texts: what bears one does not belong in the portal until a reviewer has decided.

The written form of a mark is that of 国家秘密定密管理规定 and the habits of offices: the level, a star, the term
(机密★10年), alone on a line or in brackets; 内部资料 and 工作秘密 are marks of offices.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# What people put between the characters of a mark, and what is invisible. All runs are possessive: time stays linear.
_INVISIBLE = r"\u00ad\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff"
_BLANK = r" \t\r\f\v\xa0\u2000-\u200a\u3000" + _INVISIBLE
_GAP = rf"[\s{_INVISIBLE}]*+"
_GAP_OF_LINE = rf"[{_BLANK}]*+"
_OPENING, _CLOSING = r"【〔\[［（(〈<《「『", r"】〕\]］）)〉>》」』"
# What may stand around a mark that has a line to itself: Markdown, bullets, brackets, quotation marks.
_BEFORE = rf"[{_BLANK}{_OPENING}>#*_|•·★☆“\"'-]*+"
_AFTER = rf"[{_BLANK}{_CLOSING}*_|”\"',，。.!！、;；:：]*+"
# Traditional and variant characters stand beside the simplified ones. 拒绝密切配合 and 手机密码 hold no level.
_TOP = rf"(?<![拒杜断斷谢謝隔弃棄根禁灭滅])[绝絕絶]{_GAP}密(?!切)"
_LEVEL = rf"(?:[绝絕絶]|(?<![手司飞飛])[机機]|[秘祕]){_GAP}密"
# 国家秘密 and its like are everyday words: what follows them (bold, a footnote, 级别, 标志) makes no mark of them.
_NOT_ORDINARY = "".join(
    f"(?<!{word})"
    for word in (
        "国家",
        "國家",
        "商业",
        "商業",
        "保守",
        "保密",
        "技术",
        "技術",
        "个人",
        "個人",
        "军事",
        "軍事",
    )
)


def _spaced(word: str, **variants: str) -> str:
    return _GAP.join(f"[{char}{variants[char]}]" if char in variants else char for char in word)


_INTERNAL = _spaced("内部资料", 内="內", 资="資")
_WORK_SECRET = _spaced("工作秘密", 秘="祕")
_GRADE = rf"(?:{_GAP}[级級])?"
# A level with a star, whatever stands around it. The plain star is also Markdown's: two of them are bold.
_STARRED = (
    rf"(?:{_LEVEL}|{_WORK_SECRET}){_GRADE}{_GAP}[★☆✦✭⭐]"
    rf"|(?<!\*){_NOT_ORDINARY}(?:{_LEVEL}|{_WORK_SECRET}){_GRADE}{_GAP_OF_LINE}\*(?!\*)"
)
_LABEL = rf"密{_GAP}[级級](?:和保密期限)?"
_AFTER_LABEL = rf"{_LABEL}{_GAP}[:：|{_CLOSING}]{_GAP}[{_OPENING}]?{_LEVEL}"
_NAMED = rf"(?:{_LEVEL}{_GRADE}|{_INTERNAL}|{_WORK_SECRET})"
_TERM = rf"(?:{_GAP_OF_LINE}[·:：]?{_GAP_OF_LINE}(?:\d++|[一二三四五六七八九十]++|长|長){_GAP}[年月期天])?"
_BRACKETED = rf"[{_OPENING}]{_GAP}{_NAMED}{_TERM}{_GAP}[{_CLOSING}]"
_CARE = r"(?:注意保存|注意保密|严禁外传|不得外传|请勿外传|妥善保管)?"
_ALONE = rf"^{_BEFORE}{_NAMED}{_TERM}{_AFTER}{_CARE}{_AFTER}$"
# Somebody says that a paper bears a mark.
_MENTIONED = rf"{_NOT_ORDINARY}{_LEVEL}[”\"'」』】]?(?:字样|字樣|标志|標誌|标识|标记|印章)|{_LABEL}[为是為]?{_GAP_OF_LINE}{_LEVEL}"

# Laws about secrets speak of 绝密 and 工作秘密 in every second article: in them a mark is what stands as one.
_IN_OFFICIAL_TEXTS = re.compile("|".join((_ALONE, _STARRED, _AFTER_LABEL)), re.MULTILINE)
_WITH_STAR = re.compile(_STARRED)
# In what people write, these words are reason enough to look.
_IN_TEXTS = re.compile(
    "|".join(
        (
            _ALONE,
            _STARRED,
            _AFTER_LABEL,
            _BRACKETED,
            _MENTIONED,
            _TOP,
            _INTERNAL,
            _WORK_SECRET,
            rf"{_NOT_ORDINARY}(?:{_TOP}|(?<![手司飞飛])[机機]{_GAP}密|[秘祕]{_GAP}密){_GAP}[级級]",
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


def bears_star(text: str) -> bool:
    """Return whether a text holds a level with a star, which nobody types who only speaks of secrets."""
    return bool(_WITH_STAR.search(_folded(text)))


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
