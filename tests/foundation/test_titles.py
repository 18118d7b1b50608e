"""Texts beside the titles that were made of them."""

from __future__ import annotations

import pytest

from portal.foundation.titles import without_title


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        ("能不能倾斜？", "能不能倾斜？", ""),
        ("能不能倾斜？希望分层。", "能不能倾斜？", "希望分层。"),
        ("规定第十九条可以放宽，前提是什么？", "规定第十九条可以放宽…", "前提是什么？"),
        ("原话是这样。", "另拟的题目", "原话是这样。"),
        ("原话是这样。", "", "原话是这样。"),
    ],
)
def test_text_goes_on_where_its_title_ends(text, title, expected):
    assert without_title(text, title) == expected
