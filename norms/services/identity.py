"""Linking the articles of a version to those they continue, by their text and in their order."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.db import transaction
from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from norms.enums import ProvisionKind
from norms.importing.tree import comparable
from norms.models import ArticleIdentity, Citation, DocumentVersion, Provision

SAME = 0.52
OWN = 2.0
MOVED = 0.75
MAX_CELLS = 250_000
CONTAINED = 80
WEIGHT_OF_PART = 0.7
_SHORT = 30


@dataclass(frozen=True, slots=True)
class ArticleText:
    """One article to compare: `key` names it, `text` is comparable text without the number."""

    key: int
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    earlier: int
    later: int
    similarity: float


def aligned(earlier: Sequence[ArticleText], later: Sequence[ArticleText]) -> list[Link]:
    """Which article continues which. Order is kept first; what is left over may have moved."""
    pairs = _in_order(earlier, later)
    linked = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    rest = (
        [index for index in range(len(earlier)) if index not in linked[0]],
        [index for index in range(len(later)) if index not in linked[1]],
    )
    pairs += _moved(earlier, later, *rest)
    return [Link(earlier[a].key, later[b].key, similarity) for a, b, similarity in sorted(pairs)]


def _in_order(earlier: Sequence[ArticleText], later: Sequence[ArticleText]) -> list[tuple[int, int, float]]:
    """Equal articles first, as fixed points; between them the alignment with the greatest similarity."""
    anchors = _fixed_points(earlier, later)
    pairs: list[tuple[int, int, float]] = [(a, b, 1.0) for a, b in anchors]
    bounds = [(-1, -1), *anchors, (len(earlier), len(later))]
    for (a_before, b_before), (a_after, b_after) in pairwise(bounds):
        rows, columns = range(a_before + 1, a_after), range(b_before + 1, b_after)
        if rows and columns:
            pairs += _best_path(earlier, later, rows, columns)
    return pairs


def _fixed_points(earlier: Sequence[ArticleText], later: Sequence[ArticleText]) -> list[tuple[int, int]]:
    """The longest run in order of articles that read the same and stand once on either side."""
    places_a, places_b = _unique_places(earlier), _unique_places(later)
    common = sorted((place, places_b[text]) for text, place in places_a.items() if text in places_b)
    return _longest_increasing(common)


def _unique_places(articles: Sequence[ArticleText]) -> dict[str, int]:
    places: dict[str, int] = {}
    doubles: set[str] = set()
    for index, article in enumerate(articles):
        if article.text in places:
            doubles.add(article.text)
        places[article.text] = index
    return {text: place for text, place in places.items() if text and text not in doubles}


def _longest_increasing(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    tails: list[int] = []
    tail_at: list[int] = []
    before: list[int] = [-1] * len(pairs)
    for index, (_a, b) in enumerate(pairs):
        length = bisect_left(tails, b)
        before[index] = tail_at[length - 1] if length else -1
        if length == len(tails):
            tails.append(b)
            tail_at.append(index)
        else:
            tails[length], tail_at[length] = b, index
    chain: list[tuple[int, int]] = []
    at = tail_at[-1] if tail_at else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def _best_path(
    earlier: Sequence[ArticleText], later: Sequence[ArticleText], rows: range, columns: range
) -> list[tuple[int, int, float]]:
    """Order-preserving pairs with the greatest sum of similarity above the threshold."""
    if len(rows) * len(columns) > MAX_CELLS:
        return _banded(earlier, later, rows, columns)
    scores = [[_similarity(earlier[a].text, later[b].text) for b in columns] for a in rows]
    best = [[0.0] * (len(columns) + 1) for _ in range(len(rows) + 1)]
    for i in range(len(rows) - 1, -1, -1):
        for j in range(len(columns) - 1, -1, -1):
            linked = best[i + 1][j + 1] + _gain(scores[i][j])
            best[i][j] = max(best[i + 1][j], best[i][j + 1], linked)
    return _traced(best, scores, rows, columns)


def _traced(
    best: list[list[float]], scores: list[list[float]], rows: range, columns: range
) -> list[tuple[int, int, float]]:
    pairs: list[tuple[int, int, float]] = []
    i = j = 0
    while i < len(rows) and j < len(columns):
        gain = _gain(scores[i][j])
        if gain > 0 and abs(best[i][j] - best[i + 1][j + 1] - gain) < 1e-9:
            pairs.append((rows[i], columns[j], scores[i][j]))
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs


def _banded(
    earlier: Sequence[ArticleText], later: Sequence[ArticleText], rows: range, columns: range
) -> list[tuple[int, int, float]]:
    """For texts too long to compare every article with every other: halves, split in the middle."""
    if len(rows) < 2 or len(columns) < 2:
        return []
    row, column = len(rows) // 2, len(columns) // 2
    return _best_path(earlier, later, rows[:row], columns[:column]) + _best_path(
        earlier, later, rows[row:], columns[column:]
    )


def _gain(similarity: float) -> float:
    return similarity - SAME if similarity > SAME else 0.0


def _similarity(a: str, b: str) -> float:
    """Share of characters that two articles have in common in the same order, 0 to 1.

    Where one is nearly a part of the other (an article that became an item of a list), that counts too.
    """
    if not a or not b:
        return 0.0
    whole = Indel.normalized_similarity(a, b)
    if whole > SAME or min(len(a), len(b)) < _SHORT:
        return whole
    contained = fuzz.partial_ratio(a, b, score_cutoff=CONTAINED) / 100
    return max(whole, contained * WEIGHT_OF_PART)


def _moved(
    earlier: Sequence[ArticleText], later: Sequence[ArticleText], rows: list[int], columns: list[int]
) -> list[tuple[int, int, float]]:
    """Pairs out of order that are each other's best and very alike."""
    if len(rows) * len(columns) > MAX_CELLS:
        return []
    scored = [
        (similarity, a, b)
        for a in rows
        for b in columns
        if (similarity := _similarity(earlier[a].text, later[b].text)) >= MOVED
    ]
    pairs: list[tuple[int, int, float]] = []
    used_a: set[int] = set()
    used_b: set[int] = set()
    for similarity, a, b in sorted(scored, reverse=True):
        if a not in used_a and b not in used_b:
            used_a.add(a)
            used_b.add(b)
            pairs.append((a, b, similarity))
    return pairs


