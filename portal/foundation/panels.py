"""Panels that the forms of Wagtail's admin share."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin.panels import MultiFieldPanel


class EnglishPanel(MultiFieldPanel):
    """The English fields of a record, folded away unless one of them is wrong, or required and empty.

    It folds within other panels, too, where Wagtail's own do not.
    """

    class BoundPanel(MultiFieldPanel.BoundPanel):
        template_name = "foundation/admin/english_panel.html"

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            names = [name for name in self.panel.get_form_options()["fields"] if name in self.form.fields]
            empty = [name for name in names if not self.form[name].value()]
            is_wanted = any(self.form.fields[name].required for name in empty)
            counts = {"filled": len(names) - len(empty), "count": len(names)}
            return {
                **super().get_context_data(parent_context),
                "is_open": is_wanted or any(name in self.form.errors for name in names),
                "summary": _("English (%(filled)d of %(count)d filled in)") % counts,
            }
