"""Identities of articles over versions: which article of a version continues which of its neighbours."""

from collections.abc import Iterable

from django.db import transaction

from norms.comparison.alignment import AlignedArticle, align_articles
from norms.enums import ProvisionKind
from norms.importing.tree import comparable
from norms.models import ArticleIdentity, Citation, DocumentVersion, Provision

# An identity that an article has already goes before any that its words suggest.
OWN_SIMILARITY = 2.0


@transaction.atomic
def link_articles(*, version: DocumentVersion) -> int:
    """Give the articles of a version their identities; return how many continue an article of another version.

    Identities that exist keep their ids, since citations point at them. A version that is filed between two
    others may show that an article of the earlier one and an article of the later one are the same; they are
    then joined under the older id.
    """
    articles = list(version.provisions.articles().in_order())
    texts = _texts(version)
    before, after = _neighbours(version)
    earlier = _links(before, version, texts, version_is_later=True)
    later = _links(after, version, texts, version_is_later=False)
    identity_by_article = _identities(articles, earlier, later)
    new_articles = [article for article in articles if article.pk not in identity_by_article]
    new_identities = ArticleIdentity.objects.bulk_create(
        [ArticleIdentity(document_id=version.document_id) for _ in new_articles]
    )
    for article in articles:
        article.identity_id = identity_by_article.get(article.pk)
    for article, identity in zip(new_articles, new_identities, strict=True):
        article.identity_id = identity.pk
    Provision.objects.bulk_update(articles, ["identity"], batch_size=500)
    return len(identity_by_article)


def _neighbours(version: DocumentVersion) -> tuple[DocumentVersion | None, DocumentVersion | None]:
    """Return the versions before and after this one."""
    versions = list(DocumentVersion.objects.filter(document_id=version.document_id).chronological())
    index = versions.index(version)
    before = versions[index - 1] if index else None
    after = versions[index + 1] if index + 1 < len(versions) else None
    return before, after


def _texts(version: DocumentVersion) -> list[AlignedArticle]:
    """Return the articles of a version as comparable texts, with one query."""
    texts: dict[int, list[str]] = {}
    article_by_provision: dict[int, int] = {}
    for pk, parent, kind, label, heading, text in version.provisions.in_order().values_list(
        "pk", "parent_id", "kind", "label", "heading", "text"
    ):
        article = (
            pk if kind == ProvisionKind.ARTICLE else article_by_provision.get(parent) if parent else None
        )
        if article is None:
            continue
        article_by_provision[pk] = article
        texts.setdefault(article, []).append(heading + text if pk == article else label + heading + text)
    return [AlignedArticle(pk, comparable("".join(parts))) for pk, parts in texts.items()]


def _links(
    neighbour: DocumentVersion | None,
    version: DocumentVersion,
    texts: list[AlignedArticle],
    *,
    version_is_later: bool,
) -> dict[int, tuple[int, float]]:
    """Return the identity and similarity of the article that each article of `version` continues or is continued by."""
    if neighbour is None:
        return {}
    neighbour_texts = _texts(neighbour)
    identities = dict(neighbour.provisions.articles().exclude(identity=None).values_list("pk", "identity_id"))
    if version_is_later:
        pairs = [
            (link.later, link.earlier, link.similarity) for link in align_articles(neighbour_texts, texts)
        ]
    else:
        pairs = [
            (link.earlier, link.later, link.similarity) for link in align_articles(texts, neighbour_texts)
        ]
    return {
        article: (identities[counterpart], similarity)
        for article, counterpart, similarity in pairs
        if counterpart in identities
    }


def _identities(
    articles: Iterable[Provision], earlier: dict[int, tuple[int, float]], later: dict[int, tuple[int, float]]
) -> dict[int, int]:
    """Return an identity for every linked article, none twice; identities that turn out to be one are joined."""
    own = {article.pk: (article.identity_id, OWN_SIMILARITY) for article in articles if article.identity_id}
    # (identity, similarity, article), the most similar first.
    claims = sorted(
        (
            (*links[article.pk], article.pk)
            for article in articles
            for links in (own, earlier, later)
            if article.pk in links
        ),
        key=lambda claim: -claim[1],
    )
    identities: dict[int, int] = {}
    assigned: set[int] = set()
    for identity, _similarity, article in claims:
        if article in identities:
            if identity not in assigned and identities[article] != identity:
                identities[article] = _join(identities[article], identity)
                assigned.update((identities[article], identity))
        elif identity not in assigned:
            identities[article] = identity
            assigned.add(identity)
    return identities


def _join(first: int, second: int) -> int:
    """Make one identity of two that never occur in the same version, else leave both; return the first's present id."""
    versions = [
        set(Provision.objects.filter(identity=pk).values_list("version_id", flat=True))
        for pk in (first, second)
    ]
    # Two articles of one version are two, however alike they read.
    if versions[0] & versions[1]:
        return first
    older, newer = sorted((first, second))
    Provision.objects.filter(identity=newer).update(identity=older)
    Citation.objects.filter(identity=newer).update(identity=older)
    ArticleIdentity.objects.filter(pk=newer).delete()
    return older
