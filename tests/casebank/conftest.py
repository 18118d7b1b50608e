"""Fixtures of every test of cases."""

from __future__ import annotations

import pytest
from wagtail.models import Site

from casebank.models import CaseIndexPage, CaseKind
from tests.factories.org import UserFactory


@pytest.fixture(autouse=True)
def index_page():
    """`/cases/`, as the portal's first migration makes it."""
    page = CaseIndexPage.objects.first()
    if page is None:
        root = Site.objects.get(is_default_site=True).root_page
        page = root.add_child(instance=CaseIndexPage(title="案例", slug="cases"))
    return page


@pytest.fixture
def editor():
    return UserFactory(roles=["editor"])


@pytest.fixture
def kind():
    return CaseKind.objects.get(code="community")
