"""Recording citations, and resolving those that had to wait for a text or a name."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from norms.citations import Locator, OwnText, Reference, ShortNames, parse
from norms.citations.titles import title_key
from norms.enums import ProvisionKind
from norms.models import Citation, DocumentVersion, NormativeDocument, Provision
from norms.models.citations import MAX_CITATIONS_OF_PROVISION, MAX_CITATIONS_OF_TEXT
from norms.models.documents import TEXTS_CACHE
from norms.selectors.names import known_names
from norms.selectors.resolution import NO_TARGET, CitationTarget, Resolver, document_pk
from norms.selectors.texts import provisions_in_order
from portal.foundation.cached_tables import renew_cache_version
from portal.foundation.signals import announce_changed

BATCH_SIZE = 500
# Lengths of the columns, in characters.
MAX_LENGTHS = {"document_name": 500, "document_key": 500, "locator_text": 300}
# 前九条 is as far back as the parser counts.
MAX_PRECEDING = 9


@transaction.atomic
def record_citations(
    *,
    source: models.Model,
    field: str,
    text: str,
    read_on: dt.date,
    own_document: NormativeDocument | None = None,
) -> list[Citation]:
    """Replace the citations of one field of a record by those in its text.

    `read_on` decides which version a citation means (see `Resolver.version`). `own_document` is given for a text that
    belongs to a norm, where 本法 and bare articles mean it. At most `MAX_CITATIONS_OF_TEXT` rows are stored, of which a
    range that would exceed them is its two ends.
    """
    content_type = ContentType.objects.get_for_model(source, for_concrete_model=False)
    Citation.objects.filter(content_type=content_type, object_id=source.pk, field=field).delete()
    own = OwnText(key=own_document.pk) if own_document else None
    resolver = Resolver()
    references = parse(text, names=known_names(), own=own, limit=MAX_CITATIONS_OF_TEXT)
    rows = chain.from_iterable(
        _citations(reference, resolver, read_on, content_type=content_type, object_id=source.pk, field=field)
        for reference in references
    )
    return Citation.objects.bulk_create(islice(rows, MAX_CITATIONS_OF_TEXT), batch_size=BATCH_SIZE)


@transaction.atomic
def record_own_citations(*, version: DocumentVersion) -> int:
    """Record what the text of a norm cites, itself included; return the number of citations."""
    content_type = ContentType.objects.get_for_model(Provision)
    Citation.objects.filter(content_type=content_type, object_id__in=version.provisions.values("pk")).delete()
    read_on = version.in_force_from or timezone.localdate()
    resolver, names = Resolver(), known_names()
    short_names: ShortNames = {}
    citations: list[Citation] = []
    for provision, own in _texts_with_position(version):
        references = parse(
            provision.text, names=names, own=own, short_names=short_names, limit=MAX_CITATIONS_OF_PROVISION
        )
        rows = chain.from_iterable(
            _citations(
                reference,
                resolver,
                read_on,
                own_version=version,
                content_type=content_type,
                object_id=provision.pk,
                field="text",
            )
            for reference in references
        )
        citations += islice(rows, MAX_CITATIONS_OF_PROVISION)
    Citation.objects.bulk_create(citations, batch_size=BATCH_SIZE)
    renew_cache_version(TEXTS_CACHE)
    return len(citations)


def _texts_with_position(version: DocumentVersion) -> Iterator[tuple[Provision, OwnText]]:
    """Yield the provisions that have words of their own, with the position of each in the norm."""
    document = version.document_id
    preceding: list[tuple[int, int]] = []
    article: tuple[int, int] | None = None
    paragraph = item = None
    for provision in provisions_in_order(version):
        if provision.kind == ProvisionKind.ARTICLE:
            preceding += [article] if article else []
            article, paragraph, item = (provision.number or 0, provision.suffix), None, None
        elif provision.kind == ProvisionKind.PARAGRAPH:
            paragraph, item = provision.number, None
        elif provision.kind == ProvisionKind.ITEM:
            item = provision.number
        elif provision.kind != ProvisionKind.SUBITEM:
            preceding += [article] if article else []
            article = paragraph = item = None
        if provision.text:
            number, suffix = article or (None, 0)
            nearest = tuple(preceding[-MAX_PRECEDING:])
            yield provision, OwnText(document, number, suffix, paragraph, item, nearest)


def _citations(
    reference: Reference,
    resolver: Resolver,
    read_on: dt.date,
    *,
    own_version: DocumentVersion | None = None,
    **source: Any,
) -> Iterator[Citation]:
    """Yield a row for each locator; one without a locator for a document as such."""
    document = document_pk(reference)
    is_own = own_version is not None and document == own_version.document_id
    version = own_version if is_own else resolver.version_of(reference, read_on)
    name = reference.document_name[: MAX_LENGTHS["document_name"]]
    for locator in resolver.locators_of(reference.locators, version) or (None,):
        target = NO_TARGET
        if locator and version and not reference.former:
            target = resolver.index_of(version.pk).find(locator)
        yield Citation(
            **source,
            start=reference.start,
            end=reference.end,
            text=reference.text,
            document_id=document,
            document_name=name,
            document_key=title_key(name)[: MAX_LENGTHS["document_key"]],
            locator={} if locator is None else {**locator.as_json(), **_edition_of(reference)},
            locator_text=reference.locator_text[: MAX_LENGTHS["locator_text"]],
            read_on=read_on,
            provision_id=target.provision,
            identity_id=target.identity,
        )


def _edition_of(reference: Reference) -> dict[str, int | bool]:
    """Return what the citation itself says about the edition; stored with the locator for `resolve_pending`."""
    edition = {"edition": reference.edition, "year": reference.year, "former": reference.former}
    return {key: value for key, value in edition.items() if value}


@transaction.atomic
def resolve_pending(document: NormativeDocument) -> int:
    """Resolve again what cites a document, after a version or a name of it came or changed.

    Citations that were resolved are looked up again too: an earlier version filed later may be the one they mean.
    Returns the number of citations that changed, those of the document as such included.
    """
    changed = _adopt(document)
    changed += _resolve(Citation.objects.filter(document=document).exclude(locator={}), document)
    _announce_sources(changed)
    renew_cache_version(TEXTS_CACHE)
    return len(changed)


def _adopt(document: NormativeDocument) -> list[Citation]:
    """Link citations of unknown documents that turn out to name this one; return those of the document as such."""
    pending = Citation.objects.filter(document=None).exclude(document_key="")
    names = known_names()
    written_names = pending.order_by().values_list("document_name", flat=True).distinct()
    own_names = [name for name in written_names if names.lookup(name) == document.pk]
    adopted: list[Citation] = []
    for start in range(0, len(own_names), BATCH_SIZE):
        citations = pending.filter(document_name__in=own_names[start : start + BATCH_SIZE])
        adopted += citations.filter(locator={})
        citations.update(document=document)
    return adopted


def _resolve(citations: models.QuerySet[Citation], document: NormativeDocument) -> list[Citation]:
    """Look up the provisions of citations in records and other norms; return those that lead elsewhere now."""
    content_type = ContentType.objects.get_for_model(Provision)
    own_provisions = Provision.objects.filter(version__document=document).values("pk")
    from_elsewhere = citations.exclude(Q(content_type=content_type) & Q(object_id__in=own_provisions))
    resolver = Resolver()
    changed = []
    for citation in from_elsewhere.iterator(chunk_size=2000):
        target = _target(citation, resolver)
        if (target.provision, target.identity) != (citation.provision_id, citation.identity_id):
            citation.provision_id, citation.identity_id = target.provision, target.identity
            changed.append(citation)
    Citation.objects.bulk_update(changed, ["provision", "identity"], batch_size=BATCH_SIZE)
    return changed


def _target(citation: Citation, resolver: Resolver) -> CitationTarget:
    if citation.locator.get("former"):
        return NO_TARGET
    return resolver.find(
        citation.document_id,
        Locator.from_json(citation.locator),
        citation.read_on,
        edition=citation.locator.get("edition"),
        year=citation.locator.get("year"),
    )


def _announce_sources(citations: Iterable[Citation]) -> None:
    """Tell the portal once of each record whose citations lead elsewhere now, so that it is indexed again."""
    provision_type = ContentType.objects.get_for_model(Provision)
    pks_by_type: dict[int, set[int]] = defaultdict(set)
    for citation in citations:
        if citation.content_type_id != provision_type.pk:
            pks_by_type[citation.content_type_id].add(citation.object_id)
    for content_type_id, pks in sorted(pks_by_type.items()):
        if model := ContentType.objects.get_for_id(content_type_id).model_class():
            announce_changed(*model._default_manager.filter(pk__in=pks))
