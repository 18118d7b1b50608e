"""Every page that takes texts or files says that secrets do not belong there; what is published names who checked it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import load_command_class
from django.urls import reverse
from django.utils import timezone

from courses.services import move_session
from inquiry.enums import DossierStatus
from inquiry.services.dossiers import add_to_dossier, create_dossier, move_dossier
from tests.factories.casebank import CaseFactory
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import ClusterFactory, QuestionFactory
from tests.factories.norms import import_text
from tests.factories.org import UserFactory
from tests.norms.samples import LEAVE, LEAVE_2025

TEMPLATES = Path(settings.BASE_DIR) / "templates"
TAKES_TEXTS = re.compile(r'<textarea|type="file"|multipart|components/(?:form|field)\.html')
# Names, passwords, languages: no texts. The parts belong to pages that bear the notice.
WITHOUT_TEXTS = {
    "account/login.html",
    "account/password_change.html",
    "account/password_reset.html",
    "account/password_reset_from_key.html",
    "account/reauthenticate.html",
    "components/form.html",
    "inquiry/picker.html",
    "norms/admin/_text_comparison.html",
    "org/profile.html",
}
NOTICE = "secrecy-notice"
ADMIN_PAGES = (
    "wagtailsnippets_casebank_typicalcase:add",
    "wagtailimages:add",
    "wagtaildocs:add",
)


def takes_texts(path: Path) -> bool:
    source = path.read_text()
    return bool(TAKES_TEXTS.search(source)) and str(path.relative_to(TEMPLATES)) not in WITHOUT_TEXTS


@pytest.mark.parametrize(
    "path", list(filter(takes_texts, sorted(TEMPLATES.rglob("*.html")))), ids=lambda path: path.stem
)
def test_every_page_with_an_intake_has_the_notice(path):
    source = path.read_text()
    # Pages of the administration inherit it.
    assert "secrecy_notice.html" in source or '{% extends "wagtailadmin/' in source


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_of_the_administration_have_the_notice(client, language):
    client.force_login(UserFactory(is_superuser=True, language=language))
    for name in ADMIN_PAGES:
        assert NOTICE in client.get(reverse(name)).content.decode(), name


@pytest.mark.parametrize(
    ("app", "name"),
    [("inquiry", "import_questions"), ("norms", "import_norms"), ("portal.org", "import_people")],
)
def test_commands_that_import_say_so(app, name):
    assert "State secrets and work secrets" in load_command_class(app, name).help


def published_records(person):
    """Return addresses of a case, a session, a dossier and a law that `person` published."""
    case = CaseFactory()
    type(case).objects.filter(pk=case.pk).update(
        secrecy_reviewed_by=person, secrecy_reviewed_on=timezone.localdate()
    )
    session = TrainingSessionFactory(status="in_consultation")
    move_session(session=session, to="countersigned", actor=person)
    dossier = create_dossier(title="外出管理素材", actor=person)
    add_to_dossier(dossier=dossier, questions=[QuestionFactory()], actor=person)
    move_dossier(dossier=dossier, status=DossierStatus.FINISHED, actor=person, incomplete_reason="先行移交")
    version = import_text(LEAVE_2025, f"{LEAVE}(2025-03-01).txt")
    version.secrecy_reviewed_by = person
    version.save()
    return [record.get_absolute_url() for record in (case, session, dossier, version)]


@pytest.mark.django_db
def test_published_records_name_who_checked_them_to_staff_alone(client):
    person = UserFactory(display_name="严守密", roles=["analyst", "coordinator", "editor"])
    addresses = published_records(person)
    assert ["严守密" in client.get(address).content.decode() for address in addresses] == [False] * 4
    client.force_login(UserFactory())
    pages = [client.get(address).content.decode() for address in addresses]
    assert ["secrecy-review" in page and "严守密" in page for page in pages] == [True] * 4


@pytest.mark.django_db
def test_forms_of_analysts_have_the_notice(client):
    client.force_login(UserFactory(roles=["analyst", "keeper"]))
    question, cluster = QuestionFactory(), ClusterFactory()
    addresses = [
        reverse("inquiry:refine", args=[question.number]),
        reverse("inquiry:request_identity", args=[question.number]),
        reverse("inquiry:assign_question", args=[question.number]),
        *(reverse(f"inquiry:cluster_{act}", args=[cluster.number]) for act in ("edit", "add", "merge")),
        reverse("inquiry:cluster_new"),
        reverse("inquiry:dossier_new"),
        reverse("inquiry:import_questions"),
    ]
    assert [address for address in addresses if NOTICE not in client.get(address).content.decode()] == []
