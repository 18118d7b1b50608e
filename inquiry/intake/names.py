"""Split off a person's name at the end of an office, as published answers write it: 某县人民检察院张三."""

from __future__ import annotations

import re

from portal.foundation.surnames import COMPOUND_SURNAMES, SURNAMES

INSTITUTION = (
    "检察院|法院|监狱|看守所|分院|司法局|司法厅|司法所|公安局|公安厅|管理局|管理处|支队|总队|大队|中心|局|所"
)
# An institution, then two to four characters; the first group is greedy, so the last institution counts.
WITH_NAME = re.compile(rf"^(?P<office>.*(?:{INSTITUTION}))\s*(?P<name>[一-龥]{{2,4}})$")
WITH_SPACE = re.compile(r"^(?P<office>.*\S)\s+(?P<name>[一-龥]{2,4})$")
# Last characters of units and regions: a word that ends so is taken for one of them, not for a person.
UNIT_ENDINGS = tuple("院所局处科室队厅部庭站组办岗片会委狱校线区县市省州旗盟镇乡村层段级")
# Words that begin with a surname and are none: 管教 is a warder, 安全 is safety.
NOT_NAMES = (
    "管教", "管理", "安全", "安检", "文书", "方面", "向阳", "白云", "关于", "成立", "农垦", "林业", "林区", "石油", "江北", "江南",
    "江东", "江西", "华东", "华北", "城郊", "金融", "单位", "解放", "党组", "党委", "党建", "高新", "易地", "强制", "游客", "干警",
    "车间", "房产", "边防", "常务", "景区", "武装", "成年", "查办", "路段", "包保", "席位", "关押", "纪检", "曲靖", "宁波",
)  # fmt: skip


def split_office(received: str) -> tuple[str, str]:
    """Return an office and the person's name at its end; the name is empty where none is there.

    What follows the last 检察院, 法院, 监狱 and the like is a name if it has two to four characters, begins
    with a common surname, and does not end as a place or a unit does (分院, 第一部, 高新区).
    """
    text = " ".join(received.split())
    for pattern in (WITH_NAME, WITH_SPACE):
        match = pattern.match(text)
        if match and _is_name(match["name"]):
            return match["office"].strip(), match["name"]
    return text, ""


def _is_name(word: str) -> bool:
    if word.endswith(UNIT_ENDINGS) or word.startswith(NOT_NAMES):
        return False
    if word.startswith(COMPOUND_SURNAMES):
        return len(word) >= 3
    return word[0] in SURNAMES and len(word) <= 3
