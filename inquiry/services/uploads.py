"""Keeping an uploaded sheet between preview and import. It names people: it is private and short-lived."""

from __future__ import annotations

import datetime as dt
import uuid

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone
from django.utils.translation import gettext as _

from inquiry.rules import can_import_questions
from inquiry.services.audit import demand
from portal.org.models import User

FOLDER = "intake"
SALT = "inquiry.intake"
KEPT_FOR = dt.timedelta(hours=2)


def keep_upload(*, name: str, content: bytes, actor: User) -> str:
    """Keep a file for two hours; returns the token by which the same person gets it back."""
    demand(can_import_questions(actor))
    _drop_old()
    key = storages["private"].save(f"{FOLDER}/{uuid.uuid4().hex}", ContentFile(content))
    return signing.dumps({"key": key, "name": name[:200], "user": actor.pk}, salt=SALT)


def kept_upload(*, token: str, actor: User) -> tuple[str, bytes]:
    """Name and bytes of a kept file; raises ValidationError once it is gone."""
    kept = _kept(token, actor)
    try:
        with storages["private"].open(kept["key"]) as file:
            return kept["name"], file.read()
    except FileNotFoundError:
        raise ValidationError(_("The uploaded file is no longer kept. Choose it again.")) from None


def drop_upload(*, token: str, actor: User) -> None:
    storages["private"].delete(_kept(token, actor)["key"])


def _kept(token: str, actor: User) -> dict[str, str]:
    try:
        kept = signing.loads(token, salt=SALT, max_age=KEPT_FOR)
    except signing.BadSignature:
        kept = {}
    if kept.get("user") != actor.pk:
        raise ValidationError(_("The uploaded file is no longer kept. Choose it again."))
    return kept


def _drop_old() -> None:
    storage = storages["private"]
    if not storage.exists(FOLDER):
        return
    for name in storage.listdir(FOLDER)[1]:
        path = f"{FOLDER}/{name}"
        if storage.get_modified_time(path) < timezone.now() - KEPT_FOR:
            storage.delete(path)
