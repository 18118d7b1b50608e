"""Opened hits are noted however they are opened, and the page of analysts is accessible with figures on it."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from django.utils import timezone

from search.engines.configured import get_engine
from search.indexing.rebuilding import rebuild
from search.models import SearchTrace
from tests.e2e.conftest import DESK, PHONE
from tests.e2e.test_look import faults_of
from tests.factories.casebank import CaseFactory
from tests.factories.org import PASSWORD, UserFactory
from tests.factories.search import SearchTraceFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def noted(place: int, clicks: int) -> tuple[int | None, int]:
    """What the trace says once the beacon has arrived."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        trace = SearchTrace.objects.get()
        if (trace.clicked, trace.clicks) == (place, clicks):
            break
        time.sleep(0.05)
    return trace.clicked, trace.clicks


@pytest.fixture
def page(visitor):
    for number in range(3):
        CaseFactory(title=f"减刑{number}")
    rebuild(get_engine())
    page = visitor(DESK).page
    page.goto("/search/?q=减刑")
    return page


def test_hit_that_is_clicked_is_noted_by_its_place(page):
    page.locator(".row__title a").nth(1).click()
    page.wait_for_url("**/cases/**")
    assert noted(2, 1) == (2, 1)


def test_hit_opened_by_keyboard_or_in_a_new_tab_is_noted(page):
    page.locator(".row__title a").nth(2).click(button="middle")
    assert noted(3, 1) == (3, 1)
    page.locator(".row__title a").nth(0).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/**")
    assert noted(1, 2) == (1, 2)


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_page_of_traces_is_accessible(visitor, viewport):
    today = timezone.localdate()
    for days in range(9):
        SearchTraceFactory(
            searched_on=today - dt.timedelta(days=days), hits=days % 3, milliseconds=300, clicked=8
        )
    analyst = UserFactory(roles=["analyst"])
    person = visitor(viewport)
    person.sign_in(analyst.username, PASSWORD)
    paths = [
        f"/search/traces/?view={view}" for view in ("nothing", "partly", "frequent", "opened", "deep", "slow")
    ]
    assert [fault for path in paths for fault in faults_of(person.page, path)] == []


def test_figures_open_as_a_table(visitor):
    SearchTraceFactory(hits=0)
    analyst = UserFactory(roles=["analyst"])
    person = visitor(DESK)
    person.sign_in(analyst.username, PASSWORD)
    person.page.goto("/search/traces/?days=7")
    person.page.locator(".days__figures > summary").click()
    assert person.page.locator(".days__figures tbody tr").count() == 7
