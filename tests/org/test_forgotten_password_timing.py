"""The page for forgotten passwords answers alike and as fast, whoever exists and whatever the mail server does."""

from __future__ import annotations

import re
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.foundation.models import Letter
from tests.factories.org import UserFactory
from tests.foundation.mail_server import TRANSPORT, free_port, silent_server
from tests.queued_tasks import run_queued_tasks

pytestmark = pytest.mark.django_db
# A text, or the name of a savepoint.
VALUE = r"""'[^']*'|"s\d+_x\d+\""""


@pytest.fixture(params=["silent", "absent"])
def mail_server(request, settings):
    settings.HAS_MAIL = True
    settings.EMAIL_BACKEND = "portal.foundation.mail.backend.EmailBackend"
    settings.LETTER_TRANSPORT = TRANSPORT
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 30
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
    if request.param == "absent":
        settings.EMAIL_PORT = free_port()
        yield
        return
    with silent_server() as port:
        settings.EMAIL_PORT = port
        yield


def ask(client, login: str) -> tuple[int, str, list[str], float]:
    """Return the status, where it leads, the statements without their values, and the seconds."""
    started = time.monotonic()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.post(reverse("account_reset_password"), {"login": login})
    statements = [re.sub(VALUE, "?", query["sql"].split("(")[0]) for query in queries]
    return response.status_code, response["Location"], statements, time.monotonic() - started


def test_answer_tells_nothing(client, mail_server):
    with_mail = UserFactory(email="chen@example.org").username
    without_mail = UserFactory(email="").username
    ask(client, "warm.up")
    answers = [ask(client, login) for login in (with_mail, without_mail, "nobody.there")]
    assert len({(status, address, *statements) for status, address, statements, _s in answers}) == 1
    assert max(seconds for *_rest, seconds in answers) < 5
    assert not Letter.objects.exists()
    run_queued_tasks()
    assert [letter.message["to"] for letter in Letter.objects.all()] == [["chen@example.org"]]
