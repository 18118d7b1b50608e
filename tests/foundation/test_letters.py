import pytest

from portal.foundation.letters import count_letters, is_blank


@pytest.mark.parametrize(
    "text", ["", " 　", "\u200b", "\ufeff", "\u2060", "\u3164", "\u00ad", "***", "---", "？！", "\u2800"]
)
def test_text_without_a_letter_is_blank(text):
    assert is_blank(text)


def test_letters_and_digits_of_any_script_count():
    assert count_letters("张**、第3条 ab？\u200b") == 6
