"""The cache of a portal without Redis: memory of each process, but for what all processes count together."""

from __future__ import annotations

from typing import Any

from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.utils import timezone
from django.utils.crypto import salted_hmac

from portal.foundation.models import SharedCacheEntry

# allauth counts requests in Django's default cache, under keys that begin so.
COUNTED_PREFIX = "allauth:rl:"
# allauth locks a count while it changes it, and refuses whoever waits for a second.
LOCK_SUFFIX = ":lock"
SHARED = "shared"


def hashed_key(key: str, prefix: str, version: int) -> str:
    """Return a keyed hash: the keys of counts hold visitors' addresses, which no table keeps."""
    return salted_hmac("foundation.caches", f"{prefix}:{version}:{key}", algorithm="sha256").hexdigest()


def delete_expired_entries() -> int:
    """Delete what all processes counted and no longer counts; return how many rows there were."""
    return SharedCacheEntry.objects.filter(expires__lt=timezone.now()).delete()[0]


class ProcessCache(LocMemCache):
    """The memory of one process; counts of requests lie in the database, so that a limit holds for all together.

    Locks of these counts are granted to everybody. A hall that signs in at once on a busy machine would be refused for
    them, where a hit that is lost beside another only lets one request more through; wrong passwords are counted
    elsewhere, exactly.
    """

    def add(self, key: str, value: Any, *args: Any, **kwargs: Any) -> bool:
        if _is_counted(key) and key.endswith(LOCK_SUFFIX):
            return True
        if _is_counted(key):
            return caches[SHARED].add(key, value, *args, **kwargs)
        return super().add(key, value, *args, **kwargs)

    def get(self, key: str, *args: Any, **kwargs: Any) -> Any:
        if _is_counted(key):
            return caches[SHARED].get(key, *args, **kwargs)
        return super().get(key, *args, **kwargs)

    def set(self, key: str, value: Any, *args: Any, **kwargs: Any) -> None:
        if _is_counted(key):
            caches[SHARED].set(key, value, *args, **kwargs)
        else:
            super().set(key, value, *args, **kwargs)

    def delete(self, key: str, *args: Any, **kwargs: Any) -> bool:
        if _is_counted(key) and key.endswith(LOCK_SUFFIX):
            return True
        if _is_counted(key):
            return caches[SHARED].delete(key, *args, **kwargs)
        return super().delete(key, *args, **kwargs)


def _is_counted(key: str) -> bool:
    return key.startswith(COUNTED_PREFIX)
