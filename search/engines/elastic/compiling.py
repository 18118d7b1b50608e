"""Compiles plans into queries of Elasticsearch, with `elasticsearch.dsl`."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from elasticsearch.dsl import A, Q, Search
from elasticsearch.dsl.query import Query

from search.engines.base import FACET_SIZE, MAX_WINDOW
from search.plan import (
    DATE,
    TEXT_FIELDS,
    WEIGHT,
    Bool,
    Boost,
    Constant,
    Fuzzy,
    MatchAll,
    Node,
    Phrase,
    Plan,
    Prefix,
    RarestTerms,
    Term,
    Terms,
)

# Each shard returns more values than are shown, so that the counts of the most frequent ones are exact.
SHARD_FACET_SIZE = 20 * FACET_SIZE
# How many terms of the index a fuzzy term may stand for.
FUZZY_EXPANSIONS = 50


def search_of(plan: Plan) -> Search:
    """Return one request for hits, their number and the facets; choices in `plan.match` must be resolved.

    Filters come after the aggregations (`post_filter`), since each facet is counted without its own filter.
    """
    search = Search().query(query_of(Bool(must=(plan.match, plan.audience))))
    if plan.filters:
        search = search.post_filter(query_of(Bool(must=plan.filters)))
    for left_out, facets in plan.facet_groups().items():
        filters = plan.filters_except(left_out)
        for facet in facets:
            terms = A("terms", field=facet, size=FACET_SIZE, shard_size=SHARD_FACET_SIZE)
            if filters:
                search.aggs.bucket(facet, "filter", query_of(Bool(must=filters))).bucket(facet, terms)
            else:
                search.aggs.bucket(facet, terms)
    search = search.sort(*order_of(plan))
    limit = max(0, min(plan.limit, MAX_WINDOW - plan.offset))
    return search.source(["stored"]).extra(from_=min(plan.offset, MAX_WINDOW) if limit else 0, size=limit)


def narrowed_search(plan: Plan) -> Search:
    """Return a request for the plan's hits alone, with every filter in the query."""
    return Search().query(query_of(plan.narrowed())).sort(*order_of(plan)).source(["stored"])


def order_of(plan: Plan) -> list[Any]:
    if plan.sort == DATE:
        return [{"date": "desc"}, "_doc"]
    if plan.sort == WEIGHT:
        return [{"weight": "desc"}, "_doc"]
    return ["_score"]


def facet_counts(plan: Plan, aggregations: dict[str, Any]) -> dict[str, list[tuple[str, int]]]:
    counts: dict[str, list[tuple[str, int]]] = {}
    for facet in plan.facets:
        answer = aggregations[facet]
        buckets = answer[facet]["buckets"] if facet in answer else answer["buckets"]
        counts[facet] = [(bucket["key"], bucket["doc_count"]) for bucket in buckets]
    return counts


def query_of(node: Node) -> Query:
    match node:
        case MatchAll():
            return Q("match_all")
        case Term(field, value):
            return Q("term", **{field: value})
        case Terms(field, values):
            return Q("terms", **{field: list(values)}) if values else Q("match_none")
        case Prefix(field, value):
            return Q("prefix", **{field: {"value": value}}) if value else Q("match_none")
        case Fuzzy(field, value, distance):
            options = {"value": value, "fuzziness": distance, "max_expansions": FUZZY_EXPANSIONS}
            return Q("fuzzy", **{field: options})
        case Phrase(field, terms):
            words = {"query": " ".join(terms), "analyzer": "whitespace"}
            return Q("match_phrase", **{field: words})
        case Boost(inner, weight):
            return _boosted(inner, weight)
        case Constant(inner, score):
            return Q("constant_score", filter=query_of(inner), boost=score)
        case Bool():
            return _bool(node)
        case RarestTerms():
            raise ValueError("a choice by rarity was not resolved")


def _boosted(node: Node, weight: float) -> Query:
    if isinstance(node, Term):
        return Q("term", **{node.field: {"value": node.value, "boost": weight}})
    return Q("bool", must=[query_of(node)], boost=weight)


def _bool(node: Bool) -> Query:
    queries: dict[str, list[Query]] = defaultdict(list)
    for clause in node.must:
        if _is_unscored(clause):
            queries["filter"].append(query_of(clause.node if isinstance(clause, Constant) else clause))
        else:
            queries["must"].append(query_of(clause))
    # Several terms in one `match` query count as a single clause, so they cannot be counted towards a minimum of 2.
    queries["should"] = _alternatives(node.should, together=node.minimum <= 1)
    queries["must_not"] = [query_of(clause) for clause in node.must_not]
    clauses: dict[str, Any] = {occurrence: queries_ for occurrence, queries_ in queries.items() if queries_}
    if not set(clauses) - {"must_not"}:
        clauses["must"] = [Q("match_all")]
    if node.should:
        clauses["minimum_should_match"] = max(node.minimum, 0 if node.must else 1)
    return Q("bool", **clauses)


def _is_unscored(node: Node) -> bool:
    return isinstance(node, Terms | Prefix | Fuzzy) or (isinstance(node, Constant) and node.score == 0)


def _alternatives(nodes: Iterable[Node], *, together: bool) -> list[Query]:
    """Join terms of one field and weight into one `match` query: the same to Lucene, but shorter to send and parse."""
    groups: dict[tuple[str, float], list[str]] = defaultdict(list)
    ungrouped: list[Query] = []
    for node in nodes:
        term, weight = (node.node, node.weight) if isinstance(node, Boost) else (node, 1.0)
        if together and isinstance(term, Term) and term.field in TEXT_FIELDS:
            groups[term.field, weight].append(term.value)
        else:
            ungrouped.append(query_of(node))
    grouped = [
        Q("match", **{field: {"query": " ".join(terms), "analyzer": "whitespace", "boost": weight}})
        for (field, weight), terms in groups.items()
    ]
    return [*grouped, *ungrouped]
