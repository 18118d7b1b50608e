"""Articles over versions, linked by their text."""

from __future__ import annotations

import pytest

from norms.comparison.alignment import AlignedArticle, align_articles
from norms.models import ArticleIdentity, DocumentVersion
from norms.services.importing import import_norm
from tests.factories.norms import import_text
from tests.growth import LINEAR_STEPS, steps

pytestmark = pytest.mark.django_db

WORDS = {
    "甲": "社区矫正对象离开所居住的市、县，应当报经社区矫正机构批准，并说明理由和期限。",
    "乙": "监狱应当在罪犯刑满释放前一个月，将其改造情况书面通知原户籍所在地的公安机关。",
    "丙": "人民法院裁定减刑、假释，应当审查罪犯财产性判项的履行能力和实际履行情况。",
    "丁": "看守所收押人犯，应当进行健康检查，患有严重疾病的，不予收押，但是有社会危险的除外。",
    "戊": "人民检察院发现刑罚执行活动违法的，应当依法提出纠正意见，有关单位应当书面回复。",
}
PROVISION = "第{}条　{}"
NUMBERS = "一二三四五六七八九十"


def law(names: str, day: str, changes: dict[str, str] | None = None) -> DocumentVersion:
    words = WORDS | (changes or {})
    lines = [PROVISION.format(NUMBERS[index], words[name]) for index, name in enumerate(names)]
    return import_text("宁川省执行条例\n\n" + "\n".join(lines), name=f"宁川省执行条例_{day}.txt")


def identities(version: DocumentVersion) -> list[int]:
    return list(version.provisions.articles().in_order().values_list("identity_id", flat=True))


def test_renumbered_article_keeps_its_identity():
    old = identities(law("甲乙丙", "20200101"))
    new = identities(law("甲丁乙丙", "20240101"))
    assert (new[0], new[2], new[3]) == tuple(old)
    assert new[1] not in old


def test_changed_article_keeps_its_identity():
    changed = WORDS["乙"].replace("一个月", "三个月").replace("书面通知", "书面或者电子方式通知")
    old = identities(law("甲乙丙", "20200101"))
    assert identities(law("甲乙丙", "20240101", {"乙": changed})) == old


def test_article_replaced_by_another_under_its_number_is_a_new_one():
    old = identities(law("甲乙丙", "20200101"))
    new = identities(law("甲戊丙", "20240101"))
    assert (new[0], new[2]) == (old[0], old[2])
    assert new[1] not in old


def test_article_that_moved_keeps_its_identity():
    old = identities(law("甲乙丙丁", "20200101"))
    assert identities(law("丁甲乙丙", "20240101")) == [old[3], *old[:3]]


def test_earlier_version_is_linked_to_the_later_one():
    new = identities(law("甲丁乙丙", "20240101"))
    assert identities(law("甲乙丙", "20200101")) == [new[0], new[2], new[3]]


def test_version_between_two_others_joins_what_it_shows_to_be_one():
    first = "罪犯在服刑期间应当遵守监规纪律，接受教育改造，参加劳动，不得破坏监管秩序或者伤害他人。"
    second = first.replace("遵守监规纪律", "遵守法律法规和监规纪律").replace(
        "参加劳动", "积极参加劳动和职业技能培训"
    )
    third = second.replace("罪犯在服刑期间", "服刑人员").replace(
        "不得破坏监管秩序或者伤害他人",
        "有悔改表现的，可以依照规定给予表扬、减刑或者假释，并报人民检察院备案，接受监督",
    )
    old, new = law("甲乙", "20180101", {"乙": first}), law("甲乙", "20240101", {"乙": third})
    before = identities(old) + identities(new)
    middle = law("甲乙", "20200101", {"乙": second})
    assert before[1] != before[3]
    assert identities(old) == identities(middle) == identities(new) == before[:2]
    assert ArticleIdentity.objects.count() == 2


def test_identities_of_stored_articles_stay():
    old = law("甲乙丙", "20200101")
    before = identities(old)
    law("甲乙丙丁", "20240101")
    law("甲乙", "20180101")
    assert identities(old) == before


def test_article_that_became_an_item_is_found():
    old = [
        AlignedArticle(
            1, "因在境内履行中外合资经营企业合同、中外合作经营企业合同发生纠纷提起的诉讼,由人民法院管辖。"
        )
    ]
    new = [
        AlignedArticle(7, "当事人可以书面协议选择与争议有实际联系的地点的人民法院管辖。"),
        AlignedArticle(
            8,
            "下列案件由人民法院专属管辖:(一)因法人的设立、解散、清算以及决议的效力等纠纷提起的诉讼;(二)因知识产权的有效性"
            "有关的纠纷提起的诉讼;(三)因在境内履行中外合资经营企业合同、中外合作经营企业合同发生纠纷提起的诉讼。",
        ),
    ]
    assert [(link.earlier, link.later) for link in align_articles(old, new)] == [(1, 8)]


def test_alignment_of_nothing_is_empty():
    assert align_articles([], [AlignedArticle(1, "甲")]) == []


def test_long_texts_are_aligned_in_linear_time():
    def align(size):
        old = [AlignedArticle(n, f"第{n}种情形下的处理办法由第{n * 7}号文件规定。") for n in range(size)]
        new = [AlignedArticle(n, f"第{n}种情形下的处理规则由第{n * 7}号公告规定。") for n in range(size)]
        return align_articles(old, new)

    assert [(link.earlier, link.later) for link in align(900)] == [(n, n) for n in range(900)]
    assert steps(lambda: align(1200)) / steps(lambda: align(600)) < LINEAR_STEPS


@pytest.mark.shared_data
@pytest.mark.parametrize("order", [("2021", "2023"), ("2023", "2021")])
def test_civil_procedure_law_links_across_its_renumbering(shared_data, order):
    """Checked by hand against the amending decision of 1 September 2023."""
    for year in order:
        path = next((shared_data / "norms/markdown").glob(f"民事诉讼法({year}*"))
        assert import_norm(name=path.name, content=path.read_bytes(), actor=None).error is None
    versions = DocumentVersion.objects.chronological()
    rows = [dict(version.provisions.articles().values_list("number", "identity_id")) for version in versions]
    later = {identity: number for number, identity in rows[1].items()}
    continued = {number: later.get(identity) for number, identity in rows[0].items()}
    checked = {
        1: 1,
        40: 40,
        115: 115,
        184: 184,
        193: 193,
        194: 198,
        206: 210,
        211: 215,
        231: 235,
        266: 270,
        272: 276,
        273: 279,
        274: 283,
        275: 285,
        287: 297,
        289: 299,
        290: 304,
        291: 306,
    }
    assert {number: continued[number] for number in checked} == checked
    added = sorted(set(rows[1]) - set(continued.values()))
    assert added == [194, 195, 196, 197, 277, 278, 280, 281, 282, 284, 300, 301, 302, 303, 305]
