"""Finds marks of classification in texts: what bears one does not belong in the portal until a reviewer has decided.

The written form of a mark is that of 国家秘密定密管理规定 and the habits of offices: the level, a star, the term
(机密★10年), alone on a line or in brackets; 内部资料 and 工作秘密 are marks of offices.
"""

from __future__ import annotations

import functools
import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# A text is folded first (`_folded`): traditional characters are simplified ones, invisible ones and entities are gone.
# All runs are possessive: time stays linear.
_BLANK = r" \t\r\f\v\xa0\u2000-\u200a\u3000"
_GAP = r"\s*+"
_GAP_OF_LINE = rf"[{_BLANK}]*+"
# Before a star people also break the word up, or make it bold.
_LOOSE_GAP = r"[\s.·・\-_/|]*+"
_OPENING, _CLOSING = r"【〔\[［（(〈<《「『", r"】〕\]］）)〉>》」』"
# What may stand around a mark that has a line to itself: Markdown, bullets, brackets, quotation marks.
_STARS = "★☆✦✧✩✪✫✬✭✮✯✰✱⭐⋆🌟"
_BEFORE = rf"[{_BLANK}{_OPENING}>#*_|•·{_STARS}“\"'-]*+"
_AFTER = rf"[{_BLANK}{_CLOSING}*_|”\"',，。.!！、;；:：]*+"
# 拒绝密切配合 and 手机密码 hold no level.
_TOP = rf"(?<![拒杜断谢隔弃根禁灭])绝{_GAP}密(?!切)"


def _level(gap: str) -> str:
    return rf"(?:绝|(?<![手司飞随])机|秘){gap}密"


_LEVEL = _level(_GAP)
# 国家秘密 and its like are everyday words: what follows them (bold, a footnote, 级别, 标志) makes no mark of them.
_ORDINARY = ("国家", "商业", "保守", "保密", "技术", "个人", "军事")
_NOT_ORDINARY = "".join(f"(?<!{word})" for word in _ORDINARY)
_INTERNAL = _GAP.join("内部资料")
_INTERNAL_PAPER = rf"内{_GAP}部{_GAP}(?:资{_GAP}料|文{_GAP}[件稿]|材{_GAP}料|刊{_GAP}物)"
_WORK_SECRET = _GAP.join("工作秘密")
_GRADE = rf"(?:{_GAP}级)?"
_NAMED = rf"(?:{_LEVEL}{_GRADE}|{_INTERNAL_PAPER}|{_WORK_SECRET})"
# A level with a star, whatever stands around it. The plain star is also Markdown's: two of them are bold.
_STARRED = (
    rf"(?:{_level(_LOOSE_GAP)}{_GRADE}|{_INTERNAL_PAPER}|{_WORK_SECRET})[\s*_\\{_OPENING}]*+[{_STARS}]"
    rf"|(?<!\*){_NOT_ORDINARY}(?:{_LEVEL}|{_WORK_SECRET}){_GRADE}{_GAP_OF_LINE}\\?\*(?!\*)"
)
_LABEL = rf"密{_GAP}级(?:和保密期限)?"
_AFTER_LABEL = rf"{_LABEL}{_GAP}[:：|{_CLOSING}]{_GAP}[{_OPENING}]?(?:{_LEVEL}|内部)"
_YEARS = rf"(?:\d++|[一二三四五六七八九十百〇零]++){_GAP}年"
_TERM = (
    rf"(?:{_GAP_OF_LINE}[·:：]?{_GAP_OF_LINE}(?:(?:\d++|[一二三四五六七八九十百〇零]++|长){_GAP}[年月期天]))?"
)
_BRACKETED = rf"[{_OPENING}]{_GAP}{_NAMED}{_TERM}{_GAP}[{_CLOSING}]"
_CARE = r"(?:注意保存|注意保密|严禁外传|不得外传|请勿外传|妥善保管)"
_CAREFUL = rf"{_INTERNAL_PAPER}[{_BLANK}{_OPENING},，]*+{_CARE}"
_ALONE = rf"^{_BEFORE}{_NAMED}{_TERM}{_AFTER}[{_OPENING}]?{_CARE}?{_AFTER}$"
# Somebody says that a paper bears a mark, or is one.
_MENTIONED = (
    rf"{_NOT_ORDINARY}{_LEVEL}[”\"'」』】]?(?:字样|标志|标识|标记|印章)|{_LABEL}[为是]?{_GAP_OF_LINE}{_LEVEL}"
    rf"|(?:属于?|系|是|为|定为|列为){_LEVEL}(?:件|文件|材料|(?=[，,。；;、？?！!）)”]|$))"
    rf"|(?:属于?|系|是|为)(?:一份)?{_INTERNAL_PAPER}|{_NOT_ORDINARY}{_LEVEL}{_GAP_OF_LINE}[·:：]?{_GAP_OF_LINE}{_YEARS}"
)

