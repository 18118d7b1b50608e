"""A circuit breaker: nobody waits for what has just failed."""

import threading
import time

FAILURES = 2
FIRST_PAUSE = 5.0
LONGEST_PAUSE = 60.0


class CircuitBreaker:
    """Opens after `FAILURES` failures in a row; then one caller at a time tries again, ever more seldom.

    One for each engine and process. Times are seconds on a monotonic clock.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._failures = 0
        self._pause = 0.0
        self._open_until = 0.0

    @property
    def is_open(self) -> bool:
        return self._open_until > time.monotonic()

    def lets_through(self) -> bool:
        """False while it is open. When the pause is over, the first to ask is let through and tries for all."""
        with self._guard:
            if not self._pause:
                return True
            now = time.monotonic()
            if now < self._open_until:
                return False
            self._open_until = now + self._pause
            return True

    def succeeded(self) -> None:
        with self._guard:
            self._failures = 0
            self._pause = self._open_until = 0.0

    def failed(self) -> None:
        with self._guard:
            self._failures += 1
            if self._failures >= FAILURES:
                self._pause = min(max(FIRST_PAUSE, self._pause * 2), LONGEST_PAUSE)
                self._open_until = time.monotonic() + self._pause
