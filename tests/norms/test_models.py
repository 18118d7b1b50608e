from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from norms.models import DocumentAlias, NormativeDocument
from tests.factories.norms import (
    AliasFactory,
    NormativeDocumentFactory,
    ProvisionFactory,
    VersionFactory,
    import_text,
)

pytestmark = pytest.mark.django_db


def test_documents_are_found_by_title_and_alias_in_any_form():
    law = NormativeDocumentFactory(title="中华人民共和国社区矫正法")
    AliasFactory(document=law, name="社矫法")
    NormativeDocumentFactory()
    for name in ("社区矫正法", "《中华人民共和国社区矫正法》", "社 矫 法", "社区矫正法（2019年）"):
        assert list(NormativeDocument.objects.with_name(name)) == [law]
    assert list(NormativeDocument.objects.with_name("")) == []


def test_title_is_taken_once_in_any_form():
    NormativeDocumentFactory(title="中华人民共和国社区矫正法")
    with pytest.raises(ValidationError):
        NormativeDocument(title="社区矫正法", slug="x").full_clean()
    with pytest.raises(IntegrityError):
        NormativeDocumentFactory(title="社区矫正法")


def test_alias_names_one_document():
    AliasFactory(name="社矫法")
    with pytest.raises(ValidationError):
        DocumentAlias(document=NormativeDocumentFactory(), name="社矫 法").full_clean()


def test_address_that_records_refer_to_is_kept_whoever_saves():
    version = VersionFactory()
    document = version.document
    address, document.slug = document.slug, "an-other-address"
    for fields in (None, ["slug"]):
        with pytest.raises(ValidationError):
            document.save(update_fields=fields)
    document.save(update_fields=["status"])
    document.refresh_from_db()
    assert document.slug == address


def test_address_that_nothing_refers_to_may_change():
    document = NormativeDocumentFactory()
    document.slug = "an-other-address"
    document.save()
    document.refresh_from_db()
    assert document.slug == "an-other-address"


def test_addresses_are_chinese_and_never_twice():
    first = NormativeDocumentFactory(title="社区矫正法")
    second = NormativeDocumentFactory(title="社区矫正法！")
    assert (first.slug, second.slug) == ("社区矫正法", "社区矫正法-2")
    assert first.get_absolute_url() == "/law/社区矫正法/"


def test_only_earlier_versions_have_a_date_in_their_address():
    document = NormativeDocumentFactory(title="社区矫正法")
    current = VersionFactory(document=document)
    earlier = VersionFactory(document=document, promulgated_on=dt.date(2019, 12, 28), is_current=False)
    undated = VersionFactory(document=document, promulgated_on=None, effective_on=None, is_current=False)
    assert [version.get_absolute_url() for version in (current, earlier, undated)] == [
        "/law/社区矫正法/",
        "/law/社区矫正法/2019-12-28/",
        "/law/社区矫正法/undated/",
    ]
    assert [version.in_force_from for version in (current, undated)] == [dt.date(2024, 5, 1), None]


@pytest.mark.parametrize(
    "values", [{"promulgated_on": dt.date(2024, 3, 1)}, {"promulgated_on": None}, {"is_current": True}]
)
def test_versions_are_kept_apart(values):
    given = {"promulgated_on": dt.date(2020, 1, 1), "is_current": False} | values
    document = NormativeDocumentFactory()
    VersionFactory(document=document, promulgated_on=given["promulgated_on"], is_current=given["is_current"])
    other = {"promulgated_on": dt.date(2021, 1, 1)} if given["is_current"] else {}
    with pytest.raises(IntegrityError):
        VersionFactory(document=document, **(given | other))


@pytest.mark.parametrize(
    ("label", "heading", "text", "line"),
    [
        ("第一条", "", "", "第一条"),
        ("第二章", "机构", "", "第二章　机构"),
        ("（一）", "", "甲；", "（一）甲；"),
        ("1．", "", "甲；", "1．甲；"),
        ("", "", "甲。", "甲。"),
        ("第一条", "（目的）", "", "第一条　（目的）"),
    ],
)
def test_provision_reads_as_one_line(label, heading, text, line):
    assert ProvisionFactory.build(version=None, label=label, heading=heading, text=text).line == line


def test_provision_leads_to_its_place():
    version = import_text("某条例\n\n第一条　甲。\n第一条之一　乙。", name="某条例_20240301.txt")
    assert [row.get_absolute_url() for row in version.provisions.articles()] == [
        "/law/某条例/#art-1",
        "/law/某条例/#art-1_1",
    ]
