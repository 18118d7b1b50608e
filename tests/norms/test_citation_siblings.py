"""Siblings of the shared cases are read by the rule of the case; the shared cases themselves are walked where they are."""

import io
import json
import re

import pytest
from django.core.management import call_command

from norms.citations import NameTable, OwnText, parse
from tests.factories.norms import AliasFactory, NormativeDocumentFactory
from tests.norms.citation_examples import OWN
from tests.norms.citation_siblings import EXAMPLES, IN_A_NORM, KNOWN, NUMBERS
from tests.norms.test_citations_parser import written

TABLE = NameTable(KNOWN, NUMBERS)
SIBLINGS = [(text, found) for examples in EXAMPLES.values() for text, found in examples.items()]
# 刑法234(2), 国务院令第588号:10 -> unresolved, 120-2 to 120-6; what the second column of the cases holds.
EXPECTED = re.compile(
    r"(?P<document>.*?):?(?P<article>\d+(?:-\d+)?)(?P<below>(?:\(\d\))*)(?: to (?P<last>\d+-\d+))?"
    r"(?P<unresolved> -> unresolved)?"
)


def found_in(text: str, own: OwnText | None = None) -> str:
    return "; ".join(written(reference)[1] for reference in parse(text, names=TABLE, own=own))


def test_each_case_has_at_least_three_siblings():
    assert min(len(examples) for examples in EXAMPLES.values()) >= 3
    assert len(SIBLINGS) >= 250


@pytest.mark.parametrize(("text", "found"), SIBLINGS)
def test_sibling_of_a_case_is_the_right_article_or_none(text, found):
    assert found_in(text) == found


@pytest.mark.parametrize(("text", "found"), IN_A_NORM.items())
def test_sibling_in_a_norms_own_text_is_the_right_article_or_none(text, found):
    assert found_in(text, OwnText(**OWN)) == found


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("按《刑法》第七\u200b十八\r\n条办", "《刑法》第七\u200b十八\r\n条"),
        ("\ufeff按刑\u00ad法第七十八条\n第一款办", "刑\u00ad法第七十八条\n第一款"),
        ("按《刑\n法》第七十八条办", "《刑\n法》第七十八条"),
    ],
)
def test_span_holds_what_was_left_out(text, span):
    (reference,) = parse(text, names=TABLE)
    assert reference.text == text[reference.start : reference.end] == span


@pytest.mark.parametrize(
    "text",
    ["刑法第120-1条、120-2条", "刑法第一百二十条之一、二", "刑法第七十八条\r\n第一款", "刑法72条一、三款"],
)
def test_sibling_is_read_as_a_query_as_well(text):
    (query,) = parse(text, names=TABLE, is_query=True)
    in_text = [locator for reference in parse(text, names=TABLE) for locator in reference.locators]
    assert (query.document_key, list(query.locators)) == ("XF", in_text)


def expected_citations(column: str) -> list[dict]:
    """Return what the second column of a case says, one object for each citation."""
    citations, document = [], ""
    for part in re.sub(r" \(.*", "", column).split("; "):
        match = EXPECTED.fullmatch(part)
        document = match["document"] or document
        article, last = match["article"], match["last"]
        number = article.partition("-")[0]
        articles = [f"{number}-{n}" for n in range(2, 7)] if last else [article]
        paragraph, item = (*map(int, re.findall(r"\((\d)\)", match["below"])), None, None)[:2]
        citations.append(
            {
                "document": document,
                "articles": articles,
                "paragraph": paragraph,
                "item": item,
                "resolved": not match["unresolved"],
            }
        )
    return citations


def read_citations(path) -> list[dict]:
    out = io.StringIO()
    call_command("read_citations", str(path), "--json", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def one_by_one(citations: list[dict]) -> list[dict]:
    """Return citations with one article each: a range is written `100; 101; 102` in the cases."""
    return [citation | {"articles": [article]} for citation in citations for article in citation["articles"]]


@pytest.mark.django_db
@pytest.mark.shared_data
def test_every_case_holds(shared_cases, tmp_path):
    titles = {
        "刑法": "中华人民共和国刑法",
        "刑诉法": "中华人民共和国刑事诉讼法",
        "外出管理办法": "临江省社区矫正对象外出管理办法",
        "that document": "最高人民法院关于办理减刑、假释案件具体应用法律的规定",
        "the document of that number": "临江省外出审批意见",
        "法释〔2014〕5号": "最高人民法院关于减刑、假释案件审理程序的规定",
    }
    numbers = {
        "that document": "法释〔2016〕23号",
        "the document of that number": "临高法发〔2024〕17号",
        "法释〔2014〕5号": "法释〔2014〕5号",
    }
    for name, title in titles.items():
        document = NormativeDocumentFactory(title=title, document_number=numbers.get(name, ""))
        if name == "刑诉法":
            AliasFactory(document=document, name=name)
    titles["法释〔2016〕23号"] = titles["that document"]
    cases = (shared_cases / "citations" / "cases.tsv").read_text().splitlines()
    lines = [line.split("\t") for line in cases if not line.startswith("#")]
    texts = tmp_path / "texts.txt"
    texts.write_text("\n".join(text for text, _column in lines))
    for (text, column), row in zip(lines, read_citations(texts), strict=True):
        citations = row["citations"]
        if "bounded number" in column:
            assert 0 < sum(len(citation["articles"]) for citation in citations) <= 200, text
            continue
        expected = expected_citations(column)
        for citation in expected:
            citation["document"] = titles.get(citation["document"], citation["document"])
        keys = expected[0].keys()
        actual = [
            {key: citation[key] for key in keys} | {"document": citation["document"] or citation["number"]}
            for citation in citations
        ]
        assert one_by_one(actual) == one_by_one(expected), text
