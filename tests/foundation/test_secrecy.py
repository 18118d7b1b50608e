"""Marks of classification are found however they are written, and ordinary words are none."""

from __future__ import annotations

import gzip
import json

import pytest

from portal.foundation.secrecy import classification_marks, marks_in
from tests.growth import LINEAR_TIME, time_ratio

MARKED = [
    "机密★10年",
    "秘密★",
    "秘密★长期",
    "绝密★",
    "绝密",
    "机 密 ★",
    "机\u200b密\u200b★",
    "机密☆",
    "机密*3年",
    "机密＊",
    "機密★",
    "祕密★",
    "絕密",
    "工作秘密★1年",
    "案卷首页印有“机密★20年”，能否上课讨论？",
    "【机密】关于某专案的情况",
    "（秘密）",
    "[内部资料]",
    "密级：机密",
    "密 级: 秘密",
    "内部资料 注意保存",
    "这是一份内部资料，请问如何处理？",
    "內部資料",
    "内部⽂件\n机密\n正文",
    "该材料属于工作秘密，能否提供？",
    "机密级文件能否带入课堂？",
    "⼯作秘密",
    "绝密级",
    "**机密**",
    "# 机密",
    "| 密级 | 秘密 |",
    "机密·长期",
    "★机密",
    "案卷标有“机密”字样，能否复印？",
    "该件密级为秘密，能否引用？",
    "国家秘密★",
    "附件（绝密）",
    "机密[★]",
    "机密（★）5年",
    "机密⋆10年",
    "机密✩",
    "**机密**★",
    "机-密★",
    "机密&#9733;10年",
    "&#26426;&#23494;&starf;",
    "机密\\*10年",
    "机\u2063密★",
    "机\u034f密★",
    "ＪＭ 機\u180e密 ★ １０年",
    "该件系机密，能否复印？",
    "随卷材料机密5年，能否上课讨论？",
    "内部文件",
    "【内部文件】会议纪要",
    "内部文件，请勿外传：会议纪要",
    "这是一份内部文件，能否引用？",
    "內部文件 注意保存",
    "内部资料（注意保存）",
    "内部资料★",
    "密级：内部",
]
UNMARKED = [
    "",
    "泄露国家秘密的，如何处理？",
    "涉及商业秘密的案件能否公开审理？",
    "保守秘密的义务",
    "机密码头",
    "密切配合",
    "他对此事保密，秘密会见了证人。",
    "故意泄露国家秘密罪",
    "内部文件资料员",
    "注意**重点**。",
    "个人隐私和秘密事项",
    "泄露**国家秘密**的，如何处理？",
    "侵犯**商业秘密**罪的*罪犯*",
    "商业秘密* 的注释",
    "国家秘密级别由谁确定？",
    "国家秘密标志如何使用？",
    "请拒绝密切配合的说法",
    "杜绝密室调解",
    "手机密级设置",
    "必须保守秘密\n* 第二点",
    "单位的内部文件能否作为裁定依据？",
    "机关内部材料的归档期限是几年？",
    "随机密码五年一换",
    "保守国家秘密法第十四条怎样理解？",
    "涉及国家秘密的案件属于秘密审理吗？",
    "保守秘密5年的协议是否有效？",
    "AT&T 与 R&D 的商业秘密",
    "他是秘密证人，能否出庭？",
]
# 保守国家秘密法 speaks so; nothing in it is a mark.
OFFICIAL_UNMARKED = [
    "第十四条 国家秘密的密级分为绝密、机密、秘密三级。",
    "绝密级国家秘密是最重要的国家秘密，泄露会使国家安全和利益遭受特别严重的损害。",
    "机关、单位对履行职能过程中产生的工作秘密，应当采取必要的保护措施。",
    "（三）内部资料的管理；",
]
OFFICIAL_MARKED = [
    "机密★10年\n关于……的通知",
    "关于……的通知\n秘密★",
    "内部资料 注意保存\n会议纪要",
    "绝密\n报告",
    "内部文件 注意保存\n会议纪要",
    "（内部资料，注意保存）\n会议纪要",
    "秘密★1年\n报告",
    "機密★長期\n報告",
    "【内部资料】 注意保存\n会议纪要",
    "> 绝密\n报告",
]


@pytest.mark.parametrize("text", MARKED)
def test_marks_are_found(text):
    assert classification_marks(text)


@pytest.mark.parametrize("text", UNMARKED)
def test_ordinary_words_are_no_marks(text):
    assert classification_marks(text) == []


@pytest.mark.parametrize("text", OFFICIAL_UNMARKED)
def test_words_of_a_law_are_no_marks(text):
    assert classification_marks(text, is_official=True) == []


@pytest.mark.parametrize("text", OFFICIAL_MARKED)
def test_marks_of_an_official_text_are_found(text):
    assert classification_marks(text, is_official=True)


def test_offsets_are_code_points_of_the_text():
    text = "𠮷：请看 机密★10年 的材料"
    (mark,) = classification_marks(text)
    assert text[mark.start : mark.end] == "机密★"


def test_offsets_hold_where_characters_are_left_out_or_written_as_entities():
    text = "见&amp;机\u200b密&#9733;的材料"
    (mark,) = classification_marks(text)
    assert (text[mark.start : mark.end], mark.text) == ("机\u200b密&#9733;", "机密★")


def test_first_mark_of_several_texts():
    assert marks_in(["无", "", "见【秘密】", "绝密"]) == "【秘密】"
    assert marks_in(["无"]) == ""


@pytest.mark.parametrize("is_official", [True, False])
@pytest.mark.parametrize(
    "filling",
    [
        "机 \u200b",
        " ",
        "\n",
        "\u3000\n",
        "*",
        "【",
        "机密",
        "机密 ",
        "·",
        "密级",
        "&",
        "&#",
        "机密.-",
        "内部文件 ",
    ],
)
def test_time_is_linear_in_the_text(filling, is_official):
    def find(size):
        return classification_marks(f"机密{filling * size}年", is_official=is_official)

    assert time_ratio(find, 2_000) < LINEAR_TIME


def test_no_official_text_is_held(shared_data):
    """Over the articles of the retrieval data; each is read as a text of its own."""
    with gzip.open(shared_data / "retrieval" / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    held = [row["id"] for row in rows if classification_marks(row["text"], is_official=True)]
    assert held == []
