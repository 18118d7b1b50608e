"""Structures without the usual marks: unnumbered divisions, numbered points, wrapped lines, articles out of order."""

import datetime as dt
import io

import pytest
from django.core.management import call_command

from norms.citations import Locator
from norms.importing.errors import UndatedSource
from norms.importing.parser import parse_source
from norms.models import Citation, DocumentVersion, Provision
from norms.selectors.resolution import resolve
from norms.services.citations import record_citations
from norms.services.importing import import_norm
from norms.services.register import Register, decide
from tests.factories.norms import import_text, parse_text
from tests.factories.org import UserFactory

TITLE = "宁川省某条例\n\n"


def rows(text: str, title: str = TITLE) -> list[tuple]:
    return [
        (row.node.kind.value, row.node.number, row.node.heading or row.node.text)
        for row in parse_text(title + text).rows
    ]


def codes(text: str, title: str = TITLE) -> list[str]:
    return [warning.code for warning in parse_text(title + text).warnings if warning.code != "no_date"]


def test_divisions_without_numbers_are_chapters_in_order():
    text = "总　则\n第一条　甲。\n分则\n第一节　交接\n第二条　乙。\n附　 则\n第三条　丙。\n"
    assert [row for row in rows(text) if row[0] in ("chapter", "section")] == [
        ("chapter", None, "总则"),
        ("chapter", None, "分则"),
        ("section", 1, "交接"),
        ("chapter", None, "附则"),
    ]
    assert all("则" not in words for kind, _number, words in rows(text) if kind == "paragraph")


def test_divisions_with_chapters_in_them_are_parts():
    text = "总则\n第一章　通则\n第一条　甲。\n分则\n第二章　罪\n第二条　乙。\n附则\n第三条　丙。\n"
    assert [(kind, words) for kind, _number, words in rows(text) if kind in ("part", "chapter")] == [
        ("part", "总则"),
        ("chapter", "通则"),
        ("part", "分则"),
        ("chapter", "罪"),
        ("part", "附则"),
    ]


def test_name_of_a_chapter_on_a_line_of_its_own_stays_its_name():
    assert rows("第一章\n总　则\n第一条　甲。\n第二条　乙。\n")[0] == ("chapter", 1, "总则")


def test_points_have_their_own_numbers():
    text = "一、将第一条修改为：“甲的，处罚。\n“乙的，从轻。”\n二、将第三条改为：“丙。”\n三、自公布之日起施行。\n"
    assert [(number, words[:3]) for _kind, number, words in rows(text)] == [
        (1, "将第一"),
        (None, "“乙的"),
        (2, "将第三"),
        (3, "自公布"),
    ]


def test_points_count_on_over_headings_and_have_items():
    text = "一、总体要求\n1.甲的，应当审查。\n2.乙的，不予审查。\n二、严格审查\n3.丙的，应当审查：\n（1）丁；\n（2）戊。\n4.己。\n"
    assert [(kind, number) for kind, number, _words in rows(text)] == [
        ("part", 1),
        ("text", 1),
        ("text", 2),
        ("part", 2),
        ("text", 3),
        ("item", 1),
        ("item", 2),
        ("text", 4),
    ]


@pytest.mark.django_db
def test_point_is_cited_like_an_article():
    text = "宁川省刑法修正决定\n\n一、将第一条修改为：“甲。\n“乙。”\n二、将第三条改为：“丙。”\n三、自公布之日起施行。\n"
    version = import_text(text, "宁川省刑法修正决定(2020-12-26).txt")
    point = resolve(version.document, Locator(2), dt.date(2024, 1, 1))
    assert point is not None
    assert point.text.startswith("将第三条")
    source = UserFactory()
    record_citations(
        source=source, field="text", text="宁川省刑法修正决定第三条", read_on=dt.date(2024, 1, 1)
    )
    assert Citation.objects.of_source(source).get().provision.number == 3


def test_lines_broken_inside_sentences_are_joined():
    text = (
        "第一条 为了规范，根据《中华人民共和国禁毒法》\n第四十九条的规定，制定本条例。\n第二条 应当依照本条例\n"
        "第一条确定的原则，并执行\n第三条的规定。\n第三条 县级以上人民政府\n负责管理。\n第四条\n应当遵守：\n"
        "（一）遵守法律法\n规；\n（二）接受管理。\n"
    )
    assert [words for kind, _number, words in rows(text) if kind in ("paragraph", "item")] == [
        "为了规范，根据《中华人民共和国禁毒法》第四十九条的规定，制定本条例。",
        "应当依照本条例第一条确定的原则，并执行第三条的规定。",
        "县级以上人民政府负责管理。",
        "应当遵守：",
        "遵守法律法规；",
        "接受管理。",
    ]
    assert codes(text) == ["wrapped"]


