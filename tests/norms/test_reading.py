import datetime as dt
import re
from urllib.parse import unquote

import pytest
from django.core.exceptions import PermissionDenied

from norms.comparison.differences import ArticleText, changes, compare_articles
from norms.enums import DocumentKind, DocumentStatus
from norms.links import cite_html, cite_text
from norms.models import DocumentVersion, LawIndexPage, Provision
from norms.models.documents import TEXTS_CACHE
from norms.selectors import compared, reading, spans_of
from norms.selectors.spans import Span
from norms.services.citations import record_citations
from norms.services.importing import import_norm
from norms.views.unresolved import unresolved
from portal.foundation.cached_tables import renew_cache_version
from portal.foundation.markdown import render_markdown
from tests.factories.norms import AliasFactory, NormativeDocumentFactory, import_text
from tests.factories.org import UserFactory
from tests.growth import LINEAR_STEPS, steps
from tests.norms.samples import CORRECTION_LAW, LAW, LEAVE, LEAVE_2023, LEAVE_2025

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 4, 17)


@pytest.fixture
def leave():
    import_text(LEAVE_2023, f"{LEAVE}(2023-03-01).txt")
    return import_text(LEAVE_2025, f"{LEAVE}(2025-03-01).txt").document


def body(response) -> str:
    return response.content.decode()


def location(response) -> str:
    return unquote(response.headers["Location"])


def ids(html: str) -> list[str]:
    return re.findall(r' id="((?:art|p)-[^"]+)"', html)


# The list -----------------------------------------------------------------------------------------------------


def titles(response) -> list[str]:
    return [row["title"] for row in response.context["rows"]]


def test_law_page_exists_after_migration():
    assert LawIndexPage.objects.get().url == "/law/"


def test_list_shows_documents_with_text_before_those_known_by_name(client, leave):
    NormativeDocumentFactory(title="中华人民共和国监狱法", kind=DocumentKind.LAW)
    response = client.get("/law/")
    assert titles(response) == [LEAVE, "中华人民共和国监狱法"]
    assert [[tag["tone"] for tag in row["tags"]] for row in response.context["rows"]] == [
        ["ok"],
        ["ok", "neutral"],
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=监狱", ["中华人民共和国监狱法"]),
        ("q=狱法", ["中华人民共和国监狱法"]),
        ("q=《监狱法》", ["中华人民共和国监狱法"]),
        ("q=旧称", ["看守所条例"]),
        ("kind=regulation", ["看守所条例"]),
        ("status=repealed", ["看守所条例"]),
        ("kind=law&status=repealed", []),
        ("kind=nonsense", ["中华人民共和国监狱法", "看守所条例"]),
        ("text=yes", []),
        ("text=no", ["中华人民共和国监狱法", "看守所条例"]),
        ("q=%00", ["中华人民共和国监狱法", "看守所条例"]),
        ("page=99", ["中华人民共和国监狱法", "看守所条例"]),
    ],
)
def test_list_can_be_narrowed(client, query, expected):
    NormativeDocumentFactory(title="中华人民共和国监狱法", kind=DocumentKind.LAW)
    rules = NormativeDocumentFactory(
        title="看守所条例", kind=DocumentKind.REGULATION, status=DocumentStatus.REPEALED
    )
    AliasFactory(document=rules, name="旧称")
    assert titles(client.get(f"/law/?{query}")) == expected


def test_list_marks_samples(client):
    NormativeDocumentFactory(is_sample=True)
    (row,) = client.get("/law/").context["rows"]
    assert [tag["tone"] for tag in row["tags"]] == ["ok", "warn", "neutral"]


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_any_number(client, count, django_assert_num_queries):
    for _time in range(count):
        NormativeDocumentFactory()
    client.get("/law/")
    with django_assert_num_queries(10):
        response = client.get("/law/")
    assert len(titles(response)) == count


# A text -------------------------------------------------------------------------------------------------------


def test_text_has_the_agreed_anchors(client, leave):
    html = body(client.get(f"/law/{LEAVE}/"))
    assert ids(html) == [
        "art-1", "art-1-p1", "art-2", "art-2-p1", "art-3", "art-3-p1", "art-3-p2", "art-3-p3",
        "art-4", "art-4-p1", "art-4-p1-i1", "art-4-p1-i2", "art-4-p1-i3", "art-4-p2", "art-5", "art-5-p1",
    ]  # fmt: skip


