"""A circuit breaker: requests to an engine that has just failed are refused at once instead of waiting again."""

import threading
import time
from enum import Enum

# The first pause after a failure, in seconds; each further failure doubles it up to the longest one.
FIRST_PAUSE_SECONDS = 2.0
MAX_PAUSE_SECONDS = 15.0
# How long other callers are refused while one caller tries for all of them.
TRIAL_SECONDS = 5.0


class Turn(Enum):
    FREE = "free"
    TRIAL = "trial"
    REFUSED = "refused"


class CircuitBreaker:
    """Opens at a failure; then lets one caller at a time try, at growing intervals, until one succeeds.

    There is one for each engine and process. Times are seconds of the monotonic clock.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._pause = 0.0
        self._open_until = 0.0
        self._on_trial = False

    def turn(self) -> Turn:
        """Return whether a caller may send a request now. One on trial reports the result with `succeeded` or `failed`."""
        with self._guard:
            if not self._pause:
                return Turn.FREE
            now = time.monotonic()
            if now < self._open_until:
                return Turn.REFUSED
            # A trial that never reports (its thread was killed) does not keep the breaker open for ever.
            self._open_until = now + max(self._pause, TRIAL_SECONDS)
            self._on_trial = True
            return Turn.TRIAL

    def succeeded(self) -> None:
        with self._guard:
            self._pause = self._open_until = 0.0
            self._on_trial = False

    def failed(self) -> bool:
        """Note a failure; return True if the breaker was closed before, so that an outage is logged once."""
        with self._guard:
            was_open = self._pause > 0
            # Requests that were under way when it opened fail one after another: they do not lengthen the pause.
            if was_open and not self._on_trial:
                return False
            self._on_trial = False
            self._pause = min(max(FIRST_PAUSE_SECONDS, self._pause * 2), MAX_PAUSE_SECONDS)
            self._open_until = time.monotonic() + self._pause
            return not was_open
