"""Recording citations, and resolving those that had to wait for a text or a name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import cast

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from norms.citations import Locator, OwnText, Reference, ShortNames, parse
from norms.enums import ProvisionKind
from norms.models import Citation, DocumentVersion, NormativeDocument, Provision
from norms.selectors.names import known_names
from norms.selectors.places import Place, Resolver
from norms.selectors.texts import provisions_in_order
from norms.titles import title_key
from portal.foundation.signals import announce_changed

BATCH = 500
LONGEST = {"document_name": 500, "document_key": 500, "locator_text": 300}
NEAREST = 9


def find_references(text: str) -> list[Reference]:
    """References in a text, nothing stored; `document_key` is the primary key of a known document."""
    return parse(text, names=known_names())


@transaction.atomic
def record_citations(
    *,
    source: models.Model,
    field: str,
    text: str,
    read_on: dt.date,
    own_document: NormativeDocument | None = None,
) -> list[Citation]:
    """Replace the citations of one field of a record by those found in its text.

    `read_on` decides which version is meant (see `Resolver.version`). `own_document` is given for a text that
    belongs to a norm, where 本法 and bare articles mean it.
    """
    kind = ContentType.objects.get_for_model(source, for_concrete_model=False)
    Citation.objects.filter(content_type=kind, object_id=source.pk, field=field).delete()
    own = OwnText(key=own_document.pk) if own_document else None
    resolver = Resolver()
    rows: list[Citation] = []
    for reference in parse(text, names=known_names(), own=own):
        rows += _rows(reference, resolver, read_on, content_type=kind, object_id=source.pk, field=field)
    return Citation.objects.bulk_create(rows, batch_size=BATCH)


@transaction.atomic
def record_own_citations(*, version: DocumentVersion) -> int:
    """Record what the text of a norm cites, itself included; the number of citations."""
    kind = ContentType.objects.get_for_model(Provision)
    leaves = version.provisions.values("pk")
    Citation.objects.filter(content_type=kind, object_id__in=leaves).delete()
    read_on = version.in_force_from or timezone.localdate()
    resolver, names = Resolver(), known_names()
    short_names: ShortNames = {}
    rows: list[Citation] = []
    for leaf, own in _places_of_text(version):
        for reference in parse(leaf.text, names=names, own=own, short_names=short_names):
            rows += _rows(
                reference,
                resolver,
                read_on,
                own_version=version,
                content_type=kind,
                object_id=leaf.pk,
                field="text",
            )
    Citation.objects.bulk_create(rows, batch_size=BATCH)
    return len(rows)


def _places_of_text(version: DocumentVersion) -> Iterator[tuple[Provision, OwnText]]:
    """Rows with words of their own, and where in the norm each stands."""
    document = version.document_id
    before: list[tuple[int, int]] = []
    article: tuple[int, int] | None = None
    paragraph = item = None
    for row in provisions_in_order(version):
        if row.kind == ProvisionKind.ARTICLE:
            before += [article] if article else []
            article, paragraph, item = (row.number or 0, row.suffix), None, None
        elif row.kind == ProvisionKind.PARAGRAPH:
            paragraph, item = row.number, None
        elif row.kind == ProvisionKind.ITEM:
            item = row.number
        elif row.kind != ProvisionKind.SUBITEM:
            before += [article] if article else []
            article = paragraph = item = None
        if row.text:
            number, suffix = article or (None, 0)
            yield row, OwnText(document, number, suffix, paragraph, item, tuple(before[-NEAREST:]))


def _rows(
    reference: Reference,
    resolver: Resolver,
    read_on: dt.date,
    *,
    own_version: DocumentVersion | None = None,
    **source: object,
) -> Iterator[Citation]:
    """A row for each place; one without a place for a document as a whole."""
    document = _document(reference)
    is_own = own_version is not None and document == own_version.document_id
    version = own_version if is_own else _version(reference, resolver, read_on)
    places = _places(reference, resolver, version)
    name = reference.document_name[: LONGEST["document_name"]]
    for locator in places or (None,):
        found = Place()
        if locator and version and not reference.former:
            found = resolver.places(version.pk).find(locator)
        yield Citation(
            **source,
            start=reference.start,
            end=reference.end,
            text=reference.text,
            document_id=document,
            document_name=name,
            document_key=title_key(name)[: LONGEST["document_key"]],
            locator={} if locator is None else {**locator.as_json(), **_named(reference)},
            locator_text=reference.locator_text[: LONGEST["locator_text"]],
            read_on=read_on,
            provision_id=found.provision,
            identity_id=found.identity,
        )


def _document(reference: Reference) -> int | None:
    """The parser takes any key; the portal's names are keyed by primary key."""
    return cast("int | None", reference.document_key)


