"""Forms in which people write one article, read in a record's text and as a query of the search box; no database."""

import pytest

from norms.citations import Locator, NameTable, OwnText, parse, parse_article

NAMES = NameTable(
    [
        ("中华人民共和国刑法", "刑法"),
        ("刑诉法", "刑诉法"),
        ("社区矫正法", "矫正法"),
        ("刑法修正案（八）", "修八"),
    ]
)
# Form -> document and locators; each is read alike in a text and in the search box.
FULL_FORMS = {
    "刑法第七十八条": ("刑法", [Locator(78)]),
    "《刑法》第78条": ("刑法", [Locator(78)]),
    "《刑法第七十八条》": ("刑法", [Locator(78)]),
    "社区矫正法28条": ("矫正法", [Locator(28)]),
    "社区矫正法 第二十八条": ("矫正法", [Locator(28)]),
    "刑法第２６８条": ("刑法", [Locator(268)]),
    "刑法第廿八条": ("刑法", [Locator(28)]),
    "刑法第卅二条": ("刑法", [Locator(32)]),
    "刑法第一百廿条": ("刑法", [Locator(120)]),
    "刑法第貳佰陸拾捌條": ("刑法", [Locator(268)]),
    "刑法第贰佰陆拾捌条": ("刑法", [Locator(268)]),
    "刑法第一百〇三条": ("刑法", [Locator(103)]),
    "刑法第七十八\n条": ("刑法", [Locator(78)]),
    "刑法第100-102条": ("刑法", [Locator(100), Locator(101), Locator(102)]),
    "刑法第100条至第102条": ("刑法", [Locator(100), Locator(101), Locator(102)]),
    "刑法第293-1条": ("刑法", [Locator(293, 1)]),
    "《刑法》第一百二十条之一": ("刑法", [Locator(120, 1)]),
    "刑法第120之1条": ("刑法", [Locator(120, 1)]),
    "刑法第一百二十条之二至之四": ("刑法", [Locator(120, 2), Locator(120, 3), Locator(120, 4)]),
    "刑诉法第268条二款三项": ("刑诉法", [Locator(268, 0, 2, 3)]),
    "刑法第二百三十四条二款": ("刑法", [Locator(234, 0, 2)]),
    "社区矫正法第二十八条第一款第（三）项": ("矫正法", [Locator(28, 0, 1, 3)]),
    "刑法修正案八第十五条": ("修八", [Locator(15)]),
}
# Read in the search box only: in a sentence, a number after a law's name may be anything.
SHORT_FORMS = {
    "刑法78": ("刑法", [Locator(78)]),
    "刑诉法 268": ("刑诉法", [Locator(268)]),
    "刑法七十八": ("刑法", [Locator(78)]),
    "刑法三条": ("刑法", [Locator(3)]),
    "刑法120-1": ("刑法", [Locator(120, 1)]),
    "刑法120之1": ("刑法", [Locator(120, 1)]),
    "刑法100-102": ("刑法", [Locator(100), Locator(101), Locator(102)]),
}


def read(text: str, **options) -> list:
    return [
        (reference.document_key, list(reference.locators))
        for reference in parse(text, names=NAMES, **options)
    ]


@pytest.mark.parametrize(("text", "expected"), FULL_FORMS.items())
def test_full_form_is_read_alike_in_a_text_and_as_a_query(text, expected):
    assert read(f"按照{text}的规定") == [expected]
    assert read(text, is_query=True) == [expected]


@pytest.mark.parametrize(("text", "expected"), SHORT_FORMS.items())
def test_short_form_is_read_as_a_query_only(text, expected):
    assert read(text, is_query=True) == [expected]
    assert [locators for _key, locators in read(f"按照{text}的规定") if locators] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "刑法第一百二十条之一、之二、之三和第一百二十一条",
            [Locator(120, 1), Locator(120, 2), Locator(120, 3), Locator(121)],
        ),
        ("刑法第二百三十四条二款、第七十二条一款", [Locator(234, 0, 2), Locator(72, 0, 1)]),
    ],
)
def test_list_is_read_article_by_article(text, expected):
    assert [locator for _key, locators in read(text) for locator in locators] == expected
    assert read(text, is_query=True) == [("刑法", expected)]


@pytest.mark.parametrize("text", ["第二十八条第一款", "28条1款", "第28条 第一款"])
def test_query_without_a_name_is_an_article_of_the_given_document(text):
    assert read(text, is_query=True, own=OwnText("矫正法")) == [("矫正法", [Locator(28, 0, 1)])]
    assert read(text, is_query=True) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "28",
        "减刑",
        "2026",
        "Q-2026-000123",
        "减刑 第一条建议",
        "刑法第零条",
        "刑法" + "九" * 400,
        "第" * 500,
    ],
)
def test_other_queries_are_no_article(text):
    assert read(text, is_query=True, own=OwnText("刑法")) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("28", Locator(28)),
        ("二十八", Locator(28)),
        ("第二十八条", Locator(28)),
        ("120条之一", Locator(120, 1)),
        ("120之1", Locator(120, 1)),
        ("第28-30条", Locator(28)),
        ("刑法28", None),
        ("甲", None),
        ("", None),
    ],
)
def test_number_of_an_article_is_read_without_a_name(text, expected):
    assert parse_article(text) == expected


@pytest.mark.parametrize(
    "text", ["刑法第一条件", "刑法第五条、二十条意见", "该法第一百二十条之一般规定", "第七十二条一款式"]
)
def test_words_that_begin_like_a_unit_are_not_read_into_the_locator(text):
    locators = [locator for _key, locators in read(text) for locator in locators]
    assert [locator for locator in locators if locator.suffix or locator.paragraph] == []
    assert Locator(20) not in locators
