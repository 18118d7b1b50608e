"""The registry of subjects: what kinds of record may wait for somebody, and how each is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models.signals import pre_delete

from portal.org.signals import subject_deleted

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import Model, QuerySet

    from portal.org.enums import AssignmentKind
    from portal.org.models import User


@dataclass(frozen=True)
class Subject:
    """Describes how records of `model` are shown to whoever may read them.

    `readable` tells whether a person may read one record; `owner` returns whom it belongs to, if to anybody.
    `is_open` tells whether anything is left to do about it; `related` are relations that title and readers need.
    `approval` is what waits for people while a record is in one of Wagtail's workflows; None where none is for it.
    """

    model: type[Model]
    title: Callable[[Any], str]
    url: Callable[[Any], str]
    readable: Callable[[User | AnonymousUser, Any], bool]
    owner: Callable[[Any], User | None]
    is_open: Callable[[Any], bool]
    related: tuple[str, ...]
    approval: AssignmentKind | None

    def records(self) -> QuerySet[Any]:
        """Return the records of the kind with what title and readers need; one query for each relation to many."""
        joined = [name for name in self.related if self.model._meta.get_field(name).many_to_one]
        prefetched = [name for name in self.related if name not in joined]
        return self.model._base_manager.select_related(*joined).prefetch_related(*prefetched)


_subjects: dict[type[Model], Subject] = {}


def register_subject(
    model: type[Model],
    *,
    title: Callable[[Any], str] = str,
    url: Callable[[Any], str],
    readable: Callable[[User | AnonymousUser, Any], bool],
    owner: Callable[[Any], User | None] = lambda record: None,
    is_open: Callable[[Any], bool] = lambda record: True,
    related: tuple[str, ...] = (),
    approval: AssignmentKind | None = None,
) -> None:
    """Let records of `model` be the subjects of assignments; apps call this when they are ready."""
    _subjects[model] = Subject(model, title, url, readable, owner, is_open, related, approval)
    # One listener for each kind: one for all models would keep Django from deleting any rows in one statement.
    pre_delete.connect(_announce_deleted, sender=model)


def _announce_deleted(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    subject_deleted.send(sender=sender, instance=instance)


def approval_of(record: Model) -> AssignmentKind | None:
    """Return what waits for people while a record is in a workflow; None where nobody is told so."""
    described = _subjects.get(type(record))
    return described.approval if described else None


def subject_of(record: Model) -> Subject:
    """Return the description of a record's kind. Raises LookupError where it is not registered."""
    try:
        return _subjects[type(record)]
    except KeyError:
        raise LookupError(f"{type(record).__name__} is not registered as a subject") from None


def subjects() -> list[Subject]:
    """Return the registered kinds, in the order of their registration."""
    return list(_subjects.values())
