"""People who are signed in. Modules of services have an `analyst` of their own, who is not."""

from __future__ import annotations

import pytest

from tests.factories.org import UserFactory


@pytest.fixture
def analyst(client):
    user = UserFactory(roles=["analyst"])
    client.force_login(user)
    return user


@pytest.fixture
def trainee(client):
    user = UserFactory(roles=["trainee"])
    client.force_login(user)
    return user
