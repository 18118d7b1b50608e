"""Pinyin converted to Han words, and better spellings of words without hits.

Both choose among characters that sound like what was typed (`lattice`). Each outcome is counted, word for word, with
the reader's own audience: a word that occurs only in documents hidden from this reader is never shown. However much
is typed, only a few words are looked at, and all of them share the same few requests to the engine.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, islice

from rapidfuzz.distance import OSA

from search.answers.lattice import Candidates, Lattice, LikelyText, likeliest
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
# Letters of a keyword in pinyin; two short syllables have four.
MIN_PINYIN_LENGTH = 4
MAX_PINYIN_LENGTH = 40
# zhuang, chuang, shuang.
MAX_SYLLABLE_LENGTH = 6
MAX_SYLLABLES = 8
# Segmentations of pinyin that are tried, those with the fewest syllables first.
MAX_SEGMENTATIONS = 2
# Characters of a keyword that can be misspelled.
MAX_WORD_LENGTH = 12
# Letters of a word of another script that can be misspelled: a shorter one is one letter away from half of all others.
MIN_FUZZY_LENGTH = 4
# Hits of a fuzzy search whose texts are searched for the word that was meant.
MAX_FUZZY_HITS = 20
MAX_FUZZY_WORDS = 5
# From this length on, two letters may be wrong instead of one.
TWO_LETTERS_LENGTH = 8

# Costs of a change, as the natural logarithm of how many times as many hits its outcome must have: 3.0 is 20 times.
SECOND_READING_COST = 1.5
SAME_SOUND_COST = 3.0
SIMILAR_SOUND_COST = 4.5
SWAP_COST = 3.0
LETTER_COST = 3.0
MIN_COST = 3.0
# A reading looser than this is no word: its rarer character occurs elsewhere 33 times of 34.
MAX_LOOSENESS = 3.5
# Pinyin is typed on purpose, so that looser words are believed: 100 times.
MAX_PINYIN_LOOSENESS = 4.6
# Sounds that many speakers do not distinguish.
SIMILAR_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
SIMILAR_FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"))


def read_pinyin(
    engine: Engine, query: SearchQuery, audience: frozenset[str], words: Thesaurus | None = None
) -> tuple[SearchQuery, tuple[tuple[str, str], ...]]:
    """Return the query with keywords in pinyin as Han words, and the pairs (pinyin, Han words).

    A keyword that has hits as it was typed stays.
    """
    synonyms = thesaurus() if words is None else words
    candidates = list(islice(_pinyin_in(query.parsed.keywords, synonyms), MAX_WORDS))
    if not candidates:
        return query, ()
    counts = engine.counts([keyword_plan(pinyin.written, audience, synonyms) for pinyin in candidates])
    without_hits = [pinyin for pinyin, count in zip(candidates, counts, strict=True) if not count]
    conversions = _conversions(engine, without_hits, audience)
    if not conversions:
        return query, ()
    return query.with_keywords(_converted(query.parsed.keywords, conversions)), tuple(conversions.items())


def better_spelling(
    query: SearchQuery,
    audience: frozenset[str],
    words: Thesaurus | None = None,
    *,
    engine: Engine | None = None,
) -> str:
    """Return the text with misspelled keywords corrected where that has more hits; else an empty text."""
    synonyms = thesaurus() if words is None else words
    doubtful = [word for word in query.parsed.keywords if _may_be_misspelled(word, synonyms)][:MAX_WORDS]
    if not doubtful:
        return ""
    corrections = with_fallback(
        lambda used: _corrections(used, doubtful, audience, synonyms), engine=engine
    ).value
    return _corrected(query.text, corrections) if corrections else ""


def _best_of(
    engine: Engine,
    candidates: Mapping[str, Sequence[LikelyText]],
    audience: frozenset[str],
    unchanged: Mapping[str, int] | None = None,
) -> dict[str, str]:
    """Return by word the reading with the best score for this reader, with one request for all words.

    `unchanged` are the hits of words as they were typed, which cost nothing. Readings without hits are left out.
    """
    pairs = [(word, reading) for word, word_readings in candidates.items() for reading in word_readings]
    counts = engine.counts([word_for_word_plan(reading.text, audience) for _word, reading in pairs])
    best = {word: (math.log(count), word) for word, count in (unchanged or {}).items() if count}
    for (word, reading), count in zip(pairs, counts, strict=True):
        if count:
            best[word] = max(best.get(word, (-math.inf, "")), (reading.score(count), reading.text))
    return {word: text for word, (_score, text) in best.items()}


# Pinyin


@dataclass(frozen=True, slots=True)
class _Pinyin:
    """Pinyin as it was typed: one keyword, or several syllables that are keywords of their own."""

    keywords: tuple[str, ...]
    segmentations: tuple[tuple[str, ...], ...]

    @property
    def written(self) -> str:
        return " ".join(self.keywords)


def _pinyin_in(keywords: Sequence[str], synonyms: Thesaurus) -> Iterable[_Pinyin]:
    for is_syllable, group in groupby(keywords, key=syllables().__contains__):
        side_by_side = tuple(group)
        if is_syllable and 1 < len(side_by_side) <= MAX_SYLLABLES:
            yield _Pinyin(side_by_side, (side_by_side,))
        else:
            for keyword in side_by_side:
                if (pinyin := _as_pinyin(keyword, synonyms)) is not None:
                    yield pinyin


def _as_pinyin(keyword: str, synonyms: Thesaurus) -> _Pinyin | None:
    if not MIN_PINYIN_LENGTH <= len(keyword) <= MAX_PINYIN_LENGTH or keyword in synonyms:
        return None
    segmentations = segmentations_of(keyword)
    return _Pinyin((keyword,), segmentations) if segmentations else None


def segmentations_of(word: str) -> tuple[tuple[str, ...], ...]:
    """Return the ways to cut a word into two or more syllables, those with the fewest syllables first."""
    # ways[end] are segmentations of word[:end], built from those that end where its last syllable begins.
    ways: list[list[tuple[str, ...]]] = [[()], *([] for _character in word)]
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - MAX_SYLLABLE_LENGTH), end):
            if word[start:end] in syllables():
                ways[end] += [(*way, word[start:end]) for way in ways[start] if len(way) < MAX_SYLLABLES]
        ways[end] = sorted(ways[end], key=len)[: 2 * MAX_SEGMENTATIONS]
    return tuple(way for way in ways[-1] if len(way) > 1)[:MAX_SEGMENTATIONS]


def _conversions(engine: Engine, pinyin: Sequence[_Pinyin], audience: frozenset[str]) -> dict[str, str]:
    """Return Han words by pinyin as it was typed, where this reader finds something by them."""
    if not pinyin:
        return {}
    segmentations = [(typed.written, cut) for typed in pinyin for cut in typed.segmentations]
    likely = likeliest(
        engine, [[_homophones(syllable) for syllable in cut] for _written, cut in segmentations]
    )
    candidates: dict[str, list[LikelyText]] = {typed.written: [] for typed in pinyin}
    for (written, _cut), texts in zip(segmentations, likely, strict=True):
        candidates[written] += [reading for reading in texts if reading.looseness <= MAX_PINYIN_LOOSENESS]
    return _best_of(engine, candidates, audience)


@lru_cache(maxsize=512)
def _homophones(syllable: str) -> Candidates:
    """Return the characters that can be read so; those that are mostly read otherwise cost something."""
    return tuple(
        (character, 0.0 if readings()[character][0] == syllable else SECOND_READING_COST)
        for character in syllables()[syllable]
    )


def _converted(keywords: Sequence[str], conversions: dict[str, str]) -> tuple[str, ...]:
    """Return the keywords with Han words in place of their pinyin."""
    text = f" {' '.join(keywords)} "
    for written, words in conversions.items():
        text = text.replace(f" {written} ", f" {words} ", 1)
    return tuple(dict.fromkeys(text.split()))


# Spelling


def _may_be_misspelled(word: str, synonyms: Thesaurus) -> bool:
    """Return whether a word may be misspelled; one that the thesaurus holds is not."""
    if word in synonyms or len(word) > MAX_WORD_LENGTH:
        return False
    return len(word) > 1 if is_han(word) else word.isalpha() and len(word) >= MIN_FUZZY_LENGTH


def _corrections(
    engine: Engine, words: Sequence[str], audience: frozenset[str], synonyms: Thesaurus
) -> dict[str, str]:
    """Return better spellings by word, for words that are rare enough for one."""
    total, *counts = engine.counts(
        [plan_for(MatchAll(), audience), *(keyword_plan(word, audience, synonyms) for word in words)]
    )
    # No spelling can make up for the cheapest change where it would need more hits than there are documents.
    rare = {
        word: count for word, count in zip(words, counts, strict=True) if count * math.exp(MIN_COST) < total
    }
    if not rare:
        return {}
    candidates = _similar_sounding(engine, [word for word in rare if is_han(word)])
    candidates |= {word: _similar_written(engine, word, audience) for word in rare if not is_han(word)}
    best = _best_of(engine, candidates, audience, rare)
    return {word: text for word, text in best.items() if "".join(text.split()) != word}


def _similar_sounding(engine: Engine, words: Sequence[str]) -> dict[str, list[LikelyText]]:
    """Return by Han word the words of the same or a similar sound, and itself with two neighbours swapped."""
    candidates: dict[str, list[LikelyText]] = {word: [] for word in words}
    lattices = [(word, lattice) for word in words for lattice in _lattices_of(word)]
    if lattices:
        likely = likeliest(engine, [lattice for _word, lattice in lattices])
        for (word, _lattice), texts in zip(lattices, likely, strict=True):
            candidates[word] += [reading for reading in texts if _is_likely(reading, word)]
    return candidates


def _is_likely(reading: LikelyText, word: str) -> bool:
    """Return whether a reading looks like a word and changes little: two of 2 characters, 3 of 4, 4 of 6."""
    max_cost = SAME_SOUND_COST + len(word) * SAME_SOUND_COST / 2
    return reading.cost <= max_cost and reading.looseness <= MAX_LOOSENESS


def _lattices_of(word: str) -> list[Lattice]:
    """Return the lattice of similar sounds and one for each swap of two different neighbours."""
    swaps = [
        [
            ((character, SWAP_COST if position == index else 0.0),)
            for position, character in enumerate(swapped)
        ]
        for index in range(len(word) - 1)
        if word[index] != word[index + 1]
        for swapped in [_swap(word, index)]
    ]
    return [[_sounding_like(character) for character in word], *swaps]


def _swap(word: str, index: int) -> str:
    return word[:index] + word[index + 1] + word[index] + word[index + 2 :]


@lru_cache(maxsize=4096)
def _sounding_like(character: str) -> Candidates:
    """Return the character itself, which costs nothing, and those of the same or a similar sound."""
    costs = {character: 0.0}
    for rarity, reading in zip((0.0, SECOND_READING_COST), readings().get(character, ()), strict=False):
        for cost, alike in ((SAME_SOUND_COST, [reading]), (SIMILAR_SOUND_COST, _similar_syllables(reading))):
            for homophone in (homophone for syllable in alike for homophone in syllables().get(syllable, ())):
                costs[homophone] = min(cost + rarity, costs.get(homophone, cost + rarity))
    return tuple(costs.items())


def _similar_syllables(syllable: str) -> list[str]:
    """Return the syllables that many people pronounce like this one."""
    begun = {syllable}
    for pair in SIMILAR_INITIALS:
        for initial, replacement in (pair, pair[::-1]):
            if syllable.startswith(initial):
                begun.add(replacement + syllable[len(initial) :])
    ended = set(begun)
    for pair in SIMILAR_FINALS:
        for final, replacement in (pair, pair[::-1]):
            ended |= {form[: -len(final)] + replacement for form in begun if form.endswith(final)}
    return sorted(ended & syllables().keys() - {syllable})


def _similar_written(engine: Engine, word: str, audience: frozenset[str]) -> list[LikelyText]:
    """Return words of other scripts that differ by one or two letters, of texts that the reader may see."""
    limit = 1 if len(word) < TWO_LETTERS_LENGTH else 2
    result = engine.search(plan_for(Fuzzy("text.u", word, limit), audience, limit=MAX_FUZZY_HITS))
    candidates = {run for hit in result.hits for run in runs(hit.document.text) if not is_han(run)} - {word}
    distances = {candidate: OSA.distance(word, candidate, score_cutoff=limit) for candidate in candidates}
    return [
        LikelyText(candidate, distance * LETTER_COST)
        for candidate, distance in sorted(distances.items(), key=lambda pair: pair[1])
        if distance <= limit
    ][:MAX_FUZZY_WORDS]


def _corrected(text: str, corrections: dict[str, str]) -> str:
    """Return the text with each misspelled run corrected, whatever its width or case; the rest stays as typed."""
    text = text[:MAX_CHARACTERS]
    folded, offsets = fold_with_offsets(text)
    pieces: list[str] = []
    end = 0
    for run in RUN.finditer(folded):
        if run[0] in corrections:
            pieces += [text[end : offsets[run.start()]], corrections[run[0]]]
            end = offsets[run.end() - 1] + 1
    return "".join((*pieces, text[end:]))
