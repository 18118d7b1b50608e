"""Synonyms of the demo."""

from __future__ import annotations

from home.demo.loader.reading import read
from home.demo.loader.registry import Registry
from search.enums import Direction
from search.models import Synonym
from search.query.synonyms import save_synonym
from search.text.analysis import exact_key


def load_synonyms(registry: Registry) -> None:
    existing_keys = set(Synonym.objects.values_list("key", flat=True))
    for row in read("synonyms")["synonym"]:
        if exact_key(row["term"]) in existing_keys:
            continue
        synonym = Synonym(
            term=row["term"],
            others="、".join(row["others"]),
            direction=Direction.ONE_WAY if row.get("one_way") else Direction.EQUAL,
            note=row.get("note", ""),
        )
        save_synonym(synonym=synonym, actor=None)
        registry.created["synonyms"] += 1
