"""Tell the stars that emphasise from those that stand for names and digits: 罪犯张**、4401****1234.

In this trade a star is a mask first. A star emphasises only where its place in the text leaves no doubt; a star that was
meant to emphasise and is shown costs nothing, one that stood for a name and vanished changes what was written.
"""

from __future__ import annotations

import re
import unicodedata

from portal.foundation.surnames import COMPOUND_SURNAMES, SURNAMES

# `***` is bold and italic together; longer runs are masks only.
MAX_EMPHASIS_STARS = 3
MIN_PHRASE_CHARS = 2
# Words for people, after which a name stands: 罪犯**、被告人张**.
ROLES = (
    "罪犯|犯人|被告|被告人|被害人|嫌疑人|当事人|证人|原告|原告人|上诉人|申诉人|申请人|被申请人|监护人|保证人|代理人|辩护人|同案犯|从犯|主犯"
    "|服刑人员|矫正对象|社区矫正对象|法定代表人|负责人|承办人|民警|干警|检察官|法官|律师|户名|姓名|名叫|化名|家属|父亲|母亲|妻子|丈夫|儿子|女儿"
    "|其父|其母|其妻|其夫|其子|其女"
)
# Words between two names, or between a name and what it does.
LINKS = "伙同|连同|以及|和|与|及|或|同|跟|系|因|被|由|对|向|诉|将|把|为|的|等|在|是|之|于"
SURNAME = rf"(?:{'|'.join(COMPOUND_SURNAMES)}|[{SURNAMES}])"
# Words that end with a surname's character and are none: 对于, 最高, 地方.
WORDS_ENDING_LIKE_SURNAMES = re.compile(
    r"(?:[对关由属基至等处位鉴限便终善勇]于|[最较提过崇]高|[地对双官各甲乙警]方|[罚资现黄基奖税租本押]金|[及按当届临暂]时|[方趋意导倾]向"
    r"|[功职可只才]能|[达组完构形变作生]成|[道公线]路|[法经正通非]常|[公治保平]安|[水和]平|[历]史|[判裁]决|[法论条]文|[从]严|[宽]容|[明坦]白)$"
)
# A surname at the end of an ordinary text may be part of a word; at the start of a name it follows one of these.
NAME_STARTS = re.compile(rf"(?:^|[\W_]|{ROLES}|{LINKS}){SURNAME}$")
ENDS_WITH_SURNAME = re.compile(rf"{SURNAME}$")
ENDS_WITH_ROLE = re.compile(rf"(?:{ROLES})$")
# A role after a separator begins to name somebody; alone between stars it is a word that is emphasised.
NAMES_SOMEBODY = re.compile(rf"[、，,；;。]\s*(?:{ROLES})$")
# What links two runs of stars is not the end of a phrase: **与**.
LINKS_STARS = re.compile(rf"\*(?:{LINKS}|、)$")
BEGINS_WITH_LINK = re.compile(rf"^(?:{LINKS})")
# 住**省**市, **岁: a star before a unit that stands alone hides its number or name.
BEGINS_WITH_UNIT = re.compile(r"^[省市县区州镇乡村街路号室年月日时岁人元万](?![^\W_])")
SEPARATORS = re.compile(r"[、，,；;。！？!?\n]")
# How many characters before a star are read: the longest role and a compound surname fit.
CONTEXT_CHARS = 10


def is_wide(char: str) -> bool:
    """Return whether a character is Chinese, or a quotation mark as Chinese texts have them."""
    return unicodedata.east_asian_width(char) in {"W", "F"} or char in "“”‘’"


def can_open(source: str, start: int, end: int) -> bool:
    """Return whether the stars `source[start:end]`, beside a Chinese character or digit, may begin an emphasis."""
    before, after = _context(source, start), source[end : end + 1]
    if end - start > MAX_EMPHASIS_STARS or not after or after.isspace() or _closes(after):
        return False
    if BEGINS_WITH_UNIT.match(source[end : end + 2]):
        return False
    if not before or _is_boundary(before[-1]):
        return True
    return not _stands_for_name(before, after) and _encloses_a_phrase(source, start, end)


def can_close(source: str, start: int, end: int) -> bool:
    """Return whether the stars `source[start:end]`, beside a Chinese character or digit, may end an emphasis."""
    before, after = _context(source, start), source[end : end + 1]
    if end - start > MAX_EMPHASIS_STARS or not before or before[-1].isspace():
        return False
    # 张**某, 138**5678: what goes on after the stars belongs to what they hide.
    if after and (after == "某" or _is_alphanumeric(after)):
        return False
    return not any(pattern.search(before) for pattern in (NAME_STARTS, NAMES_SOMEBODY, LINKS_STARS))


def _context(source: str, start: int) -> str:
    line_start = source.rfind("\n", 0, start) + 1
    return source[max(line_start, start - CONTEXT_CHARS) : start]


def _is_alphanumeric(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _is_boundary(char: str) -> bool:
    return unicodedata.category(char)[0] in "ZCPS"


def _closes(char: str) -> bool:
    """Return whether a character is punctuation that begins nothing; `*` and `~` may begin another emphasis."""
    return unicodedata.category(char) in {"Po", "Pe", "Pf", "Pd"} and char not in "*\\&@#'\"%§"


def _stands_for_name(before: str, after: str) -> bool:
    """Return whether stars after a Chinese character, letter or digit go on with it: 张**, 李某*, 粤A**."""
    if _is_alphanumeric(before[-1]) or before[-1].isdigit() or "某" in (before[-1], after):
        return True
    if ENDS_WITH_ROLE.search(before):
        return True
    return bool(ENDS_WITH_SURNAME.search(before)) and not WORDS_ENDING_LIKE_SURNAMES.search(before)


def _encloses_a_phrase(source: str, start: int, end: int) -> bool:
    """Return whether stars within a text enclose a phrase, as in 请看**重点**内容, and do not hide two things.

    A phrase has two characters at least and no separators, does not begin with a word that links two names (张**和李**), and the character before
    it does not come back at its end (刑**号和刑**号).
    """
    stars = source[start:end]
    close = source.find(stars, end)
    if close < 0:
        return False
    phrase = source[end:close]
    if len(phrase) < MIN_PHRASE_CHARS or SEPARATORS.search(phrase) or BEGINS_WITH_LINK.match(phrase):
        return False
    return phrase[-1] != source[start - 1]
