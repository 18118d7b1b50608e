"""Whoever publishes says in the own name that it was checked for secrets; without that nothing is published."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Workflow

from casebank.models import CaseKind, TypicalCase
from courses.services import update_session
from inquiry.services.dossiers import add_to_dossier, create_dossier
from norms.models import DocumentVersion
from portal.foundation.revisions import revision_of
from tests.casebank.test_cases_admin import address, form_data
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import QuestionFactory
from tests.factories.org import UserFactory
from tests.norms.samples import LEAVE, LEAVE_2025

pytestmark = pytest.mark.django_db
CHECKED = {"secrecy_checked": "on"}
NAME = "严守密"
LANGUAGES = pytest.mark.parametrize("language", ["zh-hans", "en"])


def person(*roles, language="zh-hans"):
    return UserFactory(roles=list(roles), display_name=NAME, language=language)


@LANGUAGES
def test_finishing_a_dossier_takes_the_box(client, language):
    analyst = person("analyst", language=language)
    dossier = create_dossier(title="外出管理素材", actor=analyst)
    add_to_dossier(dossier=dossier, questions=[QuestionFactory()], actor=analyst)
    client.force_login(analyst)
    page = client.get(reverse("inquiry:dossier_finish", args=[dossier.number])).content.decode()
    assert NAME in page
    assert 'name="secrecy_checked"' in page
    address = reverse("inquiry:dossier_finish", args=[dossier.number])
    for box, status in (({}, "draft"), (CHECKED, "finished")):
        dossier.refresh_from_db()
        data = {"incomplete_reason": "先行移交", "expected_revision": dossier.revision}
        client.post(address, data | box)
        dossier.refresh_from_db()
        assert dossier.status == status
    assert dossier.secrecy_reviewed_by == analyst
    # A finished dossier has nothing to confirm.
    assert client.get(reverse("inquiry:dossier_finish", args=[dossier.number])).status_code == 302


@pytest.mark.parametrize("role", ["trainee", "editor", "keeper", "administrator"])
def test_page_that_finishes_is_for_analysts(client, role):
    analyst = person("analyst")
    dossier = create_dossier(title="外出管理素材", actor=analyst)
    client.force_login(UserFactory(roles=[role]))
    answer = client.get(reverse("inquiry:dossier_finish", args=[dossier.number]))
    assert answer.status_code in (403, 404)
    assert dossier.title not in answer.content.decode()


@LANGUAGES
def test_announcing_a_session_takes_the_box(client, language):
    coordinator = person("coordinator", language=language)
    session = TrainingSessionFactory(status="in_consultation")
    client.force_login(coordinator)
    address = reverse("sessions:move", args=[session.pk])
    assert NAME in client.get(address, {"to": "countersigned"}).content.decode()
    read = {"to": "countersigned", "expected_revision": revision_of(session)}
    session.summary = "同事改写的内容"
    update_session(session=session, actor=None)
    # What a colleague has written since the page was opened was not checked.
    client.post(address, read | CHECKED)
    session.refresh_from_db()
    assert session.status == "in_consultation"
    read["expected_revision"] = client.get(address, {"to": "countersigned"}).context["revision"]
    for box, status in (({}, "in_consultation"), (CHECKED, "countersigned")):
        client.post(address, read | box)
        session.refresh_from_db()
        assert session.status == status
    assert session.secrecy_reviewed_by == coordinator
    # What is announced already moves on without it.
    assert 'name="secrecy_checked"' not in client.get(address, {"to": "open"}).content.decode()


@LANGUAGES
def test_importing_a_law_takes_the_box_and_keeps_the_preview(client, language):
    editor = person("editor", language=language)
    client.force_login(editor)
    upload = SimpleUploadedFile(f"{LEAVE}(2025-03-01).txt", LEAVE_2025.encode())
    preview = client.post(reverse("norms_import:index"), {"files": [upload]})
    assert NAME in preview.content.decode()
    token = {"token": preview.context["token"]}
    again = client.post(reverse("norms_import:run"), token)
    assert (again.context["token"], DocumentVersion.objects.count()) == (token["token"], 0)
    client.post(reverse("norms_import:run"), token | CHECKED)
    assert DocumentVersion.objects.get().secrecy_reviewed_by == editor


@pytest.fixture
def kind():
    return CaseKind.objects.get(code="community")


def sent(client, kind, **values):
    return client.post(address("add"), form_data(kind, **values))


@LANGUAGES
def test_publishing_a_case_takes_the_box(client, kind, language):
    editor = person("editor", language=language)
    client.force_login(editor)
    assert NAME in client.get(address("add")).content.decode()
    sent(client, kind, **{"action-publish": "1"})
    assert not TypicalCase.objects.filter(live=True).exists()
    sent(client, kind, **{"action-publish": "1"}, **CHECKED)
    assert TypicalCase.objects.get(live=True).secrecy_reviewed_by == editor


def test_approving_a_case_takes_the_box(client, kind):
    client.force_login(person("coordinator"))
    sent(client, kind, **{"action-submit": "1"})
    case = TypicalCase.objects.get()
    editor = person("editor")
    client.force_login(editor)
    task = Workflow.objects.get(name="案例审核").tasks.first().specific
    # Every way to approve has a form.
    assert {needs_form for name, _label, needs_form in task.get_actions(case, editor)} == {True}
    state = case.current_workflow_task_state
    with pytest.raises(PermissionDenied):
        task.on_action(state, editor, "approve")
    action = address("workflow_action", case.pk, "approve", state.pk)
    assert 'name="secrecy_checked"' in client.get(action).json()["html"]
    client.post(action, {"comment": "同意"})
    client.post(action, {"comment": "见机密★10年"} | CHECKED)
    client.post(address("workflow_action", case.pk, "reject", state.pk), {"comment": "见机密★10年"})
    case.refresh_from_db()
    assert not case.live
    client.post(action, {"comment": "同意"} | CHECKED)
    case.refresh_from_db()
    assert (case.live, case.secrecy_reviewed_by) == (True, editor)


def test_form_of_the_editor_approves_with_the_box_alone(client, kind):
    client.force_login(person("coordinator"))
    sent(client, kind, **{"action-submit": "1"})
    case, editor = TypicalCase.objects.get(), person("editor")
    client.force_login(editor)
    data = form_data(kind, **{"action-workflow-action": "1", "workflow-action-name": "approve"})
    for place, section in enumerate(case.sections.all()):
        data |= {f"sections-{place}-id": str(section.pk)}
    data["sections-INITIAL_FORMS"] = str(case.sections.count())
    client.post(address("edit", case.pk), data | {"workflow-action-extra-data": json.dumps({"comment": ""})})
    case.refresh_from_db()
    assert not case.live


def test_scheduled_case_names_who_scheduled_it(client, kind):
    editor = person("editor")
    client.force_login(editor)
    sent(client, kind)
    case = TypicalCase.objects.get()
    case.go_live_at = timezone.now() + dt.timedelta(hours=1)
    case.save_revision(user=editor).publish(user=editor)
    case.refresh_from_db()
    assert not case.live
    with time_machine.travel(timezone.now() + dt.timedelta(hours=2)):
        call_command("publish_scheduled")
    case.refresh_from_db()
    assert (case.live, case.secrecy_reviewed_by) == (True, editor)
