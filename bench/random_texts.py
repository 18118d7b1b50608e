"""Random texts: what people type into the search box, mixed with what nobody should."""

from __future__ import annotations

import random

# Longest text of a parameter, in characters.
MAX_TEXT_LENGTH = 3_000
NUMERALS = "〇零一二三四五六七八九十百千两廿卅卌○Ｏ0123456789０１２９壹贰拾佰㈠㈢⑴①⑳²³٣½ⅳ"
OPERATORS = [
    '"',
    "-",
    "－",
    "部门:",
    "年份:",
    "主题：",
    "OR",
    "(",
    ")",
    "*",
    "?",
    "\\",
    "~2",
    "[a-z]+",
    "{9}",
    "|",
    "%",
    "_",
    "'",
]
NAMES = ["刑法", "刑诉法", "《社区矫正法》", "法释〔2016〕23号", "国务院令第588号", "本法", "前款", "该条"]
UNITS = ["条", "条之", "款", "项", "号", "", "条至第", "日", "个月"]
# Code points at the edges of what Python, SQLite, tantivy and Lucene take: control, combining, private, astral.
RARE = [
    0,
    1,
    7,
    0x1B,
    0x7F,
    0x85,
    0xA0,
    0x130,
    0x131,
    0x300,
    0x200B,
    0x202E,
    0x2028,
    0x2F00,
    0xE000,
    0xFDD0,
    0xFEFF,
    0xFFFD,
]
RARE += [0xFFFF, 0x1F600, 0x20000, 0x2F800, 0x10FFFF]
SINGLE_VALUES = [
    "",
    "0",
    "-1",
    "1",
    "2",
    "999999",
    "1e9",
    "²",
    "１２",
    "9" * 30,
    "9" * 5000,
    "2026-13-45",
    "2026-02-30",
    "none",
]


class RandomTexts:
    """Draws texts; `sentences` are read from, `numbers` are permanent numbers, slugs and keys of records that exist."""

    def __init__(self, draw: random.Random, sentences: list[str], numbers: list[str]) -> None:
        self._draw, self._sentences, self._numbers = draw, sentences, numbers

    def draw_text(self) -> str:
        kinds = (
            self._article,
            self._numerals,
            self._sentence,
            self._mixed,
            self._rare,
            self._single,
            self._long,
        )
        return self._draw.choice(kinds)()[:MAX_TEXT_LENGTH]

    def _numerals(self) -> str:
        return "".join(self._draw.choices(NUMERALS, k=self._draw.randint(1, 9)))

    def _article(self) -> str:
        below = f"第{self._numerals()}{self._draw.choice(UNITS)}" if self._draw.random() < 0.4 else ""
        ordinal = self._draw.choice(("第", "", "第 "))
        return (
            f"{self._draw.choice([*NAMES, ''])}{ordinal}{self._numerals()}{self._draw.choice(UNITS)}{below}"
        )

    def _sentence(self) -> str:
        sentence = self._draw.choice(self._sentences)
        start = self._draw.randrange(len(sentence))
        return sentence[start : start + self._draw.randint(1, 60)]

    def _mixed(self) -> str:
        makers = (self._sentence, self._numerals, self._article, self._rare)
        words = [
            self._draw.choice([*OPERATORS, self._draw.choice(makers)()])
            for _ in range(self._draw.randint(1, 6))
        ]
        return self._draw.choice(("", " ")).join(words)

    def _rare(self) -> str:
        codes = [
            self._draw.choice([*RARE, self._draw.randrange(0xD800), self._draw.randrange(0xE000, 0x110000)])
        ]
        return "".join(map(chr, codes)) + self._draw.choice(("", "法", "第一条"))

    def _single(self) -> str:
        return self._draw.choice([*SINGLE_VALUES, *self._numbers[:50]])

    def _long(self) -> str:
        return self._draw.choice(
            (self._sentence, self._numerals, self._mixed, self._rare)
        )() * self._draw.randint(20, 400)
