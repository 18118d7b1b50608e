from hypothesis import given
from hypothesis import strategies as st

from search.text.analysis import unigrams
from search.text.similarity import coverage, dice_similarity, similarity


@given(st.text(alphabet="减刑假释财产性判项履行ab1，。 ", min_size=1))
def test_similarity_of_a_text_with_itself_is_one(text):
    assert dice_similarity(text, text) == (1.0 if unigrams(text) else 0.0)


def test_similarity_falls_with_what_differs():
    asked = "社区矫正对象因病外出未请假怎么处理"
    near = dice_similarity(asked, "社区矫正对象因急病外出没有请假如何处理")
    far = dice_similarity(asked, "财产性判项没有履行的能否减刑")
    assert 1.0 > near > 0.5 > 0.2 > far


def test_similarity_is_symmetric():
    assert dice_similarity("减刑假释案件", "假释") == dice_similarity("假释", "减刑假释案件")


def test_coverage_asks_how_much_of_the_question_is_spoken_of():
    asked = "急诊没请假"
    assert coverage(asked, "撤缓案里把三次急诊没请假都算外出") == (1.0, 4)
    assert coverage(asked, "会见律师") == (0.0, 0)
    assert coverage("的了吗", "的了吗") == (0.0, 0)
    assert 0 < coverage(asked, "请假外出")[0] < 0.5


def test_similarity_is_one_for_the_same_text_alone():
    asked, text = "家属代缴罚金能否减刑", "家属代缴罚金能否减刑\n另有说明"
    assert similarity(asked, asked, text) == 1.0
    assert similarity("另有说明", asked, text) == 1.0
    assert 0.5 < similarity("代缴罚金", asked, text) < 1.0
    assert similarity("会见律师", asked, text) == 0.0
