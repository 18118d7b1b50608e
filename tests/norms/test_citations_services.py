import datetime as dt

import pytest

from norms.models import Citation, DocumentAlias, NormativeDocument
from norms.services.citations import record_citations, resolve_pending
from norms.services.documents import create_document
from norms.services.names import add_free_names, add_name
from portal.foundation.signals import record_changed
from tests.factories.norms import NormativeDocumentFactory, import_text
from tests.factories.org import UserFactory
from tests.norms.samples import CORRECTION_LAW, LAW, LEAVE, LEAVE_2023, LEAVE_2025

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 4, 17)


def record(text: str, *, on: dt.date = DAY, source=None, field: str = "text") -> list[Citation]:
    """Citations of any record; a user stands in for one."""
    source = source or UserFactory()
    rows = record_citations(source=source, field=field, text=text, read_on=on)
    return list(Citation.objects.filter(pk__in=[row.pk for row in rows]).order_by("start", "pk"))


def anchors(rows: list[Citation]) -> list[str | None]:
    return [row.provision.anchor if row.provision else None for row in rows]


def import_leave(year: int):
    text = {2023: LEAVE_2023, 2025: LEAVE_2025}[year]
    return import_text(text, f"{LEAVE}({year}-03-01).txt")


def import_law():
    return import_text(CORRECTION_LAW, f"{LAW}(2019-12-28).txt")


def test_record_citations_keeps_span_document_and_place():
    version = import_law()
    (row,) = record("按《社区矫正法》第二十七条第二款办理")
    assert (row.start, row.end, row.text) == (1, 16, "《社区矫正法》第二十七条第二款")
    assert (row.document, row.document_name) == (version.document, "社区矫正法")
    assert row.locator == {"article": 27, "suffix": 0, "paragraph": 2, "item": None, "subitem": None}
    assert (row.locator_text, row.read_on) == ("第二十七条第二款", DAY)
    assert row.provision.anchor == "art-27-p2"
    assert row.identity == version.provisions.get(anchor="art-27").identity


def test_record_citations_reaches_the_deepest_level():
    import_leave(2023)
    rows = record(f"{LEAVE}第三条第一款第（二）项、第三条第（三）项、第四条")
    assert anchors(rows) == ["art-3-p1-i2", "art-3-p1-i3", "art-4"]


def test_record_citations_of_a_range_takes_in_inserted_articles():
    import_law()
    assert anchors(record("社区矫正法第二十七条至第二十九条")) == ["art-27", "art-28", "art-28_1", "art-29"]


def test_record_citations_twice_leaves_the_same_rows():
    import_law()
    source = UserFactory()
    text = "社区矫正法第二十七条、第二十八条"
    first = anchors(record(text, source=source))
    assert anchors(record(text, source=source)) == first
    assert Citation.objects.of_source(source).count() == 2


def test_record_citations_replaces_only_its_field():
    import_law()
    source = UserFactory()
    record("社区矫正法第二十七条", source=source, field="title")
    record("社区矫正法第二十八条", source=source, field="text")
    record("没有引用", source=source, field="text")
    assert [row.field for row in Citation.objects.of_source(source)] == ["title"]


def test_place_that_does_not_exist_stays_unresolved_with_its_article():
    version = import_law()
    (row,) = record("社区矫正法第二十七条第九款")
    assert row.provision is None
    assert row.identity == version.provisions.get(anchor="art-27").identity
    assert list(Citation.objects.of_source(row.source).unresolved()) == [row]


def test_unknown_document_stays_unresolved_with_its_name():
    (row,) = record("《宁川省外出办法》第三条")
    assert (row.document, row.document_name, row.provision) == (None, "宁川省外出办法", None)


def test_document_as_a_whole_has_an_empty_place():
    document = import_law().document
    (row,) = record("《社区矫正法》实施以来")
    assert (row.document, row.locator, row.provision) == (document, {}, None)
    assert Citation.objects.of_source(row.source).unresolved().count() == 0


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (dt.date(2024, 6, 1), 2023),
        (dt.date(2025, 2, 28), 2023),
        (dt.date(2025, 3, 1), 2025),
        (dt.date(2026, 4, 17), 2025),
        (dt.date(2020, 1, 1), 2023),
    ],
)
def test_the_day_read_decides_the_version(day, year):
    versions = {issued: import_leave(issued) for issued in (2025, 2023)}
    (row,) = record(f"{LEAVE}第三条", on=day)
    assert row.provision.version == versions[year]


