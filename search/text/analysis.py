"""Text analysis shared by indexing, queries and highlights: no dictionary of words, no engine, no Django.

Text is folded (NFKC, which also folds width, lower case, simplified characters) and cut into runs of Han
characters and whole words or numbers of every other script. Han runs yield unigrams and overlapping bigrams,
kept in two fields; words stand among the unigrams.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from search.text.pinyin import simplified_forms
from search.text.quantities import replacements, with_one_form

# Iteration mark and zero (々〇), extension A, the main block, compatibility forms, and extensions B to G.
HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
# A run of Han characters, or a word or number of any other script: letters and digits, no underscore.
RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")
HAN_RUN = re.compile(rf"[{HAN}]+")
NOT_HAN = re.compile(rf"[^{HAN}]+")
# Characters whose folding changes nothing but punctuation, case and traditional forms: most texts.
PLAIN = re.compile(
    "[\x00-\x7f\u2014\u2018-\u201d\u2026\u3000-\u3011\u4e00-\u9fff\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f]*"
)
# Characters of which each is folded into one, whatever stands beside it, or any single one.
_PIECE = re.compile("[\x00-\x7f\u4e00-\u9fff]+|.", re.DOTALL)


@lru_cache(maxsize=1)
def _traditional() -> re.Pattern[str]:
    return re.compile("[" + "".join(map(chr, simplified_forms())) + "]")


def simplified(text: str) -> str:
    """Return a text in simplified characters; most texts are already, and one search tells."""
    return text.translate(simplified_forms()) if _traditional().search(text) else text


def fold(text: str) -> str:
    """Return a text in one form of width (NFKC), lower case and simplified characters."""
    if text.isascii():
        return text.lower()
    return simplified(unicodedata.normalize("NFKC", text).lower())


def is_han(run: str) -> bool:
    """Return whether a run is one of Han characters; a run never mixes them with others."""
    return HAN_RUN.match(run) is not None


def _folded(text: str) -> str:
    return simplified(text.lower()) if PLAIN.fullmatch(text) else fold(text)


def runs(text: str) -> list[str]:
    """Return the Han runs and words of `text`, folded and with one form for quantities, in order."""
    return RUN.findall(with_one_form(_folded(text)))


def unigrams_of(text_runs: Iterable[str]) -> list[str]:
    """Return the characters of Han runs, and words of other scripts as they are."""
    terms: list[str] = []
    for run in text_runs:
        if is_han(run):
            terms.extend(run)
        else:
            terms.append(run)
    return terms


def pairs_of(text_runs: Iterable[str]) -> list[str]:
    """Return the pairs of neighbours in each Han run; nothing for words of other scripts."""
    return [
        pair
        for run in text_runs
        if len(run) > 1 and is_han(run)
        for pair in map("".join, itertools.pairwise(run))
    ]


def bigrams_of(text_runs: Iterable[str]) -> list[str]:
    """Return the pairs of neighbours in each Han run; words, and Han characters alone, stay as they are."""
    terms: list[str] = []
    for run in text_runs:
        if len(run) > 1 and is_han(run):
            terms.extend(map("".join, itertools.pairwise(run)))
        else:
            terms.append(run)
    return terms


def unigrams(text: str) -> list[str]:
    return unigrams_of(runs(text))


def bigrams(text: str) -> list[str]:
    return bigrams_of(runs(text))


def grams(text: str) -> tuple[list[str], list[str]]:
    """Return (unigrams, bigrams) of one pass over the text."""
    text_runs = runs(text)
    return unigrams_of(text_runs), bigrams_of(text_runs)


def normalised(text: str) -> str:
    """Return what engines index: the runs with a space between them, which every tokeniser splits alike."""
    return " ".join(runs(text))


def han_only(text: str) -> str:
    """Return a normalised text without words of other scripts, for the field of pairs."""
    return NOT_HAN.sub(" ", text)


def exact_key(text: str) -> str:
    """Return a string for exact and prefix matches: folded, without spaces and punctuation."""
    return "".join(runs(text))


def name_key(text: str) -> str:
    """Return a string by which names are looked up while they are typed: an exact key with numerals as written."""
    return "".join(RUN.findall(_folded(text)))


def fold_with_offsets(text: str) -> tuple[str, list[int]]:
    """Return a text as `runs` reads it and, for each of its characters, the index of the original one it came from."""
    if PLAIN.fullmatch(text):
        return _with_quantities(_folded(text), list(range(len(text))))
    folded: list[str] = []
    offsets: list[int] = []
    for match in _PIECE.finditer(text):
        piece = fold(match.group())
        folded.append(piece)
        start, end = match.span()
        offsets.extend(range(start, end) if end - start == len(piece) else [start] * len(piece))
    return _with_quantities("".join(folded), offsets)


def _with_quantities(folded: str, offsets: list[int]) -> tuple[str, list[int]]:
    """Return a folded text with one form for quantities, whose characters share the offsets of the one replaced."""
    parts: list[str] = []
    indexes: list[int] = []
    position = 0
    for start, end, form in replacements(folded):
        parts += [folded[position:start], form]
        indexes += offsets[position:start]
        # The last character of the new form stands for the last of the old one, so that a match marks all of it.
        indexes += [offsets[start + (end - start - 1) * i // max(1, len(form) - 1)] for i in range(len(form))]
        position = end
    return "".join([*parts, folded[position:]]), [*indexes, *offsets[position:]]
