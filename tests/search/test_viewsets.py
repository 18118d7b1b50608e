"""Synonyms in the admin, and the preview of a query."""

from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from wagtail.models import ModelLogEntry

from search.models import Synonym
from search.query.synonyms import save_synonym
from tests.factories.casebank import CaseFactory
from tests.factories.org import UserFactory
from tests.factories.search import LoneQuestionFactory as QuestionFactory
from tests.revisions import post_edit

pytestmark = pytest.mark.django_db
KEEPERS = ["editor", "analyst", "administrator"]
OTHERS = [[], ["trainee"], ["coordinator"], ["signatory"], ["keeper"]]


def address(name, *args):
    return reverse(f"synonyms:{name}", args=args)


def keep(term="社矫", others="社区矫正", **fields):
    return save_synonym(synonym=Synonym(term=term, others=others, **fields), actor=None)


def posted(**changes):
    return {
        "term": "社矫",
        "others": "社区矫正",
        "direction": "equal",
        "note": "",
        "is_active": "on",
    } | changes


@pytest.fixture
def signed_in(client):
    """Call it with a role to sign somebody in."""

    def sign_in(role="analyst"):
        user = UserFactory(roles=[role])
        client.force_login(user)
        return user

    return sign_in


def body(response):
    return response.content.decode()


# Who may --------------------------------------------------------------------


@pytest.mark.parametrize("role", KEEPERS)
def test_keepers_make_change_and_delete_rows(client, signed_in, role):
    user = signed_in(role)
    assert client.post(address("add"), posted()).status_code == 302
    row = Synonym.objects.get()
    assert (row.term, row.others, row.is_active) == ("社矫", "社区矫正", True)
    post_edit(client, address("edit", row.pk), posted(others="社区矫正\n社区服刑", direction="one_way"))
    row.refresh_from_db()
    assert str(row) == "社矫 → 社区矫正、社区服刑"
    client.post(address("delete", row.pk))
    assert Synonym.objects.count() == 0
    assert list(ModelLogEntry.objects.order_by("pk").values_list("action", "user")) == [
        ("search.create_synonym", user.pk),
        ("search.change_synonym", user.pk),
        ("search.delete_synonym", user.pk),
    ]


def admin_pages(row):
    return [
        *((address(name)) for name in ("index", "index_results", "add", "preview")),
        *((address(name, row.pk)) for name in ("edit", "delete", "history", "history_results", "usage")),
        f"{address('index')}?export=csv",
        f"{address('index')}?export=xlsx",
        f"{address('preview')}?q=社矫",
        f"{address('preview')}?row={row.pk}",
    ]


@pytest.mark.parametrize("roles", [None, *OTHERS])
def test_others_reach_no_page_of_the_synonyms(client, roles):
    row = keep(note="只给同事看")
    if roles is not None:
        client.force_login(UserFactory(roles=roles))
    for page in admin_pages(row):
        for method in (client.get, client.post):
            for headers, status in (({}, 302), ({"x-requested-with": "XMLHttpRequest"}, 403)):
                response = method(page, posted(term="别的"), headers=headers)
                assert response.status_code == status, page
                assert "只给同事看" not in body(response)
    row.refresh_from_db()
    assert (row.term, row.others, Synonym.objects.count()) == ("社矫", "社区矫正", 1)
    assert ModelLogEntry.objects.count() == 1


@pytest.mark.parametrize("role", KEEPERS)
def test_keepers_reach_every_page(client, signed_in, role):
    row = keep()
    signed_in(role)
    for page in admin_pages(row):
        response = client.get(page)
        assert response.status_code == 200, page
        assert response.streaming or row.term in body(response), page


@pytest.mark.parametrize(("role", "is_shown"), [("analyst", True), ("coordinator", False)])
def test_menu_shows_synonyms_to_their_keepers(client, signed_in, role, is_shown):
    signed_in(role)
    assert (address("index") in body(client.get(reverse("wagtailadmin_home")))) == is_shown


# List -----------------------------------------------------------------------


def test_list_shows_each_row_in_its_words(client, signed_in):
    keep()
    keep("坐牢", "服刑", direction="one_way", is_active=False)
    signed_in()
    page = body(client.get(address("index")))
    assert [word in page for word in ("社矫", "社区矫正", "坐牢", "→", "检索预览")] == [True] * 5


def test_empty_list_offers_the_first_step(client, signed_in):
    signed_in()
    assert address("add") in body(client.get(address("index")))


def terms(response):
    return [row.term for row in response.context["object_list"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=社区", ["社矫"]),
        ("q=坐牢", ["坐牢"]),
        ("direction=one_way", ["坐牢"]),
        ("is_active=false", ["坐牢"]),
        ("ordering=-term", ["社矫", "坐牢"]),
    ],
)
def test_list_is_searched_filtered_and_ordered(client, signed_in, query, found):
    keep()
    keep("坐牢", "服刑", direction="one_way", is_active=False)
    signed_in()
    assert terms(client.get(f"{address('index')}?{query}")) == found


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_a_fixed_number_of_queries(client, signed_in, django_assert_num_queries, rows):
    for number in range(rows):
        keep(f"词语{number}")
    signed_in()
    client.get(address("index"))
    with django_assert_num_queries(9):
        client.get(address("index"))


