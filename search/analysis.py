"""Text analysis shared by indexing, queries and highlights: no dictionary, no engine, no Django.

Text is folded (NFKC, which also folds width, and lower case) and cut into runs of Han characters and whole
words or numbers of every other script. Han runs yield unigrams and overlapping bigrams, kept in two fields.
"""

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

HAN = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f"
RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")
HAN_RUN = re.compile(rf"[{HAN}]+")


def fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text).lower()


def is_han(run: str) -> bool:
    return HAN_RUN.match(run) is not None


def runs(text: str) -> list[str]:
    """Han runs and words of `text`, folded, in order."""
    return RUN.findall(fold(text))


def unigrams_of(found: Iterable[str]) -> list[str]:
    tokens: list[str] = []
    for run in found:
        if is_han(run):
            tokens.extend(run)
        else:
            tokens.append(run)
    return tokens


def bigrams_of(found: Iterable[str]) -> list[str]:
    """Pairs of neighbours in each Han run; words, and Han characters that stand alone, stay as they are."""
    tokens: list[str] = []
    for run in found:
        if len(run) > 1 and is_han(run):
            tokens.extend(map("".join, itertools.pairwise(run)))
        else:
            tokens.append(run)
    return tokens


def unigrams(text: str) -> list[str]:
    return unigrams_of(runs(text))


def bigrams(text: str) -> list[str]:
    return bigrams_of(runs(text))


def grams(text: str) -> tuple[list[str], list[str]]:
    """(unigrams, bigrams) of one pass over the text."""
    found = runs(text)
    return unigrams_of(found), bigrams_of(found)


def exact_key(text: str) -> str:
    """One comparable string for exact and prefix matches: folded, without spaces and punctuation."""
    return "".join(runs(text))


def fold_with_offsets(text: str) -> tuple[str, list[int]]:
    """Folded text and, for each of its characters, the index of the original character it came from."""
    folded: list[str] = []
    offsets: list[int] = []
    for index, character in enumerate(text):
        piece = fold(character)
        folded.append(piece)
        offsets.extend([index] * len(piece))
    return "".join(folded), offsets


UNIGRAM_WEIGHT = 0.3
QUIET = frozenset(
    "的了是在和与及或有为对被把将其这那吗呢吧啊能否如何怎么样什么应当可以不个时后前中我们你他她它"
)
"""Characters too common to say anything in a whole sentence."""


def _profile(text: str) -> Counter[str]:
    single, double = grams(text)
    profile: Counter[str] = Counter()
    for token in double:
        profile[token] += 1
    for token in single:
        profile[token] += UNIGRAM_WEIGHT  # type: ignore[assignment]
    return profile


def similarity(one: str, other: str) -> float:
    """Share of what two texts have in common, 0.0 to 1.0; 1.0 means the same words side by side."""
    left, right = _profile(one), _profile(other)
    total = sum(left.values()) + sum(right.values())
    if not total:
        return 0.0
    return 2 * sum((left & right).values()) / total


def coverage(asked: str, text: str) -> tuple[float, int]:
    """How much of what was asked a text speaks of, whatever its length.

    The share of telling words and characters found in it, 0.0 to 1.0, and the number of words (pairs of
    characters) among them.
    """
    single, double = grams(asked)
    in_text_single, in_text_double = (set(tokens) for tokens in grams(text))
    words = {token for token in double if not QUIET.intersection(token)}
    characters = {token for token in single if token not in QUIET} - words
    total = len(words) + UNIGRAM_WEIGHT * len(characters)
    found = len(words & in_text_double)
    return (found + UNIGRAM_WEIGHT * len(characters & in_text_single)) / (total or 1.0), found
