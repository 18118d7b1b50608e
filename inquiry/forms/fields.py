"""Choices that are known only when a form is made."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet


def set_queryset(form: forms.Form, name: str, queryset: QuerySet[Any]) -> None:
    """Let a field of a form choose among these rows."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = queryset


def ticked_keys(bound_field: forms.BoundField) -> set[str]:
    """Return the primary keys that are chosen in a field, as they stand in the page."""
    return {str(getattr(value, "pk", value)) for value in bound_field.value() or []}
