"""Pinyin and misspelled words, on every engine; the documents have no records behind them."""

import pytest

from search.answers.searching import search
from search.answers.spelling import better_spelling, read_pinyin, segmentations_of
from search.models import Synonym
from search.query.parsing import SearchQuery
from tests.factories.search import SearchDocumentFactory as Document
from tests.search.engines import BOTH, STAFF, VISITOR, fill, make_engine, remove

pytestmark = pytest.mark.django_db
TRAINEE = STAFF | {"role:trainee", "user:7"}
ANALYST = STAFF | {"role:analyst", "user:8"}
SENTENCES = (
    "罪犯确有悔改表现的，可以减刑，减刑的幅度应当与悔改表现相当",
    "被假释的罪犯在考验期限内实行社区矫正",
    "对罪犯决定暂予监外执行的，由社区矫正机构接收",
    "社区矫正对象外出超过七日的，应当报经批准",
    "人民检察院对减刑、假释实行同步监督",
    "Probation officers report to the court in writing",
    "The docx of the panda is in the appendix",
)


@pytest.fixture(params=BOTH, scope="module")
def engine(request, tmp_path_factory):
    """The sentences alone; tests do not change it."""
    made = make_engine(request.param, tmp_path_factory.mktemp("spelling"))
    fill(made, *(Document(body=sentence) for sentence in SENTENCES))
    yield made
    remove(made)


def read(engine, text, audience=VISITOR):
    query, conversions = read_pinyin(engine, SearchQuery(text=text), audience)
    return query.parsed.keywords, conversions


def better(engine, text, audience=VISITOR):
    return better_spelling(SearchQuery(text=text), audience, engine=engine)


# Pinyin ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("jianxing", "减刑"),
        ("JianXing", "减刑"),
        ("ｊｉａｎｘｉｎｇ", "减刑"),
        ("shequjiaozheng", "社区矫正"),
        ("jiashi", "假释"),
        ("zanyujianwaizhixing", "暂予监外执行"),
        ("jian xing", "减刑"),
        ("she qu jiao zheng", "社区矫正"),
    ],
)
def test_pinyin_is_read_as_the_word_of_the_index(engine, typed, meant):
    keywords, conversions = read(engine, typed)
    assert keywords == (meant,)
    assert [said for _typed, said in conversions] == [meant]


def test_pinyin_of_two_words_is_read_as_both(engine):
    assert read(engine, "jiashijianxing")[0] == ("假释", "减刑")


def test_pinyin_is_read_among_other_words(engine):
    keywords, conversions = read(engine, "罪犯 jianxing 幅度")
    assert keywords == ("罪犯", "减刑", "幅度")
    assert conversions == (("jianxing", "减刑"),)


@pytest.mark.parametrize("typed", ["panda", "the docx", "probation", "减刑", "2026", "xyz", "nihao"])
def test_what_is_found_as_typed_or_not_at_all_stays(engine, typed):
    query = SearchQuery(text=typed)
    assert read_pinyin(engine, query, VISITOR) == (query, ())
    assert read(engine, typed)[0] == query.parsed.keywords


def test_word_of_the_thesaurus_is_not_read_as_pinyin(engine):
    Synonym.objects.create(term="jianxing", others="会见")
    assert read(engine, "jianxing") == (("jianxing",), ())


def test_search_says_how_it_read_pinyin(engine):
    found = search(SearchQuery(text="jiashi"), VISITOR, engine=engine)
    assert (found.total, found.pinyin_conversions) == (2, (("jiashi", "假释"),))


def test_quoted_pinyin_is_searched_literally(engine):
    assert search(SearchQuery(text='"jiashi"'), VISITOR, engine=engine).pinyin_conversions == ()


def test_cuts_with_the_fewest_syllables_come_first():
    assert segmentations_of("fangan") == (("fan", "gan"), ("fang", "an"))
    assert segmentations_of("lian") == (("li", "an"),)
    assert segmentations_of("jiashi") == (("jia", "shi"), ("ji", "a", "shi"))
    assert segmentations_of("probation") == ()


# Spelling -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("减型", "减刑"),
        ("假是", "假释"),
        ("社区娇正", "社区矫正"),
        ("暂于监外执行", "暂予监外执行"),
        ("刑减", "减刑"),
        ("家室", "假释"),
        ("减型 假是", "减刑 假释"),
        ("減型、罚金", "减刑、罚金"),
        ("悔改表线", "悔改表现"),
        ("probaton", "probation"),
        ("Porbation officers", "probation officers"),
        ("kind:case 减型", "kind:case 减刑"),
    ],
)
def test_misspelled_words_are_put_right(engine, typed, meant):
    assert better(engine, typed) == meant


