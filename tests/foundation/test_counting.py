"""Several lists counted by one statement: of different models, filtered, ordered, and empty ones."""

from __future__ import annotations

import pytest

from portal.foundation.counting import count_each
from portal.org.models import Office, User
from tests.factories.org import OfficeFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_lists_of_different_models_are_counted_at_once(django_assert_num_queries):
    office = OfficeFactory(name="靖安县司法局")
    for name in ("one", "two"):
        UserFactory(username=name, office=office)
    lists = {
        "people": User.objects.filter(username__in=["one", "two"]).select_related("current_membership"),
        "offices": Office.objects.filter(name="靖安县司法局").order_by("-name"),
        "nobody": User.objects.filter(username="three"),
        "none": User.objects.none(),
    }
    with django_assert_num_queries(1):
        assert count_each(lists) == {"people": 2, "offices": 1, "nobody": 0, "none": 0}


def test_no_lists_need_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert count_each({}) == {}