def _version(reference: Reference, resolver: Resolver, read_on: dt.date) -> DocumentVersion | None:
    document = _document(reference)
    if document is None:
        return None
    return resolver.version(document, read_on, edition=reference.edition, year=reference.year)


def _places(reference: Reference, resolver: Resolver, version: DocumentVersion | None) -> tuple[Locator, ...]:
    """The places meant; a range of articles takes in the inserted ones once the text is known."""
    places = reference.locators
    if version is None or len(places) < 2 or places[0].article is None:
        return places
    first, last = places[0], places[-1]
    if (first.article, first.suffix) == (last.article, last.suffix):
        return places
    inside = resolver.places(version.pk).between(first, last)
    known = {(place.article, place.suffix) for place in (*inside, first, last)}
    missing = [place for place in places[1:-1] if (place.article, place.suffix) not in known]
    middle = sorted([*inside, *missing], key=lambda place: (place.article, place.suffix))
    return (first, *middle, last)


def _named(reference: Reference) -> dict[str, int | bool]:
    """What the citation itself says about the edition; kept beside the place for later tries."""
    named = {"edition": reference.edition, "year": reference.year, "former": reference.former}
    return {key: value for key, value in named.items() if value}


# Later tries ------------------------------------------------------------------------------------------------


@transaction.atomic
def resolve_pending(document: NormativeDocument) -> int:
    """Try again what cites a document, after a version or a name of it came or changed; how many rows changed.

    Citations that were resolved are looked at again too: an earlier version filed later may be the one they meant.
    """
    _adopt(document)
    changed = _resolve(Citation.objects.filter(document=document).exclude(locator={}), document)
    return len(changed)


def _adopt(document: NormativeDocument) -> None:
    """Link citations of unknown documents that turn out to name this one."""
    waiting = Citation.objects.filter(document=None).exclude(document_key="")
    names = known_names()
    written = waiting.order_by().values_list("document_name", flat=True).distinct()
    meant = [name for name in written if names.lookup(name) == document.pk]
    for at in range(0, len(meant), BATCH):
        found = waiting.filter(document_name__in=meant[at : at + BATCH])
        _tell(found.filter(locator={}))
        found.update(document=document)


def _resolve(citations: models.QuerySet[Citation], document: NormativeDocument) -> list[Citation]:
    kind = ContentType.objects.get_for_model(Provision)
    own = Provision.objects.filter(version__document=document).values("pk")
    resolver = Resolver()
    changed = []
    for row in citations.exclude(Q(content_type=kind) & Q(object_id__in=own)).iterator(chunk_size=2000):
        found = _place_of(row, resolver)
        if (found.provision, found.identity) != (row.provision_id, row.identity_id):
            row.provision_id, row.identity_id = found.provision, found.identity
            changed.append(row)
    Citation.objects.bulk_update(changed, ["provision", "identity"], batch_size=BATCH)
    _tell(changed)
    return changed


def _place_of(row: Citation, resolver: Resolver) -> Place:
    if row.locator.get("former"):
        return Place()
    return resolver.find(
        row.document_id,
        Locator.from_json(row.locator),
        row.read_on,
        edition=row.locator.get("edition"),
        year=row.locator.get("year"),
    )


def _tell(citations: Iterable[Citation]) -> None:
    """Records whose citations now lead somewhere else are indexed again."""
    provision = ContentType.objects.get_for_model(Provision)
    sources = {
        (row.content_type_id, row.object_id) for row in citations if row.content_type_id != provision.pk
    }
    for content_type_id, object_id in sorted(sources):
        model = ContentType.objects.get_for_id(content_type_id).model_class()
        source = model._default_manager.filter(pk=object_id).first() if model else None
        if source is not None:
            announce_changed(source)
