"""A rotation of five departments, and who speaks for its parties."""

import datetime as dt

import pytest
import time_machine

from tests.factories.org import UserFactory
from tests.factories.rotation import RotationFactory, coming_turn


@pytest.fixture(autouse=True)
def in_spring():
    """The second turn runs, the procuratorate's; detention, prison and correction follow."""
    with time_machine.travel(dt.datetime(2026, 4, 10, 2, tzinfo=dt.UTC), tick=True):
        yield


@pytest.fixture
def rotation(db):
    return RotationFactory()


@pytest.fixture
def speaker(rotation):
    """Return a coordinator of the office whose turn comes at a place: 0 is the next."""

    def make(place=0, role="coordinator"):
        return UserFactory(roles=[role], office=coming_turn(rotation, place).office)

    return make