def test_sheet_has_every_column(client, signed_in):
    keep("坐牢", "服刑、监禁", direction="one_way", note="大白话")
    signed_in()
    response = client.get(f"{address('index')}?export=xlsx")
    sheet = openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content))).active
    head, row = list(sheet.iter_rows(values_only=True))
    assert head[:5] == ("词语", "方向", "其他说法", "备注", "启用")
    assert row[:4] == ("坐牢", "检索前者时一并检索后者", "服刑、监禁", "大白话")


def test_history_tells_what_was_changed(client, signed_in):
    row = keep()
    signed_in()
    post_edit(client, address("edit", row.pk), posted(others="社区服刑"))
    post_edit(client, address("edit", row.pk), posted(others="社区服刑", is_active=""))
    post_edit(client, address("edit", row.pk), posted(others="社区服刑", is_active="", note="停用"))
    page = body(client.get(address("history", row.pk)))
    for told in (
        "添加了“社矫 = 社区矫正”",
        "由“社矫 = 社区矫正”改为“社矫 = 社区服刑”",
        "停用了",
        "保存过，词语没有改动",
    ):
        assert told in page, told


# Form -----------------------------------------------------------------------


def test_word_comes_along_in_the_address(client, signed_in):
    signed_in()
    form = client.get(f"{address('add')}?term= 关禁闭%0a ").context["form"]
    assert form["term"].value() == "关禁闭"


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"others": "的"}, "others", "“的”只是一个字，很多词里都有它，几乎什么都会被检索出来。"),
        ({"term": "坐牢"}, "term", "“坐牢”已有一条：坐牢 = 服刑。"),
        ({"term": "坐 牢"}, "term", "“坐 牢”已有一条：坐牢 = 服刑。"),
        ({"others": ""}, "others", "请填写此项。"),
    ],
)
def test_error_is_shown_at_the_field_and_nothing_typed_is_lost(client, signed_in, changes, field, told):
    keep("坐牢", "服刑")
    row = keep("入矫", "社区矫正")
    signed_in()
    for page in (address("add"), address("edit", row.pk)):
        response = client.post(page, posted(note="很长的备注", **changes))
        assert response.context["form"].errors == {field: [told]}
        assert response.context["form"]["note"].value() == "很长的备注"
    row.refresh_from_db()
    assert (row.term, Synonym.objects.count()) == ("入矫", 2)


# Preview --------------------------------------------------------------------


def test_preview_counts_what_the_person_may_see(client, signed_in, indexed):
    QuestionFactory(title="社区矫正对象外出")
    CaseFactory(title="社矫对象请假")
    keep()
    indexed()
    signed_in()
    response = client.get(address("preview"), {"q": "社矫对象"})
    found, without = response.context["answers"][0]["columns"]
    assert (found.strict, without.strict) == (2, 1)
    page = body(response)
    assert address("edit", Synonym.objects.get().pk) in page
    assert "内嵌索引" in page


def test_preview_includes_the_unsaved_form(client, signed_in, indexed):
    QuestionFactory(title="社区矫正对象外出")
    indexed()
    row = keep("社矫", "社区服刑")
    signed_in()
    response = client.post(f"{address('preview')}?row={row.pk}", posted(q=""))
    assert response.context["q"] == "社矫"
    assert response.context["answers"][0]["columns"][0].strict == 1
    row.refresh_from_db()
    assert row.others == "社区服刑"
    carried = dict(response.context["carried"])
    again = client.get(address("preview"), {**carried, "q": "社矫对象外出"})
    assert again.context["answers"][0]["columns"][0].strict == 1
    assert str(again.context["draft"]) == "社矫 = 社区矫正"


def test_preview_says_why_the_form_cannot_be_taken_in(client, signed_in, indexed):
    indexed()
    signed_in()
    response = client.post(address("preview"), posted(others="的", q="社矫"))
    assert response.context["draft"] is None
    assert "“的”只是一个字，很多词里都有它，几乎什么都会被检索出来。" in body(response)


def test_preview_of_nothing_says_what_to_try(client, signed_in):
    signed_in()
    assert "还没有输入" in body(client.get(address("preview")))


def test_preview_works_without_an_index(client, signed_in):
    keep()
    signed_in()
    page = body(client.get(address("preview"), {"q": "社矫"}))
    assert ("目前没有响应，或者还没有索引" in page, "社区矫正" in page) == (True, True)


def test_preview_leads_to_the_article_that_the_search_page_opens(client, signed_in, indexed):
    from tests.search.laws import make_law

    make_law("社区矫正法", {28: "外出。"})
    indexed()
    signed_in()
    assert "art-28" in body(client.get(address("preview"), {"q": "社区矫正法28条"}))


@pytest.mark.parametrize(
    "query", ['"', "-", "类型:", "<script>", "主题:没有 -期次:没有", "\x1f\x1e、", "减" * 600]
)
def test_preview_reads_whatever_is_typed(client, signed_in, indexed, query):
    indexed()
    signed_in()
    response = client.get(address("preview"), {"q": query, "row": "x"})
    assert response.status_code == 200
    assert "<script>" not in body(response).split('id="query-preview"')[1]


def test_preview_is_complete_in_english(client, indexed):
    indexed()
    client.force_login(UserFactory(roles=["editor"], language="en"))
    page = body(client.get(address("preview"), {"q": "jianxing -假释 topic:none"}))
    told = ("Preview of a query", "Found by you", "Must not occur", "nothing is called so")
    assert [text in page for text in told] == [True] * 4
