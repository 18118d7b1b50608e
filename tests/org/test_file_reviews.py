"""A file with a mark of classification is held back until a reviewer decides; no list of documents knows it."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import ModelLogEntry

from portal.org.enums import AssignmentKind, FileReviewStatus, NotificationKind
from portal.org.models import Assignment, FileReview, Notification
from portal.org.services.file_reviews import refuse_file, release_file
from tests.factories.org import UserFactory
from tests.foundation import files

pytestmark = pytest.mark.django_db
MARK = "机密★10年"
NOT_MARKED = "讲义正文".encode()


@pytest.fixture
def editor():
    return UserFactory(roles=["editor"], display_name="孙文远")


@pytest.fixture
def reviewer():
    return UserFactory(roles=["reviewer", "editor"], display_name="严守密")


def sent(name="讲义.docx", content=None):
    return SimpleUploadedFile(name, files.docx_file(MARK) if content is None else content)


def add(client, **data):
    return client.post(reverse("wagtaildocs:add"), {"title": "讲义", "file": sent(), "tags": ""} | data)


def add_one_of_several(client, **data):
    values = {"title": "讲义", "files[]": sent()} | data
    return client.post(reverse("wagtaildocs:add_multiple"), values)


def add_in_chooser(client, **data):
    values = {"title": "讲义", "file": sent(), "tags": ""} | data
    values = {f"document-chooser-upload-{name}": value for name, value in values.items()}
    return client.post(reverse("wagtaildocs_chooser:create"), values)


WAYS = {"add": add, "several": add_one_of_several, "chooser": add_in_chooser}


@pytest.fixture
def held(client, editor):
    client.force_login(editor)
    add(client)
    return FileReview.objects.get()


@pytest.mark.parametrize("way", WAYS)
def test_marked_file_becomes_no_document(client, editor, way):
    client.force_login(editor)
    WAYS[way](client)
    assert not Document.objects.exists()
    review = FileReview.objects.get()
    assert (review.status, review.uploaded_by, review.title) == (FileReviewStatus.HELD, editor, "讲义")
    assert Notification.objects.get(recipient=editor).kind == NotificationKind.FILE_HELD


@pytest.mark.parametrize("way", WAYS)
def test_file_without_marks_becomes_a_document_and_names_who_answers(client, editor, way):
    client.force_login(editor)
    file = sent("讲义.txt", NOT_MARKED)
    WAYS[way](client, **{"files[]" if way == "several" else "file": file})
    document = Document.objects.get()
    review = FileReview.objects.get()
    assert (review.document_key, review.status) == (document.pk, FileReviewStatus.CLEAR)
    assert review.reviewed_by == editor
    page = client.get(reverse("wagtaildocs:edit", args=[document.pk])).content.decode()
    assert "孙文远" in page


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_scan_says_that_it_was_not_read_and_who_answers(client, editor, language):
    editor.language = language
    editor.save()
    client.force_login(editor)
    add(client, file=sent("扫描件.pdf", files.pdf_file("")))
    document = Document.objects.get()
    assert FileReview.objects.get().status == FileReviewStatus.UNREAD
    page = client.get(reverse("wagtaildocs:edit", args=[document.pk])).content.decode()
    assert ("could not be read" if language == "en" else "未能读取") in page


# Files that are sent together get their tags afterwards.
MARKED_NAMES = {
    "title": {"title": "【机密】讲义"},
    "name": {"file": "机密★讲义.txt"},
    "tag": {"tags": "机密★"},
}


@pytest.mark.parametrize(
    ("way", "name_of_file"),
    [(way, name) for way in WAYS for name in MARKED_NAMES if (way, name) != ("several", "tag")],
)
def test_marked_names_are_refused(client, editor, way, name_of_file):
    data = MARKED_NAMES[name_of_file]
    client.force_login(editor)
    name = data.get("file", "讲义.txt")
    values = {key: value for key, value in data.items() if key != "file"}
    WAYS[way](client, **values, **{"files[]" if way == "several" else "file": sent(name, NOT_MARKED)})
    assert not Document.objects.exists()


def test_tags_of_files_that_were_sent_together_are_read(client, editor):
    client.force_login(editor)
    add_one_of_several(client, **{"files[]": sent("讲义.txt", NOT_MARKED)})
    document = Document.objects.get()
    address = reverse("wagtaildocs:edit_multiple", args=[document.pk])
    prefix = f"doc-{document.pk}"
    client.post(address, {f"{prefix}-title": "讲义", f"{prefix}-tags": "绝密"})
    assert not document.tags.exists()


@pytest.mark.parametrize("model", [("wagtaildocs", "document"), ("wagtailimages", "image")])
def test_tags_for_several_files_at_once_are_read(client, editor, reviewer, model):
    client.force_login(editor)
    add(client, file=sent("讲义.txt", NOT_MARKED))
    picture = SimpleUploadedFile("a.png", files.png_file(), "image/png")
    client.post(reverse("wagtailimages:add"), {"title": "合影", "file": picture})
    file = {"document": Document, "image": Image}[model[1]].objects.get()
    address = f"{reverse('wagtail_bulk_action', args=[*model, 'add_tags'])}?id={file.pk}&next=/admin/"
    assert "机密★" in client.post(address, {"tags": "机密★10年"}).content.decode()
    assert not file.tags.exists()
    client.post(address, {"tags": "讲义"})
    assert [tag.name for tag in file.tags.all()] == ["讲义"]


@pytest.mark.parametrize("field", ["title", "description", "tags"])
def test_names_of_pictures_are_read(client, editor, field):
    client.force_login(editor)
    picture = SimpleUploadedFile("a.png", files.png_file(), "image/png")
    client.post(reverse("wagtailimages:add"), {"title": "合影", "file": picture, field: "机密★"})
    assert not Image.objects.exists()


def test_reviewer_who_uploads_has_decided(client, reviewer):
    client.force_login(reviewer)
    add(client)
    assert Document.objects.get().title == "讲义"
    assert (FileReview.objects.get().status, FileReview.objects.get().reviewed_by) == ("released", reviewer)


def test_other_faults_leave_no_file_aside(client, editor):
    """Wagtail keeps a file whose title is wrong, and makes a document of it without reading it again."""
    client.force_login(editor)
    page = add_one_of_several(client, title="讲" * 300)
    assert page.json()["success"] is False
    assert not FileReview.objects.exists()


def test_same_file_is_held_once(client, editor):
    client.force_login(editor)
    content = files.docx_file(MARK)
    for _ in range(2):
        page = add(client, file=sent(content=content)).content.decode()
        assert "机密★" in page
    assert FileReview.objects.count() == 1
    assert Assignment.objects.get().what == AssignmentKind.REVIEW_SECRECY


def test_released_file_is_a_document_of_its_uploader(
    client, held, editor, reviewer, django_capture_on_commit_callbacks
):
    storage, name = held.file.storage, held.file.name
    with django_capture_on_commit_callbacks(execute=True):
        document = release_file(review=held, reviewer=reviewer)
    assert (document.title, document.uploaded_by_user, document.file.read()) == (
        "讲义",
        editor,
        files_of(held),
    )
    held.refresh_from_db()
    assert (held.status, held.reviewed_by, held.document_key) == ("released", reviewer, document.pk)
    assert not storage.exists(name)
    assert not Assignment.objects.open().exists()
    page = client.get(reverse("wagtaildocs:edit", args=[document.pk])).content.decode()
    assert "严守密" in page


def files_of(review):
    return Document.objects.get(pk=FileReview.objects.get(pk=review.pk).document_key).file.read()


def test_file_of_a_document_is_replaced_when_released(client, editor, reviewer):
    client.force_login(editor)
    add(client, file=sent("讲义.txt", NOT_MARKED))
    document = Document.objects.get()
    values = {"title": "讲义二", "file": sent(), "tags": ""}
    client.post(reverse("wagtaildocs:edit", args=[document.pk]), values)
    document.refresh_from_db()
    assert (document.title, document.file.read()) == ("讲义", NOT_MARKED)
    release_file(review=FileReview.objects.held().get(), reviewer=reviewer)
    document.refresh_from_db()
    assert (Document.objects.count(), document.title, document.filename[-5:]) == (1, "讲义二", ".docx")


def test_released_file_is_answered_for_by_the_reviewer(client, editor, reviewer):
    client.force_login(editor)
    add(client, file=sent("讲义.txt", NOT_MARKED))
    document = Document.objects.get()
    client.post(
        reverse("wagtaildocs:edit", args=[document.pk]), {"title": "讲义二", "file": sent(), "tags": ""}
    )
    release_file(review=FileReview.objects.held().get(), reviewer=reviewer)
    [row] = FileReview.objects.filter(document_key=document.pk)
    assert (row.status, row.reviewed_by) == ("released", reviewer)


def test_decision_outlives_another_file_of_the_document(client, editor, reviewer):
    client.force_login(editor)
    add(client, file=sent("讲义.txt", NOT_MARKED))
    address = reverse("wagtaildocs:edit", args=[Document.objects.get().pk])
    client.post(address, {"title": "讲义二", "file": sent(), "tags": ""})
    refused = refuse_file(review=FileReview.objects.held().get(), reviewer=reviewer, reason="含有国家秘密")
    client.post(address, {"title": "讲义三", "file": sent("讲义.txt", NOT_MARKED), "tags": ""})
    assert "含有国家秘密" in client.get(refused.get_absolute_url()).content.decode()
    assert refused in FileReview.objects.decided()


def test_refused_file_is_deleted_and_its_uploader_reads_why(
    client, held, reviewer, django_capture_on_commit_callbacks
):
    storage, name = held.file.storage, held.file.name
    with django_capture_on_commit_callbacks(execute=True):
        refuse_file(review=held, reviewer=reviewer, reason="含有国家秘密")
    assert not storage.exists(name)
    assert "含有国家秘密" in client.get(held.get_absolute_url()).content.decode()
    assert client.get(reverse("org:held_file", args=[held.pk])).status_code == 404
    assert not Document.objects.exists()


def test_refusal_needs_a_reason_and_a_decision_is_made_once(held, reviewer):
    with pytest.raises(ValidationError):
        refuse_file(review=held, reviewer=reviewer, reason=" ")
    release_file(review=held, reviewer=reviewer)
    with pytest.raises(ValidationError):
        refuse_file(review=held, reviewer=reviewer, reason="否")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_uploader_and_reviewers_see_the_file(client, held, editor, reviewer, language):
    for person in (editor, reviewer):
        person.language = language
        person.save()
        client.force_login(person)
        page = client.get(held.get_absolute_url()).content.decode()
        assert "<mark>机密★</mark>" in page
        assert ("release/" in page) == (person == reviewer)
        file = client.get(reverse("org:held_file", args=[held.pk]))
        assert (file.status_code, file.headers["Cache-Control"]) == (200, "no-store, private")
        assert file.headers["Content-Disposition"].startswith("attachment")
        # Reading it to the end closes it as a server does.
        assert b"".join(file)


OTHERS = ["visitor", "trainee", "editor", "analyst", "keeper", "coordinator", "administrator", "superuser"]


@pytest.mark.parametrize("reader", OTHERS)
def test_nobody_else_sees_or_decides(client, held, reader):
    client.logout()
    if reader != "visitor":
        person = UserFactory(
            roles=[] if reader == "superuser" else [reader], is_superuser=reader == "superuser"
        )
        client.force_login(person)
        with pytest.raises(PermissionDenied):
            release_file(review=held, reviewer=person)
    closed = 302 if reader == "visitor" else 404
    assert client.get(held.get_absolute_url()).status_code == closed
    assert client.get(reverse("org:held_file", args=[held.pk])).status_code == closed
    closed = 302 if reader == "visitor" else 403
    assert client.post(reverse("org:release_file", args=[held.pk])).status_code == closed
    assert client.post(reverse("org:refuse_file", args=[held.pk]), {"reason": "否"}).status_code == closed
    assert FileReview.objects.held().exists()


def test_reviewer_decides_on_the_page(client, held, reviewer):
    client.force_login(reviewer)
    listed = client.get(reverse("inquiry:held_submissions")).content.decode()
    assert held.get_absolute_url() in listed
    client.post(reverse("org:refuse_file", args=[held.pk]), {"reason": ""})
    assert FileReview.objects.held().exists()
    client.post(reverse("org:release_file", args=[held.pk]))
    assert Document.objects.get().title == "讲义"
    listed = client.get(reverse("inquiry:held_submissions")).content.decode()
    assert "严守密" in listed


def test_log_names_neither_title_nor_words(held):
    entries = repr(list(ModelLogEntry.objects.values()))
    assert "讲义" not in entries
    assert "机密★" not in entries
