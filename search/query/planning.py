"""From a SearchQuery to plans: what must match, what adds to the score, who may see it.

Scoring is one sum over four fields (unigrams and bigrams of text and headings); the weights, and what a sentence
must have in common with a hit, were measured on statute retrieval, see docs/search.md.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from portal.foundation.numerals import HAN, parse_numeral
from search.documents.names import LONGEST_NAME
from search.plan import (
    DATE,
    Bool,
    Boost,
    Constant,
    MatchAll,
    Node,
    Phrase,
    Plan,
    Prefix,
    RarestTerms,
    Term,
    Terms,
)
from search.query.parsing import ParsedText, SearchQuery
from search.query.thesaurus import SynonymMatch, Thesaurus
from search.text.analysis import exact_key, fold, is_han, pairs_of, runs, unigrams, unigrams_of

HEADING_WEIGHT = 0.4
# A sentence's hits contain one at least of its rarest words, which together stand in this share of all
# documents.
SENTENCE_MAX_SHARE = 0.05
SENTENCE_MIN_TERMS = 3
SENTENCE_MIN_BUDGET = 50
# So many unigrams and as many bigrams of a long text are scored, the rarest of them.
MAX_SCORED_TERMS = 80
# Share of a keyword's bigrams that a hit of a relaxed plan must contain.
RELAXED_SHARE = 0.6
# With fewer strict hits than this, relaxed ones follow below them.
ENOUGH = 10
# Added to the score of strict hits while relaxed ones are listed below them.
TIER = 1000.0
EXACT_BONUS = 20.0
CITING_BONUS = 10.0
# What another word for a typed one adds to the score, in parts of what the word itself adds.
SYNONYM_WEIGHT = 0.6
ARTICLE_ALONE = re.compile(rf"第?([0-9{HAN}]+)条(?:第?[0-9{HAN}]+款)?.{{0,6}}")


@dataclass(frozen=True, slots=True)
class Plans:
    strict: Plan
    relaxed: Plan | None


def make_plans(
    query: SearchQuery, audience: Iterable[str], thesaurus: Thesaurus | None = None, *, article: str = ""
) -> Plans:
    """`article` is the one that the text names, as records cite it: those that do are hits."""
    words = thesaurus or Thesaurus()
    parsed = query.parsed
    citing = (Constant(Term("cites", article), CITING_BONUS),) if article else ()
    exact = (*_exact(query.text), *citing)
    strict = Plan(
        match=_match(query, _required(parsed, words), words, exact),
        audience=Terms("audience", tuple(sorted(audience))),
        filters=tuple(Terms(name, values) for name, values in query.filters),
        sort=query.effective_sort,
        offset=query.offset,
        limit=query.limit,
        facets=query.facets,
    )
    relaxed = _relaxed(parsed, words)
    if relaxed is None:
        return Plans(strict, None)
    whole = Bool(should=(Bool(must=_required(parsed, words)), *exact), minimum=1)
    bonus = Constant(whole, TIER)
    return Plans(strict, replace(strict, match=_match(query, relaxed, words, exact, bonus)))


def similar_plan(text: str, audience: Iterable[str], *, kinds: tuple[str, ...], limit: int) -> Plan:
    """Candidates that share words with a text; how similar they are is for `search.text.similarity` to say."""
    return Plan(
        match=Bool(must=(Constant(_sentence(text), 0.0),), should=_scoring((text,))),
        audience=Terms("audience", tuple(sorted(audience))),
        filters=(Terms("kind", kinds),),
        limit=limit,
    )


def with_phrase(plan: Plan, text: str) -> Plan:
    """The plan's hits that hold the words of `text` side by side, too: for counting."""
    return replace(plan, match=Constant(Bool(must=(plan.match, _whole(text))), 0.0))


def plan_for(match: Node, audience: Iterable[str], *, limit: int = 10, sort: str = DATE) -> Plan:
    """What matches a node, without words to score by."""
    return Plan(
        match=Constant(match, 0.0),
        audience=Terms("audience", tuple(sorted(audience))),
        limit=limit,
        sort=sort,
    )