def test_names_of_articles_are_not_joined_to_their_text():
    text = "".join(f"第{n}条　名称\n甲的，应当处罚。\n" for n in "一二三四五六")
    assert "wrapped" not in codes(text)
    assert [words for kind, _number, words in rows(text) if kind == "article"] == ["名称"] * 6


@pytest.mark.parametrize(
    ("order", "expected"),
    [("一二四三", [1, 2, 4, 3]), ("一三二四", [1, 3, 2, 4]), ("四三二一", [4, 3, 2, 1])],
)
def test_articles_out_of_order_are_all_found(order, expected):
    text = "".join(f"第{n}条　内容。\n" for n in order)
    assert [number for kind, number, _words in rows(text) if kind == "article"] == expected


def test_compatibility_characters_in_numbers_are_read():
    text = "第⼀条　甲。\n第⼆条　⼈⺠。\n第三条　丙。\n"
    assert [row for row in rows(text) if row[0] != "paragraph"] == [("article", n, "") for n in (1, 2, 3)]
    assert ("paragraph", 1, "人民。") in rows(text)


def test_articles_quoted_in_a_reply_are_not_its_own():
    title = "最高人民检察院关于监外执行问题的批复\n\n"
    text = "你院请示收悉。《刑事诉讼法》规定：\n第二百五十七条　判处有期徒刑的。\n第二百五十八条　社区矫正。\n经研究，批复如下：可以。\n"
    assert not any(kind == "article" for kind, _number, _words in rows(text, title))
    assert "quoted_articles" in codes(text, title)


def test_what_is_left_out_is_said():
    contents = "目　录\n" + "".join(
        f"第{n}章　关于社区矫正对象监督管理的若干规定\n" for n in "一二三四五六七八九"
    )
    body = "".join(
        f"第{n}章　关于社区矫正对象监督管理的若干规定\n第{n}条　社区矫正机构应当依法开展监督管理和教育帮扶工作，不得推诿。\n"
        for n in "一二三四五六七八九"
    )
    (warning,) = [w for w in parse_text(TITLE + contents + body).warnings if w.code == "left_out"]
    values = dict(warning.values)
    assert int(values["share"]) < 90
    assert int(values["contents"]) > 150
    assert values["rest"] == "0"


LAW = "宁川省日期条例\n\n第一条　为了规范社区矫正。\n第二条　{}\n"


@pytest.mark.django_db
def test_file_without_a_date_takes_the_one_that_is_given():
    import_text(LAW.format("甲" * 50 + "。"), "宁川省日期条例_20200101.txt")
    content = LAW.format("乙" * 50 + "。").encode()
    with pytest.raises(UndatedSource):
        decide(parsed := parse_source("宁川省日期条例.txt", content), Register(), parsed.warnings)
    result = import_norm(name="宁川省日期条例.txt", content=content, actor=None)
    assert (result.status, result.needs_date) == ("failed", True)
    day = dt.date(2023, 5, 1)
    result = import_norm(name="宁川省日期条例.txt", content=content, actor=None, fallback_day=day)
    assert (result.status, result.version.promulgated_on) == ("new_version", day)


@pytest.mark.django_db
def test_command_takes_the_date(tmp_path):
    import_text(LAW.format("甲" * 50 + "。"), "宁川省日期条例_20200101.txt")
    path = tmp_path / "宁川省日期条例.txt"
    path.write_text(LAW.format("乙" * 50 + "。"))
    call_command("import_norms", str(path), "--date", "2023-05-01", stdout=io.StringIO())
    days = DocumentVersion.objects.order_by("promulgated_on").values_list("promulgated_on", flat=True)
    assert list(days) == [dt.date(2020, 1, 1), dt.date(2023, 5, 1)]


def test_given_date_never_goes_before_one_in_the_text():
    text = "宁川省日期条例\n2019年1月1日公布\n第一条　甲。\n第二条　乙。\n"
    parsed = parse_source("a.txt", text.encode(), fallback_day=dt.date(2023, 5, 1))
    assert parsed.promulgated_on == dt.date(2019, 1, 1)


@pytest.mark.django_db
@pytest.mark.shared_data
def test_cases_of_laws_are_read(shared_cases):
    for path in (shared_cases / "laws").iterdir():
        result = import_norm(name=path.name, content=path.read_bytes(), actor=None)
        assert result.status == "created", path.name
    second = Provision.objects.get(version__title__contains="修正案", number=2, kind="text")
    assert second.text.startswith("在刑法第一百三十三条之一后增加一条")
