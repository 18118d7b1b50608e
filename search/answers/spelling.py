"""Pinyin read as Han words, and better spellings of what was not found.

Both walk over characters that sound as what was typed (`lattice`). Whatever comes out has been counted for the reader
who asks, as it is written: a word that stands only where this reader may not look is never shown. However much is
typed, a few words of it are looked at, and all of them share the same few requests to the engine.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, islice

from rapidfuzz.distance import OSA

from search.answers.lattice import Lattice, Place, Reading, likeliest
from search.engines.base import Engine
from search.engines.fallback import with_fallback
from search.plan import Fuzzy, MatchAll
from search.query.parsing import MAX_CHARACTERS, SearchQuery
from search.query.planning import keyword_plan, plan_for, word_for_word_plan
from search.query.thesaurus import Thesaurus
from search.query.vocabulary import thesaurus
from search.text.analysis import RUN, fold_with_offsets, is_han, runs
from search.text.pinyin import readings, syllables

# Words of one query that are looked at.
MAX_WORDS = 6
SHORTEST_PINYIN = 4
LONGEST_PINYIN = 40
LONGEST_SYLLABLE = 6
MAX_SYLLABLES = 8
# Ways to cut pinyin into syllables that are tried, those with the fewest first.
MAX_CUTS = 2
LONGEST_WORD = 12
# Letters of a word of another script that can be misspelled; half of the shorter ones are near every other
# one.
SHORTEST_NEAR = 4
# Texts that are looked through for words near a misspelled one.
NEAR_HITS = 20
MAX_NEAR = 5

# What a change costs, as the logarithm of how many times as often its outcome must be found: 3.0 is twenty times.
SECOND_READING = 1.5
SAME_SOUND = 3.0
LIKE_SOUND = 4.5
SWAPPED = 3.0
ONE_LETTER = 3.0
CHEAPEST_CHANGE = 3.0
# What sounds alike and is as loose as that is no word: its rarer character stands elsewhere 33 times of 34.
LOOSEST_WORD = 3.5
# Pinyin was typed on purpose and is found nowhere: a hundred times.
LOOSEST_PINYIN = 4.6
LIKE_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
LIKE_FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"))


def read_pinyin(
    engine: Engine, query: SearchQuery, audience: frozenset[str], words: Thesaurus | None = None
) -> tuple[SearchQuery, tuple[tuple[str, str], ...]]:
    """The query with keywords in pinyin put as Han words, and which were; a word that is found as typed stays."""
    known = thesaurus() if words is None else words
    typed = list(islice(_pinyin_in(query.parsed.keywords, known), MAX_WORDS))
    if not typed:
        return query, ()
    counts = engine.counts([keyword_plan(group.written, audience, known) for group in typed])
    lost = [group for group, count in zip(typed, counts, strict=True) if not count]
    read = _words_meant(engine, lost, audience)
    if not read:
        return query, ()
    return query.with_keywords(_put_in(query.parsed.keywords, read)), tuple(read.items())


def better_spelling(
    query: SearchQuery,
    audience: frozenset[str],
    words: Thesaurus | None = None,
    *,
    engine: Engine | None = None,
) -> str:
    """The text with misspelled keywords put right, where the reader finds more by it; empty where there is none."""
    known = thesaurus() if words is None else words
    doubtful = [word for word in query.parsed.keywords if _may_be_misspelled(word, known)][:MAX_WORDS]
    if not doubtful:
        return ""
    better = with_fallback(lambda one: _corrections(one, doubtful, audience, known), engine=engine).value
    return _respelled(query.text, better) if better else ""


def _best_of(
    engine: Engine,
    candidates: Mapping[str, Sequence[Reading]],
    audience: frozenset[str],
    typed: Mapping[str, int] | None = None,
) -> dict[str, str]:
    """For each word the text by which this reader finds most, less what it costs; one request for all.

    `typed` says of words how many they find as they stand. What finds nothing is left out.
    """
    asked = [(word, reading) for word, found in candidates.items() for reading in found]
    counts = engine.counts([word_for_word_plan(reading.text, audience) for _word, reading in asked])
    best = {word: (math.log(count), word) for word, count in (typed or {}).items() if count}
    for (word, reading), count in zip(asked, counts, strict=True):
        if count:
            best[word] = max(best.get(word, (-math.inf, "")), (reading.score(count), reading.text))
    return {word: text for word, (_score, text) in best.items()}


# Pinyin


@dataclass(frozen=True, slots=True)
class _Pinyin:
    """`keywords` as they were typed: one, or several syllables with spaces between them."""

    keywords: tuple[str, ...]
    cuts: tuple[tuple[str, ...], ...]

    @property
    def written(self) -> str:
        return " ".join(self.keywords)


def _pinyin_in(keywords: Sequence[str], known: Thesaurus) -> Iterable[_Pinyin]:
    for is_syllable, group in groupby(keywords, key=syllables().__contains__):
        side_by_side = tuple(group)
        if is_syllable and 1 < len(side_by_side) <= MAX_SYLLABLES:
            yield _Pinyin(side_by_side, (side_by_side,))
        else:
            yield from (one for keyword in side_by_side for one in _as_pinyin(keyword, known))


def _as_pinyin(keyword: str, known: Thesaurus) -> Iterable[_Pinyin]:
    if not SHORTEST_PINYIN <= len(keyword) <= LONGEST_PINYIN or keyword in known:
        return
    if cuts := cuts_of(keyword):
        yield _Pinyin((keyword,), cuts)


def cuts_of(word: str) -> tuple[tuple[str, ...], ...]:
    """The ways to cut a word into two or more syllables, those with the fewest first."""
    ways: list[list[tuple[str, ...]]] = [[()], *([] for _place in word)]
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - LONGEST_SYLLABLE), end):
            if word[start:end] in syllables():
                ways[end] += [(*way, word[start:end]) for way in ways[start] if len(way) < MAX_SYLLABLES]
        ways[end] = sorted(ways[end], key=len)[: 2 * MAX_CUTS]
    return tuple(way for way in ways[-1] if len(way) > 1)[:MAX_CUTS]


def _words_meant(engine: Engine, typed: Sequence[_Pinyin], audience: frozenset[str]) -> dict[str, str]:
    if not typed:
        return {}
    cuts = [(one.written, cut) for one in typed for cut in one.cuts]
    likely = likeliest(engine, [[_read_as(syllable) for syllable in cut] for _written, cut in cuts])
    found: dict[str, list[Reading]] = {one.written: [] for one in typed}
    for (written, _cut), texts in zip(cuts, likely, strict=True):
        found[written] += [reading for reading in texts if reading.looseness <= LOOSEST_PINYIN]
    return _best_of(engine, found, audience)


@lru_cache(maxsize=512)
def _read_as(syllable: str) -> Place:
    return tuple(
        (character, 0.0 if readings()[character][0] == syllable else SECOND_READING)
        for character in syllables()[syllable]
    )


def _put_in(keywords: Sequence[str], read: dict[str, str]) -> tuple[str, ...]:
    """Keywords with what was read in their place."""
    text = f" {' '.join(keywords)} "
    for written, meant in read.items():
        text = text.replace(f" {written} ", f" {meant} ", 1)
    return tuple(dict.fromkeys(text.split()))


# Spelling


def _may_be_misspelled(word: str, known: Thesaurus) -> bool:
    if word in known or len(word) > LONGEST_WORD:
        return False
    return len(word) > 1 if is_han(word) else word.isalpha() and len(word) >= SHORTEST_NEAR


def _corrections(
    engine: Engine, words: Sequence[str], audience: frozenset[str], known: Thesaurus
) -> dict[str, str]:
    everything, *counts = engine.counts(
        [plan_for(MatchAll(), audience), *(keyword_plan(word, audience, known) for word in words)]
    )
    rare = {
        word: count
        for word, count in zip(words, counts, strict=True)
        if count * math.exp(CHEAPEST_CHANGE) < everything
    }
    if not rare:
        return {}
    found = _alike(engine, [word for word in rare if is_han(word)])
    found |= {word: _near(engine, word, audience) for word in rare if not is_han(word)}
    better = _best_of(engine, found, audience, rare)
    return {word: text for word, text in better.items() if "".join(text.split()) != word}


def _alike(engine: Engine, words: Sequence[str]) -> dict[str, list[Reading]]:
    """Of each Han word what sounds the same or nearly so, and the word with two neighbours changed round."""
    found: dict[str, list[Reading]] = {word: [] for word in words}
    lattices = [(word, lattice) for word in words for lattice in _lattices_of(word)]
    if lattices:
        likely = likeliest(engine, [lattice for _word, lattice in lattices])
        for (word, _lattice), texts in zip(lattices, likely, strict=True):
            found[word] += [reading for reading in texts if _is_likely(reading, word)]
    return found


def _is_likely(reading: Reading, word: str) -> bool:
    """Two characters of two may be wrong, three of four, four of six, where the outcome looks like a word."""
    most = SAME_SOUND + len(word) * SAME_SOUND / 2
    return reading.cost <= most and reading.looseness <= LOOSEST_WORD


def _lattices_of(word: str) -> list[Lattice]:
    swapped = [
        [(character, SWAPPED if place == at else 0.0) for place, character in enumerate(_swap(word, at))]
        for at in range(len(word) - 1)
        if word[at] != word[at + 1]
    ]
    return [[_sounding_like(character) for character in word], *([[one] for one in way] for way in swapped)]


def _swap(word: str, at: int) -> str:
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


@lru_cache(maxsize=4096)
def _sounding_like(character: str) -> Place:
    """The character itself, and others with what it costs to take them for it."""
    costs = {character: 0.0}
    for rarity, read in zip((0.0, SECOND_READING), readings().get(character, ()), strict=False):
        for cost, alike in ((SAME_SOUND, [read]), (LIKE_SOUND, _like(read))):
            for other in (one for syllable in alike for one in syllables().get(syllable, ())):
                costs[other] = min(cost + rarity, costs.get(other, cost + rarity))
    return tuple(costs.items())


def _like(syllable: str) -> list[str]:
    """Syllables that many people pronounce like this one."""
    begun = {syllable}
    for pair in LIKE_INITIALS:
        for one, other in (pair, pair[::-1]):
            begun |= {other + syllable[len(one) :]} if syllable.startswith(one) else set()
    ended = set(begun)
    for pair in LIKE_FINALS:
        for one, other in (pair, pair[::-1]):
            ended |= {each[: -len(one)] + other for each in begun if each.endswith(one)}
    return sorted(ended & syllables().keys() - {syllable})


def _near(engine: Engine, word: str, audience: frozenset[str]) -> list[Reading]:
    """Words of other scripts that differ by one or two letters, out of texts that the reader may see."""
    most = 1 if len(word) < 8 else 2
    found = engine.search(plan_for(Fuzzy("text.u", word, most), audience, limit=NEAR_HITS))
    others = {run for hit in found.hits for run in runs(hit.document.text) if not is_han(run)} - {word}
    distances = {other: OSA.distance(word, other, score_cutoff=most) for other in others}
    return [
        Reading(other, distance * ONE_LETTER)
        for other, distance in sorted(distances.items(), key=lambda pair: pair[1])
        if distance <= most
    ][:MAX_NEAR]


def _respelled(text: str, better: dict[str, str]) -> str:
    """The text with each misspelled run put right, whatever its width, case or form; the rest stays as typed."""
    text = text[:MAX_CHARACTERS]
    folded, offsets = fold_with_offsets(text)
    pieces: list[str] = []
    done = 0
    for run in RUN.finditer(folded):
        if run[0] in better:
            pieces += [text[done : offsets[run.start()]], better[run[0]]]
            done = offsets[run.end() - 1] + 1
    return "".join((*pieces, text[done:]))
