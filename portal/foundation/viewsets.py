"""What the viewsets of Wagtail's admin share."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse


class SavesByService:
    """For a create or edit view whose `save_instance` calls a service: its refusals are shown on the form."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except ValidationError as error:
            known = error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
            for name, messages in known.items():
                form.add_error(name if name in form.fields else None, messages)
            self.produced_error_message = self.get_error_message()
            return self.form_invalid(form)


def no_such_page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """In the place of a view that a viewset should not have: its addresses are still reversed by Wagtail."""
    raise Http404
