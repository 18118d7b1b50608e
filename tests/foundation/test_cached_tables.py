"""Tables kept in memory: no write is missed, however it is made, and reading costs one small row."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.core import serializers
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse

from norms.models import DocumentAlias, NormativeDocument
from norms.selectors import known_names
from norms.services.documents import delete_document
from norms.services.importing import import_norm
from norms.services.names import add_name
from portal.foundation.cached_tables import TableCache, cache_versions
from search.models import Synonym
from search.query.synonyms import delete_synonym, save_synonym
from search.query.vocabulary import thesaurus
from tests.factories.org import UserFactory
from tests.norms.samples import CORRECTION_LAW
from tests.revisions import post_edit
from tests.search.laws import make_law

TIMEOUT_SECONDS = 30


def synonym(term="社矫", others="社区矫正"):
    return Synonym.objects.create(term=term, others=others)


def versions():
    return cache_versions([Synonym.cache_name, NormativeDocument.cache_name])


# Every way of writing synonyms ----------------------------------------------


def save_by_service(row):
    row.others = "社区服刑"
    save_synonym(synonym=row, actor=None)


def save_by_admin(row):
    client = signed_in_client()
    fields = {"term": "社矫", "others": "社区服刑", "direction": "equal", "note": "", "is_active": "on"}
    assert post_edit(client, reverse("synonyms:edit", args=[row.pk]), fields).status_code == 302


def save_some_fields(row):
    row.others = "社区服刑"
    row.save(update_fields=["others"])


def save_a_fixture(row):
    row.others = "社区服刑"
    (record,) = serializers.deserialize("json", serializers.serialize("json", [row]))
    record.save()


def update_rows(row):
    Synonym.objects.filter(pk=row.pk).update(others="社区服刑")


def update_in_bulk(row):
    row.others = "社区服刑"
    Synonym.objects.bulk_update([row], ["others"])


def replace_in_bulk(row):
    row.delete()
    Synonym.objects.bulk_create([Synonym(term="社矫", key="社矫", others="社区服刑")])


def signed_in_client():
    client = Client()
    client.force_login(UserFactory(roles=["administrator"]))
    return client


@pytest.mark.django_db
@pytest.mark.parametrize(
    "write",
    [
        save_by_service,
        save_by_admin,
        save_some_fields,
        save_a_fixture,
        update_rows,
        update_in_bulk,
        replace_in_bulk,
    ],
)
def test_next_search_obeys_every_write_of_a_synonym(write):
    row = synonym()
    assert thesaurus().words["社矫"] == ("社区矫正",)
    write(row)
    assert thesaurus().words["社矫"] == ("社区服刑",)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "delete",
    [
        lambda row: row.delete(),
        lambda row: Synonym.objects.filter(pk=row.pk).delete(),
        lambda row: delete_synonym(synonym=row, actor=None),
        lambda row: signed_in_client().post(reverse("synonyms:delete", args=[row.pk])),
    ],
    ids=["row", "queryset", "service", "admin"],
)
def test_next_search_obeys_every_removal_of_a_synonym(delete):
    row = synonym()
    assert "社矫" in thesaurus().words
    delete(row)
    assert thesaurus().words == {}


# Every way of writing names of laws -----------------------------------------


def edit_in_admin(document, *, title, aliases):
    """Save the form of a document with these other names; those that it had are removed."""
    stored = list(document.aliases.order_by("pk"))
    forms = {
        "aliases-TOTAL_FORMS": len(stored) + len(aliases),
        "aliases-INITIAL_FORMS": len(stored),
        "aliases-MIN_NUM_FORMS": 0,
        "aliases-MAX_NUM_FORMS": 1000,
    }
    for index, alias in enumerate(stored):
        forms |= {f"aliases-{index}-id": alias.pk, f"aliases-{index}-name": alias.name}
        forms |= {f"aliases-{index}-DELETE": "on", f"aliases-{index}-ORDER": index + 1}
    for index, name in enumerate(aliases, len(stored)):
        forms |= {f"aliases-{index}-id": "", f"aliases-{index}-name": name}
        forms |= {f"aliases-{index}-ORDER": index + 1}
    fields = {
        "title": title,
        "title_en": "",
        "slug": document.slug,
        "kind": document.kind,
        "status": document.status,
        "issuing_bodies": "",
        "document_number": "",
        "promulgated_on": "",
        "effective_on": "",
        "lang": document.lang,
    }
    url = reverse("norm_documents:edit", args=[document.pk])
    assert post_edit(signed_in_client(), url, {**fields, **forms}).status_code == 302


def rename_in_admin(document):
    edit_in_admin(document, title="乙法", aliases=["丙法"])


def replace_alias_in_admin(document):
    edit_in_admin(document, title="甲法规定", aliases=["乙法"])


def rename_and_save(document):
    document.title = "乙法"
    document.save(update_fields=["title"])


def rename_by_update(document):
    NormativeDocument.objects.filter(pk=document.pk).update(title="乙法", title_key="乙法")


def rename_alias_by_update(document):
    document.aliases.update(name="乙法", key="乙法")


def create_aliases_in_bulk(document):
    DocumentAlias.objects.bulk_create([DocumentAlias(document=document, name="乙法", key="乙法")])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "write",
    [
        rename_in_admin,
        replace_alias_in_admin,
        rename_and_save,
        rename_by_update,
        rename_alias_by_update,
        create_aliases_in_bulk,
        lambda document: add_name(document=document, name="乙法", actor=UserFactory()),
    ],
)
def test_next_text_is_read_with_every_new_name(write):
    document = make_law("甲法规定", {}, aliases=["甲法"])
    assert known_names().lookup("乙法") is None
    assert "甲法规定" in thesaurus().words["甲法"]
    write(document)
    assert known_names().lookup("乙法") == document.pk
    assert "乙法" in thesaurus().words


@pytest.mark.django_db
def test_imported_document_is_recognised_at_once():
    assert known_names().lookup("社区矫正法") is None
    document = import_norm(name="law.md", content=CORRECTION_LAW.encode(), actor=None).version.document
    assert known_names().lookup("社区矫正法") == document.pk


@pytest.mark.django_db
def test_names_of_a_deleted_document_are_forgotten():
    document = make_law("甲法规定", {}, aliases=["甲法"])
    assert known_names().lookup("甲法") == document.pk
    delete_document(document=document)
    assert known_names().lookup("甲法") is None
    assert thesaurus().words == {}


@pytest.mark.django_db
def test_fields_that_no_copy_holds_leave_the_version():
    row, document = synonym(), make_law("甲法规定", {}, aliases=["甲法"])
    before = versions()
    Synonym.objects.update(note="只给同事看")
    row.save(update_fields=["note"])
    NormativeDocument.objects.update(status="repealed")
    document.save(update_fields=["status"])
    Synonym.objects.filter(term="别的").update(others="没有")
    Synonym.objects.bulk_create([])
    assert versions() == before


# Versions --------------------------------------------------------------------


@pytest.mark.django_db
def test_undone_write_leaves_nothing_that_a_later_one_could_be_taken_for():
    """A counter would stand at the same number after either write."""
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        synonym(others="社区矫正")
        assert thesaurus().words["社矫"] == ("社区矫正",)
        raise ZeroDivisionError
    synonym(others="社区服刑")
    assert thesaurus().words["社矫"] == ("社区服刑",)


@pytest.mark.django_db
def test_write_between_rows_and_their_version_is_read_the_next_time():
    def build():
        terms = list(Synonym.objects.values_list("term", flat=True))
        if not terms:
            synonym()
        return terms

    cache = TableCache(Synonym.cache_name, build=build)
    assert [cache.get(), cache.get()] == [[], ["社矫"]]


@pytest.mark.django_db
def test_value_is_built_once_for_one_query_each(django_assert_num_queries):
    synonym()
    make_law("甲法规定", {}, aliases=["甲法"])
    first = thesaurus(), known_names()
    with django_assert_num_queries(2) as queries:
        second = thesaurus(), known_names()
    assert [cached is value for cached, value in zip(second, first, strict=True)] == [True, True]
    assert {row["sql"].split(" WHERE ")[0].split(" FROM ")[1] for row in queries.captured_queries} == {
        '"foundation_cacheversion"'
    }


# Another process, on its own connection -------------------------------------


@pytest.fixture
def elsewhere():
    """Call it to run a function in another thread, on a connection of its own."""

    def run(act):
        def closing():
            try:
                return act()
            finally:
                connections.close_all()

        return pool.submit(closing)

    with ThreadPoolExecutor(max_workers=2) as pool:
        yield run


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_write_of_another_process_is_seen_from_its_commit_on(elsewhere):
    before, written, may_commit = thesaurus(), Event(), Event()

    def write():
        with transaction.atomic():
            synonym()
            written.set()
            assert may_commit.wait(TIMEOUT_SECONDS)

    writer = elsewhere(write)
    assert written.wait(TIMEOUT_SECONDS)
    assert thesaurus() is before
    may_commit.set()
    writer.result(TIMEOUT_SECONDS)
    assert thesaurus().words["社矫"] == ("社区矫正",)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_commit_between_the_version_and_the_rows_is_not_missed(elsewhere):
    """Neither where the rows are read before the commit, nor where they are read after it."""

    def build():
        if len(built) == 1:
            elsewhere(lambda: synonym("甲词", "乙词")).result(TIMEOUT_SECONDS)
        terms = set(Synonym.objects.values_list("term", flat=True))
        if not built:
            elsewhere(synonym).result(TIMEOUT_SECONDS)
        built.append(terms)
        return terms

    built = []
    cache = TableCache(Synonym.cache_name, build=build)
    assert cache.get() == set()
    assert cache.get() == {"社矫", "甲词"}
    assert cache.get() == {"社矫", "甲词"}
    assert len(built) == 3


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_writers_at_once_follow_one_another(elsewhere):
    first_wrote, may_commit = Event(), Event()

    def write_first():
        with transaction.atomic():
            synonym()
            first_wrote.set()
            assert may_commit.wait(TIMEOUT_SECONDS)

    first = elsewhere(write_first)
    assert first_wrote.wait(TIMEOUT_SECONDS)
    second = elsewhere(lambda: synonym("甲词", "乙词"))
    wait_for_a_lock()
    may_commit.set()
    for writer in (first, second):
        writer.result(TIMEOUT_SECONDS)
    assert {"社矫", "甲词"} <= thesaurus().words.keys()


def wait_for_a_lock():
    """Return when another connection to this database waits for a lock."""
    with connection.cursor() as cursor:
        for _attempt in range(10_000):
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits")
