"""Significant terms of a filtered set of records: words that occur in it far more often than elsewhere.

Candidates are taken from texts of the set that the reader may see. The engine counts each inside and outside the set
for this reader, so that neither a word nor a number reveals hidden records. The score is JLH, the default of
Elasticsearch's significant terms aggregation: the difference of a word's two shares times their ratio.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from search.answers.results import reconcile_with_outbox
from search.answers.searching import article_in
from search.answers.spelling import read_pinyin
from search.engines.base import Engine
from search.engines.fallback import with_fallback
from search.plan import Plan
from search.query.fields import read_fields
from search.query.parsing import SearchQuery
from search.query.planning import make_plans, with_phrase
from search.query.thesaurus import Thesaurus
from search.query.vocabulary import thesaurus
from search.text.analysis import is_han, runs
from search.text.similarity import QUIET

MAX_TERMS = 12
# Hits whose texts candidates are taken from: the first ones in the order of the page.
MAX_HITS = 500
# Candidates that the engine counts in one request.
MAX_CANDIDATES = 40
# Shares of fewer records than this, inside the set or outside, are chance.
MIN_DOCUMENTS = 10
# Texts of the set that must contain a candidate: so many, and this share of them.
MIN_SUPPORT = 3
MIN_SUPPORT_SHARE = 0.01
# Characters of a candidate, and of each text that is read.
MAX_WORD_LENGTH = 8
MAX_TEXT_LENGTH = 4_000
# A part is no word of its own where the longer word occurs in this share of its texts; in the list of terms, where
# candidates have been counted, a smaller share is enough.
PART_SHARE = 0.8
LISTED_PART_SHARE = 0.6
# A word begins and ends beside so many different characters, or at the end of a run.
MIN_NEIGHBOURS = 3
NUMERALS = r"\d零〇一二三四五六七八九十百千两"
# 第二百三十四条之一, 第3款: citations are no words of a subject.
REFERENCE = re.compile(rf"第?[{NUMERALS}]+(?:之[{NUMERALS}]+)?[条款项章节]")
NUMERAL = re.compile(rf"[{NUMERALS}]")
# Letters of a word of another script; shorter ones are function words.
MIN_WORD_LENGTH = 4
# A word's share of the set is at least so many times its share of all records.
MIN_RATIO = 1.5
# Particles that join words and stand inside none.
PARTICLES = frozenset("的了吗呢被把将")


@dataclass(frozen=True, slots=True)
class SignificantTerm:
    """A word with its number of records inside the set and outside it, as far as the reader may see them."""

    text: str
    here: int
    elsewhere: int
    score: float


def significant_terms(
    query: SearchQuery, audience: frozenset[str], *, limit: int = MAX_TERMS, engine: Engine | None = None
) -> list[SignificantTerm]:
    """Return words typical of a filtered search, compared with the same search without filters, best first.

    There are none without filters. Raises SearchUnavailable while no engine can answer.
    """
    query = read_fields(query)
    if not (query.filters or query.without):
        return []
    words = thesaurus() if query.parsed.included else Thesaurus()
    return with_fallback(lambda used: _terms(used, query, audience, words, limit), engine=engine).value


def unfiltered(query: SearchQuery) -> SearchQuery:
    """Return the search that a set is compared with.

    It has no filters but that by kind, which stays where there are others: questions are compared with questions.
    """
    if all(facet == "kind" for facet, _values in query.filters):
        return replace(query, filters=(), without=())
    return replace(query, filters=tuple(pair for pair in query.filters if pair[0] == "kind"))


def _terms(
    engine: Engine, query: SearchQuery, audience: frozenset[str], words: Thesaurus, limit: int
) -> list[SignificantTerm]:
    converted, _conversions = read_pinyin(engine, query, audience)
    citation = article_in(converted)
    article = citation.value if citation else ""
    comparison = unfiltered(converted).with_keywords(converted.parsed.keywords)
    here = _strict(converted, audience, words, article)
    everywhere = _strict(comparison, audience, words, article)
    inside, total = engine.counts([here, everywhere])
    if inside < MIN_DOCUMENTS or total - inside < MIN_DOCUMENTS:
        return []
    scanned = list(engine.scan(here, limit=MAX_HITS))
    hits, _hidden_count = reconcile_with_outbox(scanned, audience, converted.parsed)
    support = candidates(hit.document.text for hit in hits)
    counts = engine.counts([with_phrase(everywhere, word) for word in support])
    scored = [
        (jlh(support[word] / len(hits), count / total), word, count)
        for word, count in zip(support, counts, strict=True)
        if count and support[word] / len(hits) >= MIN_RATIO * count / total
    ]
    best = _distinct(sorted(scored, key=lambda row: (-row[0], row[1])), support, limit)
    # Candidates came from the first hits only; the terms that are shown are counted in the whole set.
    counts_here = engine.counts([with_phrase(here, word) for _score, word, _count in best])
    return [
        SignificantTerm(word, count_here, max(0, count - count_here), round(score, 4))
        for (score, word, count), count_here in zip(best, counts_here, strict=True)
        if count_here
    ]


def _strict(query: SearchQuery, audience: frozenset[str], words: Thesaurus, article: str) -> Plan:
    return replace(make_plans(query, audience, words, article=article).strict, facets=())


def jlh(share: float, share_elsewhere: float) -> float:
    """Return the JLH score of a word; 0.0 where it is no more frequent in the set than elsewhere."""
    if share <= share_elsewhere or not share_elsewhere:
        return 0.0
    return (share - share_elsewhere) * share / share_elsewhere


def _distinct(
    scored: Sequence[tuple[float, str, int]], support: dict[str, int], limit: int
) -> list[tuple[float, str, int]]:
    """Return the best rows (score, word, count), without parts of words that occur in much the same records."""
    rising = [row for row in scored if row[0] > 0]
    distinct: list[tuple[float, str, int]] = []
    for row in rising:
        word = row[1]
        is_part = any(
            word in longer and longer != word and support[longer] >= LISTED_PART_SHARE * support[word]
            for _score, longer, _count in rising
        )
        if not is_part:
            distinct.append(row)
    return distinct[:limit]


# Candidates


def candidates(texts: Iterable[str], limit: int = MAX_CANDIDATES) -> dict[str, int]:
    """Return words, and runs of 2 to 8 Han characters that look like words, with the number of texts of each.

    The more frequent and the longer come first.
    """
    runs_of_texts = [runs(REFERENCE.sub(" ", text[:MAX_TEXT_LENGTH])) for text in texts]
    min_support = max(MIN_SUPPORT, math.ceil(len(runs_of_texts) * MIN_SUPPORT_SHARE))
    han_texts = [" ".join(filter(is_han, text_runs)) for text_runs in runs_of_texts]
    support = _frequent_words(runs_of_texts, min_support) | _words(_frequent_grams(han_texts, min_support))
    joined = f" {' '.join(han_texts)} "
    ordered = sorted(support, key=lambda word: (-support[word] * math.sqrt(len(word)), word))
    free = (word for word in ordered if not is_han(word) or _is_free(word, joined))
    return {word: support[word] for word in islice(free, limit)}


def _frequent_words(runs_of_texts: Sequence[list[str]], min_support: int) -> dict[str, int]:
    """Return frequent words of other scripts with their number of texts; numbers are no words."""
    support: Counter[str] = Counter()
    for text_runs in runs_of_texts:
        support.update(
            {
                run
                for run in text_runs
                if not is_han(run) and len(run) >= MIN_WORD_LENGTH and not run.isdigit()
            }
        )
    return {word: count for word, count in support.items() if count >= min_support}


def _frequent_grams(texts: Sequence[str], min_support: int) -> dict[str, int]:
    """Return frequent runs of Han characters with their number of texts.

    Apriori: a run of n characters can be frequent only where both of its parts of n - 1 are, so that each round looks
    only where the one before it succeeded. It goes one character beyond the longest word, so that `_words` can tell
    the beginning of a longer name from a word.
    """
    frequent: dict[str, int] = {}
    starts_by_text: list[list[int]] = [list(range(len(text) - 1)) for text in texts]
    for size in range(2, MAX_WORD_LENGTH + 2):
        support: Counter[str] = Counter()
        for text, starts in zip(texts, starts_by_text, strict=True):
            support.update({text[start : start + size] for start in starts})
        level = {
            gram: count
            for gram, count in support.items()
            if count >= min_support and len(gram) == size and " " not in gram
        }
        if not level:
            break
        frequent.update(level)
        for text, starts in zip(texts, starts_by_text, strict=True):
            frequent_starts = {start for start in starts if text[start : start + size] in level}
            starts[:] = [start for start in frequent_starts if start + 1 in frequent_starts]
    return frequent


def _words(support: dict[str, int]) -> dict[str, int]:
    """Return the runs that look like words, without parts of longer ones that occur in much the same texts."""
    parts = {
        part
        for gram, count in support.items()
        for part in (gram[:-1], gram[1:])
        if part in support and count >= PART_SHARE * support[part]
    }
    return {
        gram: count
        for gram, count in support.items()
        if len(gram) <= MAX_WORD_LENGTH and gram not in parts and _is_content(gram)
    }


def _is_content(gram: str) -> bool:
    """Return whether a run has no function words at its ends and is more than a number with its unit."""
    if gram[0] in QUIET or gram[-1] in QUIET or PARTICLES & set(gram):
        return False
    without_numerals = NUMERAL.sub("", gram)
    return len(without_numerals) == len(gram) or (
        len(without_numerals) > 2 and not NUMERAL.match(gram[-1]) and "第" not in gram
    )


def _is_free(word: str, text: str) -> bool:
    """Return whether a run begins and ends where words do: beside different characters, or the end of a run."""
    before: set[str] = set()
    after: set[str] = set()
    start = text.find(word)
    while start >= 0 and not (_is_boundary(before) and _is_boundary(after)):
        before.add(text[start - 1])
        after.add(text[start + len(word)])
        start = text.find(word, start + 1)
    return _is_boundary(before) and _is_boundary(after)


def _is_boundary(neighbours: set[str]) -> bool:
    return len(neighbours) >= MIN_NEIGHBOURS or " " in neighbours or not QUIET.isdisjoint(neighbours)
