"""Fragments for pages of lower apps: where their records are used."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from casebank.models import TypicalCase
from inquiry.selectors.listings import dossiers_visible_to
from inquiry.views.rows import DOSSIERS_PER_PAGE
from portal.foundation.paging import page_of


def case_dossiers(request: HttpRequest, number: str) -> HttpResponse:
    """Return a fragment with the dossiers that gather a case, as far as the reader may see them, page by page."""
    case = get_object_or_404(TypicalCase.objects.visible_to(request.user), number=number)
    dossiers = dossiers_visible_to(request.user).filter(items__case=case).distinct().order_by("-number")
    page = page_of(request.GET, dossiers, DOSSIERS_PER_PAGE)
    rows = [
        {"number": dossier.number, "title": dossier.title, "url": dossier.get_absolute_url()}
        for dossier in page
    ]
    # A further page is put below the one before, in the same card.
    name = "case_dossiers" if page.number == 1 else "case_dossier_rows"
    return render(request, f"inquiry/{name}.html", {"case": case, "rows": rows, "page_obj": page})
