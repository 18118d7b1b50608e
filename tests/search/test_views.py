import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from portal.org.enums import Role
from tests.factories.casebank import CaseFactory
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import ClusterFactory, DossierFactory
from tests.factories.org import UserFactory, department
from tests.factories.search import LoneQuestionFactory as QuestionFactory
from tests.search.laws import make_law

pytestmark = pytest.mark.django_db
PAGE = "/search/"


@pytest.fixture
def analyst(client):
    client.force_login(UserFactory(roles=[Role.ANALYST]))
    return client


@pytest.fixture
def trainee(client):
    client.force_login(UserFactory(roles=[Role.TRAINEE]))
    return client


def numbers(response) -> list[str]:
    context = response.context
    return [row.document.number for row in (*context["rows"], *context["relaxed_rows"])]


def facet(response, name: str):
    return next(view for view in response.context["facets"] if view.name == name)


def test_page_lists_what_is_visible_newest_first(client, indexed):
    old, new = CaseFactory(first_published_at="2025-01-01T00:00Z"), CaseFactory()
    QuestionFactory()
    indexed()
    assert numbers(client.get(PAGE)) == [new.number, old.number]


def test_page_marks_matches_and_escapes_words(trainee, indexed):
    QuestionFactory(title="<script>减刑</script>", text="x")
    indexed()
    body = trainee.get(PAGE, {"q": "减刑"}).content.decode()
    assert "&lt;script&gt;<mark>减刑</mark>&lt;/script&gt;" in body
    assert "<script>减刑" not in body


def test_facet_links_narrow_to_their_count(trainee, indexed):
    for number in range(3):
        QuestionFactory(title=f"减刑{number}")
    CaseFactory(title="减刑")
    indexed()
    kinds = facet(trainee.get(PAGE, {"q": "减刑"}), "kind")
    assert [option["count"] for option in kinds.first] == [4, 3, 1]
    for option in kinds.first:
        narrowed = trainee.get(PAGE + option["url"])
        assert narrowed.context["result"].total == option["count"]
        assert {choice["count"] for choice in facet(narrowed, "kind").first} == {4, 3, 1}


def test_chosen_facet_can_be_taken_away(trainee, indexed):
    CaseFactory(title="减刑")
    indexed()
    chosen = facet(trainee.get(PAGE, {"q": "减刑", "kind": "case"}), "kind").first[1]
    assert (chosen["active"], chosen["url"]) == (True, "?q=%E5%87%8F%E5%88%91")


def test_pages_follow_one_another(trainee, indexed):
    made = {QuestionFactory(title=f"减刑{number}").number for number in range(23)}
    indexed()
    seen = [numbers(trainee.get(PAGE, {"q": "减刑", "page": page})) for page in (1, 2, 3)]
    assert [len(page) for page in seen] == [10, 10, 3]
    assert {number for page in seen for number in page} == made


@pytest.mark.parametrize(
    ("query", "total", "shown"),
    [
        ({"q": '"'}, 1, 1),
        ({"q": "AND ("}, 0, 0),
        ({"q": "x" * 3000}, 0, 0),
        ({"q": "减刑", "page": "-1"}, 1, 1),
        ({"q": "减刑", "page": "99999"}, 1, 0),
        ({"q": "减刑", "page": "1001"}, 1, 0),
        ({"q": "减刑", "page": "abc", "sort": "??", "kind": "nothing", "year": "x" * 500}, 0, 0),
        ({"q": "\x00"}, 1, 1),
    ],
)
def test_strange_addresses_are_no_errors(client, indexed, query, total, shown):
    case = CaseFactory(title="减刑")
    indexed()
    response = client.get(PAGE, query)
    assert (response.context["result"].total, numbers(response)) == (total, [case.number] * shown)


def test_article_typed_leads_to_the_article(client, indexed):
    make_law("中华人民共和国试验法", {28: "文。"}, aliases=["试法"], slug="shi")
    indexed()
    assert client.get(PAGE, {"q": "试法28条"}).url == "/law/shi/#art-28"
    assert client.get(PAGE, {"q": "试法28条", "stay": "1"}).status_code == 200
    assert client.get(PAGE, {"q": "第28条", "document": "shi"}).url == "/law/shi/#art-28"


def test_name_of_a_law_is_offered_above_the_hits(client, indexed):
    make_law("中华人民共和国试验法", {28: "文。"}, aliases=["试法"], slug="shi")
    indexed()
    found = client.get(PAGE, {"q": "试法"}).context
    assert (found["rows"][0].url, found["named"]) == ("/law/shi/", None)
    elsewhere = client.get(PAGE, {"q": "试法", "kind": "case"}).context
    assert elsewhere["named"].url == "/law/shi/"


