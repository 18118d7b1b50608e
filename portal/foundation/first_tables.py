"""Migrations that make the first tables of an app, all of them in one step.

For each operation on a model Django builds the classes of all related models anew, which are nearly all of the portal
and of Wagtail: sixty tables took five seconds of processor time, and take one.
"""

from __future__ import annotations

from typing import Any

from django.db.migrations import CreateModel, Migration
from django.db.migrations.operations.base import Operation


class FirstTables(Migration):
    """A migration whose operations all make models, or add fields, indexes and constraints to those that it makes."""

    def __init__(self, name: str, app_label: str) -> None:
        super().__init__(name, app_label)
        self.operations = [CreateTogether(list(self.operations))]  # type: ignore[misc]


class CreateTogether(Operation):
    """Models as they are after all of the operations; each table is made whole, in the order of its CreateModel."""

    def __init__(self, operations: list[Operation]) -> None:
        self.operations = operations

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__qualname__, [self.operations], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        # Without its classes the state only notes the models; they are built once, when a table is made.
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in self._creating():
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in reversed(self._creating()):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Create {', '.join(operation.name for operation in self._creating())}"

    def _creating(self) -> list[CreateModel]:
        return [operation for operation in self.operations if isinstance(operation, CreateModel)]
