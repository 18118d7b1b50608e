"""A circuit breaker: nobody waits for what has just failed."""

import threading
import time
from enum import Enum

FIRST_PAUSE = 2.0
LONGEST_PAUSE = 15.0
# How long others are refused while one caller tries for all.
TRIAL_SECONDS = 5.0


class Turn(Enum):
    FREE = "free"
    TRIAL = "trial"
    REFUSED = "refused"


class CircuitBreaker:
    """Opens at a failure; then one caller at a time is on trial, ever more seldom, until one succeeds.

    One for each engine and process. Times are seconds on a monotonic clock.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._pause = 0.0
        self._open_until = 0.0
        self._on_trial = False

    def turn(self) -> Turn:
        """Of a caller that asks now. One on trial says how it went, or the next trial comes after a while."""
        with self._guard:
            if not self._pause:
                return Turn.FREE
            now = time.monotonic()
            if now < self._open_until:
                return Turn.REFUSED
            self._open_until = now + max(self._pause, TRIAL_SECONDS)
            self._on_trial = True
            return Turn.TRIAL

    def succeeded(self) -> None:
        with self._guard:
            self._pause = self._open_until = 0.0
            self._on_trial = False

    def failed(self) -> bool:
        """Whether this is news: requests that were under way when it opened fail one after another."""
        with self._guard:
            was_open = self._pause > 0
            if was_open and not self._on_trial:
                return False
            self._on_trial = False
            self._pause = min(max(FIRST_PAUSE, self._pause * 2), LONGEST_PAUSE)
            self._open_until = time.monotonic() + self._pause
            return not was_open
