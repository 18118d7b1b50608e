import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import bigrams, coverage, exact_key, fold, fold_with_offsets, similarity, unigrams


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("减刑假释", ["减", "刑", "假", "释"]),
        ("第28条", ["第", "28", "条"]),
        ("ＴＴ－２０２６", ["tt", "2026"]),
        ("DOCX文件", ["docx", "文", "件"]),
        ("，。！", []),
        ("㈠①", ["一", "1"]),
    ],
)
def test_unigrams_split_han_and_keep_words(text, expected):
    assert unigrams(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("减刑假释", ["减刑", "刑假", "假释"]),
        ("减刑，假释", ["减刑", "假释"]),
        ("甲", ["甲"]),
        ("第28条", ["第", "28", "条"]),
        ("社区ABC矫正", ["社区", "abc", "矫正"]),
        ("𠀀𠀁", ["𠀀𠀁"]),
    ],
)
def test_bigrams_stay_within_a_run(text, expected):
    assert bigrams(text) == expected


def test_exact_key_ignores_width_case_and_punctuation():
    assert exact_key("《社区矫正法》（ＡＢ） ") == exact_key("社区矫正法ab")


@given(st.text())
def test_offsets_lead_back_to_the_original(text):
    folded, offsets = fold_with_offsets(text)
    assert len(folded) == len(offsets)
    assert all(folded[place] in fold(text[origin]) for place, origin in enumerate(offsets))


@given(st.text(alphabet="减刑假释财产性判项履行ab1，。 ", min_size=1))
def test_similarity_of_a_text_with_itself_is_one(text):
    assert similarity(text, text) == (1.0 if unigrams(text) else 0.0)


def test_similarity_falls_with_what_differs():
    asked = "社区矫正对象因病外出未请假怎么处理"
    near = similarity(asked, "社区矫正对象因急病外出没有请假如何处理")
    far = similarity(asked, "财产性判项没有履行的能否减刑")
    assert 1.0 > near > 0.5 > 0.2 > far


def test_similarity_is_symmetric():
    assert similarity("减刑假释案件", "假释") == similarity("假释", "减刑假释案件")


def test_coverage_asks_how_much_of_the_question_is_spoken_of():
    asked = "急诊没请假"
    assert coverage(asked, "撤缓案里把三次急诊没请假都算外出") == (1.0, 4)
    assert coverage(asked, "会见律师") == (0.0, 0)
    assert coverage("的了吗", "的了吗") == (0.0, 0)
    assert 0 < coverage(asked, "请假外出")[0] < 0.5
