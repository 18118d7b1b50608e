"""Registration of questions and dossiers as records that cite the law, each as far as a reader may see it."""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from inquiry.models import Dossier, DossierClause, DossierItem, LinkedProvision, Question, Refinement
from inquiry.selectors.listings import dossiers_visible_to, originals_visible_to, questions_visible_to
from norms.registry import register_citing_model
from portal.org.models import User

Reader = User | AnonymousUser
Row = TypeVar("Row", bound=Model)


def _of_visible(visible: QuerySet, rows: QuerySet[Row], key: str = "question") -> QuerySet[Row]:
    """Return the rows whose record is among the visible ones.

    Asked of each row: SQLite would otherwise walk through all visible records before it looks at a row.
    """
    return rows.filter(Exists(visible.order_by().filter(pk=OuterRef(key))))


def _refinements(user: Reader) -> QuerySet[Refinement]:
    current = Refinement.objects.filter(is_current=True)
    return _of_visible(questions_visible_to(user), current).prefetch_related("question__refinements")


def _links(user: Reader) -> QuerySet[LinkedProvision]:
    links = _of_visible(questions_visible_to(user), LinkedProvision.objects.all())
    return links.prefetch_related("question__refinements")


def _items(user: Reader) -> QuerySet[DossierItem]:
    items = DossierItem.objects.filter(provision__isnull=False)
    return _of_visible(dossiers_visible_to(user), items, "dossier")


def _clauses(user: Reader) -> QuerySet[DossierClause]:
    return _of_visible(dossiers_visible_to(user), DossierClause.objects.all(), "dossier")


def _originals(user: Reader) -> QuerySet[Question]:
    return originals_visible_to(user).prefetch_related("refinements")


def register() -> None:
    """Register with norms what cites the law here: questions and dossiers, by any of their texts and links."""
    questions: dict[str, Any] = {
        "kind": "question",
        "label": _("Questions"),
        "title": "public_title",
        "number": "number",
    }
    dossiers: dict[str, Any] = {
        "kind": "dossier",
        "label": _("Dossiers"),
        "title": "title",
        "number": "number",
    }
    # A reader finds a citing record only as far as the citing words are for that reader.
    register_citing_model(Question, visible=_originals, **questions)
    register_citing_model(Refinement, visible=_refinements, record="question", **questions)
    register_citing_model(LinkedProvision, visible=_links, record="question", link="provision", **questions)
    register_citing_model(Dossier, visible=dossiers_visible_to, **dossiers)
    register_citing_model(DossierClause, visible=_clauses, record="dossier", **dossiers)
    register_citing_model(DossierItem, visible=_items, record="dossier", link="provision", **dossiers)
