"""Answers to signals of the apps below."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from inquiry.signals import similar_questions_wanted
from portal.org.models import User
from portal.org.rules import audience_tokens
from search.answers.similar import similar
from search.engines.base import SearchUnavailable

MAX_SIMILAR = 10


@receiver(similar_questions_wanted, dispatch_uid="search.name_similar_questions")
def name_similar_questions(text: str, user: User, **kwargs: Any) -> list[int]:
    """Return the primary keys of similar questions in the index, none while no engine answers."""
    try:
        hits = similar(text, audience_tokens(user), kinds=("question",), limit=MAX_SIMILAR)
    except SearchUnavailable:
        return []
    return [int(hit.document.source.partition(":")[2]) for hit in hits]
