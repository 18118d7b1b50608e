"""The schema of the embedded index, and documents and plans as tantivy takes them."""

import re
from collections.abc import Iterable
from itertools import chain
from typing import Any

import tantivy

from search.documents.base import SearchDocument
from search.engines.fields import VALUE_FIELDS, ordinal, values_of
from search.facets import FACET_NAMES
from search.kinds import completion_weight
from search.plan import (
    TEXT_FIELDS,
    Bool,
    Boost,
    Constant,
    Fuzzy,
    MatchAll,
    Node,
    Phrase,
    Prefix,
    RarestTerms,
    Term,
    Terms,
)
from search.text.analysis import HAN, han_only, normalised
from search.text.pinyin import COMMON_HAN

# Names of tantivy's fields by the text fields of a plan.
FIELD_NAMES = {name: name.replace(".", "_") for name in TEXT_FIELDS}
UNIGRAM_TOKENIZER, PAIR_TOKENIZER = "unigrams", "pairs"
TOKENIZERS = {"u": UNIGRAM_TOKENIZER, "b": PAIR_TOKENIZER}


def schema() -> tantivy.Schema:
    """Return the schema: every whole value indexed, facets also as columns to count, only `text.u` with positions."""
    builder = tantivy.SchemaBuilder()
    for name in VALUE_FIELDS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=name in FACET_NAMES)
    for name, field in FIELD_NAMES.items():
        option = "position" if name == "text.u" else "freq"
        builder.add_text_field(field, tokenizer_name=TOKENIZERS[name[-1]], index_option=option)
    for name in ("date", "weight"):
        builder.add_unsigned_field(name, indexed=True, fast=True)
    builder.add_bytes_field("stored", stored=True)
    return builder.build()


def register_tokenizers(index: tantivy.Index) -> None:
    """Register tokenizers, which run in Rust, for texts that `analysis.normalised` has prepared.

    The bigrams of a whole text include those with the space between two runs; a stop list drops them.
    """
    # One Han character, or a word of any other script.
    unigrams = tantivy.Tokenizer.regex(rf"[{HAN}]|[^\s{HAN}]+")
    pairs = tantivy.Tokenizer.ngram(2, 2)
    across_runs = [pair for code in chain(*COMMON_HAN) for pair in (f"{chr(code)} ", f" {chr(code)}")]
    index.register_tokenizer(UNIGRAM_TOKENIZER, tantivy.TextAnalyzerBuilder(unigrams).build())
    index.register_tokenizer(
        PAIR_TOKENIZER,
        tantivy.TextAnalyzerBuilder(pairs).filter(tantivy.Filter.custom_stopword(across_runs)).build(),
    )


# (fields with their texts or values, date, weight, the document as JSON)
PreparedDocument = tuple[list[tuple[str, str]], int, int, bytes]


def prepare(document: SearchDocument) -> PreparedDocument:
    """Return a document as plain values, so that another process can make it."""
    texts = []
    for name, text in (("text", document.text), ("headings", document.headings)):
        if text:
            words = normalised(text)
            texts += [(f"{name}_u", words), (f"{name}_b", han_only(words))]
    stored = document.to_json().encode()
    return [*values_of(document), *texts], ordinal(document.date), completion_weight(document), stored


def to_tantivy(prepared: PreparedDocument) -> tantivy.Document:
    values, day, weight, stored = prepared
    document = tantivy.Document()
    for field, value in values:
        document.add_text(field, value)
    document.add_unsigned("date", day)
    document.add_unsigned("weight", weight)
    document.add_bytes("stored", stored)
    return document


def compile_node(schema: tantivy.Schema, node: Node) -> tantivy.Query:
    """Return the query for a tree in which all choices by rarity are made (`plan.resolved`)."""
    query = tantivy.Query
    match node:
        case MatchAll():
            return query.all_query()
        case Term(field, value):
            if field in FIELD_NAMES:
                return query.term_query(schema, FIELD_NAMES[field], value, "freq")
            return query.term_query(schema, field, value, "basic")
        case Terms(field, values):
            return query.const_score_query(_terms_query(schema, field, values), 0.0)
        case Prefix(field, value):
            prefix = (
                query.regex_query(schema, field, f"{re.escape(value)}.*") if value else query.empty_query()
            )
            return query.const_score_query(prefix, 0.0)
        case Fuzzy(field, value, distance):
            fuzzy = query.fuzzy_term_query(schema, FIELD_NAMES[field], value, distance)
            return query.const_score_query(fuzzy, 0.0)
        case Phrase(field, terms):
            return query.phrase_query(schema, FIELD_NAMES[field], list(terms))
        case Boost(inner, weight):
            return query.boost_query(compile_node(schema, inner), weight)
        case Constant(inner, score):
            return query.const_score_query(compile_node(schema, inner), score)
        case Bool():
            return _compile_bool(schema, node)
        case RarestTerms():
            raise ValueError("a choice by rarity was not resolved")


def _terms_query(schema: tantivy.Schema, field: str, values: Iterable[str]) -> tantivy.Query:
    terms = list(values)
    if not terms:
        return tantivy.Query.empty_query()
    if len(terms) == 1:
        return tantivy.Query.term_query(schema, field, terms[0], "basic")
    return tantivy.Query.term_set_query(schema, field, terms)


def _compile_bool(schema: tantivy.Schema, node: Bool) -> tantivy.Query:
    clauses: list[tuple[Any, tantivy.Query]] = [
        *((tantivy.Occur.Must, compile_node(schema, clause)) for clause in node.must),
        *((tantivy.Occur.Should, compile_node(schema, clause)) for clause in node.should),
        *((tantivy.Occur.MustNot, compile_node(schema, clause)) for clause in node.must_not),
    ]
    if not node.must and not node.should:
        # `must_not` alone would match nothing.
        clauses.append((tantivy.Occur.Must, tantivy.Query.all_query()))
    minimum = node.minimum if node.should and node.minimum else None
    return tantivy.Query.boolean_query(clauses, minimum_number_should_match=minimum)
