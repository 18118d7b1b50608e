"""From a SearchQuery to plans: what must match, what adds to the score, who may see it.

Scoring is one sum over four fields (unigrams and bigrams of text and headings); the weights were measured on
statute retrieval, see docs/search.md.
"""

import math
from dataclasses import dataclass, replace

from search.analysis import bigrams, exact_key, grams, is_han, unigrams
from search.plan import AnyOf, Bool, Boost, Constant, Everything, Node, Phrase, Plan, Term
from search.query import ParsedText, SearchQuery

HEADING_WEIGHT = 0.4
SENTENCE_SHARE = 0.1
"""Share of a sentence's bigrams that a hit must contain."""
SOFT_SHARE = 0.6
"""Share of a keyword's bigrams that a softer hit must contain."""
ENOUGH = 10
"""With fewer strict hits than this, softer ones follow below them."""
TIER = 1000.0
"""Added to the score of strict hits while softer ones are listed below them."""
EXACT_BONUS = 20.0


@dataclass(frozen=True, slots=True)
class Plans:
    strict: Plan
    soft: Plan | None


def make_plans(query: SearchQuery, tokens: frozenset[str]) -> Plans:
    parsed = query.parsed
    strict = Plan(
        match=_match(query.text, parsed, _required(parsed)),
        audience=AnyOf("audience", tuple(sorted(tokens))),
        filters=tuple(AnyOf(name, values) for name, values in query.filters),
        sort=query.effective_sort,
        offset=query.offset,
        limit=query.limit,
        facets=query.facets,
    )
    softened = _softened(parsed)
    if softened is None:
        return Plans(strict, None)
    bonus = Constant(Bool(must=_required(parsed)), TIER)
    return Plans(strict, replace(strict, match=_match(query.text, parsed, softened, bonus)))


def similar_plan(text: str, tokens: frozenset[str], *, kinds: tuple[str, ...], limit: int) -> Plan:
    """Candidates that share words with a text; how similar they are is for `analysis.similarity` to say."""
    return Plan(
        match=Bool(must=(Constant(_sentence(text), 0.0),), should=_scoring((text,))),
        audience=AnyOf("audience", tuple(sorted(tokens))),
        filters=(AnyOf("kind", kinds),),
        limit=limit,
    )


def _match(text: str, parsed: ParsedText, required: tuple[Node, ...], *bonus: Node) -> Node:
    excluded = tuple(_whole(item) for item in parsed.excluded)
    if not parsed.wanted:
        return Bool(must=(Everything(),), must_not=excluded)
    key = exact_key(text)
    exact = tuple(Constant(Term(name, key), EXACT_BONUS) for name in ("title", "number"))
    wanted = Bool(should=(Bool(must=required), *exact), minimum=1)
    return Bool(
        must=(Constant(wanted, 0.0),),
        should=(*_scoring(parsed.wanted), *exact, *bonus),
        must_not=excluded,
    )


def _scoring(texts: tuple[str, ...]) -> tuple[Node, ...]:
    single: dict[str, None] = {}
    double: dict[str, None] = {}
    for text in texts:
        ones, twos = grams(text)
        single.update(dict.fromkeys(ones))
        double.update(dict.fromkeys(twos))
    plain = [*(Term("text.u", token) for token in single), *(Term("text.b", token) for token in double)]
    heading = [
        Boost(Term(term.field.replace("text", "headings"), term.token), HEADING_WEIGHT) for term in plain
    ]
    return (*plain, *heading)


def _required(parsed: ParsedText) -> tuple[Node, ...]:
    return (
        *(_keyword(word) for word in parsed.keywords),
        *(_sentence(text) for text in parsed.sentences),
        *(_whole(phrase) for phrase in parsed.phrases),
    )


def _softened(parsed: ParsedText) -> tuple[Node, ...] | None:
    """Any one keyword, most of it, is enough; phrases still hold. None where that asks for nothing less."""
    if not parsed.keywords:
        return None
    words = tuple(_keyword(word, share=SOFT_SHARE) for word in parsed.keywords)
    sentences = tuple(_sentence(text) for text in parsed.sentences)
    alternatives = (*words, *sentences)
    if len(alternatives) == 1 and words[0] == _keyword(parsed.keywords[0]):
        return None
    phrases = tuple(_whole(phrase) for phrase in parsed.phrases)
    return (Bool(should=alternatives, minimum=1), *phrases)


def _either(field: str, token: str) -> Node:
    return Bool(should=(Term(f"text.{field}", token), Term(f"headings.{field}", token)), minimum=1)


def _keyword(word: str, *, share: float = 1.0) -> Node:
    if len(word) == 1 or not is_han(word):
        return _either("u", word)
    parts = tuple(_either("b", token) for token in dict.fromkeys(bigrams(word)))
    needed = math.ceil(len(parts) * share)
    if needed >= len(parts):
        return Bool(must=parts)
    return Bool(should=parts, minimum=needed)


def _sentence(text: str) -> Node:
    tokens = tuple(dict.fromkeys(bigrams(text)))
    if not tokens:
        return Everything()
    terms = tuple(Term("text.b", token) for token in tokens)
    return Bool(should=terms, minimum=max(1, int(len(tokens) * SENTENCE_SHARE)))


def _whole(text: str) -> Node:
    """The words of `text` side by side; bigrams are the faster way where it is one run of Han characters."""
    single, double = unigrams(text), bigrams(text)
    if len(single) == 1:
        return Term("text.u", single[0])
    if len(double) == 1:
        return Term("text.b", double[0])
    if len(double) == len(single) - 1:
        return Phrase("text.b", tuple(double))
    return Phrase("text.u", tuple(single))