def test_text_without_articles_has_numbered_paragraphs(client):
    document = import_text(
        "宁川省工作座谈会纪要\n\n会议认为，要做好衔接。\n\n会议要求，要加强培训。"
    ).document
    assert ids(body(client.get(document.get_absolute_url()))) == ["p-1", "p-2"]


def test_inserted_article_has_its_anchor(client):
    import_text(CORRECTION_LAW, f"{LAW}(2019-12-28).txt")
    assert "art-28_1" in ids(body(client.get(f"/law/{LAW}/")))


def test_text_links_what_it_cites(client, leave):
    html = body(client.get(f"/law/{LEAVE}/"))
    assert f'<a class="citation" href="/law/{LEAVE}/#art-4-p1-i2"' in html
    assert html.count('class="citation citation--open"') == 1


def test_text_of_an_earlier_version_links_to_itself(client, leave):
    html = body(client.get(f"/law/{LEAVE}/2023-03-01/"))
    assert f'href="/law/{LEAVE}/2023-03-01/#art-3-p1-i2"' in html


def test_address_of_the_current_version_leads_to_its_text(client, leave):
    assert client.get(f"/law/{LEAVE}/2025-03-01/").context["version"].is_current


def test_contents_are_a_tree_with_articles(client, leave):
    contents = client.get(f"/law/{LEAVE}/").context["contents"]
    assert [(entry.title, entry.range) for entry in contents] == [
        ("第一章　总则", "第一条—第三条"),
        ("第二章　批准", "第四条—第五条"),
    ]


@pytest.mark.parametrize("address", ["/law/没有/", f"/law/{LEAVE}/1999-01-01/", f"/law/{LEAVE}/compare/x/y/"])
def test_unknown_addresses_are_not_found(client, leave, address):
    response = client.get(address)
    assert (response.status_code, response.templates[0].name) == (404, "404.html")
    assert LEAVE not in response.content.decode()


def test_document_without_text_says_that_it_will_come(client):
    document = NormativeDocumentFactory(title="中华人民共和国监狱法")
    response = client.get(document.get_absolute_url())
    assert response.templates[0].name == "norms/law_without_text.html"
    assert client.get(f"{document.get_absolute_url()}2020-01-01/").status_code == 404


def test_version_switch_keeps_the_article(client, leave):
    article = Provision.objects.get(version__is_current=True, anchor="art-4")
    response = client.get(f"/law/{LEAVE}/2023-03-01/", {"article": article.identity_id})
    assert location(response) == f"/law/{LEAVE}/2023-03-01/#art-3"


def test_version_switch_says_that_an_article_has_no_counterpart(client, leave):
    article = Provision.objects.get(version__is_current=True, anchor="art-2")
    response = client.get(f"/law/{LEAVE}/2023-03-01/", {"article": article.identity_id})
    assert (response.context["has_no_counterpart"], response.context["version"].is_current) == (True, False)


@pytest.mark.parametrize("typed", ["28之一", "第二十八条之一", "28条之1", "第28条之一", "二十八条之一"])
def test_go_leads_to_an_article_in_any_form(client, typed):
    import_text(CORRECTION_LAW, f"{LAW}(2019-12-28).txt")
    assert location(client.get(f"/law/{LAW}/", {"go": typed})) == f"/law/{LAW}/#art-28_1"


@pytest.mark.parametrize("typed", ["99", "零", "第条", "x" * 500, "之"])
def test_go_says_that_there_is_no_such_article(client, typed):
    import_text(CORRECTION_LAW, f"{LAW}(2019-12-28).txt")
    assert client.get(f"/law/{LAW}/", {"go": typed}).context["not_found"] == typed[:40]


@pytest.mark.parametrize("typed", ["28", "二十八", "２８", "第28条", " 28条 "])
def test_go_leads_to_an_article_by_its_number(client, typed):
    import_text(CORRECTION_LAW, f"{LAW}(2019-12-28).txt")
    assert location(client.get(f"/law/{LAW}/", {"go": typed})) == f"/law/{LAW}/#art-28"


def test_text_takes_the_same_queries_for_any_length(client, leave, django_assert_num_queries):
    law = import_text(CORRECTION_LAW, f"{LAW}(2019-12-28).txt").document
    for document in (leave, law):
        client.get(document.get_absolute_url())
        with django_assert_num_queries(10):
            client.get(document.get_absolute_url())


