"""Which state of a record a form was opened with, so that whoever saves second overwrites nothing unseen.

A revision is a fingerprint of what a form shows of a record. It is sent along with the form and compared, under a lock,
with that of the stored record before anything is saved.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model
from django.utils.translation import gettext as _
from modelcluster.models import get_all_child_relations
from taggit.models import ItemBase

# The name of the field in which every form sends the revision that was read.
FIELD = "expected_revision"


class RecordChanged(ValidationError):
    """Somebody else saved first: `current` is the record as it is now; nothing was written."""

    def __init__(self, current: Model, message: str = "") -> None:
        default = _("Somebody else changed this in the meantime. Nothing you typed is lost.")
        super().__init__(message or default, code="changed")
        self.current = current


class AlreadyDecidedError(ValidationError):
    """Somebody else decided first; `decision` is what was decided, in the reader's language."""

    def __init__(self, decision: str) -> None:
        super().__init__(
            _("This was decided meanwhile: %(decision)s.") % {"decision": decision}, code="decided"
        )


def snapshot(record: Model, names: Iterable[str] | None = None) -> dict[str, Any]:
    """Return the values of a stored record by field, and its child rows, as JSON can hold them.

    `names` are fields and child relations; without them all that can be edited are read, child relations included.
    """
    children = {
        relation.get_accessor_name(): relation
        for relation in get_all_child_relations(type(record))
        if not issubclass(relation.related_model, ItemBase)
    }
    selected = set(names) if names is not None else None
    values: dict[str, Any] = {}
    for field in (*record._meta.concrete_fields, *record._meta.many_to_many):
        if field.primary_key or not field.editable or (selected is not None and field.name not in selected):
            continue
        if field.many_to_many:
            values[field.name] = sorted(getattr(record, field.name).values_list("pk", flat=True))
        else:
            values[field.name] = field.value_from_object(record)
    for name, relation in children.items():
        if selected is None or name in selected:
            values[name] = [
                _child_values(child, relation.field.name) for child in getattr(record, name).all()
            ]
    return json.loads(json.dumps(values, cls=DjangoJSONEncoder))


def _child_values(child: Model, parent: str) -> dict[str, Any]:
    values = {"pk": child.pk, **snapshot(child)}
    values.pop(parent, None)
    return values


def revision_of(record: Model, names: Iterable[str] | None = None) -> str:
    """Return the revision of a stored record, or of some of its fields."""
    content = json.dumps(snapshot(record, names), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:24]


def require_revision(
    record: Model, expected_revision: str, names: Iterable[str] | None = None, *, message: str = ""
) -> None:
    """Raise `RecordChanged` where a locked record is no longer at the revision that was read."""
    if revision_of(record, names) != expected_revision:
        raise RecordChanged(record, message)


def values_before(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return of one snapshot what another has replaced, for the audit log."""
    return {name: value for name, value in before.items() if after.get(name) != value}
