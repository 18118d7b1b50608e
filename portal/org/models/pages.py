"""Pages of the portal, which somebody checks for secrets when they are published."""

from __future__ import annotations

from portal.foundation.blocks import texts_in
from portal.foundation.models import BasePage
from portal.foundation.secrecy import marks_in
from portal.org.models.secrecy import CheckedAtPublishing


class CheckedPage(CheckedAtPublishing, BasePage):  # type: ignore[django-manager-missing]
    """A page that nobody publishes without having checked it for secrets."""

    class Meta:
        abstract = True

    @property
    def classification_mark(self) -> str:
        """Return the first mark of classification in the texts of the page, "" where there is none."""
        values = [getattr(self, field.attname) for field in self._meta.concrete_fields]
        return marks_in(texts_in(values))
