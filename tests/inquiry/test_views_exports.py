"""Pages of a dossier's exports: made, shown, downloaded, tried again."""

from __future__ import annotations

import hashlib

import pytest

from inquiry.models import Dossier, DossierExport, Question
from inquiry.services.exports import request_export
from tests.factories.inquiry import DossierFactory, DossierItemFactory, QuestionFactory, RefinementFactory
from tests.factories.org import UserFactory
from tests.inquiry.dossiers import finished, page

pytestmark = pytest.mark.django_db


def export(client, dossier: Dossier, kind: str) -> DossierExport:
    response = client.post(page("export_request", dossier), {"format": kind})
    made = dossier.exports.get()
    assert response.url == page("export", dossier, made.pk)
    return made


def test_export_is_made_shown_and_downloaded(client, trainee, django_capture_on_commit_callbacks):
    dossier = finished()
    DossierItemFactory(dossier=dossier, question=QuestionFactory())
    with django_capture_on_commit_callbacks(execute=True):
        made = export(client, dossier, "docx")
    made.refresh_from_db()
    shown = client.get(page("export", dossier, made.pk))
    assert shown.context["is_done"] is True
    response = client.get(page("export_file", dossier, made.pk))
    content = b"".join(response.streaming_content)
    assert response["Content-Disposition"] == f'attachment; filename="{dossier.number}.docx"'
    assert hashlib.sha256(content).hexdigest() == made.sha256
    assert content[:2] == b"PK"


def test_export_with_the_words_of_a_question_marked_since_is_for_analysts_only(client, trainee):
    dossier, question = finished(), QuestionFactory(text="罪犯王某某案怎么办？")
    DossierItemFactory(dossier=dossier, question=question)
    made = request_export(dossier=dossier, format="md", actor=trainee)
    assert client.get(page("export_file", dossier, made.pk)).status_code == 200
    RefinementFactory(question=question)
    Question.objects.filter(pk=question.pk).update(names_real=True)
    assert client.get(page("export_file", dossier, made.pk)).status_code == 404
    assert client.get(page("export", dossier, made.pk)).status_code == 404
    assert client.get(dossier.get_absolute_url()).context["exports"] == []
    client.force_login(UserFactory(roles=["analyst"]))
    assert client.get(page("export_file", dossier, made.pk)).status_code == 200


def test_waiting_export_asks_again_and_gives_no_file(client, analyst):
    dossier = DossierFactory()
    made = DossierExport.objects.create(dossier=dossier, format="docx", requested_by=analyst, progress=40)
    response = client.get(page("export", dossier, made.pk), headers={"HX-Request": "true"})
    assert response.templates[0].name == "inquiry/export_progress.html"
    assert response.content.decode().count('hx-trigger="load delay:1s"') == 1
    assert client.get(page("export_file", dossier, made.pk)).status_code == 404


def test_failed_export_can_be_tried_again(client, analyst, django_capture_on_commit_callbacks):
    dossier = DossierFactory()
    made = DossierExport.objects.create(
        dossier=dossier, format="md", requested_by=analyst, status="failed", error="磁盘已满"
    )
    assert client.get(page("export", dossier, made.pk)).content.decode().count("磁盘已满") == 1
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page("export_retry", dossier, made.pk))
    made.refresh_from_db()
    assert made.status == "done"


def test_export_in_an_unknown_format_is_refused(client, analyst):
    dossier = DossierFactory()
    assert client.post(page("export_request", dossier), {"format": "exe"}).url == dossier.get_absolute_url()
    assert dossier.exports.count() == 0
