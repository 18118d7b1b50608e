"""Rows of synonyms and names of laws: what may be kept, and that every search obeys them at once."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from wagtail.models import ModelLogEntry

from norms.models import DocumentAlias, NormativeDocument
from norms.services.names import add_name
from search.answers.searching import search
from search.enums import Direction
from search.models import Synonym
from search.query.parsing import SearchQuery
from search.query.synonyms import delete_synonym, save_synonym
from search.query.vocabulary import sources_of, thesaurus, thesaurus_with
from tests.factories.org import UserFactory
from tests.factories.search import SearchDocumentFactory as Document
from tests.search.engines import BOTH, VISITOR, fill, make_engine, remove
from tests.search.laws import make_law

pytestmark = pytest.mark.django_db


def save(term, others, **fields):
    return save_synonym(synonym=Synonym(term=term, others=others, **fields), actor=None)


def faults(term, others, **fields):
    with pytest.raises(ValidationError) as refusal:
        save(term, others, **fields)
    return refusal.value.message_dict


# What may be kept -----------------------------------------------------------


def test_row_is_kept_in_one_form():
    row = save(" 社矫 ", "社区矫正；社区服刑\n\n，社区矫正")
    row.refresh_from_db()
    assert (row.term, row.key, row.others) == ("社矫", "社矫", "社区矫正、社区服刑")
    assert str(row) == "社矫 = 社区矫正、社区服刑"
    assert str(save("坐牢", "服刑", direction=Direction.ONE_WAY)) == "坐牢 → 服刑"


@pytest.mark.parametrize("other", ["社矯", "社 矫", "《社矫》", "社矫"])
def test_word_has_one_row_however_it_is_written(other):
    save("社矫", "社区矫正")
    assert faults(other, "社区服刑", direction=Direction.ONE_WAY) == {
        "term": [f"“{other}”已有一条：社矫 = 社区矫正。"]
    }
    save("docx", "文档")
    assert list(faults("ＤＯＣＸ", "文件")) == ["term"]
    assert Synonym.objects.count() == 2


@pytest.mark.parametrize(
    ("term", "others", "field"),
    [
        ("", "社区矫正", "term"),
        ("《》", "社区矫正", "term"),
        ("的", "社区矫正", "term"),
        ("社" * 61, "社区矫正", "term"),
        ("㍿" * 20, "社区矫正", "term"),
        ("社矫", "", "others"),
        ("社矫", "、；\n", "others"),
        ("社矫", "社区矫正、的", "others"),
        ("社矫", "社区矫正、……", "others"),
        ("社矫", "社区矫正、社矯", "others"),
        ("社矫", "社区矫正、社區矯正", "others"),
        ("社矫", "社" * 61, "others"),
        ("社矫", "、".join(f"社区{number}" for number in range(13)), "others"),
    ],
)
def test_row_that_cannot_stand_is_refused_with_a_reason(term, others, field):
    assert list(faults(term, others)) == [field]
    assert Synonym.objects.count() == 0


def test_reasons_name_the_word():
    assert faults("的", "社矫、社矯") == {
        "term": ["“的”只是一个字，很多词里都有它，几乎什么都会被检索出来。"],
        "others": ["检索时，“社矯”与“社矫”是同一个词。"],
    }


def test_twelve_words_of_sixty_characters_are_kept():
    others = "、".join(f"{number:02}" + "社" * 58 for number in range(12))
    assert len(save("社矫", others).other_words) == 12


def test_row_can_be_changed_and_keeps_its_own_word():
    row = save("社矫", "社区矫正")
    row.others = "社区矫正、社区服刑"
    save_synonym(synonym=row, actor=None)
    assert Synonym.objects.get().other_words == ["社区矫正", "社区服刑"]


def test_each_step_is_on_record_with_who_took_it():
    actor = UserFactory()
    row = save_synonym(synonym=Synonym(term="社矫", others="社区矫正"), actor=actor)
    row.is_active = False
    save_synonym(synonym=row, actor=actor)
    delete_synonym(synonym=row, actor=actor)
    entries = ModelLogEntry.objects.order_by("pk")
    assert [(entry.user, entry.action, entry.data["row"]) for entry in entries] == [
        (actor, f"search.{action}_synonym", "社矫 = 社区矫正") for action in ("create", "change", "delete")
    ]


def test_refused_change_leaves_no_trace():
    row = save("社矫", "社区矫正")
    row.others = "的"
    with pytest.raises(ValidationError):
        save_synonym(synonym=row, actor=None)
    row.refresh_from_db()
    assert (row.others, ModelLogEntry.objects.count()) == ("社区矫正", 1)


# Effective at once ----------------------------------------------------------

DOCUMENTS = {
    "question:1": "社区矫正对象外出",
    "question:2": "社矫对象外出",
    "question:3": "服刑人员会见",
    "question:4": "监禁期间的会见",
    "question:5": "坐牢的人",
    "question:6": "最高人民法院、最高人民检察院、公安部、司法部联合印发",
    "question:7": "公安部印发",
    "question:8": "Community correction in the county",
    "question:9": "某省外出办法第三条",
    "question:10": "办理减刑案件的规定",
}


@pytest.fixture(params=BOTH, scope="module")
def engine(request, tmp_path_factory):
    """Never written to: what searches find changes all the same."""
    made = make_engine(request.param, tmp_path_factory.mktemp("synonyms"))
    fill(made, *(Document(key=key, body=body) for key, body in DOCUMENTS.items()))
    yield made
    remove(made)


def numbers(engine, text):
    """Of the hits that have every word, in order."""
    found = search(SearchQuery(text=text), VISITOR, engine=engine)
    return [int(hit.document.key.partition(":")[2]) for hit in found.hits if not hit.is_relaxed]


def test_row_changes_the_next_search_and_its_end_takes_that_back(engine):
    assert numbers(engine, "社矫对象") == [2]
    row = save("社矫", "社区矫正")
    assert numbers(engine, "社矫对象") == [2, 1]
    assert sorted(numbers(engine, "社区矫正对象")) == [1, 2]
    row.is_active = False
    save_synonym(synonym=row, actor=None)
    assert numbers(engine, "社矫对象") == [2]
    row.is_active = True
    save_synonym(synonym=row, actor=None)
    assert numbers(engine, "社矫对象") == [2, 1]
    delete_synonym(synonym=row, actor=None)
    assert numbers(engine, "社矫对象") == [2]


def test_changed_words_take_the_place_of_the_old_ones(engine):
    row = save("坐牢", "服刑", direction=Direction.ONE_WAY)
    assert sorted(numbers(engine, "坐牢")) == [3, 5]
    row.others = "监禁"
    save_synonym(synonym=row, actor=None)
    assert sorted(numbers(engine, "坐牢")) == [4, 5]
    row.term = "蹲监狱"
    save_synonym(synonym=row, actor=None)
    assert (numbers(engine, "坐牢"), numbers(engine, "蹲监狱")) == ([5], [4])


def test_one_way_row_does_not_lead_back(engine):
    save("坐牢", "服刑、监禁", direction=Direction.ONE_WAY)
    assert sorted(numbers(engine, "坐牢")) == [3, 4, 5]
    assert numbers(engine, "服刑") == [3]


def test_row_works_inside_a_sentence(engine):
    save("坐牢", "服刑、监禁", direction=Direction.ONE_WAY)
    assert set(numbers(engine, "坐牢的人能不能见家属？")) == {3, 4, 5}


def test_row_is_found_in_any_form_of_the_word(engine):
    save("社矫", "社区矫正")
    for typed in ("社矯", "社矫 外出", "《社矫》"):
        assert set(numbers(engine, typed)) == {1, 2}, typed


def test_all_parts_of_a_word_with_spaces_must_be_found(engine):
    save("两高两部", "最高人民法院 最高人民检察院 公安部 司法部", direction=Direction.ONE_WAY)
    assert numbers(engine, "两高两部") == [6]
    delete_synonym(synonym=Synonym.objects.get(), actor=None)
    save("两高两部", "最高人民法院、公安部", direction=Direction.ONE_WAY)
    assert sorted(numbers(engine, "两高两部")) == [6, 7]


def test_words_that_stand_side_by_side_can_be_one_name(engine):
    save("社区矫正", "community correction")
    assert sorted(numbers(engine, "community correction")) == [1, 8]
    assert sorted(numbers(engine, "Community-Correction")) == [1, 8]
    assert numbers(engine, "county community correction") == [8]
    assert numbers(engine, "community") == [8]


def test_chains_are_not_followed(engine):
    save("大墙内", "坐牢", direction=Direction.ONE_WAY)
    save("坐牢", "服刑", direction=Direction.ONE_WAY)
    assert numbers(engine, "大墙内") == [5]


def test_search_says_which_other_words_it_used(engine):
    save("社矫", "社区矫正")
    save("社区矫正 对象", "社矫人员")
    assert search(SearchQuery(text="社矫 外出"), VISITOR, engine=engine).other_words == (
        ("社矫", ("社区矫正",)),
    )
    assert search(SearchQuery(text="社区矫正 对象"), VISITOR, engine=engine).other_words == (
        ("社区矫正 对象", ("社矫人员",)),
    )


def test_name_of_a_law_counts_from_the_moment_it_is_given(engine):
    law = make_law("某省外出办法", {})
    assert numbers(engine, "假条") == []
    add_name(document=law, name="假条", actor=UserFactory())
    assert numbers(engine, "假条") == [9]
    DocumentAlias.objects.get().delete()
    assert numbers(engine, "假条") == []


def test_name_with_punctuation_counts_however_it_is_typed(engine):
    make_law("办理减刑案件的规定", {}, aliases=["减刑、假释规定"])
    for typed in ("减刑、假释规定", "减刑假释规定", "《减刑、假释规定》"):
        assert numbers(engine, typed) == [10], typed


# Every way in which names change --------------------------------------------


def names_of(word):
    return thesaurus().words.get(word, ())


def rename_in_place(law):
    alias = law.aliases.get()
    alias.name = "乙名"
    alias.save()


def rename_by_update(law):
    law.aliases.update(name="乙名", key="乙名")


def move_to_another_law(law):
    other = make_law("某某规定", {})
    law.aliases.update(document=other)
    DocumentAlias.objects.create(document=law, name="乙名")


def rename_the_law(law):
    law.aliases.update(name="丙名", key="丙名")
    law.title = "乙名"
    law.save()


def rename_the_law_by_update(law):
    NormativeDocument.objects.filter(pk=law.pk).update(title="乙名", title_key="乙名")


def delete_and_make(law):
    law.aliases.all().delete()
    DocumentAlias.objects.bulk_create([DocumentAlias(document=law, name="乙名", key="乙名")])


@pytest.mark.parametrize(
    "change",
    [
        rename_in_place,
        rename_by_update,
        move_to_another_law,
        rename_the_law,
        rename_the_law_by_update,
        delete_and_make,
    ],
)
def test_no_change_of_a_name_is_missed(change):
    law = make_law("甲法规定", {}, aliases=["甲名"])
    assert names_of("甲名") == ("甲法规定",)
    change(law)
    assert names_of("乙名") != ()


@pytest.mark.parametrize("fields", [{"others": "社区服刑"}, {"direction": "one_way"}, {"is_active": False}])
def test_no_change_of_a_row_is_missed_whatever_the_clock_says(fields):
    row = save("社矫", "社区矫正")
    before = thesaurus().words
    Synonym.objects.filter(pk=row.pk).update(**fields)
    assert thesaurus().words != before


def test_undone_change_is_undone_in_searches():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        save("社矫", "社区矫正")
        assert names_of("社矫") == ("社区矫正",)
        raise ZeroDivisionError
    assert names_of("社矫") == ()


def test_thesaurus_is_made_once_while_nothing_changes(django_assert_num_queries):
    save("社矫", "社区矫正")
    first = thesaurus()
    with django_assert_num_queries(1):
        assert thesaurus() is first


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_threads_share_one_thesaurus_and_see_each_change():
    before, after = {}, {"社矫": ("社区矫正",), "社区矫正": ("社矫",)}
    start, seen = threading.Barrier(4), []

    def look():
        try:
            start.wait()
            seen.extend(thesaurus().words for _one in range(50))
            start.wait()
            seen.append(thesaurus().words)
        finally:
            connection.close()

    threads = [threading.Thread(target=look) for _one in range(3)]
    for thread in threads:
        thread.start()
    start.wait()
    save("社矫", "社区矫正")
    start.wait()
    for thread in threads:
        thread.join()
    assert [words for words in seen if words not in (before, after)] == []
    assert seen[-3:] == [after] * 3


# For the preview ------------------------------------------------------------


def test_draft_replaces_its_saved_form():
    row = save("社矫", "社区矫正")
    draft = Synonym.objects.get(pk=row.pk)
    draft.others = "社区服刑"
    assert thesaurus_with(draft).words["社矫"] == ("社区服刑",)
    assert thesaurus_with(Synonym(term="坐牢", others="服刑")).words["社矫"] == ("社区矫正",)
    draft.is_active = False
    assert thesaurus_with(draft).words == {}
    assert thesaurus().words["社矫"] == ("社区矫正",)


def test_sources_of_a_word_are_rows_and_laws():
    row = save("外出办法", "请假办法")
    law = make_law("社区矫正对象外出管理办法", {}, aliases=["外出办法"])
    sources = sources_of(["外出办法", "别的"])
    assert [(source.record, source.synonyms) for source in sources["外出办法"]] == [
        (row, ("请假办法",)),
        (law, ("社区矫正对象外出管理办法",)),
    ]
    assert sources["别的"] == []
