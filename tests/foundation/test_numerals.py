import itertools

import pytest

from portal.foundation.numerals import (
    chinese_numeral,
    parse_english_numeral,
    parse_numeral,
    parse_roman_numeral,
)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("28", 28),
        ("２８", 28),
        ("二十八", 28),
        ("二 十 八", 28),
        ("廿八", 28),
        ("一百廿八", 128),
        ("卅", 30),
        ("卅二", 32),
        ("卌一", 41),
        ("一百〇三", 103),
        ("一百零三", 103),
        ("一百○三", 103),
        ("一二〇", 120),
        ("二○二六", 2026),
        ("两百", 200),
        ("贰拾捌", 28),
        ("貳佰陸拾參", 263),
        ("㈢", 3),
        ("⑿", 12),
        ("⑳", 20),
        ("1500", 1500),
    ],
)
def test_numeral_is_read(written, value):
    assert parse_numeral(written) == value


@pytest.mark.parametrize(
    "written", ["", "〇", "0", "百十", "一百二十〇", "条", "12345", "九" * 400, "二八条"]
)
def test_what_is_no_numeral_has_no_value(written):
    assert parse_numeral(written) is None


@pytest.mark.parametrize(
    ("written", "value"), [("two", 2), ("Second", 2), ("secondly", 2), ("XIV", 14), ("7", 7), ("none", None)]
)
def test_english_numeral_is_read(written, value):
    assert parse_english_numeral(written) == value


@pytest.mark.parametrize(
    ("written", "value"), [("IV", 4), ("xcix", 99), ("CCC", 300), ("IIII", None), ("", None)]
)
def test_roman_numeral_is_read(written, value):
    assert parse_roman_numeral(written) == value


@pytest.mark.parametrize("value", [1, 10, 28, 103, 120, 1260])
def test_chinese_numeral_is_read_back(value):
    assert parse_numeral(chinese_numeral(value)) == value


@pytest.mark.parametrize(
    "written", ["70〇", "九91", "二８6", "〇十一", "零廿两", "○拾壹", "一百二十〇", "十十〇"]
)
def test_numeral_of_two_systems_is_none(written):
    assert parse_numeral(written) is None


@pytest.mark.parametrize("read", [parse_numeral, parse_english_numeral, parse_roman_numeral])
def test_no_short_text_raises(read):
    characters = "〇零一九十百千两廿卅卌○Ｏo09２㈢⑴①⑳ ıİⅳ²壹拾第"
    for length in (1, 2, 3):
        for written in map("".join, itertools.product(characters, repeat=length)):
            assert isinstance(read(written), int | None), written
