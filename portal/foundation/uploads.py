"""Uploaded files between preview and saving: in the private storage, for one person, for two hours."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.foundation.storage import private_storage

FOLDER = "uploads"
LIFETIME = dt.timedelta(hours=2)
MAX_NAME_CHARACTERS = 200
# A person's uploads of one purpose: more are previews that were left, and the oldest make room.
MAX_UPLOADS_PER_PERSON = 10
# Together they, and all results of one purpose, hold as many bytes as so many of the largest files (200 MB).
MAX_LARGEST_FILES = 10
# Results are computed again where they have made room, so those of all people are counted together.
MAX_RESULTS = 100
MANIFEST = "manifest.json"
RESULT = "result"

# Purposes and keys become parts of a path: only what cannot lead out of the folder is let through.
PURPOSE = re.compile(r"[a-z][a-z-]*\Z")
KEY = re.compile(r"[0-9a-f]{32}\Z")


class UploadUnavailableError(ValidationError):
    """Raised for a key that is false, expired or somebody else's; all three read the same."""

    def __init__(self) -> None:
        super().__init__(_("The uploaded file is no longer kept. Choose it again."))


class UploadsTooLargeError(ValidationError):
    """Raised where the files of one upload hold more bytes than are kept for a person."""

    def __init__(self) -> None:
        limit = {"limit": max_stored_bytes() >> 20}
        super().__init__(_("The files are larger than %(limit)d MB together.") % limit)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent: its name without folders, and its bytes."""

    name: str
    content: bytes


def max_stored_bytes() -> int:
    """Return how many bytes a person's uploads of one purpose may hold together."""
    return MAX_LARGEST_FILES * settings.MAX_UPLOAD_BYTES


def store_uploads(*, purpose: str, uploads: Iterable[Upload], user: AbstractBaseUser) -> str:
    """Store files for one person and return the random key that gives them back.

    `purpose` keeps the uploads of one page from being opened by another (`norms`, `questions`, `accounts`).
    The person's oldest uploads of the purpose make room; raises UploadsTooLargeError.
    """
    delete_expired_uploads()
    key, uploads = secrets.token_hex(16), list(uploads)
    if sum(len(upload.content) for upload in uploads) > max_stored_bytes():
        raise UploadsTooLargeError
    names = [PurePath(upload.name).name[:MAX_NAME_CHARACTERS] for upload in uploads]
    files = {str(index): upload.content for index, upload in enumerate(uploads)}
    _save_folder(_folder(purpose, key), files, user=str(user.pk), names=names)
    _make_room(purpose, user=str(user.pk), newest=key, max_count=MAX_UPLOADS_PER_PERSON)
    return key


def stored_uploads(*, purpose: str, key: str, user: AbstractBaseUser) -> list[Upload]:
    """Return the files stored under a key; raises UploadUnavailableError."""
    manifest = _manifest_of(purpose, key, user)
    folder = _folder(purpose, key)
    try:
        return [Upload(name, _content(f"{folder}/{index}")) for index, name in enumerate(manifest["names"])]
    except OSError as error:
        raise UploadUnavailableError from error


def store_result(*, purpose: str, key: str, content: bytes) -> None:
    """Keep what was computed from an uploaded file, as long as uploads are kept; the oldest results make room.

    `key` is made from a digest of the file, so that nobody finds the result who does not have the file.
    """
    folder = _folder(purpose, key)
    if private_storage().exists(f"{folder}/{MANIFEST}"):
        return  # another request computed the same
    _save_folder(folder, {RESULT: content}, user="", names=[])
    _make_room(purpose, user="", newest=key, max_count=MAX_RESULTS)


def stored_result(*, purpose: str, key: str) -> bytes | None:
    """Return what `store_result` kept, None where it keeps nothing any more."""
    folder = _folder(purpose, key)
    manifest = _read_manifest(folder)
    if not manifest or _is_over(manifest):
        return None
    try:
        return _content(f"{folder}/{RESULT}")
    except OSError:
        return None


def delete_uploads(*, purpose: str, key: str, user: AbstractBaseUser) -> None:
    """Delete the files stored under a key, if they are still there and this person's.

    Whoever has saved them is done: another request may have deleted them meanwhile, or their time may have run out.
    """
    with contextlib.suppress(UploadUnavailableError):
        _manifest_of(purpose, key, user)
        _delete_folder(_folder(purpose, key))


