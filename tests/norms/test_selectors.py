import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from norms import registry
from norms.models import Citation, NormativeDocument
from norms.selectors import (
    article_texts,
    cited_by,
    cited_by_counts,
    find_documents_by_name,
    resolve,
    version_on,
)
from norms.selectors.unresolved import documents_without_text, missing_provisions, unknown_names
from norms.services.citations import record_citations
from portal.org.models import User
from portal.org.rules import is_staff_member
from tests.factories.norms import AliasFactory, NormativeDocumentFactory, import_text
from tests.factories.org import UserFactory
from tests.norms.samples import CORRECTION_LAW, LAW, LEAVE, LEAVE_2023, LEAVE_2025

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 4, 17)


@pytest.fixture
def law():
    return import_text(CORRECTION_LAW, f"{LAW}(2019-12-28).txt")


@pytest.fixture
def citing_users(monkeypatch):
    """Users cite in their display name here; only staff may see them."""
    monkeypatch.setattr(registry, "registered", {})
    registry.register_citing_model(
        User,
        kind="person",
        label=_("People"),
        visible=lambda user: User.objects.all() if is_staff_member(user) else User.objects.none(),
        url="username",
        title="display_name",
        number="username",
    )


def cite(text: str) -> User:
    source = UserFactory()
    record_citations(source=source, field="display_name", text=text, read_on=DAY)
    return source


@pytest.mark.parametrize(
    "name", [LAW, "社区矫正法", "《社区矫正法》", "中华人民共和国社区矫正法（2019年）", "矫正法"]
)
def test_find_documents_by_name_knows_titles_and_other_names(law, name):
    AliasFactory(document=law.document, name="矫正法")
    assert find_documents_by_name(name) == [law.document]


def test_find_documents_by_name_finds_nothing_for_a_part_of_a_name(law):
    assert find_documents_by_name("矫正") == []


@pytest.mark.parametrize(
    ("locator", "anchor"),
    [
        ({"article": 27}, "art-27"),
        ({"article": 28, "suffix": 1}, "art-28_1"),
        ({"article": 27, "suffix": 0, "paragraph": 2, "item": None, "subitem": None}, "art-27-p2"),
        ({"article": 27, "paragraph": 3}, None),
        ({"article": 99}, None),
    ],
)
def test_resolve_leads_to_the_place_or_nowhere(law, locator, anchor):
    provision = resolve(law.document, locator, DAY)
    assert (provision.anchor if provision else None) == anchor


def test_resolve_finds_a_chapter():
    version = import_text(LEAVE_2023, f"{LEAVE}(2023-03-01).txt")
    assert resolve(version.document, {"chapter": 2}, DAY).heading == "批准"


def test_version_on_a_day_before_all_is_the_oldest_held():
    old = import_text(LEAVE_2023, f"{LEAVE}(2023-03-01).txt")
    import_text(LEAVE_2025, f"{LEAVE}(2025-03-01).txt")
    assert version_on(old.document, dt.date(2001, 1, 1)) == old


def test_version_on_is_none_without_a_text():
    assert version_on(NormativeDocumentFactory(), DAY) is None


def test_article_texts_takes_one_query(law, django_assert_num_queries):
    with django_assert_num_queries(1):
        texts = article_texts(law)
    assert [(article.label, text.count("\n")) for article, text in texts] == [
        ("第二十六条", 0),
        ("第二十七条", 1),
        ("第二十八条", 0),
        ("第二十八条之一", 0),
        ("第二十九条", 0),
    ]


def test_cited_by_counts_only_what_the_reader_may_see(law, citing_users):
    cite("社区矫正法第二十八条")
    cite("社区矫正法第二十八条和第二十九条")
    first, second = (law.provisions.get(anchor=anchor).identity_id for anchor in ("art-28", "art-29"))
    staff = cited_by_counts([first, second], UserFactory())
    assert {pk: [(group.kind, group.count) for group in groups] for pk, groups in staff.items()} == {
        first: [("person", 2)],
        second: [("person", 1)],
    }
    assert cited_by_counts([first, second], AnonymousUser()) == {}


def test_cited_by_lists_records_once(law, citing_users):
    source = cite("社区矫正法第二十七条第一款、第二十七条第二款")
    (group,) = cited_by(law.provisions.get(anchor="art-27-p2"), UserFactory())
    assert (group.count, [record.number for record in group.records]) == (1, [source.username])
    assert cited_by(law.provisions.get(anchor="art-27"), AnonymousUser()) == []


def test_cited_by_follows_the_article_over_versions(citing_users):
    old = import_text(LEAVE_2023, f"{LEAVE}(2023-03-01).txt")
    new = import_text(LEAVE_2025, f"{LEAVE}(2025-03-01).txt")
    source = UserFactory()
    record_citations(source=source, field="x", text=f"{LEAVE}第三条", read_on=dt.date(2024, 1, 1))
    (row,) = Citation.objects.of_source(source)
    assert row.provision.version == old
    groups = cited_by(new.provisions.get(anchor="art-4"), UserFactory())
    assert [(group.kind, group.count) for group in groups] == [("person", 1), ("provision", 1)]


def test_cited_by_counts_articles_of_current_texts_only(law, citing_users):
    import_text(LEAVE_2023, f"{LEAVE}(2023-03-01).txt")
    import_text(LEAVE_2025, f"{LEAVE}(2025-03-01).txt")
    (group,) = cited_by(law.provisions.get(anchor="art-27"), AnonymousUser())
    assert [record.title for record in group.records] == [f"{LEAVE}　第一条"]


def test_cited_by_counts_takes_the_same_queries_for_any_number(law, citing_users, django_assert_num_queries):
    reader = UserFactory()
    cite("社区矫正法第二十七条")
    identities = list(law.provisions.articles().values_list("identity", flat=True))
    cited_by_counts(identities, reader)
    for wanted in (identities[1:2], identities):
        with django_assert_num_queries(2):
            cited_by_counts(wanted, reader)
    cite("社区矫正法第二十六条至第二十九条")
    with django_assert_num_queries(2):
        cited_by_counts(identities, reader)


def test_unresolved_citations_are_grouped(law):
    NormativeDocumentFactory(title="中华人民共和国监狱法")
    for _time in range(2):
        cite("《外出办法》第三条")
    cite("监狱法第七条，社区矫正法第八十八条")
    assert [(row.name, row.citations, row.example) for row in unknown_names()] == [("外出办法", 2, "第三条")]
    assert documents_without_text() == [(NormativeDocument.objects.get(title="中华人民共和国监狱法"), 1)]
    assert [(row.document.title, row.locator_text, row.citations) for row in missing_provisions()] == [
        (LAW, "第八十八条", 1)
    ]
