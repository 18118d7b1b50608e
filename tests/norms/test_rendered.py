"""Texts are rendered once, and anew as soon as a text or a name has changed."""

import gzip
import re

import pytest

from norms.models import DocumentVersion, NormativeDocument
from norms.services.names import add_name
from tests.factories.norms import import_text
from tests.factories.org import UserFactory
from tests.norms.samples import LEAVE, LEAVE_2023, LEAVE_2025

pytestmark = pytest.mark.django_db
PLAN = "宁川省衔接工作办法"


@pytest.fixture
def leave() -> NormativeDocument:
    import_text(LEAVE_2023, f"{LEAVE}(2023-03-01).txt")
    return import_text(LEAVE_2025, f"{LEAVE}(2025-03-01).txt").document


def body(client, address: str, **query: str) -> str:
    return client.get(address, query).content.decode()


def main_of(html: str) -> str:
    return html.partition("<main")[2].partition("</main>")[0]


def test_text_is_rendered_once(client, leave):
    address = leave.get_absolute_url()
    first = body(client, address)
    response = client.get(address)
    assert "norms/_law_body.html" not in [template.name for template in response.templates]
    assert main_of(response.content.decode()) == main_of(first)


def test_text_is_rendered_for_each_language(client, leave):
    address = leave.get_absolute_url()
    assert "复制链接" in body(client, address)
    client.cookies["tongtang_language"] = "en"
    assert "Copy link" in body(client, address)


def test_address_of_one_reader_is_nothing_for_the_next(client, leave):
    address = leave.get_absolute_url()
    assert "第九百条" in body(client, address, go="第九百条")
    assert "第九百条" not in body(client, address)


def test_earlier_version_says_so_once_a_newer_one_comes(client):
    import_text(LEAVE_2023, f"{LEAVE}(2023-03-01).txt")
    address = f"/law/{LEAVE}/"
    before = body(client, address)
    import_text(LEAVE_2025, f"{LEAVE}(2025-03-01).txt")
    assert '<nav class="law-versions' not in before
    assert body(client, address).count('<nav class="law-versions') == 2


def test_links_change_with_the_text_they_lead_to(client):
    citing = import_text(f"{PLAN}\n\n第一条　依照《{LEAVE}》第四条办理。")
    address = citing.document.get_absolute_url()
    assert 'class="citation' not in body(client, address) or "citation--open" in body(client, address)
    leave = import_text(LEAVE_2025, f"{LEAVE}(2025-03-01).txt").document
    assert f'href="{leave.get_absolute_url()}#art-4"' in body(client, address)


def test_links_change_with_a_name(client, leave):
    citing = import_text(f"{PLAN}\n\n第一条　依照《请假旧规》第四条办理。")
    address = citing.document.get_absolute_url()
    assert "citation--open" in body(client, address)
    add_name(document=leave, name="请假旧规", actor=UserFactory())
    html = body(client, address)
    assert "citation--open" not in html
    assert re.findall(r'class="citation" href="([^"#]+)[^"]*#art-4"', html) == [
        f"{leave.get_absolute_url()}2023-03-01/"
    ]


def test_text_changes_with_its_version(client, leave):
    address = leave.get_absolute_url()
    body(client, address)
    DocumentVersion.objects.filter(document=leave, is_current=True).update(preface="二〇二五年第九号通告")
    assert "二〇二五年第九号通告" in body(client, address)


def test_signed_in_reader_is_sent_the_text_compressed_and_the_rest_as_it_is(client, leave):
    reader = UserFactory(display_name="林晓雨")
    client.force_login(reader)
    address = leave.get_absolute_url()
    plain = body(client, address)
    packed = client.get(address, headers={"accept-encoding": "gzip"})
    tokens = re.compile(r'value="[^"]{64}"|X-CSRFToken": "[^"]+"')
    assert tokens.sub("", gzip.decompress(packed.content).decode()) == tokens.sub("", plain)
    assert packed["Content-Encoding"] == "gzip"
    assert "林晓雨".encode() in packed.content


# Cited by -----------------------------------------------------------------------------------------------------


def test_counts_come_beside_the_text(client, leave):
    version = leave.versions.get(is_current=True)
    html = body(client, leave.get_absolute_url())
    (address,) = re.findall(r'data-law-counts="([^"]+)"', html)
    assert address == f"/law/_/cited-counts/{version.pk}/?page=1"
    assert "law-cited" not in html
    counts = body(client, address)
    assert re.findall(r'data-cited-of="([^"]+)"', counts) == ["art-3", "art-4"]
    assert client.get("/law/_/cited-counts/999999999/").status_code == 404
    assert client.post(address).status_code == 405
