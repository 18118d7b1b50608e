"""The mapping of every index, and documents as the JSON that is sent.

Analysis uses built-in filters only. Unigrams and pairs are two sub-fields: in one field Elasticsearch scores them as
synonyms of each other and finds less (docs/search.md has the figures). Texts are normalised before they are sent
(`analysis.normalised`), so that the tokenizer cuts them where that of the embedded engine does.
"""

import json
from typing import Any

from elasticsearch.dsl import Document, Index, Integer, Keyword, MetaField, Text, analyzer

from search.documents.base import SearchDocument, digest_of
from search.engines.fields import FORMAT, ordinal, values_of
from search.kinds import DOCUMENT_KINDS, completion_weight
from search.text.analysis import normalised

unigrams = analyzer("unigrams", tokenizer="standard", filter=["cjk_width", "lowercase"])
pairs = analyzer("pairs", tokenizer="standard", filter=["cjk_width", "lowercase", "cjk_bigram"])


def _words(*, positions: bool) -> Text:
    return Text(
        index=False,
        fields={
            "u": Text(analyzer=unigrams, index_options="positions" if positions else "freqs"),
            "b": Text(analyzer=pairs, index_options="freqs"),
        },
    )


def _value(*, doc_values: bool = False) -> Keyword:
    return Keyword(doc_values=doc_values)


class Searchable(Document):
    """One search document; without an audience it is the tombstone of a document that was removed."""

    key = _value(doc_values=True)
    source = _value(doc_values=True)
    digest = Keyword(index=False)
    stored = Keyword(index=False, doc_values=False)
    names = _value()
    audience = _value()
    cites = _value()
    kind = _value(doc_values=True)
    department = _value(doc_values=True)
    session = _value(doc_values=True)
    year = _value(doc_values=True)
    month = _value(doc_values=True)
    topic = _value(doc_values=True)
    status = _value(doc_values=True)
    document = _value(doc_values=True)
    text = _words(positions=True)
    headings = _words(positions=False)
    date = Integer()
    weight = Integer()

    class Meta:
        # A field that the mapping lacks is an error, never a guess.
        dynamic = MetaField("strict")
        # What is only searched need not be stored a second time: hits are read from `stored`.
        source = MetaField(excludes=["text", "headings", "names"])


def alias_of(prefix: str, kind: str) -> str:
    """Return the name by which the documents of one kind are searched and written."""
    return f"{prefix}-{FORMAT}-{kind}"


def aliases(prefix: str) -> list[str]:
    return [alias_of(prefix, kind) for kind in DOCUMENT_KINDS]


def new_index(name: str, *, shards: int, replicas: int, **settings: Any) -> Index:
    index = Index(name)
    index.document(Searchable)
    index.settings(number_of_shards=shards, number_of_replicas=replicas, **settings)
    return index


def body_of(document: SearchDocument) -> str:
    """Return a document with an audience as JSON."""
    fields: dict[str, Any] = {}
    for name, value in values_of(document):
        fields.setdefault(name, []).append(value)
    stored = document.to_json()
    fields |= {
        "text": normalised(document.text),
        "date": ordinal(document.date),
        "weight": completion_weight(document),
        "digest": digest_of(stored),
        "stored": stored,
    }
    if document.headings:
        fields["headings"] = normalised(document.headings)
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def tombstone(key: str, source: str) -> str:
    """Return the JSON that replaces a removed document, so that no older state of it can come back."""
    return json.dumps({"key": key, "source": source})
