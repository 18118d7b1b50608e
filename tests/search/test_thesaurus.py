"""Known words in what was typed, and what may stand for them."""

import pytest

from search.query.thesaurus import MAX_ALTERNATIVES, SynonymMatch, Thesaurus

WORDS = Thesaurus.of(
    [
        ("社矫", "社区矫正"),
        ("社矫法", "社区矫正法"),
        ("两高", "最高人民法院 最高人民检察院"),
        ("Community Correction", "社区矫正"),
        ("WTO", "世贸组织"),
        ("减刑、假释规定", "办理减刑案件的规定"),
    ]
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("社矫对象", {"社矫": "社区矫正"}),
        ("社矯對象", {"社矫": "社区矫正"}),
        ("按社矫法办理社矫", {"社矫法": "社区矫正法", "社矫": "社区矫正"}),
        ("社 矫", {"社 矫": "社区矫正"}),
        ("wto规则", {"wto": "世贸组织"}),
        ("wtos", {}),
        ("community correction and wto", {"community correction": "社区矫正", "wto": "世贸组织"}),
        ("correction community", {}),
        ("《减刑、假释规定》第三条", {"减刑 假释规定": "办理减刑案件的规定"}),
        ("", {}),
    ],
)
def test_known_words_are_found_in_any_form(text, found):
    assert {each.word: each.alternatives[0] for each in WORDS.matches_in(text)} == found


def test_word_in_a_keyword_is_replaced():
    assert WORDS.variants("社矫对象") == ["社区矫正对象"]
    assert WORDS.variants("社矫法") == ["社区矫正法"]
    assert WORDS.variants("会见") == []


def test_same_word_in_another_form_is_no_other_word():
    assert Thesaurus.of([("社矫", "社矯"), ("社矫", "《社矫》"), ("《》", "社矫")]).words == {}


def test_alternatives_are_limited_and_written_once():
    pairs = [("社矫", f"词语{number}") for number in range(MAX_ALTERNATIVES + 5)]
    (found,) = Thesaurus.of([*pairs, *pairs]).matches_in("社矫")
    assert found == SynonymMatch("社矫", tuple(f"词语 {number}" for number in range(MAX_ALTERNATIVES)))
