"""Who cites an article, counted and listed for one reader."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext_lazy as _

from norms.citing import Citing, read, registered
from norms.models import ArticleIdentity, Citation, Provision

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from portal.org.models import User

PROVISION = "provision"
MOST_LISTED = 50
_ARTICLE_ANCHOR = re.compile(r"art-\d+(?:_\d+)?")


@dataclass(frozen=True, slots=True)
class CitingRecord:
    title: str
    url: str
    number: str = ""


@dataclass(slots=True)
class CitedByGroup:
    """Records of one kind; `records` holds at most `MOST_LISTED` of `count`."""

    kind: str
    label: str
    count: int
    records: list[CitingRecord] = field(default_factory=list)


# identity -> kind -> keys of the citing records
Found = dict[int, dict[str, set]]


def cited_by_counts(
    identities: Iterable[ArticleIdentity | int], user: User | AnonymousUser
) -> dict[int, list[CitedByGroup]]:
    """For each article over versions the kinds of records that cite it, without the records.

    A fixed number of queries, whatever the number of articles.
    """
    wanted = {each.pk if isinstance(each, ArticleIdentity) else each for each in identities}
    found: Found = defaultdict(lambda: defaultdict(set))
    labels: dict[str, str] = {}
    for citing in registered():
        labels.setdefault(citing.kind, citing.label)
        for identity, record in _pairs(citing, wanted, user):
            found[identity][citing.kind].add(record)
    labels[PROVISION] = _("Articles")
    for identity, article in _citing_articles(wanted):
        found[identity][PROVISION].add(article)
    return {
        identity: [
            CitedByGroup(kind, str(label), len(kinds[kind])) for kind, label in labels.items() if kinds[kind]
        ]
        for identity, kinds in found.items()
    }


def _pairs(citing: Citing, identities: set[int], user: User | AnonymousUser) -> Iterable[tuple[int, int]]:
    """Article and record, for everything this reader may see."""
    visible = citing.visible(user)
    if citing.link:
        key = f"{citing.link}__identity_id"
        return visible.filter(**{f"{key}__in": identities}).values_list(key, citing.record_key)
    content_type = ContentType.objects.get_for_model(citing.model, for_concrete_model=False)
    rows = list(
        Citation.objects.filter(content_type=content_type, identity__in=identities)
        .order_by()
        .values_list("identity_id", "object_id")
        .distinct()
    )
    sources = {source for _identity, source in rows}
    if not sources:
        return []
    records = dict(visible.filter(pk__in=sources).values_list("pk", citing.record_key))
    return [(identity, records[source]) for identity, source in rows if source in records]


def _citing_articles(identities: set[int]) -> set[tuple[int, tuple[int, str]]]:
    """Citing articles of current texts, as (version, anchor)."""
    content_type = ContentType.objects.get_for_model(Provision)
    citations = Citation.objects.filter(content_type=content_type, identity__in=identities).order_by()
    current = Provision.objects.filter(version__is_current=True, pk__in=citations.values("object_id"))
    places = {
        pk: (version, _article_anchor(anchor))
        for pk, version, anchor in current.order_by().values_list("pk", "version_id", "anchor")
    }
    rows = citations.values_list("identity_id", "object_id").distinct()
    return {(identity, places[source]) for identity, source in rows if source in places}


def _article_anchor(anchor: str) -> str:
    match = _ARTICLE_ANCHOR.search(anchor)
    return anchor[: match.end()] if match else anchor


def cited_by(provision: Provision, user: User | AnonymousUser) -> list[CitedByGroup]:
    """Who cites the article that a provision belongs to, in any of its versions."""
    identity = _identity_of(provision)
    if identity is None:
        return []
    groups: dict[str, CitedByGroup] = {}
    records: dict[str, dict[int, CitingRecord]] = defaultdict(dict)
    for citing in registered():
        groups.setdefault(citing.kind, CitedByGroup(citing.kind, str(citing.label), 0))
        keys = {record for _identity, record in _pairs(citing, {identity}, user)}
        records[citing.kind] |= _records(citing, keys, user)
    listed = [group for kind, group in groups.items() if records[kind]]
    for group in listed:
        found = sorted(records[group.kind].items(), reverse=True)
        group.count = len(found)
        group.records = [record for _key, record in found[:MOST_LISTED]]
    if articles := _articles(identity):
        listed.append(CitedByGroup(PROVISION, str(_("Articles")), len(articles), articles[:MOST_LISTED]))
    return listed


def _identity_of(provision: Provision) -> int | None:
    if provision.identity_id is not None:
        return provision.identity_id
    anchor = _article_anchor(provision.anchor)
    article = Provision.objects.filter(version_id=provision.version_id, anchor=anchor).first()
    return article.identity_id if article else None


def _records(citing: Citing, keys: set[int], user: User | AnonymousUser) -> dict[int, CitingRecord]:
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
            read(record, citing.title), read(record, citing.url), read(record, citing.number)
        )
        for record in records
    }


def _follow(source, path: str):
    for step in path.split("__"):
        source = getattr(source, step)
    return source


def _articles(identity: int) -> list[CitingRecord]:
    places = sorted({place for _identity, place in _citing_articles({identity})})
    rows = Provision.objects.filter(
        version__in={version for version, _anchor in places},
        anchor__in={anchor for _version, anchor in places},
    ).select_related("version__document")
    return [
        CitingRecord(f"{row.version.document.title}　{row.label}".strip(), row.get_absolute_url())
        for row in rows.in_order()
        if (row.version_id, row.anchor) in places
    ]
