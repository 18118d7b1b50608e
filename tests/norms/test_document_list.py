"""The list of documents in the admin: what text each has, and no mark for what is ordinary."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from tests.factories.norms import NormativeDocumentFactory, VersionFactory
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    client.force_login(UserFactory(roles=["editor"], language="en"))
    return client


def test_list_says_how_much_text_a_document_has(editor):
    law = NormativeDocumentFactory(title="外出管理办法")
    VersionFactory(document=law, articles_count=12, promulgated_on=dt.date(2024, 3, 1), is_current=False)
    VersionFactory(document=law, articles_count=15, promulgated_on=dt.date(2025, 8, 20), is_current=True)
    NormativeDocumentFactory(title="尚未导入的规定")
    text = strip_tags(editor.get(reverse("norm_documents:index")).content.decode())
    assert "15 articles · 2 versions" in text
    assert "12 articles" not in text
    assert text.count("no text yet") == 1


def test_only_a_sample_is_marked(editor):
    NormativeDocumentFactory(title="真实的法", is_sample=False)
    html = editor.get(reverse("norm_documents:index")).content.decode()
    results = html.split('id="listing-results"', 1)[1]
    assert "icon-cross" not in results
    assert "sample" not in strip_tags(results.split("<tbody>", 1)[1].split("</tbody>", 1)[0])


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_database_equally_often(editor, count, django_assert_num_queries):
    for number in range(count):
        VersionFactory(document=NormativeDocumentFactory(title=f"规定{number}"))
    editor.get(reverse("norm_documents:index"))
    with django_assert_num_queries(LIST_QUERIES):
        editor.get(reverse("norm_documents:index"))


LIST_QUERIES = 10