@transaction.atomic
def link_articles(*, version: DocumentVersion) -> int:
    """Give the articles of a version their identities; returns how many continue an article of another version.

    Identities that exist keep their ids, since citations point at them. A version that is filed between two
    others may show that an article of the earlier one and an article of the later one are the same; they are
    then joined under the older id.
    """
    articles = list(version.provisions.articles().in_order())
    texts = _texts(version)
    before, after = _neighbours(version)
    earlier = _links(before, version, texts, version_is_later=True)
    later = _links(after, version, texts, version_is_later=False)
    chosen = _chosen(articles, earlier, later)
    fresh = [article for article in articles if article.pk not in chosen]
    made = ArticleIdentity.objects.bulk_create(
        [ArticleIdentity(document_id=version.document_id) for _ in fresh]
    )
    for article in articles:
        article.identity_id = chosen.get(article.pk)
    for article, identity in zip(fresh, made, strict=True):
        article.identity_id = identity.pk
    Provision.objects.bulk_update(articles, ["identity"], batch_size=500)
    return len(chosen)


def _neighbours(version: DocumentVersion) -> tuple[DocumentVersion | None, DocumentVersion | None]:
    others = list(DocumentVersion.objects.filter(document_id=version.document_id).chronological())
    place = next(index for index, other in enumerate(others) if other.pk == version.pk)
    return (others[place - 1] if place else None), (others[place + 1] if place + 1 < len(others) else None)


def _texts(version: DocumentVersion) -> list[ArticleText]:
    """The articles of a version as comparable texts, with one query."""
    texts: dict[int, list[str]] = {}
    article_of: dict[int, int] = {}
    for pk, parent, kind, label, heading, text in version.provisions.in_order().values_list(
        "pk", "parent_id", "kind", "label", "heading", "text"
    ):
        article = pk if kind == ProvisionKind.ARTICLE else article_of.get(parent) if parent else None
        if article is None:
            continue
        article_of[pk] = article
        texts.setdefault(article, []).append(heading + text if pk == article else label + heading + text)
    return [ArticleText(pk, comparable("".join(parts))) for pk, parts in texts.items()]


def _links(
    other: DocumentVersion | None,
    version: DocumentVersion,
    texts: list[ArticleText],
    *,
    version_is_later: bool,
) -> dict[int, tuple[int, float]]:
    """For articles of `version`: the identity that a neighbour's article gives, and how alike they are."""
    if other is None:
        return {}
    theirs = _texts(other)
    identities = dict(other.provisions.articles().exclude(identity=None).values_list("pk", "identity_id"))
    if version_is_later:
        found = [(link.later, link.earlier, link.similarity) for link in aligned(theirs, texts)]
    else:
        found = [(link.earlier, link.later, link.similarity) for link in aligned(texts, theirs)]
    return {own: (identities[their], similarity) for own, their, similarity in found if their in identities}


def _chosen(
    articles: Iterable[Provision], earlier: dict[int, tuple[int, float]], later: dict[int, tuple[int, float]]
) -> dict[int, int]:
    """One identity for each linked article, none twice; identities that turn out to be one are joined."""
    own = {article.pk: (article.identity_id, OWN) for article in articles if article.identity_id}
    wanted = sorted(
        (
            (*links[article.pk], article.pk)
            for article in articles
            for links in (own, earlier, later)
            if article.pk in links
        ),
        key=lambda row: -row[1],
    )
    chosen: dict[int, int] = {}
    taken: set[int] = set()
    for identity, _likeness, article in wanted:
        if article in chosen:
            if identity not in taken and chosen[article] != identity:
                chosen[article] = _joined(chosen[article], identity)
                taken.update((chosen[article], identity))
        elif identity not in taken:
            chosen[article] = identity
            taken.add(identity)
    return chosen


def _joined(one: int, other: int) -> int:
    """Make one identity of two that never stand in the same version; else leave the first as it is."""
    versions = [
        set(Provision.objects.filter(identity=pk).values_list("version_id", flat=True)) for pk in (one, other)
    ]
    if versions[0] & versions[1]:
        return one
    kept, dropped = sorted((one, other))
    Provision.objects.filter(identity=dropped).update(identity=kept)
    Citation.objects.filter(identity=dropped).update(identity=kept)
    ArticleIdentity.objects.filter(pk=dropped).delete()
    return kept