@pytest.mark.parametrize(
    "typed",
    ["减刑", "社区矫正", "probation", "罪犯 减刑", "", "的", "-减型", '"减型"', "zzzzzz", "2026", "张三"],
)
def test_nothing_is_suggested_where_nothing_is_wrong(engine, typed):
    assert better(engine, typed) == ""


def test_sentence_is_left_as_it_is(engine):
    assert better(engine, "罪犯减型的幅度应当怎么把握？") == ""


def test_word_that_is_found_often_is_no_misspelling(each_engine):
    fill(
        each_engine,
        *(Document(body="缓行") for _one in range(3)),
        *(Document(body="缓刑") for _one in range(40)),
    )
    assert better(each_engine, "缓行") == ""


def test_word_found_by_accident_is_put_right(each_engine):
    fill(each_engine, Document(body="请假是否批准"), *(Document(body="假释") for _one in range(40)))
    assert better(each_engine, "假是") == "假释"


def test_word_of_the_thesaurus_is_no_misspelling(engine):
    assert better(engine, "剪刑") == "减刑"
    Synonym.objects.create(term="剪刑", others="减刑")
    assert better(engine, "剪刑") == ""


def test_neighbours_by_chance_are_no_word(each_engine):
    texts = ["监狱正在办理"] + ["监狱的规定"] * 40 + ["正当的理由"] * 40
    fill(each_engine, *(Document(body=text) for text in texts))
    assert better(each_engine, "狱侦") == ""


# Who may learn of it --------------------------------------------------------

HIDDEN = (("staff",), ("role:analyst",))
READERS = (VISITOR, TRAINEE, ANALYST)
MAY_SEE = {("staff",): (False, True, True), ("role:analyst",): (False, False, True)}


@pytest.mark.parametrize("audience", HIDDEN)
def test_word_of_hidden_documents_is_known_to_their_readers_alone(each_engine, audience):
    """However often it stands there, and though nobody else's texts have anything like it."""
    fill(
        each_engine,
        *(Document(body="密谋脱逃 prisonbreak", audience=audience) for _one in range(30)),
        *(Document(body="罪犯减刑") for _one in range(3)),
    )
    for reader, may_see in zip(READERS, MAY_SEE[audience], strict=True):
        conversions = read_pinyin(each_engine, SearchQuery(text="tuotao"), reader)[1]
        assert conversions == ((("tuotao", "脱逃"),) if may_see else ()), reader
        for typed, meant in (("托逃", "脱逃"), ("逃脱", "脱逃"), ("prisonbraek", "prisonbreak")):
            assert better(each_engine, typed, reader) == (meant if may_see else ""), (typed, reader)


def test_words_that_a_reader_sees_come_before_hidden_ones_that_are_more_frequent(each_engine):
    fill(
        each_engine,
        *(Document(body="加时", audience=("role:analyst",)) for _one in range(30)),
        *(Document(body="假释") for _one in range(3)),
    )
    assert read(each_engine, "jiashi", VISITOR)[0] == ("假释",)
    assert read(each_engine, "jiashi", ANALYST)[0] == ("加时",)
    assert better(each_engine, "家室", VISITOR) == "假释"


# Long and strange input -----------------------------------------------------

STRANGE = (
    "zhuang" * 80,
    "xian" * 10,
    " ".join(["jianxing"] * 60),
    " ".join(f"jian{tail}" for tail in ("", *"abcdefghijklmnopqrstuvwxyz")),
    " ".join(["减型", "假是", "社区娇正", "暂于监外执行", "刑减", "probaton"] * 10),
    "的" * 500,
    "𠀀𠀁𠀂 ḿ̶ù ٣٤٥ 👩‍⚖️ lüshi ￿",
    "a" * 500,
)


class Counting:
    """An engine that counts what is asked of it."""

    def __init__(self, engine):
        self.engine, self.name, self.requests, self.plans, self.terms = engine, engine.name, 0, 0, 0

    def counts(self, plans):
        self.requests, self.plans = self.requests + 1, self.plans + len(plans)
        return self.engine.counts(plans)

    def frequencies(self, terms):
        self.requests, self.terms = self.requests + 1, self.terms + len(terms)
        return self.engine.frequencies(terms)

    def search(self, plan):
        self.requests += 1
        return self.engine.search(plan)


@pytest.mark.parametrize("text", STRANGE)
def test_requests_do_not_grow_with_what_is_typed(engine, text):
    counting = Counting(engine)
    read_pinyin(counting, SearchQuery(text=text), VISITOR)
    assert (counting.requests <= 4, counting.plans <= 60, counting.terms <= 5_000) == (True, True, True)
    counting = Counting(engine)
    better(counting, text)
    assert (counting.requests <= 10, counting.plans <= 90, counting.terms <= 10_000) == (True, True, True)
