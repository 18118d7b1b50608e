import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.text.analysis import bigrams, exact_key, fold, fold_with_offsets, unigrams


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
