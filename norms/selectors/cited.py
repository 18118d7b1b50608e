"""Records and articles that cite an article, counted and listed for one reader."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db.models import IntegerField, Value
from django.utils.translation import gettext_lazy as _

from norms.models import ArticleIdentity, Citation, Provision
from norms.registry import CitingModel, attribute_text, citing_models

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import Model, QuerySet
    from django_stubs_ext import StrPromise as _StrPromise

    from portal.org.models import User

PROVISION = "provision"
# Records of one kind that a list shows; the count tells of the rest.
MAX_LISTED = 50
# The anchor of a paragraph or item begins with that of its article.
_ARTICLE_ANCHOR = re.compile(r"art-\d+(?:_\d+)?")


@dataclass(frozen=True, slots=True)
class CitingRecord:
    title: str
    url: str
    number: str = ""


@dataclass(slots=True)
class CitedByGroup:
    """Records of one kind; `records` holds at most `MAX_LISTED` of `count`."""

    kind: str
    label: str
    count: int
    records: list[CitingRecord] = field(default_factory=list)


# Content type -> (article over versions, primary key of the citing row).
Sources = dict[int, set[tuple[int, int]]]


def cited_by_counts(
    identities: Iterable[ArticleIdentity | int], user: User | AnonymousUser
) -> dict[int, list[CitedByGroup]]:
    """Return the kinds of records that cite each article over versions, without the records.

    A fixed number of queries, whatever the number of articles.
    """
    pks = {row.pk if isinstance(row, ArticleIdentity) else row for row in identities}
    records: dict[int, dict[str, set]] = defaultdict(lambda: defaultdict(set))
    labels: dict[str, str | _StrPromise] = {}
    sources = _sources(pks)
    for citing in citing_models():
        labels.setdefault(citing.kind, citing.label)
    for citing, identity, record in _pairs(pks, sources, user):
        records[identity][citing.kind].add(record)
    # Articles come after the records of the apps above.
    labels[PROVISION] = _("Articles")
    for identity, article in _citing_articles(pks, sources):
        records[identity][PROVISION].add(article)
    return {
        identity: [
            CitedByGroup(kind, str(label), len(kinds[kind])) for kind, label in labels.items() if kinds[kind]
        ]
        for identity, kinds in records.items()
    }


def _sources(identities: set[int]) -> Sources:
    rows = Citation.objects.filter(identity__in=identities).order_by()
    sources: Sources = defaultdict(set)
    for content_type, identity, source in rows.values_list("content_type", "identity", "object_id"):
        sources[content_type].add((identity, source))
    return sources


def _sources_in(sources: Sources, model: type[Model]) -> set[tuple[int, int]]:
    return sources.get(ContentType.objects.get_for_model(model, for_concrete_model=False).pk, set())


def _pairs(
    identities: set[int], sources: Sources, user: User | AnonymousUser
) -> Iterator[tuple[CitingModel, int, int]]:
    """Yield model, article and citing record, of those that this reader may see; one query for all models."""
    models = citing_models()
    parts = [
        _visible_keys(number, citing, identities, sources, user)
        for number, citing in enumerate(models)
        if citing.link or _sources_in(sources, citing.model)
    ]
    if not parts:
        return
    by_source: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for number, citing in enumerate(models):
        for identity, source in () if citing.link else _sources_in(sources, citing.model):
            by_source[number][source].add(identity)
    for number, key, record in parts[0].union(*parts[1:], all=True):
        # Rows with a link name the article, the others the row whose words cite.
        cited = {key} if models[number].link else by_source[number][key]
        yield from ((models[number], identity, record) for identity in cited)


def _visible_keys(
    number: int, citing: CitingModel, identities: set[int], sources: Sources, user: User | AnonymousUser
) -> QuerySet:
    """Return rows of (number of the model, article that is linked or row that cites, record)."""
    if citing.link:
        key, keys = f"{citing.link}__identity_id", identities
    else:
        key, keys = "pk", {source for _identity, source in _sources_in(sources, citing.model)}
    visible = citing.visible(user).filter(**{f"{key}__in": keys}).prefetch_related(None).order_by()
    return visible.values_list(Value(number, IntegerField()), key, citing.record_key)


def _citing_articles(identities: set[int], sources: Sources) -> set[tuple[int, tuple[int, str]]]:
    """Return citing articles of current texts as (version, anchor); no article counts as citing itself."""
    rows = _sources_in(sources, Provision)
    if not rows:
        return set()
    kind = ContentType.objects.get_for_model(Provision)
    cited = Citation.objects.filter(content_type=kind, identity__in=identities).order_by()
    current = Provision.objects.filter(version__is_current=True).order_by()
    fields = ("pk", "identity_id", "version_id", "anchor")
    articles = {
        pk: (version, _article_anchor(anchor))
        for pk, _identity, version, anchor in current.filter(pk__in=cited.values("object_id")).values_list(
            *fields
        )
    }
    own = {
        (identity, (version, anchor))
        for _pk, identity, version, anchor in current.filter(identity__in=identities).values_list(*fields)
    }
    return {(identity, articles[source]) for identity, source in rows if source in articles} - own


def _article_anchor(anchor: str) -> str:
    match = _ARTICLE_ANCHOR.search(anchor)
    return anchor[: match.end()] if match else anchor


def cited_by(provision: Provision, user: User | AnonymousUser) -> list[CitedByGroup]:
    """Return what cites the article that a provision belongs to, in any of its versions."""
    identity = _identity_of(provision)
    if identity is None:
        return []
    groups: dict[str, CitedByGroup] = {}
    records: dict[str, dict[int, CitingRecord]] = defaultdict(dict)
    sources = _sources({identity})
    keys: dict[type[Model], set[int]] = defaultdict(set)
    for citing, _identity, record in _pairs({identity}, sources, user):
        keys[citing.model].add(record)
    for citing in citing_models():
        groups.setdefault(citing.kind, CitedByGroup(citing.kind, str(citing.label), 0))
        records[citing.kind] |= _records(citing, keys[citing.model], user)
    listed = [group for kind, group in groups.items() if records[kind]]
    for group in listed:
        newest_first = sorted(records[group.kind].items(), reverse=True)
        group.count = len(newest_first)
        group.records = [record for _key, record in newest_first[:MAX_LISTED]]
    if articles := _articles(identity, sources):
        listed.append(CitedByGroup(PROVISION, str(_("Articles")), len(articles), articles[:MAX_LISTED]))
    return listed


def _identity_of(provision: Provision) -> int | None:
    if provision.identity_id is not None:
        return provision.identity_id
    anchor = _article_anchor(provision.anchor)
    article = Provision.objects.filter(version_id=provision.version_id, anchor=anchor).first()
    return article.identity_id if article else None


def _records(citing: CitingModel, keys: set[int], user: User | AnonymousUser) -> dict[int, CitingRecord]:
    if not keys:
        return {}
    if citing.record:
        sources = citing.visible(user).filter(**{f"{citing.record_key}__in": keys})
        sources = sources.select_related(citing.record)
        records = [_follow(source, citing.record) for source in sources]
    else:
        records = list(citing.visible(user).filter(pk__in=keys))
    return {
        record.pk: CitingRecord(
            attribute_text(record, citing.title),
            attribute_text(record, citing.url),
            attribute_text(record, citing.number),
        )
        for record in records
    }


def _follow(source: Model, path: str) -> Model:
    for step in path.split("__"):
        source = getattr(source, step)
    return source


def _articles(identity: int, sources: Sources) -> list[CitingRecord]:
    articles = {article for _identity, article in _citing_articles({identity}, sources)}
    rows = Provision.objects.filter(
        version__in={version for version, _anchor in articles},
        anchor__in={anchor for _version, anchor in articles},
    ).select_related("version__document")
    return [
        CitingRecord(f"{row.version.document.title}　{row.label}".strip(), row.get_absolute_url())
        for row in rows.in_order()
        if (row.version_id, row.anchor) in articles
    ]