def test_an_edition_named_decides_the_version():
    old, _new = import_leave(2023), import_leave(2025)
    rows = record(f"《{LEAVE}》（2023年修订）第三条，《{LEAVE}》（2024年修订）第三条")
    assert [row.provision and row.provision.version for row in rows] == [old, None]


def test_a_year_before_every_version_is_not_resolved():
    import_leave(2023)
    assert anchors(record(f"2019年《{LEAVE}》第三条")) == [None]


def test_a_superseded_text_is_not_resolved():
    import_leave(2023)
    assert anchors(record(f"修订前的《{LEAVE}》第三条")) == [None]


def test_a_later_version_resolves_what_waited():
    NormativeDocumentFactory(title=LAW)
    (row,) = record("社区矫正法第二十八条")
    assert (row.document.title, row.provision) == (LAW, None)
    import_law()
    row.refresh_from_db()
    assert (row.provision.anchor, row.identity) == ("art-28", row.provision.identity)


def test_an_earlier_version_takes_what_was_read_before():
    import_leave(2025)
    (row,) = record(f"{LEAVE}第三条", on=dt.date(2024, 6, 1))
    old = import_leave(2023)
    row.refresh_from_db()
    assert row.provision.version == old


def test_a_new_document_adopts_citations_of_its_name():
    (row,) = record("《社区矫正法》第二十八条")
    document = create_document(title=LAW)
    row.refresh_from_db()
    assert row.document == document


def test_a_new_alias_resolves_what_waited():
    import_law()
    (row,) = record("《矫正法》第二十八条")
    assert row.document is None
    add_free_names(document=NormativeDocument.objects.get(title=LAW), names=["矫正法"])
    row.refresh_from_db()
    assert row.provision.anchor == "art-28"


def test_add_name_links_and_counts():
    document = import_law().document
    (row,) = record("《矫正法》第二十八条")
    assert add_name(document=document, name="矫正法", actor=UserFactory()) == 1
    row.refresh_from_db()
    assert row.provision.anchor == "art-28"
    assert DocumentAlias.objects.filter(document=document).count() == 1


def test_deleting_a_document_leaves_citations_unresolved():
    version = import_law()
    (row,) = record("社区矫正法第二十八条")
    version.document.delete()
    row.refresh_from_db()
    assert (row.document, row.provision, row.text) == (None, None, "社区矫正法第二十八条")


def test_records_whose_citations_resolve_are_announced_once():
    NormativeDocumentFactory(title=LAW)
    (row,) = record("社区矫正法第二十八条")
    changed = []

    def listen(sender, instances, **kwargs):
        changed.extend(instances)

    record_changed.connect(listen)
    try:
        import_law()
    finally:
        record_changed.disconnect(listen)
    assert changed.count(row.source) == 1
    assert resolve_pending(NormativeDocument.objects.get(title=LAW)) == 0


def test_own_text_is_cited_with_places_known_only_there():
    import_law()
    version = import_leave(2023)
    rows = Citation.objects.filter(object_id__in=version.provisions.values("pk"))
    anchors_by_span = {
        (row.source.anchor, row.text): sorted(
            citation.provision.anchor if citation.provision else None
            for citation in rows.filter(start=row.start)
            if citation.object_id == row.object_id
        )
        for row in rows
    }
    assert anchors_by_span == {
        ("art-1-p1", "《中华人民共和国社区矫正法》第二十七条"): ["art-27"],
        ("art-2-p3", "前款"): ["art-2-p2"],
        ("art-3-p2", "前款第二项"): ["art-3-p1-i2"],
        ("art-4-p1", "本办法第三条第一款第（一）项至第（三）项"): [
            "art-3-p1-i1",
            "art-3-p1-i2",
            "art-3-p1-i3",
        ],
        ("art-4-p1", "本办法第二条"): ["art-2"],
    }


def test_own_text_of_each_version_cites_itself():
    old, new = import_leave(2023), import_leave(2025)
    for version in (old, new):
        own = Citation.objects.filter(object_id__in=version.provisions.values("pk"), text="前款")
        assert [row.provision.version for row in own] == [version]
