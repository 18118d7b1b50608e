"""How work grows with the size of its input: counted steps where Python does the work, processor time elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

# Of four times the input: 4 is linear, 16 quadratic.
LINEAR_TIME = 10.0
# Of twice the input: 2 is linear, 4 quadratic.
LINEAR_STEPS = 2.5
ATTEMPTS = 5


def steps(act: Callable[[], object]) -> int:
    """Return how often functions of Python and of C are entered and left; the same at each run."""
    count = 0

    def note(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += 1

    previous = sys.getprofile()
    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(previous)
    return count


def time_ratio(act: Callable[[int], object], size: int) -> float:
    """Return how many times longer `act(4 * size)` takes than `act(size)`, for what regular expressions do in C.

    The shortest of some measurements counts, since a busy machine can only make them longer; no more are made
    once the ratio is that of linear work.
    """
    short = long = float("inf")
    for _attempt in range(ATTEMPTS):
        short = min(short, _seconds(act, size), _seconds(act, size))
        long = min(long, _seconds(act, 4 * size))
        if long / short < LINEAR_TIME:
            break
    return long / short


def _seconds(act: Callable[[int], object], size: int) -> float:
    started = time.process_time()
    act(size)
    return time.process_time() - started