def names_plan(typed: str, audience: Iterable[str], *, limit: int, sort: str) -> Plan:
    """Records one of whose names, ignoring spaces and punctuation, begins with what was typed."""
    return plan_for(Prefix("names", exact_key(typed)), audience, limit=limit, sort=sort)


def keyword_plan(typed: str, audience: Iterable[str], words: Thesaurus | None = None) -> Plan:
    """What contains every keyword of a text, or another word for it: for counting."""
    return plan_for(Bool(must=_all_of(tuple(runs(typed)), words or Thesaurus())), audience)


def word_for_word_plan(typed: str, audience: Iterable[str]) -> Plan:
    """What contains every part of a text, each of its parts word for word: for counting."""
    return plan_for(Bool(must=tuple(_whole(part) for part in typed.split())), audience)


def _match(
    query: SearchQuery, required: tuple[Node, ...], words: Thesaurus, exact: tuple[Node, ...], *bonus: Node
) -> Node:
    parsed = query.parsed
    excluded = (
        *(_whole(item) for item in parsed.excluded),
        *(Terms(facet, values) for facet, values in query.without),
    )
    if not parsed.wanted:
        return Bool(must=(MatchAll(),), must_not=excluded)
    wanted = Bool(should=(Bool(must=required), *exact), minimum=1)
    return Bool(
        must=(Constant(wanted, 0.0),),
        should=(*_scoring(parsed.wanted), *_other_words(parsed, words), *exact, *bonus),
        must_not=excluded,
    )


def _exact(text: str) -> tuple[Node, ...]:
    """The record with this title, other name or number; every law's article where a number stands alone."""
    names = [exact_key(text)[:LONGEST_NAME]]
    found = ARTICLE_ALONE.fullmatch("".join(fold(text).split()))
    if found and (number := parse_numeral(found[1])):
        names.append(f"第{number}条")
    return tuple(Constant(Term("names", name), EXACT_BONUS) for name in dict.fromkeys(names))


def _scoring(texts: tuple[str, ...]) -> tuple[Node, ...]:
    single: dict[str, None] = {}
    double: dict[str, None] = {}
    for text in texts:
        found = runs(text)
        single.update(dict.fromkeys(unigrams_of(found)))
        double.update(dict.fromkeys(pairs_of(found)))
    return (*_scored("u", single), *_scored("b", double))


def _scored(suffix: str, grams: Iterable[str]) -> tuple[Node, ...]:
    terms = tuple(Term(f"text.{suffix}", gram) for gram in grams)
    nodes = [
        Bool(should=(term, Boost(Term(f"headings.{suffix}", term.value), HEADING_WEIGHT)), minimum=1)
        for term in terms
    ]
    if len(terms) <= MAX_SCORED_TERMS:
        return tuple(part for node in nodes for part in node.should)
    return (RarestTerms(terms, nodes=tuple(nodes), max_terms=MAX_SCORED_TERMS),)


def _other_words(parsed: ParsedText, words: Thesaurus) -> tuple[Node, ...]:
    """Weighed so that a longer word for the same does not say more than the one that was typed."""
    weights: dict[str, float] = {}
    for each in synonym_matches(parsed, words):
        for other in each.alternatives:
            share = len(unigrams(each.word)) / max(1, len(unigrams(other)))
            weights[other] = max(weights.get(other, 0.0), SYNONYM_WEIGHT * min(1.0, share))
    return tuple(
        Boost(Bool(should=_scoring((other,)), minimum=1), weight) for other, weight in weights.items()
    )


def _required(parsed: ParsedText, words: Thesaurus) -> tuple[Node, ...]:
    return (
        *_all_of(parsed.keywords, words),
        *(_sentence(text, words) for text in parsed.sentences),
        *(_whole(phrase) for phrase in parsed.phrases),
    )


