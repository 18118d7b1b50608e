"""Exports of a dossier: made, kept, tried again, and for whom they open."""

from __future__ import annotations

import hashlib

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F
from django.utils import timezone, translation
from django_tasks_db.models import DBTaskResult

from inquiry.enums import DossierStatus, ExportFormat, ExportStatus
from inquiry.models import Dossier, DossierExport
from inquiry.selectors import exports_visible_to
from inquiry.services import export_making
from inquiry.services.dossiers import add_to_dossier, create_dossier, edit_dossier, move_dossier
from inquiry.services.export_making import produce_export
from inquiry.services.exports import open_export, request_export, retry_export
from inquiry.services.refinements import refine_question
from portal.foundation.worker.interrupted_tasks import requeue_interrupted
from portal.org.enums import NotificationKind
from portal.org.models import Notification
from tests.factories.inquiry import QuestionFactory
from tests.factories.org import UserFactory
from tests.inquiry.exported import export, opened
from tests.queued_tasks import run_queued_tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst():
    return UserFactory(roles=["analyst"])


def test_export_is_kept_with_digest_and_the_questions_as_they_stood(gathered, analyst):
    dossier, questions = gathered
    made = export(dossier, analyst)
    data = open_export(made).read()
    assert (made.status, made.progress, made.size) == (ExportStatus.DONE, 100, len(data))
    assert made.sha256 == hashlib.sha256(data).hexdigest()
    assert made.dossier_revision == dossier.revision
    assert [row["number"] for row in made.questions] == [question.number for question in questions]
    edit_dossier(dossier=dossier, expected_revision=dossier.revision, title="改名", actor=analyst)
    refine_question(question=questions[1], title="题", text="后来", names_real=True, actor=analyst)
    made.refresh_from_db()
    assert [row["text"] for row in made.questions] == ["甲问", "乙问", "丙问（提炼）"]
    assert opened(made).paragraphs[0].text == "财产性判项素材卷宗"


@pytest.mark.parametrize("format", ExportFormat.values)
def test_file_names_the_compiling_office_and_what_it_was_finished_without(format, analyst):
    dossier = create_dossier(title="卷", target_title="意见", grounds="会商纪要。", actor=analyst)
    add_to_dossier(dossier=dossier, questions=[QuestionFactory()], actor=analyst)
    move_dossier(
        dossier=dossier, status=DossierStatus.FINISHED, incomplete_reason="起草组\n急需", actor=analyst
    )
    made = export(dossier, analyst, format)
    if format == ExportFormat.DOCX:
        lines = [paragraph.text for paragraph in opened(made).paragraphs]
    else:
        lines = [line.rstrip() for line in open_export(made).read().decode().split("\n")]
    assert lines.count(f"编制单位：{analyst.office}") == 1
    assert lines.count("定稿时缺少：问题分析、建议条款") == 1
    assert lines.count("理由：起草组 急需") == 1


@pytest.mark.parametrize("format", ExportFormat.values)
def test_grounds_have_one_name_on_the_page_and_in_the_file(client, gathered, analyst, format):
    dossier, _questions = gathered
    made = export(dossier, analyst, format)
    if format == ExportFormat.DOCX:
        lines = [paragraph.text for paragraph in opened(made).paragraphs]
    else:
        lines = open_export(made).read().decode().split("\n")
    assert [line.lstrip("# ") for line in lines if line.endswith("、依据")] == ["二、依据"]
    assert len([line for line in lines if line.startswith("依据：C-2026-")]) == 1
    client.force_login(analyst)
    page = client.get(dossier.get_absolute_url()).content.decode()
    assert page.count('<h2 class="card__title">依据</h2>') == 1
    assert "理由" not in page


def test_requester_is_notified(gathered, analyst):
    dossier, _questions = gathered
    Notification.objects.all().delete()
    export(dossier, analyst)
    told = Notification.objects.get()
    assert (told.recipient, told.kind, told.url) == (
        analyst,
        NotificationKind.EXPORT_READY,
        dossier.get_absolute_url(),
    )


