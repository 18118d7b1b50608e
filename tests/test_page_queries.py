"""How often each page asks the database: as often whatever is behind it, and less than twenty times."""

from __future__ import annotations

import pytest

from bench.large_data import LargeData, Sizes, make_large_data
from bench.large_pages import measured, signed_in
from inquiry.enums import ClosureReason, QuestionStatus
from inquiry.services.closures import close_question
from portal.org.enums import Role
from portal.org.models import User
from tests.factories.inquiry import QuestionFactory
from tests.factories.org import UserFactory

MAX_QUERIES = 19
SMALL = Sizes(
    articles=60,
    versions=3,
    questions_of_cluster=60,
    supporters=5,
    steps_of_question=6,
    clusters=60,
    dossiers=60,
    items=80,
    clauses=30,
    activities=6,
    citations_of_case=20,
    vocabulary=40,
    own=60,
    people=60,
    log=100,
)
TWICE = Sizes(
    articles=120,
    versions=6,
    questions_of_cluster=120,
    supporters=10,
    steps_of_question=12,
    clusters=120,
    dossiers=120,
    items=160,
    clauses=60,
    activities=12,
    citations_of_case=40,
    vocabulary=80,
    own=120,
    people=120,
    log=200,
)


def addresses(data: LargeData) -> list[tuple[str, str]]:
    """Return pages, each with who reads it."""
    records = [
        f"/sessions/{data.session.number}/",
        f"/cases/{data.case.number}/",
        f"/law/{data.document.slug}/",
    ]
    lists = ["/", "/sessions/", "/cases/", "/law/", "/questions/", "/clusters/", "/dossiers/"]
    composed = [
        f"/questions/{data.question.number}/",
        f"/clusters/{data.cluster.number}/",
        f"/dossiers/{data.dossier.number}/",
    ]
    own = ["/me/", "/me/questions/", "/me/assignments/", "/me/notifications/", "/me/profile/"]
    asking = ["/questions/ask/", f"/questions/ask/{data.session.number}/"]
    desk = ["/desk/", "/desk/?queue=all", f"/desk/{data.question.number}/?queue=all"]
    trainee = [*lists, *records, *composed[:2], *own, *asking]
    analyst = ["/", "/questions/", "/clusters/", "/dossiers/", *composed, *desk]
    return [*(("trainee", address) for address in trainee), *(("analyst", address) for address in analyst)]


def person_with_work(role: Role, data: LargeData) -> User:
    """Return a person of a role with questions that came far, whose home shows all it can."""
    person = UserFactory(username=f"{role}.here", office=data.analyst.office, roles=[role])
    for status in (QuestionStatus.RAISED, QuestionStatus.GROUPED, QuestionStatus.IN_DOSSIER):
        QuestionFactory(asker=person, session=data.session, status=status)
    closed = QuestionFactory(asker=person, session=data.session)
    close_question(
        question=closed, reason=ClosureReason.NOT_OURS, reply="请向基层部门反映。", actor=data.analyst
    )
    return person


@pytest.mark.sqlite
@pytest.mark.parametrize("sizes", [SMALL, TWICE], ids=["small", "twice"])
def test_pages_ask_a_fixed_number_of_times(db, sizes, settings):
    data = make_large_data(sizes)
    counts = {}
    clients = {reader: signed_in(getattr(data, reader)) for reader in ("trainee", "analyst")}
    clients |= {role: signed_in(person_with_work(role, data)) for role in Role if role not in clients}
    homes = [(role, "/") for role in Role]
    for reader, address in [*addresses(data), *homes]:
        for _warm in range(2):
            row = measured(clients[reader], reader, address)
        counts[reader, address] = row.statements
        assert row.status == 200, (reader, address)
    assert {page: count for page, count in counts.items() if count > MAX_QUERIES} == {}
