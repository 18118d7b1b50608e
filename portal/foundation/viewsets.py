"""Views that the viewsets of Wagtail's admin share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model, ProtectedError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.views.generic import DeleteView
from wagtail.admin.views.mixins import SpreadsheetExportMixin

from portal.foundation.sheets import guarded

# For the type checker it is a create view; in truth it goes before one, or before an edit view.
if TYPE_CHECKING:
    from wagtail.admin.views.generic import CreateView as _FormView
else:
    _FormView = object


class SaveByServiceMixin(_FormView):
    """A create or edit view whose `save_instance` calls a service: the form shows what the service refuses."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except ValidationError as error:
            errors = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
            for name, texts in errors.items():
                form.add_error(name if name in form.fields else None, texts)
            self.produced_error_message = self.get_error_message()
            return self.form_invalid(form)


class ProtectedDeleteView(DeleteView):
    """Deletes what nothing refers to; shows a message for the rest."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                return super().form_valid(form)
        except (ProtectedError, PermissionDenied):  # Wagtail raises the latter where it knows of a use
            text = _("%(record)s is in use and cannot be deleted.") % {"record": self.object}
            messages.error(self.request, text)
            return redirect(self.get_edit_url(self.object))

    def get_edit_url(self, record: Any) -> str:
        return reverse(self.edit_url_name, args=[record.pk])


def no_such_page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Answer 404 where Wagtail would change records without the portal's services; it still reverses the address."""
    raise Http404


def guard_csv_exports() -> None:
    """Guard text in Wagtail's CSV exports, where it could be taken for a formula; in Excel files it stays text."""
    export = SpreadsheetExportMixin
    words = {(str, Model): {export.FORMAT_CSV: lambda value: guarded(str(value))}}
    export.custom_value_preprocess = {**export.custom_value_preprocess, **words}
