"""Numbers that addresses carry for rows and years: what `int` refuses is no error."""

import pytest

from portal.foundation.numerals import parse_whole_number
from portal.org.enums import Role
from tests.factories.org import UserFactory

HOSTILE = ["²", "٣", "-1", "", "9" * 19, "9" * 5000]


@pytest.mark.parametrize("written", HOSTILE)
def test_what_no_row_can_have_is_no_number(written):
    assert parse_whole_number(written) is None


def test_digits_are_read():
    assert parse_whole_number("007") == 7


@pytest.mark.django_db
@pytest.mark.parametrize("written", [*HOSTILE, "0"])
@pytest.mark.parametrize(
    ("path", "name"), [("/sessions/", "year"), ("/search/fragments/cited-by/", "provision")]
)
def test_page_answers_whatever_number_is_typed(client, path, name, written):
    client.force_login(UserFactory(roles=[Role.ANALYST]))
    assert client.get(path, {name: written}).status_code in (200, 404)
