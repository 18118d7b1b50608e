"""Dossiers and their addresses, for the tests of their pages."""

from __future__ import annotations

from django.urls import reverse

from inquiry.models import Dossier
from tests.factories.inquiry import DossierFactory


def page(name: str, dossier: Dossier, *more: object) -> str:
    return reverse(f"inquiry:{name}", args=[dossier.number, *more])


def finished(**fields) -> Dossier:
    return DossierFactory(status="finished", finished_on="2026-09-01", **fields)


def read(dossier: Dossier) -> dict[str, int]:
    """Return what a page that asks once more sends along: the revision that it showed."""
    dossier.refresh_from_db()
    return {"expected_revision": dossier.revision}
