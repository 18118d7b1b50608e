"""Documents of dossiers: in progress for analysts, finished for staff."""

from collections.abc import Iterable, Iterator, Sequence

from inquiry.models import Dossier, DossierClause
from inquiry.rules import dossier_audience
from norms.models import NormativeDocument
from search.documents.base import Dependencies, SearchDocument
from search.documents.text import distinct, lines, plain_text


def dossier_documents(ids: Sequence[int]) -> Iterator[SearchDocument]:
    dossiers = (
        Dossier.objects.filter(pk__in=ids)
        .select_related("target_document")
        .prefetch_related("clauses", "items__provision__version__document", "items__document")
    )
    for dossier in dossiers:
        clauses = [
            part
            for clause in dossier.clauses.all()
            for part in (clause.heading, clause.text, clause.rationale)
        ]
        day = dossier.finished_on or dossier.opened_on
        items = dossier.items.all()
        cited = [item.provision.version.document.slug for item in items if item.provision]
        cited += [item.document.slug for item in items if item.document]
        target = dossier.target_document
        yield SearchDocument(
            kind="dossier",
            key=f"dossier:{dossier.pk}",
            source=f"dossier:{dossier.pk}",
            number=dossier.number,
            title=dossier.title,
            text=lines(
                dossier.title,
                dossier.target_title,
                target.title if target else "",
                plain_text(dossier.grounds),
                plain_text(dossier.analysis),
                *(plain_text(part) for part in clauses),
            ),
            url=dossier.get_absolute_url(),
            audience=tuple(dossier_audience(dossier)),
            year=str(day.year),
            status=f"dossier.{dossier.status}",
            document=distinct([target.slug if target else "", *cited]),
            date=day.isoformat(),
            lang=dossier.lang,
            facts=(("sources", str(len(items))),),
        )


def _dossiers_of(clauses: Sequence[DossierClause]) -> Iterable[int]:
    return {clause.dossier_id for clause in clauses}


def _dossiers_about(documents: Sequence[NormativeDocument]) -> Iterable[int]:
    return Dossier.objects.filter(target_document__in=documents).values_list("pk", flat=True)


# The title of the document that a dossier is to change stands in its text.
DEPENDS_ON: Dependencies = {DossierClause: _dossiers_of, NormativeDocument: _dossiers_about}
