"""Notes on the records that cite the articles among the hits."""

from collections.abc import Sequence

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from norms.selectors import cited_by_counts
from portal.org.models import User
from search.documents.base import SearchDocument


def cited_by_notes(documents: Sequence[SearchDocument], user: User | AnonymousUser) -> dict[str, str]:
    """Return by key of an article which kinds of records cite it and how many, as far as the reader may see them."""
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
