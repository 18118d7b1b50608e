"""Layouts of sheets: the columns that an importer knows, recognised by their headings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import override

MAX_HEADING_CHARACTERS = 100
# A remark in brackets behind a heading: 角色（可多选）, Date (YYYY-MM-DD). NFKC has made all brackets half width.
REMARK = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")
# Two languages in one heading: 姓名 / Name, or one above the other.
LANGUAGE_BREAK = re.compile(r"[/|\n]")
# Marks of required columns, and white space that only pads: 姓 名, 单位 *.
PADDING = re.compile(r"[\s*※★]+")


@dataclass(frozen=True)
class SheetColumn:
    """A column that an importer knows. Templates write `heading`, or the label where that is empty.

    `names` are other headings that mean the same; the field's own name and its label in every language of the
    portal are recognised without being listed.
    """

    field: str
    label: str | Promise
    names: tuple[str, ...] = ()
    heading: str = ""
    required: bool = False

    @property
    def title(self) -> str:
        return self.heading or str(self.label)


@dataclass(frozen=True)
class Layout:
    """The columns of one kind of sheet."""

    columns: tuple[SheetColumn, ...]

    @cached_property
    def by_field(self) -> dict[str, SheetColumn]:
        return {column.field: column for column in self.columns}

    @cached_property
    def required(self) -> frozenset[str]:
        return frozenset(column.field for column in self.columns if column.required)

    @cached_property
    def _field_by_key(self) -> dict[str, str]:
        """Return fields by heading as `heading_key` writes it; where two columns share a heading the first has it."""
        fields: dict[str, str] = {}
        for column in self.columns:
            for name in (column.heading, column.field, *column.names):
                fields.setdefault(heading_key(name), column.field)
        for code, _name in settings.LANGUAGES:
            with override(code):
                for column in self.columns:
                    fields.setdefault(heading_key(str(column.label)), column.field)
        fields.pop("", None)
        return fields

    def field_of(self, heading: str) -> str | None:
        """Return the field that a heading means; one in two languages is recognised by either half."""
        if len(heading) > MAX_HEADING_CHARACTERS:
            return None
        fields = self._field_by_key
        return next((fields[key] for key in _heading_keys(heading) if key in fields), None)

    def fields_of(self, headings: Iterable[tuple[int, str]]) -> dict[int, str]:
        """Return fields by position of their heading; the first of two columns for one field has it."""
        fields: dict[int, str] = {}
        for position, heading in headings:
            field = self.field_of(heading)
            if field and field not in fields.values():
                fields[position] = field
        return fields


def heading_key(heading: str) -> str:
    """Return a heading as it is compared: half width, lower case, without white space and stars."""
    return PADDING.sub("", unicodedata.normalize("NFKC", heading).casefold()).rstrip(":")


def _heading_keys(heading: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKC", heading)
    bare = REMARK.sub("", plain)
    for candidate in (plain, bare, *LANGUAGE_BREAK.split(bare)):
        yield heading_key(candidate)
