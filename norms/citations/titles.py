"""Comparing titles of normative documents."""

import re
import unicodedata

STATE = "中华人民共和国"
# Length of the columns `title_key`, `key` and `document_key`.
MAX_KEY_LENGTH = 500
# Marks that people leave out, and characters that copying from web pages brings along.
_IGNORED = re.compile(r"[\s《》〈〉<>“”\"'‘’·、,，\u200b-\u200f\ufeff\u00ad]+")
# （2020年修正）, （2018年10月26日第三次修正文本） at the end of a title.
_EDITION = re.compile(
    r"\((?:\d{4}年?)(?:\d{1,2}月\d{1,2}日)?(?:第[一二三四五六七八九十]+次)?(?:修正|修订|修改)?(?:文本|本)?\)$"
)


def title_key(title: str) -> str:
    """Return what titles are compared by: `社区矫正法` and `中华人民共和国社区矫正法（2019年）` have the same key.

    Widths, spaces, commas, quotation marks, the state's name at the beginning and a year of edition at the end
    do not count; `（试行）` and `修正案（十一）` do.
    """
    folded = unicodedata.normalize("NFKC", title).casefold()
    bare = _IGNORED.sub("", folded)
    while (shorter := _EDITION.sub("", bare)) != bare:
        bare = shorter
    without_state = bare.removeprefix(STATE)
    return (without_state or bare)[:MAX_KEY_LENGTH]