def test_work_for_a_text_grows_with_its_length_alone(client):
    def work(articles):
        text = "\n".join(f"第{n}条　应当报告第{n}项。" for n in range(1, articles + 1))
        address = import_text(f"第{articles}号规定\n\n{text}").get_absolute_url()
        client.get(address)
        # Rendered anew.
        renew_cache_version(TEXTS_CACHE)
        return steps(lambda: client.get(address))

    assert work(200) / work(100) < LINEAR_STEPS


def test_long_code_is_served_whole(client, shared_data):
    name = "刑法.md"
    result = import_norm(
        name=name, content=(shared_data / "norms" / "markdown" / name).read_bytes(), actor=None
    )
    response = client.get(result.version.get_absolute_url())
    assert len(re.findall(r'<section class="law-article"', body(response))) == result.articles


# Cited by -----------------------------------------------------------------------------------------------------


def test_cited_by_is_a_fragment(client, leave):
    article = Provision.objects.get(version__is_current=True, anchor="art-4")
    html = body(client.get(f"/law/_/cited-by/{article.pk}/"))
    assert re.findall(r'href="([^"]+)"', html) == [f"/law/{LEAVE}/#art-5"]
    assert client.post(f"/law/_/cited-by/{article.pk}/").status_code == 405
    assert client.get("/law/_/cited-by/999999999/").status_code == 404


# Comparison ---------------------------------------------------------------------------------------------------


def test_comparison_follows_articles_and_not_numbers(client, leave):
    comparison = client.get(f"/law/{LEAVE}/compare/2023-03-01/2025-03-01/").context["comparison"]
    rows = [row for group in comparison.groups for row in group.rows]
    assert [(row.kind, row.label) for row in rows] == [
        ("same", "第一条"),
        ("added", "第二条"),
        ("changed", "第二条 → 第三条"),
        ("same", "第三条 → 第四条"),
        ("changed", "第四条 → 第五条"),
    ]
    assert [(piece.kind, piece.text) for piece in rows[2].pieces if piece.kind != "same"] == [
        ("removed", "三"),
        ("added", "六"),
    ]


def test_comparison_can_be_chosen_by_form(client, leave):
    response = client.get(
        f"/law/{LEAVE}/compare/2023-03-01/2025-03-01/", {"older": "2025-03-01", "newer": "2023-03-01"}
    )
    assert location(response) == f"/law/{LEAVE}/compare/2025-03-01/2023-03-01/"


def test_compare_puts_removed_articles_where_they_stood():
    old = [ArticleText(1, "第一条", "art-1", "甲"), ArticleText(2, "第二条", "art-2", "乙"),
           ArticleText(3, "第三条", "art-3", "丙")]  # fmt: skip
    new = [ArticleText(1, "第一条", "art-1", "甲"), ArticleText(3, "第二条", "art-2", "丙")]
    assert [(row.kind, row.label) for row in compare_articles(old, new)] == [
        ("same", "第一条"),
        ("removed", "第二条"),
        ("same", "第三条 → 第二条"),
    ]


def test_changes_lose_no_character():
    older, newer = "应当报经县级机构批准。", "应当事先报经市级以上机构书面批准。"
    pieces = changes(older, newer)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == older
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == newer


def test_comparison_of_real_versions_follows_the_renumbering(client, shared_data):
    for year in ("2021-12-24", "2023-09-01"):
        path = shared_data / "norms" / "markdown" / f"民事诉讼法({year}).md"
        import_norm(name=path.name, content=path.read_bytes(), actor=None)
    document = DocumentVersion.objects.current().get().document
    address = f"{document.get_absolute_url()}compare/2021-12-24/2023-09-01/"
    comparison = client.get(address).context["comparison"]
    labels = {row.older.label: row.newer.label for group in comparison.groups for row in group.rows
              if row.older and row.newer}  # fmt: skip
    assert labels["第二百三十一条"] == "第二百三十五条"
    assert comparison.added - comparison.removed == 306 - 291


# Links in texts -----------------------------------------------------------------------------------------------


def spans(text: str) -> list[Span]:
    source = UserFactory()
    record_citations(source=source, field="text", text=text, read_on=DAY)
    return spans_of(source)


