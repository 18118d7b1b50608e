"""The citation parser against sentences checked by hand; no database."""

import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from norms.citations import Locator, NameTable, OwnText, Reference, parse
from tests.growth import LINEAR_TIME, time_ratio
from tests.norms.citation_examples import GROUPS, IN_A_NORM, NAMES, OWN

TABLE = NameTable(NAMES)
EXAMPLES = [
    pytest.param(text, expected, id=f"{group} {n}")
    for group, rows in GROUPS.items()
    for n, (text, expected) in enumerate(rows, 1)
]


def written_locator(locator: Locator) -> str:
    if locator.article is None:
        upper = ("part", "subpart", "chapter", "section")
        return " ".join(f"{level}{getattr(locator, level)}" for level in upper if getattr(locator, level))
    levels = [locator.paragraph, locator.item, locator.subitem]
    while levels and levels[-1] is None:
        levels.pop()
    number = f"{locator.article}_{locator.suffix}" if locator.suffix else str(locator.article)
    return ".".join([number, *("" if level is None else str(level) for level in levels)])


def written(reference: Reference) -> tuple[str, str]:
    key = reference.document_key or (f"?{reference.document_name}" if reference.document_name else "-")
    notes = [
        f"@{reference.edition}" if reference.edition else "",
        f"@in{reference.year}" if reference.year else "",
        "@former" if reference.former else "",
    ]
    return reference.text, " ".join(filter(None, [key, *map(written_locator, reference.locators), *notes]))


def test_examples_are_at_least_two_hundred():
    assert len(EXAMPLES) + len(IN_A_NORM) >= 200


@pytest.mark.parametrize(("text", "expected"), EXAMPLES)
def test_parse_finds_what_a_reader_finds(text, expected):
    assert [written(reference) for reference in parse(text, names=TABLE)] == expected


@pytest.mark.parametrize(("text", "expected"), IN_A_NORM)
def test_parse_of_a_norms_own_text_knows_its_position(text, expected):
    assert [written(r) for r in parse(text, names=TABLE, own=OwnText(**OWN))] == expected


def test_locator_as_json_has_the_agreed_keys():
    (reference,) = parse("《社区矫正法》第二十八条第一款第（三）项", names=TABLE)
    assert reference.locators[0].as_json() == {
        "article": 28,
        "suffix": 0,
        "paragraph": 1,
        "item": 3,
        "subitem": None,
    }
    assert Locator.from_json(reference.locators[0].as_json()) == reference.locators[0]


def test_locator_of_a_whole_document_is_empty():
    assert Locator().as_json() == {}


def test_short_names_pass_from_text_to_text():
    short_names: dict = {}
    parse("《人民检察院刑事诉讼规则》（以下简称《规则》）", names=TABLE, short_names=short_names)
    assert [written(r) for r in parse("《规则》第三条", names=TABLE, short_names=short_names)] == [
        ("《规则》第三条", "GZ 3")
    ]


@given(st.text(alphabet="第一二三十百条款项目之至、（）()《》〈〉法同该本前刑1２ \n。和为", max_size=200))
def test_parse_keeps_spans_true_and_in_order(text):
    references = parse(text, names=TABLE, own=OwnText(**OWN))
    assert [text[r.start : r.end] for r in references] == [r.text for r in references]
    assert all(first.end <= second.start for first, second in pairwise(references))


PIECES = [
    "第一、",
    "第一条",
    "（一）",
    "《",
    "》",
    "（",
    "第一条至第九千条、",
    "刑法",
    "最高",
    "《刑法》（",
    "以下简称",
    "同法",
    "本法第",
    "前款",
    "第9999",
    "一",
    "、",
    "第一条第二款第三项第四目",
    "刑法第三条至",
    "《关于",
    "法第一条",
    "2012年",
]


@pytest.mark.parametrize("piece", [*PIECES, "mixed"])
def test_parse_of_hostile_text_takes_linear_time(piece):
    chosen = random.Random(7)
    text = "".join(chosen.choice(PIECES) for _ in range(30_000)) if piece == "mixed" else piece * 100_000
    text = text[:100_000]
    references = parse(text, names=TABLE, own=OwnText(**OWN))
    assert [text[reference.start : reference.end] for reference in references] == [
        reference.text for reference in references
    ]
    size = len(text) // 4
    assert time_ratio(lambda n: parse(text[:n], names=TABLE, own=OwnText(**OWN)), size) < LINEAR_TIME


def test_parse_of_a_long_text_finds_every_reference():
    law = "根据《社区矫正法》第二十七条、第二十八条以及第三十条第二款的规定，离开所居住的市、县应当报经批准。"
    story = "家属第二天才打电话说明情况，检察院来查的时候两边说法不一样，基层同志不知道该怎么办。"
    text = (law + story * 3) * 600
    references = parse(text[:100_000], names=TABLE)
    sentences = 100_000 // len(law + story * 3) + 1  # the last one is cut behind its references
    assert Counter(reference.text for reference in references) == dict.fromkeys(
        ("《社区矫正法》第二十七条", "第二十八条", "第三十条第二款"), sentences
    )


def test_laws_with_the_shortest_names_are_found_before_they_are_known():
    text = "根据《中华人民共和国宪法》、《中华人民共和国刑法》和《刑法》第一条，制定本《规定》。"
    assert [written(reference) for reference in parse(text)] == [
        ("《中华人民共和国宪法》", "?中华人民共和国宪法"),
        ("《中华人民共和国刑法》", "?中华人民共和国刑法"),
        ("《刑法》第一条", "?刑法 1"),
    ]
