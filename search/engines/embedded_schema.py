"""Schema of the embedded index, and the translation of documents and plans into tantivy's terms."""

from datetime import date

import tantivy

from search.analysis import exact_key, grams
from search.documents.base import SearchDocument, facet_values
from search.plan import FACETS, AnyOf, Bool, Boost, Constant, Everything, Node, Phrase, Term

FORMAT = "v1"
"""Part of the directory's name: raise it whenever analysis or schema change."""

TEXT_FIELDS = ("text.u", "text.b", "headings.u", "headings.b")
FIELD_NAMES = {name: name.replace(".", "_") for name in TEXT_FIELDS}


def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in ("key", "source", "number", "title", "audience"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in FACETS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in FIELD_NAMES.values():
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    builder.add_unsigned_field("date", indexed=True, fast=True)
    builder.add_bytes_field("stored", stored=True)
    return builder.build()


def ordinal(iso_date: str) -> int:
    """Days since year 1; 0 without a date, so that undated documents sort last."""
    return date.fromisoformat(iso_date).toordinal() if iso_date else 0


def to_tantivy(document: SearchDocument) -> tantivy.Document:
    made = tantivy.Document()
    made.add_text("key", document.key)
    made.add_text("source", document.source or document.key)
    for name in (document.number, *document.names):
        made.add_text("number", exact_key(name))
    made.add_text("title", exact_key(document.title))
    for token in document.audience:
        made.add_text("audience", token)
    for facet in FACETS:
        for value in facet_values(document, facet):
            made.add_text(facet, value)
    for name, text in (("text", document.text), ("headings", document.headings)):
        single, double = grams(text)
        made.add_text(f"{name}_u", " ".join(single))
        made.add_text(f"{name}_b", " ".join(double))
    made.add_unsigned("date", ordinal(document.date))
    made.add_bytes("stored", document.to_json().encode())
    return made


def compile_node(schema: tantivy.Schema, node: Node) -> tantivy.Query:
    query = tantivy.Query
    match node:
        case Everything():
            return query.all_query()
        case Term(field, token):
            if field in FIELD_NAMES:
                return query.term_query(schema, FIELD_NAMES[field], token, "freq")
            return query.term_query(schema, field, token, "basic")
        case AnyOf(field, values):
            return query.const_score_query(query.term_set_query(schema, field, list(values)), 0.0)
        case Phrase(field, tokens):
            return query.phrase_query(schema, FIELD_NAMES[field], list(tokens))
        case Boost(inner, weight):
            return query.boost_query(compile_node(schema, inner), weight)
        case Constant(inner, score):
            return query.const_score_query(compile_node(schema, inner), score)
        case Bool():
            return _compile_bool(schema, node)


def _compile_bool(schema: tantivy.Schema, node: Bool) -> tantivy.Query:
    clauses = [
        *((tantivy.Occur.Must, compile_node(schema, item)) for item in node.must),
        *((tantivy.Occur.Should, compile_node(schema, item)) for item in node.should),
        *((tantivy.Occur.MustNot, compile_node(schema, item)) for item in node.must_not),
    ]
    if not node.must and not node.should:
        clauses.append((tantivy.Occur.Must, tantivy.Query.all_query()))
    minimum = node.minimum if node.should and node.minimum else None
    return tantivy.Query.boolean_query(clauses, minimum_number_should_match=minimum)
