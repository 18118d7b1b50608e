from hypothesis import given
from hypothesis import strategies as st

from search.query.highlighting import Segment, mark, plain, snippet
from search.query.parsing import parse_text


def marked(text: str, query: str) -> list[str]:
    return [part.text for part in mark(text, parse_text(query)) if part.marked]


def test_keywords_are_marked_wherever_they_stand():
    assert marked("减刑案件中财产性判项与减刑的关系", "减刑 财产性判项") == ["减刑", "财产性判项", "减刑"]


def test_overlapping_matches_are_one_mark():
    assert marked("财产性判项执行", "财产性 性判项") == ["财产性判项"]


def test_parts_of_a_keyword_are_marked_where_it_is_not_whole():
    assert marked("社区矫正对象外出", "社区矫正外出") == ["社区矫正", "外出"]


def test_width_and_case_do_not_hide_a_match():
    assert marked("导出为ＤＯＣＸ或docx", "Docx") == ["ＤＯＣＸ", "docx"]


def test_numbers_match_as_a_whole():
    assert marked("第28条与第128条", "28") == ["28"]


def test_common_words_of_a_sentence_are_not_marked():
    assert marked("他的家属可以代缴罚金", "家属代缴罚金后减刑的幅度可以怎么把握") == ["家属", "代缴罚金"]


def test_phrase_is_marked_as_a_whole():
    assert marked("确有悔改表现", '"悔改表现"') == ["悔改表现"]


def test_exclusions_are_not_marked():
    assert marked("减刑与假释", "减刑 -假释") == ["减刑"]


def test_snippet_shows_the_stretch_with_most_matches():
    text = "无关的话。" * 60 + "罪犯确有履行能力而不履行财产性判项的，不认定有悔改表现。" + "其他的话。" * 60
    parts = snippet(text, parse_text("财产性判项 悔改表现"))
    assert [part.text for part in parts if part.marked] == ["财产性判项", "悔改表现"]
    assert (parts[0], parts[-1]) == (Segment("……"), Segment("……"))


def test_snippet_of_a_short_text_is_the_text():
    assert plain(snippet("第一行\n第二行", parse_text("二"))) == "第一行 第二行"


@given(st.text(), st.text(max_size=40))
def test_marks_change_no_character(text, query):
    assert plain(mark(text, parse_text(query))) == text
