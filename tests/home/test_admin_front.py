"""The admin's front page and furniture: it leads to work, and calls people and things by their names."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import strip_tags
from wagtail.admin.templatetags.wagtailadmin_tags import timesince_simple
from wagtail.models import Collection, Page

from portal.org.enums import ROLE_EXPLANATIONS, Role
from tests.factories.casebank import TypicalCaseFactory
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db


def page_of(client, path, *roles, **fields):
    client.force_login(UserFactory(roles=roles, language="en", **fields))
    return client.get(path).content.decode()


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("coordinator", "sessions:add"),
        ("coordinator", "inquiry:import_questions"),
        ("editor", "norms_import:index"),
        ("editor", "wagtailsnippets_casebank_typicalcase:add"),
        ("administrator", "wagtailusers_users:add"),
        ("analyst", "inquiry:desk"),
    ],
)
def test_front_page_leads_to_work(client, role, name):
    html = page_of(client, reverse("wagtailadmin_home"), role)
    assert f'href="{reverse(name)}"' in html.split('id="begin', 1)[1]


def test_front_page_offers_records_to_go_on_with(client):
    case = TypicalCaseFactory(has_unpublished_changes=True)
    html = page_of(client, reverse("wagtailadmin_home"), "editor")
    assert reverse("wagtailsnippets_casebank_typicalcase:edit", args=[case.pk]) in html


def test_front_page_has_no_search_of_pages(client):
    assert 'role="search"' not in page_of(client, reverse("wagtailadmin_home"), "administrator")


def test_side_bar_names_the_person(client):
    html = page_of(
        client, reverse("wagtailadmin_home"), "administrator", username="admin.7", display_name="邵文博"
    )
    # The side bar is drawn from JSON, in which Chinese characters are escaped.
    sidebar = html.split("wagtail.sidebar.MainMenuModule", 1)[1]
    assert ("邵文博" in sidebar or "\\u90b5\\u6587\\u535a" in sidebar, '"name": "admin.7"' in html) == (
        True,
        False,
    )


def test_no_row_of_wagtail_is_called_root():
    assert not Page.objects.filter(title="Root").exists()
    assert not Collection.objects.filter(name="Root").exists()


@pytest.mark.parametrize(
    ("days", "words"), [(1, "1 天前"), (8, "1 周前"), (130, "4 个月前"), (800, "2 年前")]
)
def test_times_are_one_part_in_chinese(days, words):
    with translation.override("zh-hans"):
        moment = timezone.now() - dt.timedelta(days=days)
        assert timesince_simple(moment).replace("\xa0", " ") == words


def test_each_role_is_explained_where_it_is_given(client):
    html = page_of(client, reverse("wagtailusers_users:add"), "administrator")
    with translation.override("en"):
        assert [str(ROLE_EXPLANATIONS[role]) in html for role in Role] == [True] * len(Role)


def test_people_read_in_their_profile_what_their_roles_may(client):
    html = page_of(client, reverse("org:profile"), "keeper")
    assert "Can ask who raised an anonymous question" in html
    assert "Makes and closes accounts" not in html


def test_lists_mark_what_is_closed_and_nothing_else(client):
    UserFactory(is_active=False, display_name="停用者")
    html = page_of(client, reverse("wagtailusers_users:index"), "administrator")
    rows = html.split("<tbody>", 1)[1].split("</tbody>", 1)[0]
    assert strip_tags(rows).split().count("closed") == 1
    assert "icon-success" not in rows


def test_english_names_that_are_required_are_not_hidden_from_who_must_fill_them_in(client):
    assert '<details class="english-panel" open>' in page_of(
        client, reverse("departments:add"), "administrator"
    )
    assert '<details class="english-panel" >' in client.get(reverse("offices:add")).content.decode()
