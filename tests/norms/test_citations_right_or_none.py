"""An article belongs to the document that the text names, or to none: never to the law before it."""

import io
import json
import sys

import pytest
from django.core.management import call_command
from django.urls import reverse

from norms.citations import NameTable, OwnText, parse
from norms.models import Citation, NormativeDocument
from norms.models.citations import MAX_CITATIONS_OF_TEXT
from norms.services.citations import record_citations
from norms.services.documents import apply_document_edit
from tests.factories.inquiry import QuestionFactory
from tests.factories.norms import NormativeDocumentFactory, import_text
from tests.factories.org import UserFactory
from tests.norms.citation_examples import NAMES, OWN
from tests.norms.samples import CORRECTION_LAW, LAW
from tests.norms.test_citations_parser import written
from tests.norms.test_citations_services import DAY

NUMBERS = [
    ("法释〔2016〕23号", "JXJS"),
    ("临高法发〔2024〕17号", "LIN"),
    ("法发〔2024〕17号", "FA"),
    ("中华人民共和国国务院令第588号", "GWY"),
    ("司法部令第一百三十四号", "SFB"),
    ("第五号", "NOBODY"),
]
TABLE = NameTable(NAMES, NUMBERS)
# What stands after 《刑法》第七十八条、 and the document of its article; `-` is an article of no known name.
AFTER_A_LAW = {
    "公通字[2011]29号第三条": "?公通字〔2011〕29号",
    "公通字〔2011〕第29号第三条": "?公通字〔2011〕29号",
    "国务院令第5号第三条": "?国务院令第5号",
    "国务院令第588号第三条": "GWY",
    "国务院令588号第三条": "GWY",
    "国务院令（第588号）第三条": "GWY",
    "国务院第588号令第三条": "GWY",
    "第588号国务院令第三条": "GWY",
    "中华人民共和国国务院令第五百八十八号第三条": "GWY",
    "司法部令第134号第三条": "SFB",
    "公安部令第134号第三条": "?公安部令第134号",
    "第五号第三条": "-",
    "临高法发〔2024〕17号第三条": "LIN",
    "临高法发【2024】17号第三条": "LIN",
    "临高法发（2024）17号第三条": "LIN",
    "临高法发[2024]第17号第三条": "LIN",
    "临高法发﹝2024﹞17号文件第三条": "LIN",
    "临高法发〔２０２４〕１７号的第三条": "LIN",
    "省法发〔2024〕17号第三条": "?省法发〔2024〕17号",
    "最高人民法院法释〔2016〕23号第三条": "JXJS",
    "法释2016年23号第三条": "JXJS",
    "（法释〔2016〕23号）第三条": "JXJS",
    "法释〔2016〕23号《关于减刑的新规定》第三条": "JXJS",
    "《关于减刑的新规定》（法释〔2016〕23号）第三条": "JXJS",
    "最高人民法院关于办理减刑假释案件具体应用法律的规定第三条": "JXJS",
    "关于办理减刑、假释案件具体应用法律的规定第三条": "JXJS",
    "某某监狱关于办理减刑、假释案件具体应用法律的规定第三条": (
        "?某某监狱关于办理减刑、假释案件具体应用法律的规定"
    ),
    "最高人民法院关于适用《刑法》若干问题的解释第三条": "?最高人民法院关于适用《刑法》若干问题的解释",
    "最高人民法院关于审理抢劫案件若干问题的意见第三条": "?最高人民法院关于审理抢劫案件若干问题的意见",
    "关于刑法第三百四十一条的解释第三条": "?关于刑法第三百四十一条的解释",
    "关于刑法第三百四十一条和第三百一十二条的解释第三条": ("?关于刑法第三百四十一条和第三百一十二条的解释"),
    "最高人民法院关于适用刑法第六十四条有关问题的批复第三条": (
        "?最高人民法院关于适用刑法第六十四条有关问题的批复"
    ),
    "刑法修正案八第三条": "?刑法修正案（八）",
    "刑法修正案8第三条": "?刑法修正案（八）",
    "海关法修正案二第三条": "?海关法修正案（二）",
    "WTO协定第三条": "?WTO协定",
    "联合国反腐败公约第三条": "?联合国反腐败公约",
    "罪犯行为守则第三条": "?罪犯行为守则",
    "本院考核办法第三条": "?考核办法",
    "考核办法（试行）第三条": "?考核办法",
    "考核办法（2019年修订）第三条": "?考核办法",
    "“考核细则”第三条": "?考核细则",
    "ISO9001第三条": "-",
    "意见第三条": "-",
    "有关规定第三条": "-",
    "附件一第三条": "-",
    "（2024）最高法刑核第12号第三条": "-",
}