def test_failure_is_kept_and_can_be_tried_again(gathered, analyst, monkeypatch, caplog):
    dossier, _questions = gathered

    def fail(content, progress):
        raise OSError("老张 disk full")

    monkeypatch.setitem(export_making.WRITERS, ExportFormat.DOCX, fail)
    with translation.override("en"):
        made = export(dossier, analyst)
    assert (made.status, made.file.name) == (ExportStatus.FAILED, "")
    assert len(made.error) > 10
    assert "老张" not in caplog.text
    monkeypatch.undo()
    assert retry_export(export=made, actor=analyst).status == ExportStatus.DONE
    with pytest.raises(ValidationError):
        retry_export(export=made, actor=analyst)


def test_finished_export_is_not_made_again(gathered, analyst):
    made = export(gathered[0], analyst)
    produce_export(made.pk)
    again = DossierExport.objects.get(pk=made.pk)
    assert (again.finished_at, again.file.name) == (made.finished_at, made.file.name)


def test_staff_export_finished_dossiers_only(gathered):
    dossier, _questions = gathered
    reader = UserFactory()
    with pytest.raises(PermissionDenied):
        export(dossier, reader)
    dossier.status, dossier.finished_on = DossierStatus.FINISHED, timezone.localdate()
    dossier.save()
    assert export(dossier, reader).status == ExportStatus.DONE


def test_unknown_format_is_refused(gathered, analyst):
    with pytest.raises(ValidationError):
        export(gathered[0], analyst, format="pdf")


def test_others_open_exports_of_the_present_state_only(gathered, analyst):
    dossier, _questions = gathered
    reader = UserFactory()
    draft = export(dossier, analyst)
    assert exports_visible_to(reader, dossier) == []
    dossier = move_dossier(
        dossier=dossier, status=DossierStatus.FINISHED, actor=analyst, incomplete_reason="先行移交"
    )
    final = export(dossier, reader)
    assert exports_visible_to(reader, dossier) == [final]
    assert exports_visible_to(analyst, dossier) == [final, draft]


def test_export_that_holds_a_marked_original_is_closed_to_others(gathered, analyst):
    dossier, questions = gathered
    reader = UserFactory()
    dossier = move_dossier(
        dossier=dossier, status=DossierStatus.FINISHED, actor=analyst, incomplete_reason="先行移交"
    )
    made = export(dossier, reader)
    assert exports_visible_to(reader, dossier) == [made]
    refine_question(question=questions[0], title="题", text="甲问（提炼）", names_real=True, actor=analyst)
    assert exports_visible_to(reader, dossier) == []
    assert exports_visible_to(analyst, dossier) == [made]


# Asked for twice ---------------------------------------------------------------------------------------------------


@pytest.fixture
def queued_tasks(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}


def test_export_under_way_is_not_made_twice(gathered, analyst, queued_tasks):
    request = {"dossier": gathered[0], "format": "docx", "actor": analyst}
    first = request_export(**request)
    assert request_export(**request) == first
    assert request_export(**request | {"format": "md"}) != first
    assert request_export(**request, lang="en") != first
    assert request_export(**request | {"actor": UserFactory(roles=["analyst"])}) != first
    assert DossierExport.objects.count() == 4
    assert DBTaskResult.objects.filter(task_path__endswith=".make_export").count() == 4
    run_queued_tasks()
    # It is done: the next one is another.
    assert request_export(**request) != first


def test_export_that_has_read_an_earlier_state_is_not_taken_for_this(gathered, analyst, queued_tasks):
    first = request_export(dossier=gathered[0], format="docx", actor=analyst)
    DossierExport.objects.update(status=ExportStatus.RUNNING)
    assert request_export(dossier=gathered[0], format="docx", actor=analyst) == first
    Dossier.objects.update(revision=F("revision") + 1)
    assert request_export(dossier=gathered[0], format="docx", actor=analyst) != first


def test_export_of_a_dead_worker_is_written_by_the_next(gathered, analyst, queued_tasks):
    export = request_export(dossier=gathered[0], format="md", actor=analyst)
    DossierExport.objects.update(status=ExportStatus.RUNNING)
    DBTaskResult.objects.update(status="RUNNING", worker_ids=["dead"])
    assert requeue_interrupted("another") == 0
    assert requeue_interrupted("dead") == 1
    run_queued_tasks()
    export.refresh_from_db()
    assert export.status == ExportStatus.DONE
