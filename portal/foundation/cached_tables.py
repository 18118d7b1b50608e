"""Tables that every process keeps in memory, and how a process learns that its copy is out of date.

Each such table names a `CacheVersion`. Every write of the table replaces that version in the same transaction, so that
a reader compares one small row instead of transferring the table. A version is a random value and not a counter: a
transaction that is undone, or a database that is restored, would give the same count to other contents.

Writes that Django does not see (SQL by hand, a data migration) call `renew_cache_version` themselves.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Generic, TypeVar, cast

from django.db import models, transaction
from django.db.models.signals import post_delete, post_save

from portal.foundation.models import CacheVersion

Value = TypeVar("Value")


def renew_cache_version(name: str) -> None:
    """Replace the version of a cached table, in the transaction of the write.

    One statement, whether the row exists or not. Its lock makes other writers of the table wait until this
    transaction ends, so that the version which stays is the one of the last writer.
    """
    # Order of locks: the rows themselves, then the version. Services that lock a document first keep to it.
    CacheVersion.objects.bulk_create(
        [CacheVersion(name=name, version=uuid.uuid4())],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["version"],
    )


def cache_versions(names: Iterable[str]) -> dict[str, uuid.UUID]:
    """Return the version of each name that was ever written to."""
    return dict(CacheVersion.objects.filter(name__in=names).values_list("name", "version"))


class CachedTableQuerySet(models.QuerySet):
    """A queryset of a `CachedTable`: writing many rows at once renews the version, too.

    `bulk_update` ends in `update`; `create` and its kin end in the model's `save`.
    """

    @property
    def _table(self) -> type[CachedTable]:
        return cast("type[CachedTable]", self.model)

    def update(self, **values: Any) -> int:
        if self._table.cached_fields.isdisjoint(values):
            return super().update(**values)
        with transaction.atomic(savepoint=False):
            count = super().update(**values)
            if count:
                renew_cache_version(self._table.cache_name)
        return count

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        with transaction.atomic(savepoint=False):
            created = super().bulk_create(objs, *args, **kwargs)
            if created:
                renew_cache_version(self._table.cache_name)
        return created


class CachedTable(models.Model):
    """Base of a model whose table processes keep in memory; its manager is made of a `CachedTableQuerySet`.

    `cached_fields` are the fields that the copies are made of, foreign keys by both of their names.
    """

    cache_name: ClassVar[str]
    cached_fields: ClassVar[frozenset[str]]

    class Meta:
        abstract = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Listen to the model's signals before anybody else, so that whoever follows a write reads its outcome."""
        super().__init_subclass__(**kwargs)
        post_save.connect(_renew_after_save, sender=cls)
        # Deleting a queryset, or a row that others depend on, calls no method of the rows: only this signal.
        post_delete.connect(_renew_after_delete, sender=cls)

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        """Write the row and renew the table's version in one transaction: `save` and `loaddata` both end here."""
        with transaction.atomic(savepoint=False):
            super().save_base(*args, **kwargs)


def _renew_after_save(sender: type[CachedTable], update_fields: frozenset[str] | None, **kwargs: Any) -> None:
    if update_fields is None or not sender.cached_fields.isdisjoint(update_fields):
        renew_cache_version(sender.cache_name)


def _renew_after_delete(sender: type[CachedTable], **kwargs: Any) -> None:
    renew_cache_version(sender.cache_name)


class TableCache(Generic[Value]):
    """A value made of cached tables, made again where one of their versions has changed.

    Versions and value are replaced as one tuple, so that threads share them without a lock.
    """

    def __init__(self, *names: str, build: Callable[[], Value]) -> None:
        self._names = names
        self._build = build
        self._cached: tuple[dict[str, uuid.UUID], Value] | None = None

    def get(self) -> Value:
        """Return the value as the tables are now, for one query where nothing has changed."""
        # The versions come before the rows: a write that is committed in between leaves newer rows under an older
        # version, which only costs one more build. The other way round it would hide the write for good.
        versions = cache_versions(self._names)
        cached = self._cached
        if cached is None or cached[0] != versions:
            self._cached = cached = versions, self._build()
        return cached[1]