def test_cite_text_links_and_escapes():
    import_text(CORRECTION_LAW, f"{LAW}(2019-12-28).txt")
    text = "<b>社区矫正法第二十八条</b>、《外出办法》第三条"
    assert cite_text(text, spans(text)) == (
        f'&lt;b&gt;<a class="citation" href="/law/{LAW}/#art-28" title="{LAW} 第二十八条">社区矫正法第二十八条</a>'
        '&lt;/b&gt;、<span class="citation citation--open" title="未对应到法条">《外出办法》第三条</span>'
    ).replace("未对应到法条", spans(text)[1].title)


def test_cite_html_links_the_right_occurrence():
    import_text(CORRECTION_LAW, f"{LAW}(2019-12-28).txt")
    text = "`第二十八条` 第三条路，[社区矫正法第二十七条](https://example.org)，**社区矫正法第二十八条**"
    html = cite_html(render_markdown(text), text, spans(text))
    assert re.findall(r'<a class="citation" href="([^"]+)"', html) == [f"/law/{LAW}/#art-28"]
    assert f'<strong><a class="citation" href="/law/{LAW}/#art-28"' in html


def test_cite_html_without_citations_is_unchanged():
    html = render_markdown("没有*引用*")
    assert cite_html(html, "没有*引用*", []) == html


# Unresolved citations in the admin ----------------------------------------------------------------------------


def test_unresolved_page_gives_a_name(client):
    import_text(CORRECTION_LAW, f"{LAW}(2019-12-28).txt")
    spans("《矫正法》第二十八条")
    client.force_login(UserFactory(roles=["editor"]))
    response = client.get("/admin/norms-unresolved/")
    assert [row.name for row in response.context["names"]] == ["矫正法"]
    client.post("/admin/norms-unresolved/", {"name": "矫正法", "document": LAW})
    assert client.get("/admin/norms-unresolved/").context["names"] == []


@pytest.mark.parametrize("data", [{"name": "矫正法", "document": "没有"}, {"name": "", "document": LAW}, {}])
def test_unresolved_page_explains_what_it_cannot_do(client, data):
    import_text(CORRECTION_LAW, f"{LAW}(2019-12-28).txt")
    client.force_login(UserFactory(roles=["editor"]))
    response = client.post("/admin/norms-unresolved/", data, follow=True)
    assert [message.level_tag for message in response.context["messages"]] == ["error"]


def test_unresolved_page_is_for_editors(rf):
    request = rf.get("/admin/norms-unresolved/")
    request.user = UserFactory(roles=["trainee"])
    with pytest.raises(PermissionDenied):
        unresolved(request)


# Texts longer than a page -------------------------------------------------------------------------------------


@pytest.fixture
def cut(leave, monkeypatch):
    """Cut each text after every block."""
    monkeypatch.setattr(reading, "MAX_PAGE_BYTES", 1)
    return leave


def test_long_text_has_pages_to_which_the_contents_lead(client, cut):
    response = client.get(f"/law/{LEAVE}/")
    assert response.context["page_obj"].paginator.num_pages > 2
    html = body(response)
    anchors = re.findall(r'href="\?page=(\d+)#([^"]+)"', html)
    assert anchors
    for number, anchor in anchors:
        assert f'id="{anchor}"' in body(client.get(f"/law/{LEAVE}/", {"page": number}))


@pytest.mark.parametrize("query", [{"go": "4"}, {"at": "art-4"}])
def test_article_of_another_page_is_found(client, cut, query):
    url = location(client.get(f"/law/{LEAVE}/", query))
    page, anchor = re.search(r"\?page=(\d+)#(.+)", url).groups()
    assert anchor == "art-4"
    assert 'id="art-4"' in body(client.get(f"/law/{LEAVE}/", {"page": page}))


def test_anchor_that_is_nowhere_leaves_the_text_as_it_is(client, cut):
    assert client.get(f"/law/{LEAVE}/", {"at": "art-999"}).context["page_obj"].number == 1


def test_long_comparison_has_pages_that_hold_every_article(client, leave, monkeypatch):
    url = f"/law/{LEAVE}/compare/2023-03-01/2025-03-01/"
    whole = client.get(url).context
    articles = [row.label for group in whole["groups"] for row in group.rows]
    monkeypatch.setattr(compared, "MAX_PAGE_BYTES", 1)
    count = client.get(url).context["page_obj"].paginator.num_pages
    pages = [client.get(url, {"page": number}).context["groups"] for number in range(1, count + 1)]
    assert count == len(articles)
    assert [row.label for groups in pages for group in groups for row in group.rows] == articles
