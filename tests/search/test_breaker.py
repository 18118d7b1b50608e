import time

import pytest

from search.engines import breaker as module
from search.engines.breaker import CircuitBreaker, Turn


@pytest.fixture
def breaker(monkeypatch):
    """One whose times are short."""
    monkeypatch.setattr(module, "FIRST_PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(module, "LONGEST_PAUSE_SECONDS", 0.4)
    monkeypatch.setattr(module, "TRIAL_SECONDS", 0.1)
    return CircuitBreaker()


def pauses(breaker) -> float:
    """How long it refuses from now on."""
    started = time.monotonic()
    while breaker.turn() is Turn.REFUSED:
        time.sleep(0.001)
    return time.monotonic() - started


def test_everybody_is_let_through_while_all_is_well(breaker):
    breaker.succeeded()
    assert [breaker.turn() for _caller in range(3)] == [Turn.FREE] * 3


def test_failure_refuses_whoever_comes_next(breaker):
    assert breaker.failed()
    assert breaker.turn() is Turn.REFUSED


def test_one_caller_at_a_time_is_on_trial(breaker):
    breaker.failed()
    time.sleep(0.12)
    assert [breaker.turn() for _caller in range(3)] == [Turn.TRIAL, Turn.REFUSED, Turn.REFUSED]


def test_success_of_the_trial_closes_it(breaker):
    breaker.failed()
    time.sleep(0.12)
    breaker.turn()
    breaker.succeeded()
    assert breaker.turn() is Turn.FREE


def test_pauses_grow_to_the_longest(breaker):
    found = []
    for _time in range(4):
        breaker.failed()
        found.append(pauses(breaker))
    assert all(pause >= expected for pause, expected in zip(found, (0.1, 0.2, 0.4, 0.4), strict=True))
    assert found[-1] < 0.8


def test_requests_that_were_under_way_do_not_lengthen_the_pause(breaker):
    """Eight threads that wait for one dead node are one failure."""
    assert [breaker.failed() for _thread in range(8)] == [True] + [False] * 7
    assert pauses(breaker) < 0.3


def test_trial_that_never_ends_gives_way_to_the_next(breaker):
    breaker.failed()
    for _trial in range(3):
        assert pauses(breaker) < 0.3
