"""Pages of the portal: whoever publishes one says that it was checked, and none goes out with a mark."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse
from wagtail.models import Page, get_page_models
from wagtail.test.utils.form_data import querydict_from_html

from courses.models import SessionIndexPage
from home.models import HomePage
from portal.foundation.models import BasePage
from portal.org.forms.pages import CheckedPageForm
from portal.org.models.pages import CheckedPage
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db
CHECKED = {"secrecy_checked": "on"}
PUBLISH = {"action-publish": "1"}
NAME = "严守密"
MARKED = "机密★10年"
LANGUAGES = pytest.mark.parametrize("language", ["zh-hans", "en"])


def person(*roles, language="zh-hans"):
    return UserFactory(roles=["editor", *roles], display_name=NAME, language=language)


def edit(client, page, **values):
    """Open the editor of a page and send its form with other values."""
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    data = querydict_from_html(client.get(address).content.decode(), form_id="page-edit-form")
    for name, value in values.items():
        data[name] = value
    answer = client.post(address, data)
    page.refresh_from_db()
    return answer


def test_every_page_of_the_portal_takes_the_box():
    models = [model for model in get_page_models() if issubclass(model, BasePage)]
    assert len(models) == 4
    assert all(issubclass(model, CheckedPage) for model in models)
    forms = [model.get_edit_handler().get_form_class() for model in models]
    assert all(issubclass(form, CheckedPageForm) for form in forms)
    assert all("secrecy_checked" in model.get_edit_handler().get_form_options()["fields"] for model in models)


@LANGUAGES
def test_publishing_a_page_takes_the_box(client, language):
    editor, page = person(language=language), SessionIndexPage.objects.get()
    client.force_login(editor)
    said = edit(client, page, intro="各部门轮流主办。", **PUBLISH).content.decode()
    assert (page.intro, NAME in said) == ("", True)
    edit(client, page, intro="各部门轮流主办。", **PUBLISH, **CHECKED)
    assert (page.intro, page.secrecy_reviewed_by) == ("各部门轮流主办。", editor)
    assert page.secrecy_reviewed_on is not None


def test_scheduled_page_names_who_scheduled_it(client):
    editor, page = person(), SessionIndexPage.objects.get()
    client.force_login(editor)
    with time_machine.travel(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC), tick=False):
        edit(client, page, **PUBLISH, **CHECKED)
        edit(client, page, intro="四月起轮值。", go_live_at="2026-04-01 09:00", **PUBLISH, **CHECKED)
        assert page.intro == ""
    with time_machine.travel(dt.datetime(2026, 4, 2, 9, tzinfo=dt.UTC), tick=False):
        call_command("publish_scheduled")
    page.refresh_from_db()
    assert (page.intro, page.secrecy_reviewed_by) == ("四月起轮值。", editor)
    assert page.secrecy_reviewed_on == dt.date(2026, 3, 2)


def test_draft_of_a_page_takes_no_box_and_is_not_published(client):
    page = SessionIndexPage.objects.get()
    client.force_login(person())
    edit(client, page, intro=MARKED)
    assert (page.intro, page.get_latest_revision_as_object().intro) == ("", MARKED)


def test_marked_page_is_published_by_a_reviewer_or_not_at_all(client):
    page = SessionIndexPage.objects.get()
    client.force_login(person())
    said = edit(client, page, intro=MARKED, **PUBLISH, **CHECKED).content.decode()
    assert (page.intro, "机密★" in said) == ("", True)
    reviewer = person("reviewer")
    client.force_login(reviewer)
    edit(client, page, intro=MARKED, **PUBLISH, **CHECKED)
    assert (page.intro, page.secrecy_reviewed_by) == (MARKED, reviewer)


def test_captions_and_alternative_texts_of_a_stream_are_read():
    page = HomePage.objects.get()
    block = {"type": "image", "value": {"image": None, "alt": "示意图", "caption": MARKED}}
    page.body = json.dumps([block])
    assert page.classification_mark.startswith("机密")
    page.body = json.dumps([{**block, "value": {**block["value"], "caption": "示意图"}}])
    assert page.classification_mark == ""


def publish_at_once(client, page, **values):
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    address = f"{address}?id={page.pk}&next=/admin/"
    drafts = client.get(address).context["form"]["drafts"].value()
    answer = client.post(address, {"drafts": drafts} | values, follow=True)
    page.refresh_from_db()
    return answer.content.decode()


@LANGUAGES
def test_publishing_several_pages_takes_the_box(client, language):
    editor, page = person(language=language), SessionIndexPage.objects.get()
    Page.objects.filter(pk=page.pk).update(live=False)
    client.force_login(editor)
    assert NAME in publish_at_once(client, page)
    assert not page.live
    publish_at_once(client, page, **CHECKED)
    assert (page.live, page.secrecy_reviewed_by) == (True, editor)


def test_several_pages_with_a_marked_one_are_not_published(client):
    editor, page = person(), SessionIndexPage.objects.get()
    page.intro = MARKED
    page.save_revision()
    client.force_login(editor)
    assert "机密★" in publish_at_once(client, page, **CHECKED)
    home = HomePage.objects.get()
    publish_at_once(client, home, **CHECKED, include_descendants="on")
    page.refresh_from_db()
    assert page.intro == ""


@LANGUAGES
def test_draft_that_was_saved_meanwhile_is_not_published_unseen(client, language):
    page = SessionIndexPage.objects.get()
    page.intro = "甲的说明。"
    page.save_revision()
    client.force_login(person(language=language))
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    address += f"?id={page.get_parent().pk}&next=/admin/"
    opened = client.get(address).context["form"]["drafts"].value()
    Page.objects.filter(pk=page.pk).update(live=False)
    page.intro = "乙的说明。"
    page.save_revision()
    sent = {"drafts": opened, "include_descendants": "on"} | CHECKED
    said = client.post(address, sent, follow=True).content.decode()
    assert {"zh-hans": "其间又存了新的草稿", "en": "Another draft was saved"}[language] in said
    page.refresh_from_db()
    assert (page.live, page.intro) == (False, "")


def publish_by_programs(client, page):
    return client.post(reverse("wagtailadmin_api:pages:action", args=[page.pk, "publish"]))


def revert_by_programs(client, page):
    address = reverse("wagtailadmin_api:pages:action", args=[page.pk, "revert_to_page_revision"])
    revision = page.revisions.order_by("pk").first()
    return client.post(address, {"revision_id": revision.pk}, content_type="application/json")


@pytest.mark.parametrize("act", [publish_by_programs, revert_by_programs])
@pytest.mark.parametrize("superuser", [False, True])
def test_interface_for_programs_neither_publishes_nor_overwrites(client, act, superuser):
    page = SessionIndexPage.objects.get()
    for intro in ("前一稿", MARKED):
        page.intro = intro
        page.save_revision()
    client.force_login(UserFactory(roles=["editor"], is_superuser=superuser))
    assert act(client, page).status_code == 404
    page = SessionIndexPage.objects.get()
    assert (page.intro, page.get_latest_revision_as_object().intro) == ("", MARKED)


def draft_of_another(page, intro):
    page = type(page).objects.get(pk=page.pk)
    page.intro = intro
    return page.save_revision()


def test_going_back_to_an_earlier_draft_overwrites_nothing_unseen_and_takes_the_box(client):
    page = SessionIndexPage.objects.get()
    earlier = draft_of_another(page, "甲的说明。")
    client.force_login(person())
    address = reverse("wagtailadmin_pages:revisions_revert", args=[page.pk, earlier.pk])
    opened = querydict_from_html(client.get(address).content.decode(), form_id="page-edit-form")
    draft_of_another(page, "乙的说明。")
    answer = client.post(address, opened)
    rows = answer.context["conflict_rows"]
    assert ("乙的说明。", "甲的说明。") in [(row["now"], row["typed"].strip()) for row in rows]
    again = querydict_from_html(answer.content.decode(), form_id="page-edit-form").dict()
    assert client.post(address, again | PUBLISH).status_code == 200
    page = SessionIndexPage.objects.get()
    assert (page.intro, page.get_latest_revision_as_object().intro) == ("", "乙的说明。")
    client.post(address, again | PUBLISH | CHECKED)
    assert SessionIndexPage.objects.get().intro.strip() == "甲的说明。"


@pytest.mark.parametrize("headers", [{}, {"accept": "application/json"}])
def test_empty_name_of_a_draft_names_none(client, headers):
    page = SessionIndexPage.objects.get()
    draft_of_another(page, "甲的说明。")
    client.force_login(person())
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    sent = querydict_from_html(client.get(address).content.decode(), form_id="page-edit-form").dict()
    sent |= {"loaded_revision_id": "", "overwrite_revision_id": "", "intro": "丙的说明。"}
    client.post(address, sent, headers=headers)
    assert SessionIndexPage.objects.get().get_latest_revision_as_object().intro == "甲的说明。"


@LANGUAGES
def test_second_of_two_editors_sees_both_texts_and_overwrites_nothing(client, language):
    page = SessionIndexPage.objects.get()
    client.force_login(person(language=language))
    edit(client, page, intro="甲的说明。")
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    opened = querydict_from_html(client.get(address).content.decode(), form_id="page-edit-form")
    edit(client, page, intro="乙的说明。")
    opened["intro"] = "丙的说明。"
    answer = client.post(address, opened)
    rows = answer.context["conflict_rows"]
    assert [(row["now"], row["typed"]) for row in rows] == [("乙的说明。", "丙的说明。")]
    assert page.get_latest_revision_as_object().intro == "乙的说明。"
    # Whoever saves again has seen both.
    again = querydict_from_html(answer.content.decode(), form_id="page-edit-form")
    assert again["intro"].strip() == "丙的说明。"
    client.post(address, again)
    page.refresh_from_db()
    assert page.get_latest_revision_as_object().intro == "丙的说明。"


def test_form_without_the_draft_that_it_was_opened_with_is_refused(client):
    page = SessionIndexPage.objects.get()
    client.force_login(person())
    edit(client, page, intro="甲的说明。")
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    opened = querydict_from_html(client.get(address).content.decode(), form_id="page-edit-form")
    sent = {name: value for name, value in opened.items() if not name.startswith("loaded_")}
    answer = client.post(address, {**sent, "intro": "丙的说明。"})
    assert answer.context["conflict_rows"][0]["typed"] == "丙的说明。"
    assert page.get_latest_revision_as_object().intro == "甲的说明。"


def test_browser_that_saves_by_itself_overwrites_nothing_unseen(client):
    page = SessionIndexPage.objects.get()
    client.force_login(person())
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    # Opened before there was any draft: the form names none.
    opened = querydict_from_html(client.get(address).content.decode(), form_id="page-edit-form")
    edit(client, page, intro="甲的说明。")
    opened["intro"] = "丙的说明。"
    answer = client.post(address, opened, headers={"accept": "application/json"})
    assert answer.json()["error_code"] == "invalid_revision"
    assert page.get_latest_revision_as_object().intro == "甲的说明。"


def test_conflict_over_a_stream_shows_its_texts(client):
    page = HomePage.objects.get()
    client.force_login(person())
    block = {"type": "text", "value": "<p>前一稿</p>"}
    page.body = json.dumps([block])
    page.save_revision()
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    opened = querydict_from_html(client.get(address).content.decode(), form_id="page-edit-form")
    page.body = json.dumps([{**block, "value": "<p>后一稿</p>"}])
    page.save_revision()
    sent = {name: value for name, value in opened.items() if not name.startswith("body-")}
    sent |= {f"{name}-count": "0" for name in ("body", "body_en", "example")}
    rows = client.post(address, sent).context["conflict_rows"]
    assert ("后一稿", "") in [(row["now"], row["typed"]) for row in rows]


@pytest.mark.parametrize("role", ["trainee", "analyst"])
def test_editor_of_pages_is_for_editors(client, role):
    client.force_login(UserFactory(roles=[role]))
    answer = client.get(reverse("wagtailadmin_pages:edit", args=[HomePage.objects.get().pk]))
    assert answer.status_code in (302, 403)
    assert "page-edit-form" not in answer.content.decode()
