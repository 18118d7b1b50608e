import gzip

import pytest
from django.http import FileResponse, HttpResponse
from django.test import RequestFactory

from portal.foundation.compression import (
    CompressedText,
    PublicCompressionMiddleware,
    gzip_around,
    response_around,
)
from tests.factories.org import UserFactory

MARK = "<!-- here -->"
LAW = "第一条　为了规范减刑、假释案件的办理，制定本规定。" * 400


@pytest.mark.parametrize("text", ["", "a", "文", LAW, "x" * 65_536])
@pytest.mark.parametrize("before", [b"", b"<main>", b"y" * 70_000])
def test_three_parts_are_one_gzip_stream(text, before):
    stream = gzip_around(before, CompressedText.of(text), b"</main>")
    assert gzip.decompress(stream) == before + text.encode() + b"</main>"


def test_text_reads_back_without_its_container():
    assert CompressedText.of(LAW).content.decode() == LAW


def test_text_alone_is_compressed():
    stream = gzip_around(b"", CompressedText.of(LAW), b"")
    assert len(stream) < len(LAW.encode()) / 20


def test_length_does_not_tell_whether_what_a_reader_sees_repeats_the_address_or_the_text():
    """What is compressed together with a guess is shorter where the guess is right."""
    text = CompressedText.of(LAW)
    secret = "令牌：4f9c2a7be1".encode()
    guesses = [secret, "令牌：0000000000".encode(), "第一条　为了规范减".encode()[: len(secret)]]
    lengths = {len(gzip_around(guess + secret, text, guess)) for guess in guesses}
    assert len(lengths) == 1
    assert secret + secret in gzip_around(secret + secret, text, b"")


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, deflate, br", "gzip"), ("br", None), ("", None)])
def test_page_is_the_same_with_and_without_gzip(accepted, encoding):
    request = RequestFactory().get("/", headers={"Accept-Encoding": accepted})
    response = response_around(request, f"<main>{MARK}</main>", MARK, CompressedText.of(LAW))
    body = gzip.decompress(response.content) if encoding else response.content
    assert (body.decode(), response.get("Content-Encoding")) == (f"<main>{LAW}</main>", encoding)
    assert response["Vary"] == "Accept-Encoding"


def answer_to(response, user=None):
    request = RequestFactory().get("/", headers={"Accept-Encoding": "gzip"})
    if user:
        request.user = user
    return PublicCompressionMiddleware(lambda _request: response)(request)


def test_what_visitors_read_is_compressed():
    response = answer_to(HttpResponse(LAW))
    assert (gzip.decompress(response.content).decode(), response["Content-Encoding"]) == (LAW, "gzip")


def test_pages_of_people_who_are_signed_in_are_not_compressed():
    response = answer_to(HttpResponse(LAW), user=UserFactory.build())
    assert (response.content.decode(), response.get("Content-Encoding")) == (LAW, None)


@pytest.mark.parametrize(
    "response", [HttpResponse(LAW, content_type="application/zip"), FileResponse([LAW.encode()])]
)
def test_files_are_sent_as_they_are(response):
    assert answer_to(response).get("Content-Encoding") is None
