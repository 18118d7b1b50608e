"""Codes of records that other records, links and the search index refer to: used ones do not change."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modelcluster.fields import ParentalKey
from wagtail.admin.forms import WagtailAdminModelForm

FREE_CODE_HELP = gettext_lazy(
    "It is part of addresses and of the search index, so it does not change once a record refers to it."
)
USED_CODE_HELP = gettext_lazy("Records refer to it, so it does not change any more.")


def is_referenced(record: Model) -> bool:
    """Return whether another record refers to this one; its own parts, such as aliases, do not count."""
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: record}).exists()
        for relation in record._meta.related_objects
        if not isinstance(relation.field, ParentalKey)
    )


def require_unchanged_code(record: Model, field: str = "code") -> None:
    """Raise ValidationError where a record is about to be saved with another code although it is in use.

    Runs inside the transaction that saves: the row is locked first, so that nothing comes to refer to it between
    the look and the save.
    """
    model = type(record)
    stored = (
        model._base_manager.select_for_update().filter(pk=record.pk).values_list(field, flat=True).first()
    )
    if stored is not None and stored != getattr(record, field) and is_referenced(record):
        message = _("Records refer to the code “%(code)s”: it does not change any more.")
        raise ValidationError({field: message % {"code": stored}})


class CodeForm(WagtailAdminModelForm):
    """A form with a `code` (or another `code_field`) that can be read but not changed once the record is in use."""

    code_field = "code"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_used = bool(self.instance.pk) and is_referenced(self.instance)
        self.fields[self.code_field].disabled = is_used
        self.fields[self.code_field].help_text = USED_CODE_HELP if is_used else FREE_CODE_HELP
