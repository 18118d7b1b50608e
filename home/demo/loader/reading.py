"""Readers of the demo's files and of the times written in them."""

from __future__ import annotations

import datetime
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone

DEMO_DIR = Path(__file__).resolve().parent.parent
NORMS_DIR = DEMO_DIR / "norms"


@cache
def read(name: str) -> dict[str, Any]:
    """Return the content of `<name>.toml`: mostly rows by the name of their table."""
    with (DEMO_DIR / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def clock(text: str) -> datetime.time:
    return datetime.time.fromisoformat(text)


def moment(day: datetime.date, text: str) -> datetime.datetime:
    """Return `day` at `HH:MM` in the portal's time zone."""
    return timezone.make_aware(datetime.datetime.combine(day, clock(text)))
