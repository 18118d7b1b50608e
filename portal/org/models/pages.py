"""Pages of the portal, which somebody checks for secrets when they are published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wagtail.fields import StreamValue

from portal.foundation.models import BasePage
from portal.foundation.secrecy import marks_in
from portal.org.models.secrecy import CheckedAtPublishing


def strings_in(value: Any) -> Iterator[str]:
    """Yield every text in a value of a page: of a stream its blocks' texts, with captions and alternative texts."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, StreamValue):
        yield from strings_in(list(value.get_prep_value()))
    elif isinstance(value, dict):
        yield from strings_in(list(value.values()))
    elif isinstance(value, list):
        for part in value:
            yield from strings_in(part)


class CheckedPage(CheckedAtPublishing, BasePage):  # type: ignore[django-manager-missing]
    """A page that nobody publishes without having checked it for secrets."""

    class Meta:
        abstract = True

    @property
    def classification_mark(self) -> str:
        """Return the first mark of classification in the texts of the page, "" where there is none."""
        values = [getattr(self, field.attname) for field in self._meta.concrete_fields]
        return marks_in(strings_in(values))
