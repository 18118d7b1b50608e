"""Prints the figures of a benchmark: one line for each, or one JSON object."""

import json
import os
import platform
from collections.abc import Iterable


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value that `share` of all values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def spread(milliseconds: list[float]) -> str:
    """Return the median, the 95th percentile and the maximum of durations as text."""
    median, high, maximum = (percentile(milliseconds, share) for share in (0.5, 0.95, 1.0))
    return (
        f"p50 {median:6.1f} ms   p95 {high:6.1f} ms   max {maximum:6.1f} ms   ({len(milliseconds)} queries)"
    )


def machine() -> str:
    return f"{os.cpu_count()} cores, Python {platform.python_version()}"


def line(name: str, value: object) -> None:
    print(f"{name:44} {value}", flush=True)


def show(figures: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(figures, ensure_ascii=False))
        return
    for name, value in figures.items():
        line(name, value)
