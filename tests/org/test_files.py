"""Uploaded files are private until something public shows them: each way to them is tried as each kind of person."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from PIL import Image as Picture
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import PageViewRestriction

from home.models import HomePage
from portal.org.models import PortalSettings
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def uploader():
    return UserFactory(roles=["trainee"])


@pytest.fixture
def image(uploader):
    stream = io.BytesIO()
    Picture.new("RGB", (60, 40), "red").save(stream, "PNG")
    file = ContentFile(stream.getvalue(), "合影.png")
    return Image.objects.create(title="合影", file=file, uploaded_by_user=uploader)


@pytest.fixture
def document(uploader):
    file = ContentFile("讲义".encode(), "讲义.txt")
    return Document.objects.create(title="讲义", file=file, uploaded_by_user=uploader)


@pytest.fixture
def page():
    return HomePage.objects.get()


def show(page, image):
    page.body = [("image", {"image": image, "alt": "合影", "caption": ""})]
    page.save_revision().publish()


def addresses(image):
    return [image.file.url, image.get_rendition("width-30").url]


def statuses(client, image, user=None):
    client.logout()
    if user:
        client.force_login(user)
    return {client.get(address).status_code for address in addresses(image)}


def test_picture_is_private_until_a_live_page_shows_it(client, image, page):
    assert statuses(client, image) == {404}
    show(page, image)
    assert statuses(client, image) == {200}
    page.unpublish()
    assert statuses(client, image) == {404}


def test_draft_shows_nothing(client, image, page):
    page.body = [("image", {"image": image, "alt": "合影", "caption": ""})]
    page.save_revision()
    assert statuses(client, image) == {404}


def test_restricted_page_shows_nothing(client, image, page):
    show(page, image)
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    assert statuses(client, image) == {404}


@pytest.mark.parametrize(
    ("roles", "expected"),
    [(["editor"], 200), (["coordinator"], 200), (["trainee"], 404), (["analyst"], 404), (["keeper"], 404)],
)
def test_hidden_picture_is_for_those_who_work_with_files(client, image, roles, expected):
    assert statuses(client, image, UserFactory(roles=roles)) == {expected}


def test_uploader_sees_the_own_picture(client, image, uploader):
    assert statuses(client, image, uploader) == {200}


def test_closed_portal_shows_pictures_to_people_with_an_account_alone(client, image, page):
    show(page, image)
    settings = PortalSettings.load()
    settings.closed_to_visitors = True
    settings.save()
    assert statuses(client, image) <= {302, 404}
    assert statuses(client, image, UserFactory()) == {200}


def test_document_is_private_until_shown(client, document):
    assert client.get(document.url).status_code == 404
    client.force_login(UserFactory(roles=["editor"]))
    assert b"".join(client.get(document.url).streaming_content).decode() == "讲义"


@pytest.mark.parametrize(
    "path",
    [
        "../private/x",
        "..%2f..%2fetc/passwd",
        "%2e%2e/x",
        "original_images/",
        "documents/",
        "nothing.png",
        "a\x00b",
    ],
)
def test_no_other_path_is_served(client, path):
    client.force_login(UserFactory(roles=["editor"]))
    response = client.get(f"/media/{path}")
    assert not response.streaming
    assert "X-Accel-Redirect" not in response
    assert response.status_code in {301, 400, 404}


def test_document_is_not_served_as_media(client, document):
    client.force_login(UserFactory(roles=["editor"]))
    assert not client.get(f"/media/{document.file.name}").streaming


def test_picture_is_asked_for_again_and_sent_once(client, image, page):
    show(page, image)
    first = client.get(image.file.url)
    assert first["Cache-Control"] == "private, no-cache"
    assert first["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in first["Content-Security-Policy"]
    again = client.get(image.file.url, headers={"If-Modified-Since": first["Last-Modified"]})
    assert again.status_code == 304
    assert client.head(image.file.url).status_code == 200


def test_signed_in_people_get_it_from_their_cache_as_well(client, image, page):
    show(page, image)
    client.force_login(UserFactory())
    assert client.get(image.file.url)["Cache-Control"] == "private, no-cache"


def test_nginx_is_told_which_file_to_send(client, settings, image, page):
    settings.MEDIA_REDIRECT = "/protected-media/"
    assert statuses(client, image) == {404}
    show(page, image)
    response = client.get(image.file.url)
    assert response["X-Accel-Redirect"].isascii()
    assert response["X-Accel-Redirect"].startswith("/protected-media/original_images/")
    assert (response.content, response["Content-Type"]) == (b"", "image/png")


def test_file_that_is_gone_is_no_error(client, settings, image, page):
    show(page, image)
    Path(image.file.path).unlink()
    answers = []
    for settings.MEDIA_REDIRECT in ("", "/protected-media/"):
        answers.append(client.get(image.file.url).status_code)
    assert answers == [404, 404]


def test_number_of_queries_is_fixed(client, image, page, django_assert_num_queries):
    show(page, image)
    address = image.get_rendition("width-30").url
    client.get(address)
    with django_assert_num_queries(8):
        client.get(address)


@pytest.mark.parametrize("address", ["/admin/images/chooser/", "/admin/images/chooser/results/"])
def test_chooser_searches_among_the_images_of_a_tag(client, image, address):
    """Wagtail's chooser answers 500 to words beside a tag."""
    image.tags.add("会场")
    client.force_login(UserFactory(roles=["editor"]))

    def found(tag, words):
        return list(client.get(address, {"tag": tag, "q": words}).context["results"])

    assert found("会场", image.title) == found("会场", "") == [image]
    assert found("会场", "庭审") == found("现场", image.title) == []
