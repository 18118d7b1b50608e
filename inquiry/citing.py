"""Registration of questions and dossiers as records that cite the law, each as far as a reader may see it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from inquiry.models import Dossier, DossierClause, DossierItem, LinkedProvision, Question, Refinement
from inquiry.selectors.listings import dossiers_visible_to, originals_visible_to, questions_visible_to
from norms.registry import register_citing_model
from portal.org.models import User

Reader = User | AnonymousUser


def _refinements(user: Reader) -> QuerySet[Refinement]:
    current = Refinement.objects.filter(is_current=True, question__in=questions_visible_to(user).values("pk"))
    return current.prefetch_related("question__refinements")


def _links(user: Reader) -> QuerySet[LinkedProvision]:
    links = LinkedProvision.objects.filter(question__in=questions_visible_to(user).values("pk"))
    return links.prefetch_related("question__refinements")


def _items(user: Reader) -> QuerySet[DossierItem]:
    visible = DossierItem.objects.filter(dossier__in=dossiers_visible_to(user).values("pk"))
    return visible.filter(provision__isnull=False)


def _clauses(user: Reader) -> QuerySet[DossierClause]:
    return DossierClause.objects.filter(dossier__in=dossiers_visible_to(user).values("pk"))


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
