from __future__ import annotations

import datetime as dt
from itertools import groupby

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from norms.importing.warnings import warning_texts
from norms.models import Citation, DocumentVersion, NormativeDocument, Provision
from norms.services.citations import record_citations
from norms.services.importing import import_norm, preview_norm
from norms.services.register import Register
from portal.foundation.signals import record_changed
from tests.factories.norms import AliasFactory, NormativeDocumentFactory, import_text
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db

LAW = "宁川省矫正条例\n\n第一条　为了规范社区矫正工作，制定本条例。\n第二条　{}\n第三条　本条例自2024年5月1日起施行。\n"
NAME = "宁川省矫正条例({}).txt"
IMPORT_STATEMENTS = 49


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def bring(text: str = LAW.format("甲。"), day: str = "2024-03-01", name: str = ""):
    return import_norm(name=name or NAME.format(day), content=text.encode(), actor=None)


def days(document: NormativeDocument) -> list[str]:
    return [str(version.promulgated_on) for version in document.versions.chronological()]


def test_import_creates_document_version_and_provisions():
    result = bring()
    version = result.version
    assert (result.status, result.articles, result.provisions, result.error) == ("created", 3, 6, None)
    assert (version.document.title, version.promulgated_on, version.effective_on) == (
        "宁川省矫正条例",
        dt.date(2024, 3, 1),
        dt.date(2024, 5, 1),
    )
    assert version.is_current
    stored = list(version.provisions.values_list("anchor", "kind", "label", "text"))
    assert stored[:2] == [
        ("art-1", "article", "第一条", ""),
        ("art-1-p1", "paragraph", "", "为了规范社区矫正工作，制定本条例。"),
    ]
    assert version.source_file.read() == LAW.format("甲。").encode()


def test_characters_are_those_stored():
    result = bring()
    stored = result.version.provisions.values_list("label", "heading", "text")
    assert result.characters == sum(len("".join(row).replace(" ", "")) for row in stored)


def test_same_file_again_is_unchanged():
    bring()
    assert (bring().status, DocumentVersion.objects.count()) == ("unchanged", 1)
    assert bring().warnings == []


def test_same_text_in_another_format_is_unchanged():
    bring()
    markdown = "# 宁川省矫正条例\n\n<!-- INFO END -->\n\n" + LAW.format("甲。").split("\n\n")[1].replace(
        "\n", "\n\n"
    )
    result = bring(markdown, name="矫正条例(2024-03-01).md".replace("矫正", "宁川省矫正"))
    assert (result.status, result.warnings) == ("unchanged", [])


def test_same_version_with_other_words_is_unchanged_with_a_warning():
    bring()
    result = bring(LAW.format("乙。"))
    assert result.status == "unchanged"
    assert result.warnings == [
        "The text differs from the stored version, first at “第二条”; the stored one stays unless you correct it."
    ]
    assert Provision.objects.get(anchor="art-2-p1").text == "甲。"


def test_number_that_comes_later_is_added():
    version = bring().version
    result = bring(LAW.format("甲。").replace("\n\n", "\n\n宁会发〔2024〕7号\n\n", 1))
    version.refresh_from_db()
    assert (result.status, result.warnings) == ("unchanged", [])
    assert [version.document_number, version.document.document_number] == ["宁会发〔2024〕7号"] * 2


def test_later_date_is_a_new_version():
    first = bring().version
    result = bring(LAW.format("乙。"), "2025-01-01")
    first.refresh_from_db()
    assert (result.status, first.is_current, result.version.is_current) == ("new_version", False, True)


def test_earlier_version_is_filed_before():
    document = bring().version.document
    result = bring(LAW.format("旧。"), "2019-01-01")
    assert (result.status, days(document)) == ("new_version", ["2019-01-01", "2024-03-01"])
    assert document.versions.current().get().promulgated_on == dt.date(2024, 3, 1)


def test_file_without_date_is_the_version_whose_text_it_has():
    bring()
    bring(LAW.format("完全不同的另一条规定。"), "2025-01-01")
    result = bring(name="某文件.txt")
    assert result.status == "unchanged"
    assert "The file has no date; its text is that of the version of 2024-03-01." in result.warnings


def test_file_without_date_and_with_another_text_fails():
    bring()
    result = bring(LAW.format("完全不同的另一条规定，与原来的没有关系。"), name="宁川省矫正条例.txt")
    assert result.status == "failed"
    assert result.error == (
        "The file has no date and differs from the stored versions of “宁川省矫正条例”. Add the date of promulgation to "
        "the name of the file, such as 宁川省矫正条例_20181026."
    )