@pytest.mark.parametrize(("language", "kind"), [("zh-hans", "规范性文件"), ("en", "Normative document")])
def test_law_as_a_whole_is_told_from_its_articles(client, indexed, language, kind):
    client.force_login(UserFactory(roles=[Role.ANALYST], language=language))
    make_law(
        "试行外出办法",
        {1: "外出须经批准。"},
        aliases=["外出新规"],
        slug="waichu",
        document_number="临司〔2025〕8号",
        issuing_bodies=["临江省司法厅"],
    )
    indexed()
    response = client.get(PAGE, {"q": "外出", "stay": "1"})
    by_url = {row.url: row for row in response.context["rows"]}
    whole = by_url["/law/waichu/"]
    assert (whole.kind, whole.number, str(whole.snippet)) == (kind, "临司〔2025〕8号", "临江省司法厅")
    article = by_url["/law/waichu/#art-1"]
    assert (article.kind != kind, article.number) == (True, "")
    # The alias finds the law and is printed nowhere but in the boxes, where it was typed.
    named = client.get(PAGE, {"q": "外出新规"})
    assert named.context["rows"][0].url == whole.url
    assert "外出新规" not in "".join(str(row.title) + str(row.snippet) for row in named.context["rows"])
    suggested = client.get(reverse("search:suggest"), {"q": "外出新规"})
    assert [(row["kind"], row["title"]) for row in suggested.json()["suggestions"]] == [
        (kind, "试行外出办法")
    ]
    sheet = client.get(reverse("search:export"), {"q": "外出新规"}).content
    cells = [cell for row in load_workbook(io.BytesIO(sheet)).active.values for cell in row]
    assert (kind in cells, "外出新规" in "".join(map(str, cells))) == (True, False)


def test_hits_in_the_same_words_are_folded(analyst, indexed):
    text = "社区矫正对象外出期间突发急病，事后补办的手续算不算数？"
    same = [QuestionFactory(title=title, text=text) for title in ("补办", "事后补办", "急病补办")]
    other = QuestionFactory(title="急病", text="社区矫正对象外出期间突发急病的，由谁报告？")
    indexed()
    response = analyst.get(PAGE, {"q": "外出 急病"})
    rows = response.context["rows"]
    assert {len(row.duplicates) for row in rows} == {0, 2}
    shown = [each for row in rows for each in (row, *row.duplicates)]
    assert {row.number for row in shown} == {question.number for question in (*same, other)}
    assert sorted(row.position for row in shown) == [1, 2, 3, 4]
    assert response.content.decode().count('name="keys"') == 4


def test_record_number_leads_to_the_record(trainee, client, indexed):
    question = QuestionFactory()
    indexed()
    assert trainee.get(PAGE, {"q": question.number}).url == question.get_absolute_url()


def test_hidden_record_number_leads_nowhere(client, indexed):
    question = QuestionFactory()
    indexed()
    response = client.get(PAGE, {"q": question.number})
    assert (response.context["result"].total, question.text in response.content.decode()) == (0, False)


def test_nothing_found_offers_next_steps(client, indexed):
    indexed()
    body = client.get(PAGE, {"q": "查无此词", "kind": "case"}).content.decode()
    assert 'href="?q=%E6%9F%A5%E6%97%A0%E6%AD%A4%E8%AF%8D"' in body


def test_page_without_an_index_says_that_it_is_being_prepared(client, db):
    response = client.get(PAGE, {"q": "减刑", "kind": "case"})
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    body = response.content.decode()
    assert "检索正在准备" in body
    assert_typed_stays(body)


def test_page_says_that_the_engine_is_away(client, db, settings):
    settings.SEARCH_ENGINES = ["elastic"]
    settings.SEARCH_ELASTICSEARCH = {**settings.SEARCH_ELASTICSEARCH, "hosts": ("http://127.0.0.1:9",)}
    response = client.get(PAGE, {"q": "减刑", "kind": "case"})
    assert response.status_code == 503
    body = response.content.decode()
    assert "检索服务暂时不可用" in body
    assert 'href="/search/?q=%E5%87%8F%E5%88%91&amp;kind=case"' in body
    assert_typed_stays(body)


def assert_typed_stays(body: str) -> None:
    assert 'id="search-q" name="q" value="减刑"' in " ".join(body.split())
    assert body.count('<input type="hidden" name="kind" value="case">') == 2


