"""Numbers of provisions as they are written: 二十八, 一百〇三, 一二〇, 28."""

import re
from functools import lru_cache

import cn2an

ARABIC = r"[0-9]{1,4}"
CHINESE = r"[〇零一二三四五六七八九十百千两廿]{1,9}"
RINGED = "㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"

_DIGITS_ONLY = re.compile(r"[〇零一二三四五六七八九]{2,4}\Z")
_RING_VALUES = {
    **{chr(ord("㈠") + i): i + 1 for i in range(10)},
    **{chr(ord("⑴") + i): i + 1 for i in range(20)},
    **{chr(ord("①") + i): i + 1 for i in range(20)},
}


@lru_cache(maxsize=8192)
def number(written: str) -> int | None:
    """The value of a numeral, or None where it is not one (百十, 〇) or is zero."""
    if written in _RING_VALUES:
        return _RING_VALUES[written]
    if written.isascii():
        return int(written) or None
    if len(written) > 1 and written[-1] in "〇零" and not _DIGITS_ONLY.match(written):
        return None
    try:
        return int(cn2an.cn2an(written, "normal")) or None
    except ValueError:
        return None
