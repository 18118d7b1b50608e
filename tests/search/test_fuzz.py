"""Random requests to every address that takes a parameter; `bench/fuzz.py` sends ten thousand of them."""

import pytest
from django.urls import reverse
from wagtail.models import Page

from bench.fuzz import Requests, fuzz, routes
from portal.foundation.numerals import parse_primary_key
from tests.factories.casebank import TypicalCaseFactory
from tests.factories.inquiry import ClusterFactory, QuestionFactory
from tests.factories.norms import import_text
from tests.factories.org import UserFactory
from tests.norms.samples import CORRECTION_LAW, LAW
from tests.search.engines import BOTH, configure, remove

pytestmark = pytest.mark.django_db
MIXED_NUMERALS = ["第70〇条", "九91", "二８6", "〇十一", "刑法〇十一", "零廿两条", "第²条", "ı条"]


@pytest.fixture
def records():
    UserFactory(roles=["analyst"])
    import_text(CORRECTION_LAW, f"{LAW}(2019-12-28).txt")
    QuestionFactory(text="社区矫正法第二十八条怎么适用？")
    ClusterFactory()
    TypicalCaseFactory()


@pytest.mark.parametrize("name", BOTH)
def test_a_thousand_requests_raise_nothing(records, settings, name):
    engine = configure(name, settings)
    try:
        report = fuzz(1_000, seed=9, engines=[name])
    finally:
        remove(engine)
    assert report.failures == []
    assert report.requests == 1_000


def test_same_seed_draws_the_same_requests():
    first, second = (Requests(3, ["减刑假释案件"], ["Q-2026-000001"]) for _ in range(2))
    assert [first.address() for _ in range(50)] == [second.address() for _ in range(50)]


def test_routes_hold_what_takes_a_parameter():
    found = set(routes())
    assert {"search/suggest/", "questions/<str:number>/", "law/<str:slug>/"} <= found
    assert {"admin/users/edit/<int:pk>/", "accounts/login/", "health/search/", "jsi18n/"} <= found
    assert {"documents/<int:pk>/<str:text>", "admin/api/main/pages/<int:pk>/"} <= found
    assert {"_util/login/", "accounts/password/reset/key/<str:uidb36>-<str:key>/"} <= found


@pytest.mark.parametrize("typed", [*MIXED_NUMERALS, "减" * 480, "法a" * 240, "\U00020000" * 400])
@pytest.mark.parametrize("address", ["search:page", "search:suggest", "search:pick", "search:significant"])
def test_what_libraries_refuse_is_only_not_found(indexed, client, address, typed):
    indexed()
    client.force_login(UserFactory(roles=["analyst"]))
    assert client.get(reverse(address), {"q": typed}).status_code < 400


@pytest.mark.parametrize("provision", ["²", "１２", "9" * 30, "9" * 5000, "-1", ""])
def test_provision_that_is_no_key_is_not_found(client, provision):
    assert client.get(reverse("search:cited_by"), {"provision": provision}).status_code == 404
    assert parse_primary_key(provision) is None


@pytest.mark.parametrize("article", ["²", "9" * 5000])
def test_article_that_is_no_key_leaves_the_text_as_it_is(client, article):
    document = import_text(CORRECTION_LAW, f"{LAW}(2019-12-28).txt").document
    assert client.get(document.get_absolute_url(), {"article": article}).status_code in (200, 404)


def test_null_characters_never_reach_a_query(client, indexed):
    indexed()
    assert client.get("/cases/AL-%00/").status_code == 404
    response = client.get(reverse("search:page"), QUERY_STRING="q=%00%E5%87%8F%E5%88%91")
    assert response.status_code == 200
    assert "\x00" not in response.content.decode()


CHOOSERS = ["documents/chooser", "images/chooser", "snippets/choose/casebank/typicalcase"]


@pytest.mark.parametrize(
    "key", ["Q-2026-000001", "\u200b法", "²", "9" * 30, "-1", "0727ebab-61fe-451b-8697-1de004cba8c3"]
)
@pytest.mark.parametrize("chooser", CHOOSERS)
def test_what_is_no_key_is_not_found_in_choosers(admin_client, chooser, key):
    answers = [
        admin_client.get(f"/admin/{chooser}/chosen/{key}/"),
        admin_client.get(f"/admin/{chooser}/chosen-multiple/", {"id": key}),
    ]
    assert [answer.status_code for answer in answers] == [404, 404]


def test_what_is_no_key_is_not_found_elsewhere_in_the_administration(admin_client):
    addresses = ("choose-page/chosen-multiple/", "bulk/org/user/delete/", "bulk/wagtailcore/page/delete/")
    answers = [admin_client.get(f"/admin/{address}", {"id": "x"}) for address in addresses]
    answers.append(admin_client.get("/admin/snippets/casebank/typicalcase/delete/x/"))
    root = Page.get_first_root_node()
    answers.append(admin_client.get(f"/admin/pages/{root.pk}/set_position/"))
    assert [answer.status_code for answer in answers] == [404] * 5


def test_keys_still_reach_the_choosers(admin_client):
    case = TypicalCaseFactory()
    address = "/admin/snippets/choose/casebank/typicalcase"
    chosen = admin_client.get(f"{address}/chosen/{case.pk}/").json()
    several = admin_client.get(f"{address}/chosen-multiple/", {"id": case.pk}).json()
    assert (chosen["step"], several["step"]) == ("chosen", "chosen")


@pytest.mark.parametrize(
    "address",
    [
        "/admin/api/main/pages/find/?id=访",
        "/admin/api/main/images/find/?id=x",
        "/admin/pages/1/revisions/0/revert/",
    ],
)
def test_what_names_no_page_of_the_tree_is_not_found(admin_client, address):
    response = admin_client.get(address)
    assert (response.status_code, "Traceback" in response.content.decode()) == (404, False)
