"""Files between preview and import: kept in the private storage under a signed token, for two hours."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone

from portal.org.models import User

FOLDER = "norm-uploads"
LIFETIME = dt.timedelta(hours=2)
SALT = "norms.uploads"
_LIST = "files.json"


class UploadGone(Exception):
    """The token is false, somebody else's or too old."""


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    content: bytes


def keep_uploads(*, uploads: Iterable[Upload], actor: User) -> str:
    """Keep files and return the token that brings them back."""
    remove_old_uploads()
    storage, folder = storages["private"], uuid.uuid4().hex
    names = []
    for number, upload in enumerate(uploads):
        storage.save(f"{FOLDER}/{folder}/{number}", ContentFile(upload.content))
        names.append(PurePath(upload.name).name)
    storage.save(f"{FOLDER}/{folder}/{_LIST}", ContentFile(json.dumps(names).encode()))
    return signing.dumps([folder, actor.pk], salt=SALT)


def kept_uploads(*, token: str, actor: User) -> list[Upload]:
    folder = _folder(token, actor)
    try:
        names = json.loads(_content(f"{FOLDER}/{folder}/{_LIST}"))
        return [Upload(name, _content(f"{FOLDER}/{folder}/{number}")) for number, name in enumerate(names)]
    except (OSError, ValueError) as error:
        raise UploadGone from error


def discard_uploads(*, token: str, actor: User) -> None:
    _remove(_folder(token, actor))


def remove_old_uploads() -> None:
    storage = storages["private"]
    if not storage.exists(FOLDER):
        return
    for folder in storage.listdir(FOLDER)[0]:
        listed = f"{FOLDER}/{folder}/{_LIST}"
        if storage.exists(listed) and storage.get_modified_time(listed) < timezone.now() - LIFETIME:
            _remove(folder)


def _folder(token: str, actor: User) -> str:
    try:
        folder, owner = signing.loads(token, salt=SALT, max_age=LIFETIME)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise UploadGone from error
    if owner != actor.pk:
        raise UploadGone
    return folder


def _content(name: str) -> bytes:
    with storages["private"].open(name) as file:
        return file.read()


def _remove(folder: str) -> None:
    storage = storages["private"]
    path = f"{FOLDER}/{folder}"
    if storage.exists(path):
        for name in storage.listdir(path)[1]:
            storage.delete(f"{path}/{name}")
        storage.delete(path)
