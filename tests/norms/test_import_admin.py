from __future__ import annotations

import io

import pytest
from django.urls import reverse

from norms.models import DocumentAlias, NormativeDocument
from portal.foundation.signals import record_changed
from portal.foundation.uploads import UploadUnavailableError, stored_uploads
from tests.factories.norms import AliasFactory, NormativeDocumentFactory, import_text
from tests.factories.org import UserFactory
from tests.revisions import post_edit

pytestmark = pytest.mark.django_db

LAW = "宁川省矫正条例\n\n第一章　总则\n第一条　为了规范社区矫正工作。\n第三条　自公布之日起施行。\n"


def upload(text: str = LAW, name: str = "宁川省矫正条例_20240301.txt") -> io.BytesIO:
    file = io.BytesIO(text.encode())
    file.name = name
    return file


@pytest.fixture
def editor(client):
    user = UserFactory(roles=["editor"])
    client.force_login(user)
    client.cookies["tongtang_language"] = "en"
    user.language = "en"
    user.save()
    return user


def test_import_shows_a_preview_and_saves_nothing_yet(client, editor):
    response = client.post(reverse("norms_import:index"), {"files": [upload(), upload("", "leer.txt")]})
    content = response.content.decode()
    previews = response.context["previews"]
    assert [preview.result.status for preview in previews] == ["created", "failed"]
    assert [(branch.title, [child.title for child in branch.children]) for branch in previews[0].tree] == [
        ("第一章 总则", ["第一条", "第三条"])
    ]
    assert "为了规范社区矫正工作。" in content
    assert "The numbering jumps from 第一条 to 第三条." in content
    assert NormativeDocument.objects.count() == 0


def test_preview_of_a_long_text_is_cut(client, editor, monkeypatch):
    monkeypatch.setattr("norms.views.admin_import.MAX_PREVIEW_ROWS", 3)
    response = client.post(reverse("norms_import:index"), {"files": [upload()]})
    assert response.context["previews"][0].more == 2


def test_confirmed_preview_is_saved_once(client, editor):
    token = client.post(reverse("norms_import:index"), {"files": [upload()]}).context["token"]
    response = client.post(reverse("norms_import:run"), {"token": token, "secrecy_checked": "on"})
    assert response.status_code == 200
    document = NormativeDocument.objects.get()
    assert (document.title, document.versions.get().articles_count) == ("宁川省矫正条例", 2)
    with pytest.raises(UploadUnavailableError):
        stored_uploads(purpose="norms", key=token, user=editor)
    again = client.post(reverse("norms_import:run"), {"token": token, "secrecy_checked": "on"})
    assert again.headers["Location"] == reverse("norms_import:index")


def test_files_that_are_larger_together_than_is_kept_are_refused(client, editor, settings):
    files = [upload(name=f"{number}.txt") for number in range(11)]
    settings.MAX_UPLOAD_BYTES = len(LAW.encode())
    response = client.post(reverse("norms_import:index"), {"files": files})
    assert response.context["form"].errors["files"] == ["The files are larger than 0 MB together."]


@pytest.mark.parametrize("role", ["trainee", "analyst", "coordinator", "keeper"])
def test_import_is_closed_to_others(client, role):
    client.force_login(UserFactory(roles=[role]))
    responses = [
        client.get(reverse("norms_import:index")),
        client.post(reverse("norms_import:index"), {"files": [upload()]}),
        client.post(reverse("norms_import:run"), {"token": "x"}),
    ]
    # Those who may enter the admin are sent to its front page, others to its door.
    target = "/admin/" if role in ("analyst", "coordinator") else "/admin/login/"
    assert [response.url.partition("?")[0] for response in responses] == [target] * 3
    assert NormativeDocument.objects.count() == 0


def test_menu_offers_the_import_to_editors_only(client, editor):
    address = reverse("norms_import:index")
    assert address in client.get(reverse("wagtailadmin_home")).content.decode()
    client.force_login(UserFactory(roles=["analyst"]))
    assert address not in client.get(reverse("wagtailadmin_home")).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_list_of_documents_has_a_steady_number_of_queries(client, editor, rows, django_assert_num_queries):
    NormativeDocumentFactory.create_batch(rows)
    client.get(reverse("norm_documents:index"))
    with django_assert_num_queries(10):
        response = client.get(reverse("norm_documents:index"))
    assert len(response.context["object_list"]) == rows


def form_data(document: NormativeDocument, *names: str) -> dict:
    aliases = {
        "aliases-TOTAL_FORMS": len(names),
        "aliases-INITIAL_FORMS": 0,
        "aliases-MIN_NUM_FORMS": 0,
        "aliases-MAX_NUM_FORMS": 1000,
    }
    for index, name in enumerate(names):
        aliases |= {
            f"aliases-{index}-name": name,
            f"aliases-{index}-id": "",
            f"aliases-{index}-ORDER": index + 1,
        }
    return {
        "title": document.title,
        "slug": document.slug,
        "kind": document.kind,
        "status": document.status,
        "issuing_bodies": "司法部\n 公安部 \n",
        "lang": document.lang,
        **aliases,
    }


def test_address_stays_once_something_refers_to_the_document(client, editor):
    free, used = NormativeDocumentFactory(), import_text(LAW, name="宁川省矫正条例_20240301.txt").document
    for document, address in ((free, "an-other-address"), (used, used.slug)):
        url = reverse("norm_documents:edit", args=[document.pk])
        post_edit(client, url, {**form_data(document), "slug": "an-other-address"})
        document.refresh_from_db()
        assert document.slug == address


def test_editor_gives_a_document_other_names(client, editor):
    document = NormativeDocumentFactory()
    changed = []

    def listen(sender, instances, **kwargs):
        changed.extend(instances)

    record_changed.connect(listen)
    try:
        address = reverse("norm_documents:edit", args=[document.pk])
        response = post_edit(client, address, form_data(document, "矫正规定", "两部规定"))
    finally:
        record_changed.disconnect(listen)
    document.refresh_from_db()
    assert response.status_code == 302
    assert [alias.name for alias in document.aliases.all()] == ["两部规定", "矫正规定"]
    assert document.issuing_bodies == ["司法部", "公安部"]
    assert changed == [document]


def test_name_of_another_document_is_refused_in_the_form(client, editor):
    AliasFactory(name="矫正规定")
    document = NormativeDocumentFactory()
    address = reverse("norm_documents:edit", args=[document.pk])
    response = client.post(address, form_data(document, "矫正规定"))
    assert response.status_code == 200
    assert "This name already stands for another document." in response.content.decode()
    assert DocumentAlias.objects.filter(document=document).count() == 0


def test_document_page_lists_its_versions(client, editor):
    version = import_text(LAW, name="宁川省矫正条例_20240301.txt")
    content = client.get(reverse("norm_documents:edit", args=[version.document_id])).content.decode()
    assert version.get_absolute_url() in content
    assert "宁川省矫正条例_20240301.txt" in content
    assert "The numbering jumps from 第一条 to 第三条." in content


def test_document_is_found_once_by_any_of_its_names(client, editor):
    document = NormativeDocumentFactory()
    AliasFactory(document=document, name="两高两部甲规定")
    AliasFactory(document=document, name="两高两部乙规定")
    response = client.get(reverse("norm_documents:index"), {"q": "两高两部"})
    assert [row.pk for row in response.context["object_list"]] == [document.pk]
