"""A remark is shown where its words stand, or nowhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberation.passages import CONTEXT_CHARS, Passage, find_passage, passage_at, place_passage

OLD = (
    "第一条 罪犯有履行能力而不履行财产性判项的，不认定确有悔改表现。\n"
    "第二条 财产性判项的履行情况由原审人民法院在十日内函复。\n"
    "第三条 监狱在提请减刑时附送函复。\n"
)
WORDS = "不履行财产性判项"
# Few characters, so that the same words stand again and again.
texts = st.text(alphabet="甲乙丙。\n", max_size=120)


def passage_of(text: str, words: str) -> Passage:
    start = text.index(words)
    return passage_at(text, start, start + len(words))


def test_passage_keeps_what_surrounds_it():
    start = OLD.index("原审人民法院")
    before, after = OLD[start - CONTEXT_CHARS : start], OLD[start + 6 : start + 6 + CONTEXT_CHARS]
    assert passage_of(OLD, "原审人民法院") == Passage("原审人民法院", before, after)
    assert passage_of("甲乙丙", "乙") == Passage("乙", "甲", "丙")


def test_passage_follows_its_words_through_changes_elsewhere():
    new = "总则\n" + OLD.replace("附送函复", "一并移送函复")
    start = place_passage(passage_of(OLD, WORDS), original=OLD, text=new)
    assert start == OLD.index(WORDS) + len("总则\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [("不认定确有悔改表现", "应当从严掌握"), ("罪犯有履行能力而", "有能力履行却")],
    ids=["after it", "before it"],
)
def test_passage_stands_where_one_side_is_as_it_was(old, new):
    changed = OLD.replace(old, new)
    assert place_passage(passage_of(OLD, WORDS), original=OLD, text=changed) == changed.index(WORDS)


def test_passage_whose_words_were_changed_is_gone():
    changed = OLD.replace(WORDS, "不交纳罚金")
    assert place_passage(passage_of(OLD, WORDS), original=OLD, text=changed) is None


def test_long_quotation_alone_is_enough_and_a_short_one_is_not():
    long, short = "财产性判项的履行情况由原审人民法院", "十日内"
    text = f"附则\n另有规定的，{long}说明；罚款在{short}缴清。"
    assert place_passage(passage_of(OLD, long), original=OLD, text=text) == text.index(long)
    assert place_passage(passage_of(OLD, short), original=OLD, text=text) is None


def test_same_quotation_with_equal_surroundings_is_no_place():
    sentence = OLD.splitlines(keepends=True)[0]
    twice = sentence.join(["前言：本规定经五部门会商一致后施行，自公布之日起生效。\n"] * 3)
    original = "前言：本规定经五部门会商一致后施行，自公布之日起生效。\n" * 2
    original = original[: len(original) // 2] + sentence + original[: len(original) // 2]
    passage = passage_of(original, WORDS)
    assert place_passage(passage, original=original, text=twice) is None


def test_other_sentence_that_has_the_same_words_is_not_taken_for_it():
    original = "对罚金：应当在判决确定的期限内缴纳。对没收：应当在判决确定的期限内缴纳。"
    start = original.rindex("应当在")
    passage = passage_at(original, start, start + len("应当在判决确定的期限内缴纳"))
    assert place_passage(passage, original=original, text="对罚金：应当在判决确定的期限内缴纳。") is None


def test_own_words_are_found_in_the_text_they_are_from():
    passage = passage_of(OLD, WORDS)
    assert find_passage(OLD, passage) == OLD.index(WORDS)
    assert find_passage(OLD, Passage("没有这句话")) is None
    assert find_passage("甲甲", Passage("甲")) is None
    assert find_passage(OLD, Passage("")) is None


@given(original=texts, text=texts, data=st.data())
def test_a_place_has_the_words_and_is_the_only_one_that_could_be_meant(original, text, data):
    start = data.draw(st.integers(0, len(original)))
    end = data.draw(st.integers(start, len(original)))
    passage = passage_at(original, start, end)
    place = place_passage(passage, original=original, text=text)
    if place is None:
        return
    assert passage.quote
    assert text[place : place + len(passage.quote)] == passage.quote
    # Nowhere else does the quotation stand with as much of what surrounded it.
    agreement = {at: sides_that_agree(text, at, passage) for at in starts_of(text, passage.quote)}
    assert [at for at, sides in agreement.items() if sides >= agreement[place]] == [place]


@given(before=texts, after=texts, added=texts)
def test_what_is_added_far_away_moves_the_passage_by_its_length(before, after, added):
    padding = "其间文字保持不变，长于引文前后所留文字，故位置可以确定。"
    quote = "唯一的引文"
    original = f"{before}{padding}{quote}{padding}{after}"
    passage = passage_of(original, quote)
    moved = place_passage(passage, original=original, text=added + original)
    assert moved == len(added) + original.index(quote)


@given(before=texts, after=texts)
def test_a_copy_with_equal_surroundings_leaves_no_place(before, after):
    padding = "其间文字保持不变，长于引文前后所留文字，故位置可以确定。"
    block = f"{padding}唯一的引文{padding}"
    original = f"{before}{block}{after}"
    passage = passage_of(original, "唯一的引文")
    assert place_passage(passage, original=original, text=f"{before}{block}{block}{after}") is None


def starts_of(text: str, quote: str) -> list[int]:
    return [at for at in range(len(text)) if text.startswith(quote, at)]


def sides_that_agree(text: str, at: int, passage: Passage) -> int:
    end = at + len(passage.quote)
    return text[:at].endswith(passage.prefix) + text[end:].startswith(passage.suffix)