@pytest.mark.parametrize("own", [None, OwnText(**OWN)], ids=["text", "norm"])
@pytest.mark.parametrize(("text", "document"), AFTER_A_LAW.items())
def test_article_never_falls_to_the_law_before_it(text, document, own):
    references = parse(f"《刑法》第七十八条、{text}", names=TABLE, own=own)
    assert written(references[0])[1] in ("XF 78", "XF")
    assert written(references[-1])[1] == f"{document} 3"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("《刑法》第七十八条，监狱法也有规定，第三条另说", "- 3"),
        ("《刑法》第七十八条规定减刑，WTO协定也有，第三条另说", "- 3"),
        ("《刑法》第七十八条规定减刑，还要看第三条", "XF 3"),
        ("《看守所条例》第九条，违反该条例的，依照第三条处理", "KSS 3"),
        ("国务院令第588号第十条和第三条", "GWY 3"),
        ("刑法第\n三条", "XF 3"),
        ("《监狱法》\n第三条的规定", "JY 3"),
        ("刑法第七\n十八条", "XF 78"),
        ("刑法第⼆⼗⼋条", "XF 28"),
    ],
)
def test_article_further_on_belongs_to_what_was_named_last(text, expected):
    assert written(parse(text, names=TABLE)[-1])[1] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("关于刑法第三百四十一条的解释第二条", ["?关于刑法第三百四十一条的解释 2"]),
        ("关于刑法第三百四十一条的规定，第二条怎么理解", ["XF 341", "XF 2"]),
        ("关于刑法第七十八条的规定和第二条", ["XF 78", "XF 2"]),
    ],
)
def test_article_that_a_title_is_about_is_part_of_the_title(text, expected):
    assert [written(reference)[1] for reference in parse(text, names=TABLE)] == expected


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("《刑法第七十八条》规定减刑", ["《刑法第七十八条》"]),
        ("《刑法第七十八条、第七十九条》", ["《刑法第七十八条", "第七十九条》"]),
    ],
)
def test_span_of_a_name_with_its_article_includes_the_closing_bracket(text, spans):
    assert [reference.text for reference in parse(text, names=TABLE)] == spans


def test_number_in_a_note_is_no_citation_of_its_own():
    references = parse("《监狱法》（法释〔2016〕23号）第三条", names=TABLE)
    assert [(reference.document_key, reference.document_number) for reference in references] == [
        ("JY", "法释〔2016〕23号")
    ]


def test_number_without_an_article_cites_a_known_document_only():
    text = "根据法释〔2016〕23号的规定，不服穗公行罚决字〔2020〕15号"
    assert [written(reference) for reference in parse(text, names=TABLE)] == [("法释〔2016〕23号", "JXJS")]


def test_preceding_rules_in_a_norm_are_the_paragraphs_above():
    own = OwnText(**(OWN | {"paragraph": 3}))
    assert written(parse("违反上述规定的", names=TABLE, own=own)[0])[1] == "XF 120_1.1 120_1.2"
    assert parse("违反上述规定的", names=TABLE, own=OwnText(**(OWN | {"paragraph": 1}))) == []


@pytest.mark.django_db
def test_number_of_a_document_resolves_what_waited_for_it():
    source = UserFactory()
    record_citations(source=source, field="text", text="公通字[2011]29号第三条", read_on=DAY)
    row = Citation.objects.of_source(source).get()
    assert (row.document, row.document_name) == (None, "公通字〔2011〕29号")
    document = NormativeDocumentFactory(document_number="公通字〔2011〕29号")
    apply_document_edit(document=document)
    row.refresh_from_db()
    assert row.document == document


