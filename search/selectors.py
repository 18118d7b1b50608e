"""Reads for the pages of search."""

import threading
from collections.abc import Sequence
from itertools import permutations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Max
from django.utils.translation import gettext as _

from norms.models import DocumentAlias, NormativeDocument
from norms.selectors import cited_by_counts
from portal.org.models import User
from search.documents.base import SearchDocument
from search.models import Synonym
from search.thesaurus import Thesaurus


def cited_by_notes(documents: Sequence[SearchDocument], user: User | AnonymousUser) -> dict[str, str]:
    """By key of an article: which kinds of records cite it and how many, as far as the reader may see them."""
    identities = {
        document.key: int(identity) for document in documents if (identity := document.fact("identity"))
    }
    if not identities:
        return {}
    counts = cited_by_counts(set(identities.values()), user)
    return {
        key: _("Cited by: %(kinds)s")
        % {"kinds": " · ".join(f"{group.label} {group.count}" for group in counts[identity])}
        for key, identity in identities.items()
        if counts.get(identity)
    }


_known = threading.local()
"""Of each thread, with the state of the tables that it was read at."""


def thesaurus() -> Thesaurus:
    """Synonyms of staff and other names of laws, as they are now; read again only where one has changed."""
    stamp = _stamp()
    if getattr(_known, "stamp", None) != stamp:
        _known.words = Thesaurus.of([*_synonyms(), *_names_of_laws()])
        _known.stamp = stamp
    return _known.words


def _stamp() -> tuple[object, ...]:
    synonyms = Synonym.objects.aggregate(rows=Count("pk"), last=Max("updated_at"), top=Max("pk"))
    aliases = DocumentAlias.objects.aggregate(rows=Count("pk"), top=Max("pk"))
    laws = NormativeDocument.objects.aggregate(rows=Count("pk"), last=Max("updated_at"))
    return (*synonyms.values(), *aliases.values(), *laws.values())


def _synonyms() -> list[tuple[str, str]]:
    return [pair for synonym in Synonym.objects.active() for pair in synonym.pairs()]


def _names_of_laws() -> list[tuple[str, str]]:
    """Every name of a law may stand for every other one."""
    names: dict[int, dict[str, None]] = {}
    for document, title, alias in DocumentAlias.objects.order_by("pk").values_list(
        "document_id", "document__title_key", "key"
    ):
        names.setdefault(document, {}).update({title: None, alias: None})
    return [pair for known in names.values() for pair in permutations(known, 2)]
