"""What the processes of a portal without Redis count together."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.utils import timezone

from portal.foundation.caches import delete_expired_entries
from portal.foundation.models import SharedCacheEntry

pytestmark = pytest.mark.django_db
ADDRESS = "203.0.113.9"


@pytest.fixture
def process(settings):
    """Return a function that gives the present process the memory of another one."""

    def become(name: str) -> None:
        caches = settings.CACHES
        settings.CACHES = {**caches, "default": {**caches["default"], "LOCATION": name}}

    return become


def may_sign_in(rf) -> bool:
    request = rf.post("/accounts/login/", REMOTE_ADDR=ADDRESS)
    usage = ratelimit.consume(request, app="account", action="login", config={"login": "2/m/ip"})
    return usage is not None


def test_a_limit_holds_for_all_processes_together(rf, process):
    allowed = []
    for name in ("first", "second", "first", "second"):
        process(name)
        allowed.append(may_sign_in(rf))
    assert allowed == [True, True, False, False]


def test_other_entries_stay_in_the_process(process):
    process("first")
    cache.set("wagtail_site_root_paths", "of the first")
    process("second")
    assert cache.get("wagtail_site_root_paths") is None
    assert not SharedCacheEntry.objects.exists()


def test_the_table_holds_no_address_and_forgets(rf, process):
    process("first")
    assert may_sign_in(rf)
    rows = SharedCacheEntry.objects.values_list("cache_key", "value")
    assert len(rows) == 1
    assert [pair for pair in rows if ADDRESS in str(pair) or "login" in str(pair)] == []
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=2)):
        assert delete_expired_entries() == 1


def test_nobody_is_refused_because_others_are_being_counted(rf, process):
    process("first")
    assert may_sign_in(rf)
    key = f"allauth:rl:account:login:2/60/ip:ip:{ADDRESS}"
    with ratelimit.cache_lock(key) as locked, ratelimit.cache_lock(key) as locked_beside_it:
        assert (locked, locked_beside_it) == (True, True)
        assert may_sign_in(rf)
    assert not may_sign_in(rf)