def delete_expired_uploads() -> int:
    """Delete what nobody came back for, of every purpose, and return how many uploads that were."""
    expired = [folder for folder in _folders() if _is_expired(folder)]
    for folder in expired:
        _delete_folder(folder)
    return len(expired)


def _save_folder(folder: str, files: dict[str, bytes], *, user: str, names: list[str]) -> None:
    manifest = {
        "user": user,
        "expires_at": (timezone.now() + LIFETIME).isoformat(),
        "names": names,
        "bytes": sum(len(content) for content in files.values()),
    }
    # The manifest comes first: whatever interrupts the rest, the folder says when it may be deleted.
    _save(f"{folder}/{MANIFEST}", json.dumps(manifest).encode())
    for name, content in files.items():
        _save(f"{folder}/{name}", content)


def _make_room(purpose: str, *, user: str, newest: str, max_count: int) -> None:
    """Delete the oldest folders of a person until the limits hold; the newest stays.

    It runs after the newest is stored: of several requests at once the last sees what all have stored.
    """
    count, size = 0, 0
    for folder, manifest in _manifests(purpose, user, newest):
        count, size = count + 1, size + manifest.get("bytes", 0)
        if count > max_count or size > max_stored_bytes():
            _delete_folder(folder)


def _manifests(purpose: str, user: str, newest: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the folders of a person with their manifests, the newest first."""
    folders = [f"{FOLDER}/{purpose}/{key}" for key in private_storage().listdir(f"{FOLDER}/{purpose}")[0]]
    manifests = [(folder, _read_manifest(folder)) for folder in folders]
    own = [(folder, manifest) for folder, manifest in manifests if manifest and manifest["user"] == user]
    return sorted(
        own, key=lambda row: (row[0] == _folder(purpose, newest), row[1]["expires_at"]), reverse=True
    )


def _folder(purpose: str, key: str) -> str:
    if not PURPOSE.match(purpose):
        raise ValueError(f"{purpose!r} is no purpose of uploads")
    if not KEY.match(key):
        raise UploadUnavailableError
    return f"{FOLDER}/{purpose}/{key}"


def _folders() -> Iterator[str]:
    storage = private_storage()
    if not storage.exists(FOLDER):
        return
    for purpose in storage.listdir(FOLDER)[0]:
        for key in storage.listdir(f"{FOLDER}/{purpose}")[0]:
            yield f"{FOLDER}/{purpose}/{key}"


def _manifest_of(purpose: str, key: str, user: AbstractBaseUser) -> dict[str, Any]:
    """Return the manifest of a live upload that belongs to `user`."""
    manifest = _read_manifest(_folder(purpose, key))
    if not manifest or manifest["user"] != str(user.pk) or _is_over(manifest):
        raise UploadUnavailableError
    return manifest


def _read_manifest(folder: str) -> dict[str, Any] | None:
    try:
        return json.loads(_content(f"{folder}/{MANIFEST}"))
    except (OSError, ValueError):
        return None


def _is_over(manifest: dict[str, Any]) -> bool:
    return dt.datetime.fromisoformat(manifest["expires_at"]) <= timezone.now()


def _is_expired(folder: str) -> bool:
    manifest = _read_manifest(folder)
    if manifest:
        return _is_over(manifest)
    # A folder without a readable manifest is being written or being deleted at this moment, or was left half done.
    storage = private_storage()
    try:
        written = [storage.get_modified_time(f"{folder}/{name}") for name in storage.listdir(folder)[1]]
    except OSError:
        return False
    return bool(written) and max(written) + LIFETIME <= timezone.now()


def _save(path: str, content: bytes) -> None:
    private_storage().save(path, ContentFile(content))


def _content(path: str) -> bytes:
    with private_storage().open(path) as file:
        return file.read()


def _delete_folder(folder: str) -> None:
    """Delete a folder and its files, the manifest last; another process may be doing the same."""
    storage = private_storage()
    try:
        names = storage.listdir(folder)[1]
    except OSError:
        return
    for name in sorted(names, key=lambda name: name == MANIFEST):
        storage.delete(f"{folder}/{name}")
    storage.delete(folder)
