"""Cases in the admin: drafting, approval, publishing, and who checks that they hold no secrets."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Workflow
from wagtail.test.utils.form_data import querydict_from_html

from casebank import services
from casebank.models import CaseKind, TypicalCase
from tests.casebank.cases import built, published
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db


def address(name: str, *args) -> str:
    return reverse(f"wagtailsnippets_casebank_typicalcase:{name}", args=args)


def form_data(kind, headings=None, **values):
    headings = list(kind.headings.all()) if headings is None else headings
    data = {
        "title": "社区矫正对象李某外出就医案", "title_en": "", "kind": kind.pk, "department": "",
        "decided_on": "", "lang": "zh-hans", "topics": "",
        "sections-TOTAL_FORMS": str(len(headings)), "sections-INITIAL_FORMS": "0",
        "sections-MIN_NUM_FORMS": "0", "sections-MAX_NUM_FORMS": "1000",
    }  # fmt: skip
    for place, heading in enumerate(headings):
        data |= {
            f"sections-{place}-heading": heading.pk,
            f"sections-{place}-body": "正文",
            f"sections-{place}-ORDER": str(place + 1),
            f"sections-{place}-id": "",
        }
    return data | values


def test_editor_drafts_then_publishes(client, kind, editor):
    client.force_login(editor)
    assert client.post(address("add"), form_data(kind)).status_code == 302
    case = TypicalCase.objects.get()
    assert (case.live, case.number[:3]) == (False, "AL-")
    client.post(address("add"), form_data(kind, **{"action-publish": "1", "secrecy_checked": "on"}))
    assert TypicalCase.objects.filter(live=True).count() == 1


def test_unfinished_case_can_be_kept_but_not_published(client, kind, editor):
    client.force_login(editor)
    headings = list(kind.headings.all())[:1]
    data = form_data(kind, headings, **{"action-publish": "1", "secrecy_checked": "on"})
    refused = client.post(address("add"), data)
    assert (refused.status_code, TypicalCase.objects.count()) == (200, 0)
    assert client.post(address("add"), form_data(kind, headings)).status_code == 302
    case = TypicalCase.objects.get()
    assert (case.live, [section.heading for section in case.sections.all()]) == (False, headings)


def test_heading_of_another_kind_or_twice_is_refused(client, kind, editor):
    client.force_login(editor)
    own = kind.headings.first()
    foreign = CaseKind.objects.get(code="commutation").headings.first()
    for headings, error in (([own, own], "栏目重复。"), ([foreign], "部分栏目不属于所选案例类别。")):
        response = client.post(address("add"), form_data(kind, headings))
        assert response.context["form"].non_field_errors() == [error]
        assert TypicalCase.objects.count() == 0


def test_preview_shows_the_text_in_the_form(client, kind, editor):
    client.force_login(editor)
    made = client.post(address("preview_on_add"), form_data(kind, title="预览的题目"))
    assert made.json()["is_valid"] is True
    shown = client.get(address("preview_on_add"))
    assert "预览的题目" in shown.content.decode()


def test_coordinator_cannot_publish(client, kind):
    client.force_login(UserFactory(roles=["coordinator"]))
    client.post(address("add"), form_data(kind, **{"action-publish": "1", "secrecy_checked": "on"}))
    assert not TypicalCase.objects.filter(live=True).exists()


def submit(client, kind, author) -> TypicalCase:
    client.force_login(author)
    client.post(address("add"), form_data(kind, **{"action-submit": "1"}))
    return TypicalCase.objects.get()


def approve(client, case, user):
    client.force_login(user)
    state = case.current_workflow_task_state
    client.post(address("workflow_action", case.pk, "approve", state.pk), {"secrecy_checked": "on"})


def test_another_editor_approves_what_was_submitted(client, kind, editor):
    case = submit(client, kind, UserFactory(roles=["coordinator"]))
    assert case.workflow_in_progress
    approve(client, case, editor)
    assert TypicalCase.objects.get().live


@pytest.mark.parametrize("title", ["", "审核人改过的题目"])
def test_who_approves_in_the_editor_publishes_what_stands_in_it(client, kind, editor, title):
    case = submit(client, kind, UserFactory(roles=["coordinator"]))
    client.force_login(editor)
    page = client.get(address("edit", case.pk)).content.decode()
    sent = querydict_from_html(page, form_id="w-editor-form").dict()
    sent |= {
        "action-workflow-action": "true",
        "workflow-action-name": "approve",
        "workflow-action-extra-data": json.dumps({"comment": "", "secrecy_checked": True}),
    }
    assert (
        client.post(address("edit", case.pk), sent | ({"title": title} if title else {})).status_code == 302
    )
    [message] = get_messages(client.get(address("list")).wsgi_request)
    assert "已批准" in str(message)
    live = TypicalCase.objects.get()
    assert (live.live, live.has_unpublished_changes) == (True, False)
    assert live.title == (title or case.title)


def test_nobody_approves_the_own_submission(client, kind, editor):
    case = submit(client, kind, editor)
    approve(client, case, editor)
    assert not TypicalCase.objects.get().live
    task = Workflow.objects.get(name="案例审核").tasks.first().specific
    assert task.get_actions(case, editor) == []
    with pytest.raises(PermissionDenied):
        task.on_action(case.current_workflow_task_state, editor, "approve")


@pytest.mark.parametrize("role", ["trainee", "signatory", "keeper", "administrator"])
def test_no_address_of_the_viewset_changes_anything_for_others(client, kind, role):
    case = published(kind)
    client.force_login(UserFactory(roles=[role]))
    before = TypicalCase.objects.values().get()
    names = ("edit", "delete", "unpublish", "history", "usage", "unlock", "lock")
    for name in names:
        client.get(address(name, case.pk))
        client.post(
            address(name, case.pk),
            form_data(kind, title="x", **{"action-publish": "1", "secrecy_checked": "on"}),
        )
    client.post(address("add"), form_data(kind))
    assert TypicalCase.objects.values().get() == before


def test_nobody_deletes_a_case(client, kind):
    client.force_login(UserFactory(is_superuser=True))
    case = published(kind)
    assert client.post(address("delete", case.pk)).status_code == 404
    assert TypicalCase.objects.get() == case


def test_cases_are_searched_in_the_admin_by_chinese_words(client, kind, editor):
    client.force_login(editor)
    services.create_case(case=built(kind, title="脱管认定案"), actor=None)
    services.create_case(case=built(kind, title="外出审批案"), actor=None)
    found = client.get(address("list"), {"q": "脱管"}).context["object_list"]
    assert [case.title for case in found] == ["脱管认定案"]


MARKED = "案卷首页：机密★10年。"


def test_publishing_names_who_answers_for_it(kind, editor):
    case = published(kind, actor=None)
    assert (case.secrecy_reviewed_by, case.secrecy_reviewed_on) == (None, timezone.localdate())
    case.get_latest_revision().publish(user=editor, skip_permission_checks=True)
    case.refresh_from_db()
    assert case.secrecy_reviewed_by == editor


def test_marked_case_is_published_by_a_reviewer_or_not_at_all(kind, editor):
    case = services.create_case(case=built(kind, body=MARKED), actor=None)
    with pytest.raises(PermissionDenied):
        services.publish_case(case=case, actor=editor)
    reviewer = UserFactory(roles=["editor", "reviewer"])
    assert services.publish_case(case=case, actor=reviewer).secrecy_reviewed_by == reviewer


def test_marked_case_that_is_scheduled_waits_for_a_reviewer(kind):
    case = services.create_case(case=built(kind, body=MARKED), actor=None)
    case.go_live_at = timezone.now() + dt.timedelta(hours=1)
    case.save_revision().publish(skip_permission_checks=True)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=2)):
        call_command("publish_scheduled")
    case.refresh_from_db()
    assert not case.live


def test_editor_keeps_a_marked_draft_and_reads_why_it_is_not_published(client, kind, editor):
    client.force_login(editor)
    data = form_data(kind, title="机密★10年")
    refused = client.post(address("add"), data | {"action-publish": "1", "secrecy_checked": "on"})
    assert "机密★" in refused.context["form"].non_field_errors()[0]
    client.post(address("add"), data)
    assert [case.live for case in TypicalCase.objects.all()] == [False]


def test_approval_of_a_marked_case_takes_a_reviewer(client, kind, editor):
    client.force_login(UserFactory(roles=["coordinator"]))
    client.post(address("add"), form_data(kind, title="机密★10年", **{"action-submit": "1"}))
    case = TypicalCase.objects.get()
    approve(client, case, editor)
    assert not TypicalCase.objects.get().live
    reviewer = UserFactory(roles=["editor", "reviewer"])
    approve(client, case, reviewer)
    assert TypicalCase.objects.values_list("live", "secrecy_reviewed_by").get() == (True, reviewer.pk)


def test_empty_name_of_a_draft_names_none(client, kind, editor):
    client.force_login(editor)
    client.post(address("add"), form_data(kind))
    case = TypicalCase.objects.get()
    page = client.get(address("edit", case.pk)).content.decode()
    sent = querydict_from_html(page, form_id="w-editor-form").dict()
    case.title = "乙的稿"
    case.save_revision()
    sent |= {"title": "丙的稿", "loaded_revision_id": "", "overwrite_revision_id": ""}
    assert client.post(address("edit", case.pk), sent).context["conflict_rows"]
    assert TypicalCase.objects.get().get_latest_revision_as_object().title == "乙的稿"


def test_going_back_to_an_earlier_draft_shows_both_texts_and_overwrites_nothing(client, kind, editor):
    client.force_login(editor)
    client.post(address("add"), form_data(kind, title="甲的稿"))
    case = TypicalCase.objects.get()
    going_back = address("revisions_revert", case.pk, case.get_latest_revision().pk)
    sent = querydict_from_html(client.get(going_back).content.decode(), form_id="w-editor-form").dict()
    case.title = "乙的稿"
    case.save_revision()
    rows = client.post(going_back, sent).context["conflict_rows"]
    assert ("乙的稿", "甲的稿") in [(row["now"], row["typed"]) for row in rows]
    assert TypicalCase.objects.get().get_latest_revision_as_object().title == "乙的稿"


def test_nobody_deletes_several_cases_at_once(client, kind):
    client.force_login(UserFactory(is_superuser=True))
    case = published(kind)
    action = reverse("wagtail_bulk_action", args=["casebank", "typicalcase", "delete"])
    assert client.post(f"{action}?id={case.pk}&next=/admin/").status_code == 404
    assert TypicalCase.objects.filter(pk=case.pk).exists()


def test_list_in_the_admin_has_its_headings_in_the_readers_language(client, kind):
    published(kind)
    client.force_login(UserFactory(roles=["editor"]))
    client.post("/language/", {"language": "en"})
    page = client.get("/admin/snippets/casebank/typicalcase/").content.decode()
    head = page[page.index('id="listing-results"') :].split("</thead>")[0]
    assert [word for word in ("Number", "Kind", "Status") if word not in head] == []
    assert "状态" not in head
