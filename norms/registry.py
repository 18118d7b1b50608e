"""Models of apps above whose records cite the law; they register here, so that `cited by` needs no import of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Model, QuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.utils.functional import _StrPromise

    from portal.org.models import User


@dataclass(frozen=True)
class CitingModel:
    """Describes how records that cite through rows of `model` are shown and counted.

    `visible` returns the rows whose citations the user may see. `record` is the path from such a row to the record
    that is shown and counted, "" for the row itself; models that lead to the same records share a `kind`.
    `link` is the foreign key to Provision of rows that point to one; without it, the citations in their text count.
    `url`, `title` and `number` are attributes or methods of the record; `number` may be empty.
    """

    model: type[Model]
    kind: str
    label: str | _StrPromise
    visible: Callable[[User | AnonymousUser], QuerySet]
    url: str = "get_absolute_url"
    title: str = "__str__"
    number: str = ""
    record: str = ""
    link: str = ""

    @property
    def record_key(self) -> str:
        return f"{self.record}__pk" if self.record else "pk"


registered: dict[type[Model], CitingModel] = {}


def register_citing_model(
    model: type[Model],
    *,
    kind: str,
    label: str | _StrPromise,
    visible: Callable[[User | AnonymousUser], QuerySet],
    url: str = "get_absolute_url",
    title: str = "__str__",
    number: str = "",
    record: str = "",
    link: str = "",
) -> None:
    """Register a model from `AppConfig.ready()`; kinds are shown in the order of registration."""
    registered[model] = CitingModel(model, kind, label, visible, url, title, number, record, link)


def citing_models() -> list[CitingModel]:
    """Return all registered models in the order of registration."""
    return list(registered.values())


def attribute_text(record: Model, attribute: str) -> str:
    """Return an attribute or the result of a method as text; empty for no attribute."""
    value = getattr(record, attribute) if attribute else ""
    return str(value() if callable(value) else value)
