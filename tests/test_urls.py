"""Addresses that belong to no app."""

from __future__ import annotations

import pytest

from portal.org.models import PortalSettings


@pytest.mark.django_db
@pytest.mark.parametrize("closed", [False, True])
def test_health_answers_machines_even_while_the_portal_is_closed(client, closed):
    PortalSettings.objects.update_or_create(pk=1, defaults={"closed_to_visitors": closed})
    response = client.get("/health/", headers={"accept": "application/json"})
    parts = ("Cache", "Database", "Storage")
    assert (response.status_code, response.json()) == (
        200,
        {f"{part}(alias='default')": "OK" for part in parts},
    )