def test_typed_fields_become_ticked_filters(trainee, indexed):
    QuestionFactory(title="减刑", department=department("court"))
    QuestionFactory(title="减刑", department=department("prison"))
    indexed()
    first = trainee.get(PAGE, {"q": "减刑 部门:法院 -类型:案例", "sort": "date", "page": "3"})
    assert first.status_code == 302
    response = trainee.get(first.url)
    assert (response.context["q"], response.context["result"].total) == ("减刑 -类型:案例", 1)
    assert [(chip.title, chip.label, chip.excluded) for chip in response.context["chips"]] == [
        ("部门", "法院", False),
        ("类型", "典型案例", True),
    ]
    assert response.request["QUERY_STRING"].count("sort=date") == 1
    assert "page" not in response.request["QUERY_STRING"]


def test_typed_fields_and_a_number_lead_to_the_article(client, indexed):
    make_law("中华人民共和国试验法", {28: "文。"}, aliases=["试法"], slug="shi")
    indexed()
    response = client.get(PAGE, {"q": "文件:试法 第28条"}, follow=True)
    assert response.redirect_chain[1] == ("/law/shi/#art-28", 302)


def test_excluded_value_narrows_hits_counts_and_facets(trainee, indexed):
    QuestionFactory(title="减刑")
    CaseFactory(title="减刑")
    indexed()
    response = trainee.get(PAGE, {"q": "减刑 -类型:案例"})
    assert response.context["result"].total == 1
    assert [option["count"] for option in facet(response, "kind").first] == [1, 1]


def test_facets_combine_and_their_counts_agree(trainee, indexed):
    for code, months in (("court", (4, 4, 5)), ("prison", (5, 6))):
        for month in months:
            QuestionFactory(title="减刑", department=department(code), raised_on=dt.date(2025, month, 1))
    CaseFactory(title="减刑", department=department("court"))
    indexed()
    start = {"q": "减刑", "department": "court", "kind": "question"}
    page = trainee.get(PAGE, start)
    assert page.context["result"].total == 3
    for name in ("department", "kind"):
        for option in facet(page, name).first[-1:]:
            both = trainee.get(PAGE + option["url"])
            added = sum(one["count"] for one in facet(both, name).first if one["active"])
            assert both.context["result"].total == added
    bars = [bar for chart in facet(page, "time").charts for bar in chart.bars if bar.url]
    assert [(bar.label, bar.count) for bar in bars] == [("4", 2), ("5", 1)]
    for bar in bars:
        assert trainee.get(PAGE + bar.url).context["result"].total == bar.count


def test_charts_are_lists_of_links(trainee, indexed):
    for month in (4, 4, 5):
        QuestionFactory(title="减刑", raised_on=dt.date(2025, month, 1))
    indexed()
    body = trainee.get(PAGE, {"q": "减刑"}).content.decode()
    assert "2025年4月：2 条" in body
    assert 'href="?q=%E5%87%8F%E5%88%91&amp;month=2025-05"' in body
    assert "style=" not in body


def test_boxes_of_the_page_keep_filters_and_those_of_others_do_not(trainee, indexed):
    indexed()
    kept = '<input type="hidden" name="year" value="2026">'
    assert trainee.get(PAGE, {"year": "2026"}).content.decode().count(kept) == 2
    assert kept not in trainee.get("/styleguide/?year=2026").content.decode()


def test_only_analysts_are_offered_what_sets_a_narrowed_set_apart(client, indexed):
    for _number in range(10):
        QuestionFactory(title="减刑")
    indexed()
    offered = "/search/fragments/significant/?q=%E5%87%8F%E5%88%91&amp;kind=question"
    client.force_login(UserFactory(roles=[Role.TRAINEE]))
    assert offered not in client.get(PAGE, {"q": "减刑", "kind": "question"}).content.decode()
    client.force_login(UserFactory(roles=[Role.ANALYST]))
    assert offered in client.get(PAGE, {"q": "减刑", "kind": "question"}).content.decode()
    assert client.get(PAGE, {"q": "减刑"}).context["significant_url"] == ""


