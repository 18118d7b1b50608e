"""What is held back is in no page, hit, count, export, file, log or notification but its sender's and the reviewers'.

Each test holds back a question, a correction, a row of a sheet and a file with words that nothing else has, and reads as
each kind of person whatever could show them.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from wagtail.documents.models import Document
from wagtail.models import ModelLogEntry, ReferenceIndex

from inquiry.enums import Naming
from inquiry.models import HeldSubmission, Question
from inquiry.services.holding import SubmissionHeld
from inquiry.services.questions import append_correction, raise_question
from portal.org.models import FileReview, Notification
from search.models import OutboxEntry, SearchTrace
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import ClusterFactory, DossierFactory, QuestionFactory
from tests.factories.org import OfficeFactory, UserFactory, department
from tests.foundation import files

pytestmark = pytest.mark.django_db
# Words that stand in nothing else: a page that shows one has it from what is held back.
WORDS = {"question": "鹳雀楼巡查", "correction": "蜉蝣渡移送", "row": "菡萏池羁押", "file": "骐骥园戒毒"}
READERS = ["visitor", "colleague", "analyst", "editor", "coordinator", "keeper", "administrator", "superuser"]


def marked(kind: str) -> str:
    return f"机密★10年：{WORDS[kind]}如何办理？"


@pytest.fixture
def office():
    return OfficeFactory(name="靖安县司法局", department=department("correction"))


@pytest.fixture
def public_question(office):
    return QuestionFactory(asker=UserFactory(office=office))


@pytest.fixture
def session():
    return TrainingSessionFactory(status="open")


@pytest.fixture
def sender(office):
    return UserFactory(office=office, roles=["editor"], display_name="孙文远")


@pytest.fixture
def held(client, sender, public_question, session, tmp_path):
    """Hold back one of each kind; return who sent them."""
    with pytest.raises(SubmissionHeld):
        raise_question(
            session=session, kind="question", text=marked("question"), naming=Naming.OFFICE, actor=sender
        )
    asker = public_question.asker_identity.user
    with pytest.raises(SubmissionHeld):
        append_correction(question=public_question, text=marked("correction"), actor=asker)
    sheet = tmp_path / "questions.csv"
    sheet.write_text(f"内容\n{marked('row')}\n")
    call_command("import_questions", str(sheet))
    client.force_login(sender)
    upload = SimpleUploadedFile(f"{WORDS['file']}.docx", files.docx_file("机密★10年"))
    client.post(reverse("wagtaildocs:add"), {"title": WORDS["file"], "file": upload, "tags": ""})
    client.logout()
    assert (HeldSubmission.objects.count(), FileReview.objects.held().count()) == (3, 1)
    return sender


def addresses(question, session, word):
    """Return every address that lists, counts, finds, exports or describes records; more than thirty."""
    dossier, cluster = DossierFactory(), ClusterFactory()
    query = f"?q={word}"
    return [
        "/",
        "/health/",
        "/health/search/",
        "/sitemap.xml",
        "/robots.txt",
        "/sessions/",
        "/cases/",
        "/law/",
        session.get_absolute_url(),
        question.get_absolute_url(),
        dossier.get_absolute_url(),
        cluster.get_absolute_url(),
        *(
            reverse(f"inquiry:{name}")
            for name in ("questions", "my_questions", "clusters", "dossiers", "desk")
        ),
        reverse("inquiry:questions") + query,
        reverse("inquiry:ask", args=[session.number]),
        reverse("inquiry:import_questions"),
        *(reverse(f"org:{name}") for name in ("me", "assignments", "notifications")),
        reverse("search:page") + query,
        reverse("search:page") + f"{query}&kind=question",
        reverse("search:suggest") + query,
        reverse("search:similar") + f"?text={word}",
        reverse("search:export") + query,
        reverse("search:traces"),
        "/admin/",
        "/admin/reports/site-history/",
        "/admin/documents/",
        f"/admin/documents/{query}",
        "/admin/documents/chooser/",
        f"/admin/documents/chooser/results/{query}",
        "/admin/images/",
        f"/admin/images/chooser/results/{query}",
        f"/admin/search/{query}",
        "/admin/reports/aging-pages/",
        f"/admin/users/{query}",
        reverse("inquiry:held_submissions"),
        f"/admin/reports/site-history/{query}",
    ]


def answers(client, address):
    response = client.get(address, follow=True)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return f"{body.decode(errors='replace')}{response.headers}"


@pytest.mark.parametrize("reader", READERS)
def test_no_address_shows_what_is_held(client, held, public_question, session, reader, office):
    if reader != "visitor":
        roles = [] if reader in ("colleague", "superuser") else [reader]
        is_superuser = reader == "superuser"
        client.force_login(UserFactory(roles=roles, office=office, is_superuser=is_superuser))
    shown = []
    paths = addresses(public_question, session, "无此词")
    assert len(paths) >= 30
    for address in paths:
        body = answers(client, address)
        shown += [(address, word) for word in WORDS.values() if word in body]
    assert shown == []


def test_list_of_documents_does_not_find_the_file(client, held):
    client.force_login(UserFactory(is_superuser=True))
    listed = client.get("/admin/documents/", {"q": WORDS["file"]})
    assert list(listed.context["page_obj"].object_list) == []


def test_reviewer_reads_all_of_it(client, held):
    """The words are there to be shown: else the tests above would prove nothing."""
    client.force_login(UserFactory(roles=["reviewer"]))
    page = client.get(reverse("inquiry:held_submissions")).content.decode()
    assert [word for word in WORDS.values() if word in page] == list(WORDS.values())


@pytest.mark.parametrize("reader", ["colleague", "analyst", "administrator", "superuser"])
def test_counts_are_as_without_what_is_held(
    client, public_question, session, office, sender, reader, request
):
    roles = [] if reader in ("colleague", "superuser") else [reader]
    person = UserFactory(roles=roles, office=office, is_superuser=reader == "superuser")
    paths = [
        "/",
        session.get_absolute_url(),
        reverse("inquiry:questions"),
        reverse("org:assignments"),
        "/admin/",
    ]

    def digits():
        client.force_login(person)
        bodies = [client.get(path, follow=True).content.decode() for path in paths]
        return [[char for char in visible(body) if char.isdigit()] for body in bodies]

    before = digits()
    request.getfixturevalue("held")
    assert digits() == before


def visible(body: str) -> str:
    """Return a page without what is new with each request: keys of forms and of scripts."""
    return re.sub(
        r"<[^>]*>|<script.*?</script>|<style.*?</style>", " ", re.sub(r"(?s)<script.*?</script>", "", body)
    )


def test_no_table_but_the_held_ones_has_the_words(held, public_question):
    assert Question.objects.count() == 1
    assert not Document.objects.exists()
    # What is not in the outbox gets into no index.
    assert set(OutboxEntry.objects.values_list("object_id", flat=True)) <= {public_question.pk}
    tables = (ModelLogEntry, Notification, SearchTrace, ReferenceIndex)
    stored = repr([list(table.objects.values()) for table in tables])
    assert [word for word in WORDS.values() if word in stored] == []


def test_notifications_say_no_more_than_that_something_is_held(held):
    told = Notification.objects.values_list("recipient", "subject")
    reviews = FileReview.objects.get()
    assert list(told) == [(held.pk, f"{reviews.uploaded_on:%Y-%m-%d}")]


def test_cache_holds_nothing_of_it(held):
    stored = repr(getattr(cache, "_cache", {}))
    assert [word for word in WORDS.values() if word in stored] == []


def test_file_is_in_no_folder_that_a_web_server_publishes(held):
    published = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert [path for path in published if WORDS["file"] in path.name] == []
    assert WORDS["file"] not in FileReview.objects.get().file.name


def test_personal_pages_are_not_kept_for_the_back_button(client, held):
    client.force_login(held)
    for address in (reverse("inquiry:my_questions"), FileReview.objects.get().get_absolute_url()):
        assert "no-store" in client.get(address).headers["Cache-Control"]


def test_dossier_and_session_files_hold_nothing_of_it(client, held, public_question):
    client.force_login(UserFactory(roles=["analyst"]))
    for address in (public_question.get_absolute_url(), "/sessions/?format=csv", "/cases/?format=csv"):
        body = client.get(address, follow=True).content.decode(errors="replace")
        assert [word for word in WORDS.values() if word in body] == []