# Laws about secrets speak of 绝密 and 工作秘密 in every second article: in them a mark is what stands as one.
_IN_OFFICIAL_TEXTS = re.compile("|".join((_ALONE, _STARRED, _AFTER_LABEL, _CAREFUL)), re.MULTILINE)
_WITH_STAR = re.compile(_STARRED)
# In what people write, these words are reason enough to look.
_IN_TEXTS = re.compile(
    "|".join(
        (
            _ALONE,
            _STARRED,
            _AFTER_LABEL,
            _CAREFUL,
            _BRACKETED,
            _MENTIONED,
            _TOP,
            _INTERNAL,
            _WORK_SECRET,
            rf"{_NOT_ORDINARY}(?:{_TOP}|(?<![手司飞随])机{_GAP}密|秘{_GAP}密){_GAP}级",
        )
    ),
    re.MULTILINE,
)
_SIMPLIFIED = str.maketrans(
    "絕絶機祕宻內資級長標識樣誌斷謝棄滅國業術個軍飛為屬係傳嚴",
    "绝绝机秘密内资级长标识样志断谢弃灭国业术个军飞为属系传严",
)
# Markdown shows an entity as its character. A name of more letters is none.
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,12});")
# Letters by their category, and nothing to the eye.
_FILLERS = "\u115f\u1160\u3164\uffa0\u2800"
_INVISIBLE_CATEGORIES = ("Cf", "Mn", "Me")


@dataclass(frozen=True)
class ClassificationMark:
    """A mark as it is written, with its offsets in the text, in code points."""

    start: int
    end: int
    text: str


def classification_marks(text: str, *, is_official: bool = False) -> list[ClassificationMark]:
    """Return the marks in a text, in order. In an official text (`is_official`) words alone are no mark."""
    pattern = _IN_OFFICIAL_TEXTS if is_official else _IN_TEXTS
    folded, spans = _folded(text)
    return [
        ClassificationMark(spans[match.start()][0], spans[match.end() - 1][1], match.group().strip())
        for match in pattern.finditer(folded)
    ]


def bears_star(text: str) -> bool:
    """Return whether a text holds a level with a star, which nobody types who only speaks of secrets."""
    return bool(_WITH_STAR.search(_folded(text)[0]))


def _folded(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return a text without what disguises a mark, and where each of its characters stands in the original.

    Compatibility characters (⼯, ﹡), traditional ones and entities are replaced, invisible ones are left out.
    """
    chars, spans, position = [], [], 0
    while position < len(text):
        entity = _ENTITY.match(text, position) if text[position] == "&" else None
        end = entity.end() if entity else position + 1
        char = _folded_char(html.unescape(entity.group()) if entity else text[position])
        if char:
            chars.append(char)
            spans.append((position, end))
        position = end
    return "".join(chars), spans


@functools.lru_cache(maxsize=20_000)
def _folded_char(char: str) -> str:
    """Return one character for one, "" for an invisible one."""
    if char in _FILLERS or unicodedata.category(char[0]) in _INVISIBLE_CATEGORIES:
        return ""
    folded = unicodedata.normalize("NFKC", char)
    return (folded if len(folded) == 1 else char[0]).translate(_SIMPLIFIED)


def marks_in(texts: Iterable[str], *, is_official: bool = False) -> str:
    """Return the first mark in any of several texts, "" where there is none."""
    for text in texts:
        if marks := classification_marks(text, is_official=is_official):
            return marks[0].text
    return ""
