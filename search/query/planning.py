"""Plans made of a SearchQuery: what must match, what adds to the score, who may see it.

Scoring is one sum over four fields (unigrams and bigrams of text and headings); the weights, and what a sentence
must have in common with a hit, were measured on statute retrieval, see docs/search.md.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from portal.foundation.numerals import HAN, parse_numeral
from search.documents.names import MAX_NAME_LENGTH
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
from search.text.analysis import fold, is_han, name_key, pairs_of, runs, unigrams, unigrams_of

HEADING_WEIGHT = 0.4
# Hits of a sentence contain one or more of its rarest words: those that stand in this share of all documents
# together, three or more, and in an index of few documents as many as occur in fifty (ADR 10).
SENTENCE_MAX_SHARE = 0.05
SENTENCE_MIN_TERMS = 3
SENTENCE_MIN_BUDGET = 50
# Of a long text so many unigrams and as many bigrams are scored, the rarest of them: the others cost time and
# hardly change the order.
MAX_SCORED_TERMS = 80
# Share of a keyword's bigrams that a hit of a relaxed plan must contain.
RELAXED_SHARE = 0.6
# With fewer strict hits than this, relaxed ones follow below them.
MIN_STRICT_HITS = 10
# Added to the score of strict hits while relaxed ones are listed below them.
STRICT_BONUS = 1000.0
# Whoever types a title, a number or 第28条 wants that record
# first, whatever else has these words.
EXACT_BONUS = 20.0
CITING_BONUS = 10.0
# A synonym adds this share of what the typed word itself would add to the score.
SYNONYM_WEIGHT = 0.6
# An article without a law, with a paragraph or a few more characters: 第28条, 二十八条第一款, 28条规定.
ARTICLE_ALONE = re.compile(rf"第?([0-9{HAN}]+)条(?:第?[0-9{HAN}]+款)?.{{0,6}}")


@dataclass(frozen=True, slots=True)
class Plans:
    """The plan in which every word must match, and one for fewer strict hits than `MIN_STRICT_HITS`, if it would find more."""

    strict: Plan
    relaxed: Plan | None


def make_plans(
    query: SearchQuery, audience: Iterable[str], thesaurus: Thesaurus | None = None, *, article: str = ""
) -> Plans:
    """Compile a query for readers of this audience.

    `article` is the article that the text names, as the field `cites` holds it: records that cite it are hits, too.
    """
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
    strict_match = Bool(should=(Bool(must=_required(parsed, words)), *exact), minimum=1)
    bonus = Constant(strict_match, STRICT_BONUS)
    return Plans(strict, replace(strict, match=_match(query, relaxed, words, exact, bonus)))


def similar_plan(text: str, audience: Iterable[str], *, kinds: tuple[str, ...], limit: int) -> Plan:
    """Return a plan for candidates that share words with a text; `search.text.similarity` ranks them."""
    return Plan(
        match=Bool(must=(Constant(_sentence(text), 0.0),), should=_scoring((text,))),
        audience=Terms("audience", tuple(sorted(audience))),
        filters=(Terms("kind", kinds),),
        limit=limit,
    )


def with_phrase(plan: Plan, text: str) -> Plan:
    """Narrow a plan to hits that also hold the words of `text` side by side; for counting, not for ranking."""
    return replace(plan, match=Constant(Bool(must=(plan.match, _phrase(text))), 0.0))


def plan_for(match: Node, audience: Iterable[str], *, limit: int = 10, sort: str = DATE) -> Plan:
    """Return a plan for what matches a node, in the given order, without scores."""
    return Plan(
        match=Constant(match, 0.0),
        audience=Terms("audience", tuple(sorted(audience))),
        limit=limit,
        sort=sort,
    )


def names_plan(typed: str, audience: Iterable[str], *, limit: int, sort: str) -> Plan:
    """Return a plan for records with a name that begins with what was typed, whatever its spaces and punctuation."""
    # Names are indexed up to that length, and tantivy refuses the pattern of a prefix of some hundred characters.
    return plan_for(Prefix("names", name_key(typed)[:MAX_NAME_LENGTH]), audience, limit=limit, sort=sort)


def keyword_plan(typed: str, audience: Iterable[str], words: Thesaurus | None = None) -> Plan:
    """Return a plan for counting what contains every keyword of a text, or a synonym of it."""
    return plan_for(Bool(must=_all_of(tuple(runs(typed)), words or Thesaurus())), audience)


def word_for_word_plan(typed: str, audience: Iterable[str]) -> Plan:
    """Return a plan for counting what contains every part of a text, each part word for word."""
    return plan_for(Bool(must=tuple(_phrase(part) for part in typed.split())), audience)


def _match(
    query: SearchQuery, required: tuple[Node, ...], words: Thesaurus, exact: tuple[Node, ...], *bonus: Node
) -> Node:
    parsed = query.parsed
    excluded = (
        *(_phrase(item) for item in parsed.excluded),
        *(Terms(facet, values) for facet, values in query.without),
    )
    if not parsed.included:
        return Bool(must=(MatchAll(),), must_not=excluded)
    condition = Bool(should=(Bool(must=required), *exact), minimum=1)
    return Bool(
        must=(Constant(condition, 0.0),),
        should=(*_scoring(parsed.included), *_synonym_scoring(parsed, words), *exact, *bonus),
        must_not=excluded,
    )


def _exact(text: str) -> tuple[Node, ...]:
    """Return nodes for the record with this title, alias or number, and for the article of every law that bears it."""
    names = [name_key(text)[:MAX_NAME_LENGTH]]
    match = ARTICLE_ALONE.fullmatch("".join(fold(text).split()))
    if match and (number := parse_numeral(match[1])):
        names.append(f"第{number}条")
    return tuple(Constant(Term("names", name), EXACT_BONUS) for name in dict.fromkeys(names))


def _scoring(texts: tuple[str, ...]) -> tuple[Node, ...]:
    """Return nodes that score every character, word and pair of some texts once."""
    single: dict[str, None] = {}
    double: dict[str, None] = {}
    for text in texts:
        text_runs = runs(text)
        single.update(dict.fromkeys(unigrams_of(text_runs)))
        double.update(dict.fromkeys(pairs_of(text_runs)))
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


def _synonym_scoring(parsed: ParsedText, words: Thesaurus) -> tuple[Node, ...]:
    """Return nodes that score synonyms, weighed so that a longer one does not count for more than the typed word."""
    weights: dict[str, float] = {}
    for match in synonym_matches(parsed, words):
        for synonym in match.alternatives:
            share = len(unigrams(match.word)) / max(1, len(unigrams(synonym)))
            weights[synonym] = max(weights.get(synonym, 0.0), SYNONYM_WEIGHT * min(1.0, share))
    return tuple(
        Boost(Bool(should=_scoring((synonym,)), minimum=1), weight) for synonym, weight in weights.items()
    )


def _required(parsed: ParsedText, words: Thesaurus) -> tuple[Node, ...]:
    """Return what a strict hit must match: every keyword, something of every sentence, every phrase."""
    return (
        *_all_of(parsed.keywords, words),
        *(_sentence(text, words) for text in parsed.sentences),
        *(_phrase(phrase) for phrase in parsed.phrases),
    )


def _relaxed(parsed: ParsedText, words: Thesaurus) -> tuple[Node, ...] | None:
    """Return what a relaxed hit must match: most of any keyword, and every phrase.

    None where that is the same as the strict condition.
    """
    if not parsed.keywords:
        return None
    keywords = tuple(_keyword_or_synonym(word, words, share=RELAXED_SHARE) for word in parsed.keywords)
    sentences = tuple(_sentence(text, words) for text in parsed.sentences)
    names = tuple(
        _name_or_synonym(group, words) for group in words.grouped(parsed.keywords) if len(group) > 1
    )
    alternatives = (*keywords, *names, *sentences)
    if len(alternatives) == 1 and keywords[0] == _keyword_or_synonym(parsed.keywords[0], words):
        return None
    phrases = tuple(_phrase(phrase) for phrase in parsed.phrases)
    return (Bool(should=alternatives, minimum=1), *phrases)


def synonym_matches(parsed: ParsedText, words: Thesaurus) -> list[SynonymMatch]:
    """Return the typed words that have synonyms, with these; keywords side by side can be one word."""
    texts = (" ".join(parsed.keywords), *parsed.sentences)
    return [match for text in texts for match in words.matches_in(text)]


def _all_of(keywords: tuple[str, ...], words: Thesaurus) -> tuple[Node, ...]:
    return tuple(_name_or_synonym(group, words) for group in words.grouped(keywords))


def _name_or_synonym(group: tuple[str, ...], words: Thesaurus) -> Node:
    """Match one keyword, or several that are one name together, or a synonym of either."""
    parts = tuple(_keyword_or_synonym(word, words) for word in group)
    if len(parts) == 1:
        return parts[0]
    synonyms = words.words["".join(group)]
    nodes = (Bool(must=tuple(keyword(run) for run in runs(synonym))) for synonym in synonyms)
    return Bool(should=(Bool(must=parts), *nodes), minimum=1)


def _keyword_or_synonym(word: str, words: Thesaurus, *, share: float = 1.0) -> Node:
    variants = words.variants(word)
    if not variants:
        return keyword(word, share=share)
    forms = [keyword(word, share=share)]
    forms += [Bool(must=tuple(keyword(run) for run in runs(variant))) for variant in variants]
    return Bool(should=tuple(forms), minimum=1)


def _either(suffix: str, gram: str) -> Node:
    return Bool(should=(Term(f"text.{suffix}", gram), Term(f"headings.{suffix}", gram)), minimum=1)


def keyword(word: str, *, share: float = 1.0) -> Node:
    """Match one run: all of its pairs, or the given share of them, in the text or its headings."""
    if len(word) == 1 or not is_han(word):
        return _either("u", word)
    parts = tuple(_either("b", gram) for gram in dict.fromkeys(pairs_of([word])))
    needed = math.ceil(len(parts) * share)
    if needed >= len(parts):
        return Bool(must=parts)
    return Bool(should=parts, minimum=needed)


def _sentence(text: str, words: Thesaurus | None = None) -> Node:
    """Match what contains one of the rarest words of a text, or of the synonyms of its words."""
    matches = words.matches_in(text) if words else []
    synonyms = [synonym for match in matches for synonym in match.alternatives]
    terms = tuple(dict.fromkeys(term for part in (text, *synonyms) for term in content_terms(part)))
    if not terms:
        return MatchAll()
    return RarestTerms(
        terms, max_share=SENTENCE_MAX_SHARE, min_terms=SENTENCE_MIN_TERMS, min_budget=SENTENCE_MIN_BUDGET
    )


def content_terms(text: str) -> list[Term]:
    """Return pairs of Han characters and words of other scripts; single characters where there is nothing else."""
    text_runs = runs(text)
    terms = [Term("text.b", pair) for pair in pairs_of(text_runs)]
    terms += [Term("text.u", run) for run in text_runs if not is_han(run)]
    return terms or [Term("text.u", run) for run in text_runs]


def _phrase(text: str) -> Node:
    """Match the words of `text` side by side.

    Its pairs narrow the candidates, and prove that no punctuation stands between the characters, which the field of
    unigrams does not know.
    """
    single, double = unigrams(text), tuple(dict.fromkeys(pairs_of(runs(text))))
    if len(single) == 1:
        return Term("text.u", single[0])
    if len(single) == 2 and len(double) == 1:
        return Term("text.b", double[0])
    return Bool(must=(*(Term("text.b", pair) for pair in double), Phrase("text.u", tuple(single))))