def test_export_obeys_every_filter(analyst, indexed):
    for month in (4, 5):
        QuestionFactory(title=f"减刑{month}月", raised_on=dt.date(2025, month, 1))
    CaseFactory(title="减刑")
    indexed()

    def titles(query: dict) -> list[str]:
        response = analyst.get(reverse("search:export"), query)
        sheet = load_workbook(io.BytesIO(response.content)).active
        return sorted(row[3] for row in sheet.iter_rows(min_row=2, values_only=True))

    assert titles({"q": "减刑 -类型:案例"}) == ["减刑4月", "减刑5月"]
    assert titles({"q": "减刑", "month": "2025-05"}) == ["减刑5月"]
    assert titles({"q": "减刑 月份:2025-04"}) == ["减刑4月"]
    assert titles({"q": "减刑 主题:没有"}) == titles({"q": "减刑 没有"})
    assert titles({"q": "jianxing -年份:2025"}) == ["减刑"]


def test_export_says_so_while_no_engine_answers(analyst, db):
    response = analyst.get(reverse("search:export"), {"q": "减刑"})
    assert (response.status_code, response.templates[0].name) == (503, "search/unavailable.html")
    assert response.context["q"] == "减刑"


def test_only_analysts_can_tick_and_export(client, indexed):
    QuestionFactory(title="减刑")
    indexed()
    client.force_login(UserFactory(roles=[Role.TRAINEE]))
    plain = client.get(PAGE, {"q": "减刑"})
    assert (plain.context["rows"][0].tick, plain.context["export_url"]) == ("", "")
    assert client.get(reverse("search:export"), {"q": "减刑"}).status_code == 403
    client.force_login(UserFactory(roles=[Role.ANALYST]))
    full = client.get(PAGE, {"q": "减刑"})
    assert full.context["rows"][0].tick.startswith("question:")
    assert full.context["export_url"] == "/search/export/?q=%E5%87%8F%E5%88%91"


def test_every_row_can_be_ticked(analyst, indexed):
    QuestionFactory(title="外出")
    CaseFactory(title="外出")
    make_law("外出办法", {1: "外出须经批准。"})
    ClusterFactory(title="外出")
    DossierFactory(title="外出")
    TrainingSessionFactory(theme="外出")
    indexed()
    response = analyst.get(PAGE, {"q": "外出"})
    rows = response.context["rows"]
    kinds = {row.document.kind for row in rows}
    assert kinds == {"question", "case", "provision", "cluster", "dossier", "session"}
    assert [row.tick for row in rows] == [row.document.key for row in rows]
    assert response.content.decode().count('name="keys"') == len(rows)
    assert response.content.decode().count('href="#results"') == 1


def test_export_holds_the_filtered_list(analyst, indexed):
    for number in range(12):
        QuestionFactory(title=f"减刑{number}")
    CaseFactory(title="减刑")
    indexed()
    response = analyst.get(reverse("search:export"), {"q": "减刑", "kind": "question", "page": "2"})
    sheet = load_workbook(io.BytesIO(response.content)).active
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert len(rows) == 12
    assert [row[0] for row in rows] == list(range(1, 13))


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x","y")', "\x07减刑"])
def test_export_has_no_formula(analyst, indexed, title):
    QuestionFactory(title=title, text="减刑")
    indexed()
    response = analyst.get(reverse("search:export"), {"q": "减刑"})
    [cell] = [row[3] for row in load_workbook(io.BytesIO(response.content)).active.iter_rows(min_row=2)]
    assert (cell.data_type, cell.value) == ("s", title.replace("\x07", ""))


@pytest.mark.parametrize("count", [1, 3])
def test_page_needs_a_constant_number_of_queries(client, indexed, count, django_assert_num_queries):
    for number in range(count):
        CaseFactory(title=f"减刑{number}")
    indexed()
    client.get(PAGE, {"q": "减刑"})
    with django_assert_num_queries(QUERIES):
        client.get(PAGE, {"q": "减刑"})


@pytest.mark.parametrize("count", [1, 3])
def test_narrowed_page_needs_a_constant_number_of_queries(client, indexed, count, django_assert_num_queries):
    for number in range(count):
        CaseFactory(title=f"减刑{number}", department=department("court"))
    indexed()
    address = {"q": "减刑 -类型:问题 主题:没有", "department": ["court", "prison"]}
    client.get(PAGE, address)
    with django_assert_num_queries(NARROWED_QUERIES):
        client.get(PAGE, address)


def test_articles_cited_cost_no_query_each(client, indexed):
    needed = []
    for number in range(4):
        make_law(f"减刑规定{number}", {1: "减刑。"})
        indexed()
        client.get(PAGE, {"q": "减刑"})
        with CaptureQueriesContext(connection) as captured:
            client.get(PAGE, {"q": "减刑"})
        needed.append(len(captured))
    assert needed[1] == needed[2] == needed[3]


QUERIES = 8
NARROWED_QUERIES = 9
