"""What sets a filtered set of records apart: words that stand in it far more often than elsewhere.

Candidates come out of the texts of the set that the reader may see; how often each stands here and elsewhere is
counted by the engine for this reader, so that neither a word nor a number tells of what is hidden. The measure is
JLH, the default of Elasticsearch's significant terms aggregation: the rise of a word's share, times how many times
it has risen.
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
# Texts that candidates are taken from: the first ones in the order of the page.
MAX_HITS = 500
MAX_CANDIDATES = 40
# A set with fewer records, or with fewer outside it, says nothing.
LEAST_DOCUMENTS = 10
SUPPORT = 3
# Records of the set that hold a candidate: so many, and this share of them.
SUPPORT_SHARE = 0.01
LONGEST = 8
LONGEST_TEXT = 4_000
# A part of a longer word that stands in at most so many more records is no word of its own.
SAME = 0.8
# So is, in the list, a part of a word that is listed already.
OVERLAP = 0.6
# A word's end has been seen beside so many different characters, or at the end of a run.
NEIGHBOURS = 3
NUMERALS = r"\d零〇一二三四五六七八九十百千两"
REFERENCE = re.compile(rf"第?[{NUMERALS}]+(?:之[{NUMERALS}]+)?[条款项章节]")
NUMERAL = re.compile(rf"[{NUMERALS}]")
# Of other scripts: shorter ones join others.
SHORTEST_WORD = 4
# A word's share here is at least so many times its share of all.
LEAST_RISE = 1.5
# Characters that no word has inside it.
JOINING = frozenset("的了吗呢被把将")


@dataclass(frozen=True, slots=True)
class SignificantTerm:
    """`here` counts records of the set that hold it, `elsewhere` those outside; both as the reader sees them."""

    text: str
    here: int
    elsewhere: int
    score: float


def significant_terms(
    query: SearchQuery, audience: frozenset[str], *, limit: int = MAX_TERMS, engine: Engine | None = None
) -> list[SignificantTerm]:
    """What the filtered search's records speak of and others that answer to the same words do not, best first.

    Raises SearchUnavailable while no engine can answer.
    """
    asked = read_fields(query)
    if not (asked.filters or asked.without):
        return []
    words = thesaurus() if asked.parsed.included else Thesaurus()
    return with_fallback(lambda one: _terms(one, asked, audience, words, limit), engine=engine).value


def unfiltered(query: SearchQuery) -> SearchQuery:
    """What the set is compared with: the same words without filters, within the same kinds where there are others."""
    others = any(facet != "kind" for facet, _values in query.filters)
    if not others:
        return replace(query, filters=(), without=())
    return replace(query, filters=tuple(pair for pair in query.filters if pair[0] == "kind"))


def _terms(
    engine: Engine, asked: SearchQuery, audience: frozenset[str], words: Thesaurus, limit: int
) -> list[SignificantTerm]:
    understood, _read = read_pinyin(engine, asked, audience)
    named = article_in(understood)
    article = named.value if named else ""
    here = _strict(understood, audience, words, article)
    everywhere = _strict(_like(understood, unfiltered(understood)), audience, words, article)
    inside, total = engine.counts([here, everywhere])
    if inside < LEAST_DOCUMENTS or total - inside < LEAST_DOCUMENTS:
        return []
    hits, _gone = reconcile_with_outbox(list(engine.scan(here, limit=MAX_HITS)), audience, understood.parsed)
    support = candidates(hit.document.text for hit in hits)
    counted = engine.counts([with_phrase(everywhere, word) for word in support])
    scored = [
        (jlh(support[word] / len(hits), count / total), word, count)
        for word, count in zip(support, counted, strict=True)
        if count and support[word] / len(hits) >= LEAST_RISE * count / total
    ]
    best = _distinct(sorted(scored, key=lambda one: (-one[0], one[1])), support, limit)
    exact = engine.counts([with_phrase(here, word) for _score, word, _count in best])
    return [
        SignificantTerm(word, found, max(0, count - found), round(score, 4))
        for (score, word, count), found in zip(best, exact, strict=True)
        if found
    ]


def _strict(query: SearchQuery, audience: frozenset[str], words: Thesaurus, article: str) -> Plan:
    return replace(make_plans(query, audience, words, article=article).strict, facets=())


def _like(understood: SearchQuery, other: SearchQuery) -> SearchQuery:
    """The other query with the same understanding of its text."""
    return other.with_keywords(understood.parsed.keywords)


def jlh(share: float, share_elsewhere: float) -> float:
    """0.0 where a word is no more frequent here."""
    if share <= share_elsewhere or not share_elsewhere:
        return 0.0
    return (share - share_elsewhere) * share / share_elsewhere


def _distinct(
    scored: Sequence[tuple[float, str, int]], support: dict[str, int], limit: int
) -> list[tuple[float, str, int]]:
    """The best ones, of a word and its part only the longer where they stand in much the same records."""
    rising = [one for one in scored if one[0] > 0]
    kept: list[tuple[float, str, int]] = []
    for one in rising:
        word = one[1]
        covered = any(
            word in other[1] and other[1] != word and support[other[1]] >= OVERLAP * support[word]
            for other in rising
        )
        if not covered:
            kept.append(one)
    return kept[:limit]


# Candidates


def candidates(texts: Iterable[str], limit: int = MAX_CANDIDATES) -> dict[str, int]:
    """Words, and runs of 2 to 8 Han characters that may be words, with the number of texts that hold them.

    The longer and the more frequent ones first.
    """
    cut = [runs(REFERENCE.sub(" ", text[:LONGEST_TEXT])) for text in texts]
    least = max(SUPPORT, math.ceil(len(cut) * SUPPORT_SHARE))
    han = [" ".join(filter(is_han, found)) for found in cut]
    support = _frequent_words(cut, least) | _whole_words(_frequent_grams(han, least))
    everything = f" {' '.join(han)} "
    ordered = sorted(support, key=lambda word: (-support[word] * math.sqrt(len(word)), word))
    free = (word for word in ordered if not is_han(word) or _is_free(word, everything))
    return {word: support[word] for word in islice(free, limit)}


def _frequent_words(texts: Sequence[list[str]], least: int) -> dict[str, int]:
    """Of other scripts; numbers say nothing."""
    count: Counter[str] = Counter()
    for found in texts:
        count.update(
            {run for run in found if not is_han(run) and len(run) >= SHORTEST_WORD and not run.isdigit()}
        )
    return {word: many for word, many in count.items() if many >= least}


def _frequent_grams(texts: Sequence[str], least: int) -> dict[str, int]:
    """Apriori: a run of n characters is frequent only where both of its parts of n - 1 are.

    Goes one character beyond the longest, to tell the windows of a longer name from words.
    """
    frequent: dict[str, int] = {}
    starts: list[list[int]] = [list(range(len(text) - 1)) for text in texts]
    for size in range(2, LONGEST + 2):
        count: Counter[str] = Counter()
        for text, places in zip(texts, starts, strict=True):
            count.update({text[place : place + size] for place in places})
        level = {
            gram: many
            for gram, many in count.items()
            if many >= least and len(gram) == size and " " not in gram
        }
        if not level:
            break
        frequent.update(level)
        for text, places in zip(texts, starts, strict=True):
            held = {place for place in places if text[place : place + size] in level}
            places[:] = [place for place in held if place + 1 in held]
    return frequent


def _whole_words(count: dict[str, int]) -> dict[str, int]:
    """Without parts of longer ones that stand in much the same texts, and without what is no word by its looks."""
    parts = {
        part
        for gram, many in count.items()
        for part in (gram[:-1], gram[1:])
        if part in count and many >= SAME * count[part]
    }
    return {
        gram: many
        for gram, many in count.items()
        if len(gram) <= LONGEST and gram not in parts and _is_telling(gram)
    }


def _is_telling(gram: str) -> bool:
    if gram[0] in QUIET or gram[-1] in QUIET or JOINING & set(gram):
        return False
    without = NUMERAL.sub("", gram)
    return len(without) == len(gram) or (
        len(without) > 2 and not NUMERAL.match(gram[-1]) and "第" not in gram
    )


def _is_free(word: str, texts: str) -> bool:
    """Begins and ends where a word can: beside different characters, quiet ones, or the end of a run."""
    before: set[str] = set()
    after: set[str] = set()
    place = texts.find(word)
    while place >= 0 and not (_is_open(before) and _is_open(after)):
        before.add(texts[place - 1])
        after.add(texts[place + len(word)])
        place = texts.find(word, place + 1)
    return _is_open(before) and _is_open(after)


def _is_open(beside: set[str]) -> bool:
    return len(beside) >= NEIGHBOURS or " " in beside or not QUIET.isdisjoint(beside)
