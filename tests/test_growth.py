"""The measures of growth tell linear work from quadratic."""

import re

from tests.growth import LINEAR_STEPS, LINEAR_TIME, steps, time_ratio


def visit(size: int, *, inner: int) -> list[str]:
    return [repr(number) for number in range(size) for _turn in range(inner)]


def test_steps_tell_linear_from_quadratic():
    def grown(inner_of_n, inner_of_2n):
        return steps(lambda: visit(800, inner=inner_of_2n)) / steps(lambda: visit(400, inner=inner_of_n))

    assert grown(1, 1) < LINEAR_STEPS < grown(400, 800)


def test_time_tells_a_linear_expression_from_a_quadratic_one():
    linear, quadratic = re.compile(r"a+b"), re.compile(r"a+$")

    def matched_at_start(size: int) -> None:
        linear.match("a" * size)

    def searched_everywhere(size: int) -> None:
        quadratic.search("a" * size + "b")

    assert time_ratio(matched_at_start, 1_000_000) < LINEAR_TIME
    # What disturbs the shorter measurement makes the ratio smaller: not every time.
    assert any(time_ratio(searched_everywhere, 5_000) > LINEAR_TIME for _attempt in range(5))
