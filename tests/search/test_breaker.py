import pytest

from search.engines import breaker as module
from search.engines.breaker import CircuitBreaker, Turn


class Clock:
    """Stands in the place of the `time` module: it moves when a test moves it."""

    def __init__(self):
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def breaker(clock):
    return CircuitBreaker()


def seconds_refused(breaker, clock) -> float:
    """Move the clock until a caller is let through, on trial; return how far."""
    started = clock.now
    while (turn := breaker.turn()) is Turn.REFUSED:
        clock.now += 0.5
    assert turn is Turn.TRIAL
    return clock.now - started


def test_everybody_is_let_through_while_all_is_well(breaker):
    breaker.succeeded()
    assert [breaker.turn() for _caller in range(3)] == [Turn.FREE] * 3


def test_failure_refuses_whoever_comes_next(breaker):
    assert breaker.failed() is True
    assert breaker.turn() is Turn.REFUSED


def test_one_caller_at_a_time_is_on_trial(breaker, clock):
    breaker.failed()
    assert seconds_refused(breaker, clock) == 2.0
    assert [breaker.turn() for _caller in range(2)] == [Turn.REFUSED] * 2


def test_success_of_the_trial_closes_it(breaker, clock):
    breaker.failed()
    seconds_refused(breaker, clock)
    breaker.succeeded()
    assert breaker.turn() is Turn.FREE


def test_pauses_grow_to_the_longest(breaker, clock):
    pauses = []
    for _time in range(5):
        breaker.failed()
        pauses.append(seconds_refused(breaker, clock))
    assert pauses == [2.0, 4.0, 8.0, 15.0, 15.0]


def test_requests_that_were_under_way_do_not_lengthen_the_pause(breaker, clock):
    """Eight threads that wait for one dead node are one failure."""
    assert [breaker.failed() for _thread in range(8)] == [True] + [False] * 7
    assert seconds_refused(breaker, clock) == 2.0


def test_trial_that_never_ends_gives_way_to_the_next(breaker, clock):
    breaker.failed()
    assert [seconds_refused(breaker, clock) for _trial in range(3)] == [2.0, 5.0, 5.0]
