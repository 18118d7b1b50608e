"""Registration of matters as records that cite the law, by their present text and by what parties say."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from deliberation.models import Position, TextVersion
from deliberation.selectors.matters import matters_visible_to
from norms.registry import register_citing_model
from portal.org.models import User

Reader = User | AnonymousUser


def _texts(user: Reader) -> QuerySet[TextVersion]:
    visible = matters_visible_to(user).order_by().values("pk")
    return TextVersion.objects.filter(matter__in=visible, matter__current=F("pk")).select_related("matter")


def _positions(user: Reader) -> QuerySet[Position]:
    visible = matters_visible_to(user).order_by().values("pk")
    return Position.objects.current().filter(consultation__version__matter__in=visible)


def register() -> None:
    """Register the present text of a matter, and the positions that stand."""
    matters: dict[str, Any] = {
        "kind": "matter",
        "label": _("Matters"),
        "title": "title",
        "number": "number",
    }
    register_citing_model(TextVersion, visible=_texts, record="matter", **matters)
    register_citing_model(Position, visible=_positions, record="consultation__version__matter", **matters)
