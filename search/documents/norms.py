"""Documents of laws: one for each article, or for each paragraph where there are no articles."""

from collections.abc import Iterable, Iterator, Sequence

from norms.enums import ProvisionKind
from norms.models import DocumentAlias, DocumentVersion, NormativeDocument, Provision
from portal.org.rules import ALL
from search.documents.base import Dependencies, SearchDocument
from search.documents.text import lines

UNITS = frozenset(
    {
        ProvisionKind.ARTICLE,
        ProvisionKind.TEXT,
        ProvisionKind.PREAMBLE,
        ProvisionKind.ANNEX,
        ProvisionKind.TABLE,
    }
)


def norm_documents(ids: Sequence[int]) -> Iterator[SearchDocument]:
    """Yield the document of the law as a whole, and those of the units of its current version, if it has a text."""
    for document in NormativeDocument.objects.filter(pk__in=ids).prefetch_related("aliases"):
        version = document.versions.current().first()
        units = list(_units(document, version)) if version else []
        yield _document_itself(document, has_text=bool(units))
        yield from units


def _units(document: NormativeDocument, version: DocumentVersion) -> Iterator[SearchDocument]:
    version.document = document
    rows = version.provisions.in_order()
    for unit, below in grouped(rows):
        unit.version = version
        words = "\n".join(part for part in (unit.heading, unit.text, *(row.line for row in below)) if part)
        if words:
            yield _provision(document, version, unit, words)


def grouped(rows: Iterable[Provision]) -> Iterator[tuple[Provision, list[Provision]]]:
    """Yield each unit that is a hit of its own, with the rows below it; `rows` are in document order."""
    unit: Provision | None = None
    below: list[Provision] = []
    inside: set[int] = set()
    for row in rows:
        if unit is not None and row.parent_id in inside:
            inside.add(row.pk)
            below.append(row)
            continue
        if unit is not None:
            yield unit, below
        unit, below, inside = (row, [], {row.pk}) if row.kind in UNITS else (None, [], set())
    if unit is not None:
        yield unit, below


def _provision(
    document: NormativeDocument, version: DocumentVersion, unit: Provision, words: str
) -> SearchDocument:
    day = version.in_force_from
    return SearchDocument(
        kind="provision",
        key=f"provision:{unit.pk}",
        source=f"norm:{document.pk}",
        number=unit.label,
        title="\u3000".join(part for part in (document.title, unit.label) if part),
        text=lines(document.title, words),
        url=unit.get_absolute_url(),
        audience=(ALL,),
        headings=unit.heading_path,
        year=str(day.year) if day else "",
        status=f"provision.{document.status}",
        document=(document.slug,),
        date=day.isoformat() if day else "",
        lang=document.lang,
        names=(f"第{unit.number}条",) if unit.kind == ProvisionKind.ARTICLE and not unit.suffix else (),
        facts=(("identity", str(unit.identity_id or "")), ("anchor", unit.anchor)),
    )


def _document_itself(document: NormativeDocument, *, has_text: bool) -> SearchDocument:
    day = document.effective_on or document.promulgated_on
    names = [alias.name for alias in document.aliases.all()]
    return SearchDocument(
        kind="provision",
        key=f"provision:norm-{document.pk}",
        source=f"norm:{document.pk}",
        number=document.document_number,
        title=document.title,
        text=lines(document.title, *names, document.issuing_bodies_text),
        url=document.get_absolute_url(),
        audience=(ALL,),
        year=str(day.year) if day else "",
        status=f"provision.{document.status}",
        document=(document.slug,),
        date=day.isoformat() if day else "",
        lang=document.lang,
        aliases=(*names, document.title_en) if document.title_en else tuple(names),
        facts=(("whole", "1"),) if has_text else (("whole", "1"), ("without_text", "1")),
    )


def _laws_of(parts: Sequence[DocumentVersion | DocumentAlias]) -> Iterable[int]:
    return {part.document_id for part in parts}


DEPENDS_ON: Dependencies = {DocumentVersion: _laws_of, DocumentAlias: _laws_of}
