"""Sentences with the citations a careful reader finds in them, checked by hand.

Each example is a text and what is found: the span as written and `key places`. A key in capitals stands for a known
document (see NAMES), `?name` for a document that is named but unknown, `-` for none named. Places are
`article[_inserted][.paragraph[.item[.subitem]]]`, an item right below an article is `5..2`, levels above articles
are `part1 chapter6 section2`. No places: the document as a whole. `@2020` is an edition, `@in2012` a year it is read
at, `@former` a superseded text.
"""

from tests.norms.citation_examples.articles import (
    INSERTED_ARTICLES,
    LISTS_AND_RANGES,
    UPPER_LEVELS,
    WIDTHS_AND_NUMERALS,
)
from tests.norms.citation_examples.documents import (
    EDITIONS,
    FULL_NAMES,
    SEVERAL_DOCUMENTS,
    SHORT_NAMES,
    TRAPS,
    UNKNOWN_DOCUMENTS,
    WHOLE_DOCUMENTS,
)
from tests.norms.citation_examples.pointing import IN_A_NORM, OWN, POINTING_BACK

__all__ = ["GROUPS", "IN_A_NORM", "NAMES", "OWN"]

NAMES = [
    ("中华人民共和国刑法", "XF"),
    ("中华人民共和国刑事诉讼法", "XS"),
    ("刑诉法", "XS"),
    ("中华人民共和国民事诉讼法", "MS"),
    ("民诉法", "MS"),
    ("中华人民共和国民法典", "MFD"),
    ("中华人民共和国社区矫正法", "SJ"),
    ("中华人民共和国社区矫正法实施办法", "SJB"),
    ("中华人民共和国监狱法", "JY"),
    ("中华人民共和国看守所条例", "KSS"),
    ("中华人民共和国宪法", "XIAN"),
    ("最高人民法院关于适用《中华人民共和国刑事诉讼法》的解释", "XSJS"),
    ("人民检察院刑事诉讼规则", "GZ"),
    ("最高人民法院关于办理减刑、假释案件具体应用法律的规定", "JXJS"),
    ("最高人民法院关于减刑、假释案件审理程序的规定", "JXCX"),
    ("最高人民法院、最高人民检察院、公安部、司法部关于依法推进社区矫正工作若干问题的规定", "TJ"),
    ("最高人民法院、最高人民检察院关于办理盗窃刑事案件适用法律若干问题的解释", "DQ"),
    ("两高盗窃解释", "DQ"),
    ("人民检察院民事诉讼监督规则（试行）", "MJ"),
    ("中华人民共和国刑法修正案（十一）", "XXA"),
    ("暂予监外执行规定", "ZY"),
]

GROUPS = {
    "full names": FULL_NAMES,
    "widths and numerals": WIDTHS_AND_NUMERALS,
    "inserted articles": INSERTED_ARTICLES,
    "lists and ranges": LISTS_AND_RANGES,
    "several documents": SEVERAL_DOCUMENTS,
    "pointing back": POINTING_BACK,
    "short names": SHORT_NAMES,
    "editions": EDITIONS,
    "whole documents": WHOLE_DOCUMENTS,
    "upper levels": UPPER_LEVELS,
    "unknown documents": UNKNOWN_DOCUMENTS,
    "traps": TRAPS,
}
