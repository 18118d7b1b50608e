"""Forms that came second: what stands now beside what was typed, and the form to save again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from portal.foundation.joining import listed
from portal.foundation.numerals import parse_primary_key
from portal.foundation.revisions import FIELD
from portal.org.requests import SignedInRequest


def differences(
    form: type[forms.Form], current: Mapping[str, Any], typed: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the fields in which a record now differs from what was typed: {label, now, typed}."""
    rows = []
    for name, now in current.items():
        before, after = _words(now), _words(typed.get(name))
        # Compared by words: a browser sends other line breaks than the database holds.
        if before.split() != after.split():
            rows.append({"label": form.base_fields[name].label, "now": before, "typed": after})
    return rows


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str | Model):
        return str(value)
    return listed(sorted(map(str, value)))


def data_at_revision(request: SignedInRequest, revision: object) -> QueryDict:
    """Return what was typed, to be saved over the present revision."""
    data = request.POST.copy()
    data[FIELD] = str(revision)
    return data


def read_revision(request: SignedInRequest) -> int:
    """Return the revision of the record on the page that asked; 0, which none has, where it does not say."""
    return parse_primary_key(request.POST.get(FIELD, "")) or 0


def asked_again(request: SignedInRequest) -> HttpResponse:
    """Lead back to the page that asks: what it showed of a dossier was changed by somebody else."""
    messages.error(request, _("Somebody changed this dossier meanwhile. Look again at what stands here now."))
    return redirect(request.path)