@pytest.mark.django_db
def test_document_number_entered_later_is_read_at_once():
    document = NormativeDocumentFactory()
    record_citations(source=document, field="text", text="公通字[2011]29号第三条", read_on=DAY)
    NormativeDocument.objects.filter(pk=document.pk).update(document_number="公通字〔2011〕29号")
    record_citations(source=document, field="text", text="公通字[2011]29号第三条", read_on=DAY)
    assert Citation.objects.of_source(document).get().document == document


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 25, 500])
def test_text_makes_a_bounded_number_of_rows(count):
    source = UserFactory()
    text = "第一条至第九百九十九条、" * count
    record_citations(source=source, field="text", text=text, read_on=DAY)
    rows = Citation.objects.of_source(source)
    assert 0 < rows.count() <= MAX_CITATIONS_OF_TEXT
    assert [row.locator["article"] for row in rows[:2]] == [1, 999]


@pytest.mark.django_db
def test_range_of_a_law_is_recorded_article_by_article_within_the_bound():
    import_text(CORRECTION_LAW, f"{LAW}(2019-12-28).txt")
    source = UserFactory()
    record_citations(source=source, field="text", text="社区矫正法第二十六条至第二十九条", read_on=DAY)
    assert Citation.objects.of_source(source).count() == 5


@pytest.mark.django_db
def test_page_says_that_not_all_citations_are_linked(client):
    question = QuestionFactory(text="刑法第一条、" * 300)
    record_citations(source=question, field="text", text=question.text, read_on=DAY)
    client.force_login(UserFactory(is_superuser=True))
    page = client.get(reverse("inquiry:question", args=[question.number])).content.decode()
    assert f"前 {MAX_CITATIONS_OF_TEXT} " in page


def read_lines(monkeypatch, text: str) -> list[dict]:
    stdin = io.TextIOWrapper(io.BytesIO(text.encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    out = io.StringIO()
    call_command("read_citations", "-", "--json", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.django_db
def test_command_prints_one_object_for_each_line(monkeypatch):
    import_text(CORRECTION_LAW, f"{LAW}(2019-12-28).txt")
    lines = "按社区矫正法第二十八条之一、公通字[2011]29号第三条第二款第（一）项\n\n没有\n"
    assert read_lines(monkeypatch, lines) == [
        {
            "text": lines.split("\n")[0],
            "citations": [
                {
                    "span": [1, 13],
                    "document": LAW,
                    "number": None,
                    "articles": ["28-1"],
                    "paragraph": None,
                    "item": None,
                    "resolved": True,
                },
                {
                    "span": [14, 37],
                    "document": None,
                    "number": "公通字〔2011〕29号",
                    "articles": ["3"],
                    "paragraph": 2,
                    "item": 1,
                    "resolved": False,
                },
            ],
        },
        {"text": "", "citations": []},
        {"text": "没有", "citations": []},
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "resolved"),
    [
        ("社区矫正法第二十八条", True),
        ("社区矫正法第九百条", False),
        ("《社区矫正法》（2011年修正）第二十八条", False),
        ("原社区矫正法第二十八条", False),
        ("依照《社区矫正法》办理", True),
        ("监狱法第三条", True),
        ("某某法第三条", False),
    ],
)
def test_command_says_whether_a_citation_leads_somewhere(monkeypatch, text, resolved):
    import_text(CORRECTION_LAW, f"{LAW}(2019-12-28).txt")
    NormativeDocumentFactory(title="中华人民共和国监狱法")
    ((citation,),) = [line["citations"] for line in read_lines(monkeypatch, text)]
    assert citation["resolved"] is resolved


@pytest.mark.django_db
def test_command_reads_a_file_and_prints_sentences(tmp_path, capsys):
    path = tmp_path / "texts.txt"
    path.write_text("刑法第七\\n十八条\n", encoding="utf-8-sig")
    call_command("read_citations", str(path))
    assert capsys.readouterr().out.splitlines() == ["刑法第七", "十八条", "    刑法 78：未对应到法条"]


@pytest.mark.django_db
@pytest.mark.shared_data
def test_cases_name_the_document_beside_the_law(shared_cases):
    NormativeDocumentFactory(title="中华人民共和国刑法")
    NormativeDocumentFactory(title="最高人民法院关于办理减刑、假释案件具体应用法律的规定")
    source = UserFactory()
    lines = (shared_cases / "citations" / "cases.tsv").read_text().splitlines()
    for text in [line.split("\t")[0] for line in lines if "unresolved" in line and not line.startswith("#")]:
        record_citations(source=source, field="text", text=text, read_on=DAY)
        first, second = Citation.objects.of_source(source)
        assert first.document is not None and second.document is None and second.document_name
