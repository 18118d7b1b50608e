"""Years that an address of the calendar carries."""

import pytest


@pytest.mark.django_db
@pytest.mark.parametrize("year", ["0", "0000", "²", "٣", "-1", "9" * 19, "9" * 5000])
def test_calendar_answers_whatever_year_is_typed(client, year):
    response = client.get("/sessions/", {"year": year})
    assert (response.status_code, response.context["cards"]) == (200, [])
