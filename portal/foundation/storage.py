"""Files that no web server hands out lie in a storage of their own."""

from __future__ import annotations

from django.core.files.storage import Storage, storages


def private_storage() -> Storage:
    """Return the storage of exports, uploads and held files; fields name this function in migrations."""
    return storages["private"]
