"""Rows that are written once."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models


class ImmutableQuerySet(models.QuerySet):
    """A queryset that reads, and writes new rows."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError(f"{self.model.__name__} is written once")

    def delete(self) -> NoReturn:
        raise TypeError(f"{self.model.__name__} is written once")


class ImmutableModel(models.Model):
    """A row that nobody changes or deletes after it was written."""

    objects = ImmutableQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row. Raises TypeError where it is stored already."""
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} is written once")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(f"{type(self).__name__} is written once")
