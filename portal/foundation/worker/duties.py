"""The registry of duties: the commands that run beside the web process for as long as the portal runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Duty:
    """A command of `manage.py` that never ends by itself, and its arguments."""

    name: str
    command: str
    arguments: tuple[str, ...] = ()


_duties: dict[str, Duty] = {}


def register_duty(name: str, command: str, *arguments: str) -> None:
    """Let `manage.py worker` run a command; apps call it when they are ready."""
    _duties[name] = Duty(name, command, arguments)


def duties() -> dict[str, Duty]:
    """Return the registered duties by name, in the order in which they start."""
    return dict(_duties)
