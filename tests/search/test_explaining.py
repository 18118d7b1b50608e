"""What the preview says of a query, on every engine."""

import pytest

from search.answers.explaining import FieldMeaning, HitCounts, explain
from search.engines.base import SearchUnavailable
from search.models import Synonym
from search.query.parsing import FieldValue, SearchQuery
from tests.factories.org import TopicFactory
from tests.factories.search import SearchDocumentFactory as Document
from tests.search.engines import BOTH, STAFF, VISITOR, fill, make_engine, remove
from tests.search.laws import make_law

pytestmark = pytest.mark.django_db
ANALYST = STAFF | {"role:analyst"}


@pytest.fixture(params=BOTH, scope="module")
def engine(request, tmp_path_factory):
    made = make_engine(request.param, tmp_path_factory.mktemp("explaining"))
    fill(
        made,
        Document(body="社区矫正对象外出"),
        Document(body="社矫对象请假"),
        Document(body="社区矫正对象脱管", audience=("role:analyst",)),
        Document(body="社区矫正对象减刑", audience=("staff",)),
        Document(body="减刑", kind="case", topic=("commutation",)),
    )
    yield made
    remove(made)


class Away:
    name = "elastic"

    def counts(self, plans):
        raise SearchUnavailable("away")


def explained(text, *engines, audience=VISITOR, **options):
    return explain(SearchQuery(text=text), audience, engines=engines, **options)


def test_other_words_are_shown_with_the_row_or_law_that_they_come_from(engine):
    row = Synonym.objects.create(term="社矫", others="社区矫正、社区服刑")
    law = make_law("社区矫正对象外出管理办法", {}, aliases=["社矫外出办法"])
    found = explained("社矫对象 社矫外出办法", engine).expansions
    assert [(each.word, each.sources[0].record, each.sources[0].synonyms) for each in found] == [
        ("社矫", row, ("社区矫正", "社区服刑")),
        ("社矫外出办法", law, ("社区矫正对象外出管理办法",)),
    ]


def test_hits_are_counted_with_and_without_other_words(engine):
    Synonym.objects.create(term="社矫", others="社区矫正")
    answer = explained("社矫对象", engine).answers[0]
    assert (answer.engine, answer.with_synonyms.strict, answer.without_synonyms.strict) == (engine.name, 2, 1)


@pytest.mark.parametrize(("audience", "count"), [(VISITOR, 2), (STAFF, 3), (ANALYST, 4)])
def test_hits_are_those_of_the_person_who_asks(engine, audience, count):
    Synonym.objects.create(term="社矫", others="社区矫正")
    assert explained("社矫", engine, audience=audience).answers[0].with_synonyms.strict == count


def test_relaxed_hits_are_counted_apart(engine):
    assert explained("社区矫正 减刑", engine).answers[0].without_synonyms == HitCounts(strict=0, relaxed=2)
    assert explained("减刑", engine).answers[0].without_synonyms == HitCounts(strict=1, relaxed=0)


def test_draft_counts_although_it_is_not_saved(engine):
    draft = Synonym(term="社矫", others="社区矫正")
    found = explained("社矫对象", engine, draft=draft)
    assert found.answers[0].with_synonyms.strict == 2
    assert found.expansions[0].sources[0].record is draft
    assert explained("社矫对象", engine).answers[0].with_synonyms.strict == 1
    assert Synonym.objects.count() == 0


def test_every_part_of_the_query_language_is_explained(engine):
    TopicFactory(name="减刑假释", slug="commutation")
    found = explained('社矫 "悔改表现" -假释 主题:减刑假释 -类型:法条 主题:没有 家属怎么办？', engine)
    parsed = found.parsed
    assert parsed.keywords == ("社矫", "没有")
    assert (parsed.sentences, parsed.phrases, parsed.excluded) == (
        ("家属怎么办？",),
        ("悔改表现",),
        ("假释",),
    )
    assert found.fields == (
        FieldMeaning(FieldValue("topic", "减刑假释"), ("commutation",)),
        FieldMeaning(FieldValue("kind", "法条", excluded=True), ("provision",)),
        FieldMeaning(FieldValue("topic", "没有"), ()),
    )


def test_fields_narrow_what_is_counted(engine):
    TopicFactory(name="减刑假释", slug="commutation")
    assert explained("减刑 主题:减刑假释", engine, audience=STAFF).answers[0].without_synonyms.strict == 1
    assert explained("减刑", engine, audience=STAFF).answers[0].without_synonyms.strict == 2


def test_other_forms_and_pinyin_are_explained(engine):
    found = explained("減刑 ＤＯＣＸ Docx jianxing", engine)
    assert found.folded == (("減刑", "减刑"), ("ＤＯＣＸ", "docx"))
    assert found.pinyin_conversions == (("jianxing", "减刑"),)
    assert found.parsed.keywords == ("减刑", "docx")


def test_pinyin_of_words_that_the_person_may_not_see_is_not_explained(engine):
    assert explained("tuoguan", engine).pinyin_conversions == ()
    assert explained("tuoguan", engine, audience=ANALYST).pinyin_conversions == (("tuoguan", "脱管"),)


def test_engine_that_is_away_hides_nothing_else(engine):
    Synonym.objects.create(term="社矫", others="社区矫正")
    found = explained("社矫", Away(), engine)
    assert [answer.is_away for answer in found.answers] == [True, False]
    assert found.answers[1].with_synonyms.strict == 2
    assert [each.word for each in found.expansions] == ["社矫"]


def test_all_engines_away_leave_what_the_query_says():
    Synonym.objects.create(term="社矫", others="社区矫正")
    found = explained("社矫 jianxing", Away())
    assert found.answers[0].is_away
    assert (found.parsed.keywords, found.pinyin_conversions) == (("社矫", "jianxing"), ())
    assert [each.word for each in found.expansions] == ["社矫"]
