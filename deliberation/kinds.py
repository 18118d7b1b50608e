"""The registry of kinds of matter; apps above add theirs when they are ready."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from deliberation.enums import STATED_STANCES, Settlement, Stance

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class MatterKind:
    """Describes a kind of matter: how it settles, and which stances its parties may take.

    `may_count_silence` tells whether a consultation on it may be opened with the rule of silence. A matter whose kind
    `becomes_norm` stands in the law library once it is settled. `has_attendance` is for texts that list who took part.
    """

    code: str
    label: str | _StrPromise
    settles_by: Settlement
    stances: tuple[Stance, ...] = STATED_STANCES
    may_count_silence: bool = True
    becomes_norm: bool = False
    has_attendance: bool = False


_kinds: dict[str, MatterKind] = {}


def register_kind(kind: MatterKind) -> None:
    """Add a kind of matter. Raises ValueError where its code stands for another one."""
    if _kinds.setdefault(kind.code, kind) != kind:
        raise ValueError(f"{kind.code} is a kind of matter already")


def kind_of(code: str) -> MatterKind:
    """Return the kind with a code. Raises LookupError where it is not registered."""
    try:
        return _kinds[code]
    except KeyError:
        raise LookupError(f"{code} is not registered as a kind of matter") from None


def matter_kinds() -> list[MatterKind]:
    """Return all kinds in the order of their registration."""
    return list(_kinds.values())
