"""Reads for the pages of search."""

from collections.abc import Sequence

from django.contrib.auth.models import AnonymousUser

from portal.org.models import User
from search.documents.base import SearchDocument


def cited_by_notes(documents: Sequence[SearchDocument], user: User | AnonymousUser) -> dict[str, list[str]]:
    return {}
