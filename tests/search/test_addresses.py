import pytest
from django.http import QueryDict

from search.page.addresses import MAX_ADDRESS_CHARACTERS, bounded
from search.page.urls import ticked, toggled, with_value, without_filters, without_typed
from search.query.fields import ReadField
from search.query.parsing import FieldValue
from tests.factories.search import LoneQuestionFactory as QuestionFactory

COURT = ReadField(FieldValue("department", "法院"), ("court",))
NOT_CASES = ReadField(FieldValue("kind", "案例", excluded=True), ("case",))
UNKNOWN = ReadField(FieldValue("topic", "没有"), ())


def address(text: str = "", **values) -> QueryDict:
    made = QueryDict(mutable=True)
    made.setlist("q", [text] if text else [])
    for name, value in values.items():
        made.setlist(name, value)
    return made


def values(link: str) -> dict:
    return dict(QueryDict(link.removeprefix("?")).lists())


def test_ticking_adds_and_takes_away():
    link = toggled(address("减刑", kind=["case"], page=["3"]), "kind", "question")
    assert values(link) == {"q": ["减刑"], "kind": ["case", "question"]}
    assert values(toggled(address(kind=["case", "question"]), "kind", "case")) == {"kind": ["question"]}
    assert toggled(address(kind=["case"]), "kind", "case") == "?"


def test_value_replaces_what_was_there():
    assert values(with_value(address("减刑", sort=["date"]), "sort", "")) == {"q": ["减刑"]}


@pytest.mark.parametrize(
    ("text", "fields", "left", "department"),
    [
        ("减刑 部门:法院", [COURT], ["减刑"], ["court"]),
        ("部门:法院 -类型:案例 减刑", [COURT, NOT_CASES], ["-类型:案例 减刑"], ["court"]),
        ("部门:法院 主题:没有", [COURT, UNKNOWN], ["主题:没有"], ["court"]),
        ("部门:法院", [COURT], None, ["court"]),
    ],
)
def test_typed_fields_become_ticked_values(text, fields, left, department):
    found = values(ticked(address(text, page=["2"], sort=["date"]), fields))
    assert (found.get("q"), found["department"], found["sort"]) == (left, department, ["date"])
    assert "page" not in found


def test_value_of_several_is_ticked_alone():
    field = ReadField(FieldValue("department", "法院"), ("court",))
    other = ReadField(FieldValue("department", "天庭"), ())
    assert values(ticked(address("部门:法院,天庭"), [field, other]))["q"] == ["部门:天庭"]


def test_nothing_to_tick_leaves_the_address_alone():
    assert ticked(address("减刑 -类型:案例 主题:没有"), [NOT_CASES, UNKNOWN]) == ""


def test_ticked_value_is_not_ticked_twice():
    assert values(ticked(address("部门:法院", department=["court"]), [COURT])) == {"department": ["court"]}


def test_clearing_takes_excluded_values_out_of_the_text():
    link = without_filters(address("减刑 -类型:案例 主题:没有", year=["2026"]), [NOT_CASES, UNKNOWN])
    assert values(link) == {"q": ["减刑 主题:没有"]}


def test_one_typed_value_is_taken_out():
    assert values(without_typed(address("减刑 -类型:案例"), NOT_CASES.typed)) == {"q": ["减刑"]}


# Addresses that are too long ---------------------------------------------------------------------------------------


def test_short_address_is_left_alone():
    short = address("减刑" * 250, kind=["case"])
    assert bounded(QueryDict("q=a&kind=case")) == (QueryDict("q=a&kind=case"), False)
    assert bounded(short) == (short, False)


def test_long_address_is_cut_at_its_bound():
    long = address("减刑", topic=["甲" * 100] * 200, unknown=["x" * 50_000], sort=["date"])
    fitting, is_cut = bounded(long)
    assert is_cut and len(fitting.urlencode()) <= MAX_ADDRESS_CHARACTERS + 16  # 减刑 counts as 2
    assert (fitting["q"], fitting["sort"], fitting["topic"]) == ("减刑", "date", "甲" * 100)
    assert "unknown" not in fitting


def test_text_is_cut_at_its_own_bound():
    fitting, is_cut = bounded(address("刑" * 3000, kind=["case"]))
    assert (is_cut, fitting["q"]) == (True, "刑" * 500)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        {"q": "刑" * 3000},
        {"q": "减刑", "topic": ["乙" * 120] * 300},
        {"q": "减刑", "unknown": "x" * 100_000},
        {"q": "减刑", **{f"p{number}": "y" * 40 for number in range(500)}},
    ],
)
def test_long_address_makes_no_long_page(client, indexed, query):
    QuestionFactory(title="减刑")
    indexed()
    response = client.get("/search/", query)
    assert response.status_code == 200
    assert "检索内容过长，只读取了前面的部分。" in [notice.text for notice in response.context["notices"]]
    assert len(response.content) < 1_000_000
    assert client.get("/search/", {"q": "减刑"}).context["notices"] == []