def _relaxed(parsed: ParsedText, words: Thesaurus) -> tuple[Node, ...] | None:
    """Any one keyword, most of it, is enough; phrases still hold. None where that asks for nothing less."""
    if not parsed.keywords:
        return None
    wanted = tuple(_keyword_or_other(word, words, share=RELAXED_SHARE) for word in parsed.keywords)
    sentences = tuple(_sentence(text, words) for text in parsed.sentences)
    names = tuple(_name_or_other(group, words) for group in words.grouped(parsed.keywords) if len(group) > 1)
    alternatives = (*wanted, *names, *sentences)
    if len(alternatives) == 1 and wanted[0] == _keyword_or_other(parsed.keywords[0], words):
        return None
    phrases = tuple(_whole(phrase) for phrase in parsed.phrases)
    return (Bool(should=alternatives, minimum=1), *phrases)


def synonym_matches(parsed: ParsedText, words: Thesaurus) -> list[SynonymMatch]:
    """Known words among those that were typed, with the others that may stand for them."""
    return [each for text in (" ".join(parsed.keywords), *parsed.sentences) for each in words.found_in(text)]


def _all_of(keywords: tuple[str, ...], words: Thesaurus) -> tuple[Node, ...]:
    return tuple(_name_or_other(group, words) for group in words.grouped(keywords))


def _name_or_other(group: tuple[str, ...], words: Thesaurus) -> Node:
    """One keyword; or several that are one name together."""
    parts = tuple(_keyword_or_other(word, words) for word in group)
    if len(parts) == 1:
        return parts[0]
    others = (tuple(keyword(run) for run in runs(other)) for other in words.words["".join(group)])
    return Bool(should=(Bool(must=parts), *(Bool(must=other) for other in others)), minimum=1)


def _keyword_or_other(word: str, words: Thesaurus, *, share: float = 1.0) -> Node:
    variants = words.variants(word)
    if not variants:
        return keyword(word, share=share)
    forms = [keyword(word, share=share)]
    forms += [Bool(must=tuple(keyword(run) for run in runs(variant))) for variant in variants]
    return Bool(should=tuple(forms), minimum=1)


def _either(suffix: str, gram: str) -> Node:
    return Bool(should=(Term(f"text.{suffix}", gram), Term(f"headings.{suffix}", gram)), minimum=1)


def keyword(word: str, *, share: float = 1.0) -> Node:
    """One run: all of its pairs (or the given share of them), in the text or its headings."""
    if len(word) == 1 or not is_han(word):
        return _either("u", word)
    parts = tuple(_either("b", gram) for gram in dict.fromkeys(pairs_of([word])))
    needed = math.ceil(len(parts) * share)
    if needed >= len(parts):
        return Bool(must=parts)
    return Bool(should=parts, minimum=needed)


def _sentence(text: str, words: Thesaurus | None = None) -> Node:
    others = [other for each in (words.found_in(text) if words else ()) for other in each.alternatives]
    terms = tuple(dict.fromkeys(term for part in (text, *others) for term in telling_terms(part)))
    if not terms:
        return MatchAll()
    return RarestTerms(
        terms, max_share=SENTENCE_MAX_SHARE, min_terms=SENTENCE_MIN_TERMS, min_budget=SENTENCE_MIN_BUDGET
    )


def telling_terms(text: str) -> list[Term]:
    """Pairs of Han characters, and words of other scripts; single characters where there is nothing else."""
    found = runs(text)
    terms = [Term("text.b", pair) for pair in pairs_of(found)]
    terms += [Term("text.u", run) for run in found if not is_han(run)]
    return terms or [Term("text.u", run) for run in found]


def _whole(text: str) -> Node:
    """The words of `text` side by side: pairs tell where to look, and that no punctuation stands between."""
    found = runs(text)
    single, double = unigrams(text), tuple(dict.fromkeys(pairs_of(found)))
    if len(single) == 1:
        return Term("text.u", single[0])
    if len(single) == 2 and len(double) == 1:
        return Term("text.b", double[0])
    return Bool(must=(*(Term("text.b", pair) for pair in double), Phrase("text.u", tuple(single))))