def test_date_that_comes_later_is_added_to_the_stored_version():
    version = bring(name="宁川省矫正条例.txt").version
    identities = list(version.provisions.articles().values_list("identity", flat=True))
    result = bring()
    version.refresh_from_db()
    assert (result.status, version.promulgated_on, DocumentVersion.objects.count()) == (
        "unchanged",
        dt.date(2024, 3, 1),
        1,
    )
    assert list(version.provisions.articles().values_list("identity", flat=True)) == identities


def test_known_law_without_text_receives_it():
    document = NormativeDocumentFactory(
        title="中华人民共和国矫正条例", kind="law", document_number="主席令第1号"
    )
    result = bring(LAW.format("甲。").replace("宁川省", ""), name="矫正条例(2024-03-01).txt")
    document.refresh_from_db()
    assert (result.status, result.version.document, document.title) == (
        "created",
        document,
        "中华人民共和国矫正条例",
    )
    assert (document.kind, document.document_number) == ("law", "主席令第1号")


def test_text_is_filed_under_a_document_known_by_this_name():
    document = AliasFactory(name="宁川省矫正条例").document
    result = bring()
    assert result.version.document == document
    assert result.warnings == [f"Filed under “{document.title}”, which is also known by this name."]


def test_bad_file_leaves_nothing_behind():
    result = import_norm(name="a.docx", content=b"%PDF-1.4", actor=None)
    assert (result.status, result.error) == ("failed", "This is not a Word document but a PDF document.")
    assert NormativeDocument.objects.count() == 0


def test_error_while_storing_leaves_nothing_behind():
    def refuse(**kwargs):
        raise RuntimeError("receiver")

    record_changed.connect(refuse)
    try:
        result = bring()
    finally:
        record_changed.disconnect(refuse)
    assert (result.status, result.error) == ("failed", "The file could not be read (RuntimeError).")
    assert (NormativeDocument.objects.count(), Provision.objects.count()) == (0, 0)


def test_import_announces_the_document_once():
    changed = []

    def listen(instances, **kwargs):
        changed.extend(instances)

    record_changed.connect(listen)
    try:
        version = bring().version
    finally:
        record_changed.disconnect(listen)
    assert changed == [version.document]


def test_import_of_a_new_law_resolves_what_waited_for_it_once(django_assert_max_num_queries):
    source = UserFactory()
    record_citations(
        source=source, field="text", text="《宁川省矫正条例》第一条", read_on=dt.date(2024, 5, 1)
    )
    with django_assert_max_num_queries(200) as queries:
        version = bring().version
    adopting = [query["sql"] for query in queries if query["sql"].startswith("SELECT DISTINCT")]
    assert len([sql for sql in adopting if "document_name" in sql]) == 1
    assert Citation.objects.of_source(source).get().provision.version == version


def test_warnings_are_stored_in_no_language():
    version = import_text("宁川省矫正条例\n\n第一条　甲。\n第三条　乙。")
    assert version.warnings == [{"code": "gap", "values": {"before": "第一条", "after": "第三条"}}]
    assert warning_texts(version.warnings) == ["The numbering jumps from 第一条 to 第三条."]


def test_preview_says_what_import_would_and_writes_nothing():
    files = [
        (NAME.format("2024-03-01"), LAW.format("甲。")),
        (NAME.format("2024-03-01"), LAW.format("乙。")),
        (NAME.format("2019-01-01"), LAW.format("旧。")),
        ("某文件.txt", LAW.format("甲。")),
        ("a.docx", "x"),
        ("另一条例(2020-01-01).txt", "另一条例\n\n第一条　甲。\n第二条　乙。"),
    ]
    register = Register()
    previews = [preview_norm(name=name, content=text.encode(), register=register) for name, text in files]
    assert NormativeDocument.objects.count() == 0
    results = [import_norm(name=name, content=text.encode(), actor=None) for name, text in files]
    previewed = [(result.status, result.warnings) for result in previews]
    assert previewed == [(result.status, result.warnings) for result in results]
    assert [status for status, _warnings in previewed] == [
        "created",
        "unchanged",
        "new_version",
        "unchanged",
        "failed",
        "created",
    ]


@pytest.mark.parametrize("articles", [20, 40, 300])
def test_number_of_statements_does_not_grow_with_articles(articles):
    """An insert that SQLite takes in several batches counts once."""
    bring()
    long = "长条例\n\n" + "\n".join(f"第{n}条　第{n}项规定。" for n in range(1, articles + 1))
    with CaptureQueriesContext(connection) as captured:
        result = import_norm(name="长条例_20200101.txt", content=long.encode(), actor=None)
    assert (result.status, result.articles) == ("created", articles)
    statements = [sql for sql, _batches in groupby(query["sql"][:40] for query in captured)]
    assert len(statements) == IMPORT_STATEMENTS
