"""Every address of the portal answers a person whose earlier questions are closed as it answers a stranger.

The addresses come from the table of routes, so that a page that is added later is compared as well.
"""

from __future__ import annotations

import io
import json
import re
import uuid
import zipfile
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import transaction
from django.db.models import Model
from wagtail.models import Page

from bench.fuzz import PLACEHOLDER, SUPPLIED, routes
from inquiry.enums import ExportFormat, Naming
from inquiry.models import ClusterMembership, HeldSubmission, Question, QuestionClosure, Refinement
from inquiry.services.claims import claim_question
from inquiry.services.clauses import save_clause
from inquiry.services.closures import close_question
from inquiry.services.clusters import create_cluster
from inquiry.services.dossiers import add_to_dossier, create_dossier
from inquiry.services.exports import request_export
from inquiry.services.holding import SubmissionHeld
from inquiry.services.identities import request_identity
from inquiry.services.questions import add_me_too, append_correction, follow, raise_question
from inquiry.services.refinements import link_provision, refine_question
from portal.org.enums import Role
from portal.org.models import User
from portal.org.services import close_earlier_questions
from search.engines.configured import get_engine
from search.indexing.rebuilding import rebuild
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import QuestionFactory
from tests.factories.norms import ProvisionFactory
from tests.factories.org import OfficeFactory, UserFactory, department
from tests.pages import differing_lines, one_moment, without_tokens

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
TEXT = "社区矫正对象就医外出逾期一日未归，是否一律给予警告？"
# What anybody may type into the addresses that take something.
QUERY = urlencode({"q": "逾期未归", "text": TEXT, "kind": "question", "name": "keys", "sort": "new"})
POSTED = {
    "text": "应为逾期两日。",
    "reason": "核实线索",
    "title": "逾期未归",
    "naming": Naming.ANONYMOUS,
    "kind": "question",
    "act": "claim",
    "reply": "同样的问题已有人提出。",
    "theme": "dark",
    "single_keys": "off",
}
# These sign out or change the language of the comparison itself, or say how long machines took.
LEFT_OUT = ("accounts/logout/", "admin/logout/", "language/", "admin/test404/", "health/")
# Tokens differ, and how long they are when they are escaped.
HEADERS = {"Content-Length", "Set-Cookie"}


@pytest.fixture(scope="module", params=["trainee", "everything"])
def roles(request):
    return [] if request.param == "trainee" else list(Role.values)


@pytest.fixture
def office():
    return OfficeFactory(department=department("correction"))


@pytest.fixture
def readers(office):
    """The asker, and a colleague who asked, joined, followed and sent nothing."""
    return UserFactory(office=office), UserFactory(office=office)


@pytest.fixture
def records(readers):
    """What the asker did in every way, with values for the parts of addresses that speak of it."""
    asker = readers[0]
    analyst, keeper = UserFactory(roles=["analyst"]), UserFactory(roles=["keeper"])
    session = TrainingSessionFactory()
    values = {"session": session, "kind": "question", "actor": asker}
    own = [
        raise_question(**values, text=TEXT, naming=Naming.ANONYMOUS),
        raise_question(**values, text="罪犯外出就医期间脱离监管的，由哪个机关追回？", naming=Naming.OFFICE),
    ]
    joined = QuestionFactory(session=session)
    add_me_too(question=joined, actor=asker)
    follow(question=joined, actor=asker)
    append_correction(question=own[0], text="应为逾期两日。", actor=asker)
    restated = {"title": "逾期未归", "text": "逾期未归如何处理？", "actor": analyst}
    for question, names_real in zip(own, (False, True), strict=True):
        refine_question(question=question, names_real=names_real, **restated)
    with pytest.raises(SubmissionHeld):
        raise_question(**values, text="机密★10年 罪犯减刑裁定如何送达？", naming=Naming.ANONYMOUS)
    cluster = create_cluster(title="逾期未归", questions=[*own, joined], actor=analyst)
    dossier = create_dossier(title="外出管理素材", actor=analyst)
    (item,) = add_to_dossier(dossier=dossier, clusters=[cluster], actor=analyst)
    clause = save_clause(dossier=dossier, text="逾期一日的，训诫。", sources=[item], actor=analyst)
    export = request_export(dossier=dossier, format=ExportFormat.MARKDOWN, actor=analyst)
    request = request_identity(question=own[0], keeper=keeper, reason="核实线索")
    at_desk = _at_the_desk(values, joined, analyst)
    link = link_provision(question=own[0], provision=ProvisionFactory(), actor=analyst)
    numbers = [question.number for question in (*own, joined, *at_desk)]
    return {
        "questions": numbers,
        "questions/refine": keys(Refinement),
        "questions/group": keys(ClusterMembership),
        "questions/close": keys(QuestionClosure),
        "questions/provisions": [link.pk],
        "law/cited-by": [link.provision.pk],
        "law/cited-counts": [link.provision.version.pk],
        "desk": numbers,
        "ask": [session.number],
        "sessions": [session.number],
        "clusters": [cluster.number],
        "dossiers": [dossier.number],
        "items": [item.pk],
        "clauses": [clause.pk],
        "exports": [export.pk],
        "identity-requests": [request.pk],
        "secrecy-review": [HeldSubmission.objects.get().pk],
        "admin/sessions": [session.pk],
        "offices": [asker.office.pk],
        "departments": [asker.office.department_id],
        "users": [analyst.pk],
        "people": [analyst.pk],
        "pages": [Page.objects.get(slug="sessions").pk],
    }


def keys(model: type[Model]) -> list[int]:
    return list(model._default_manager.values_list("pk", flat=True))


def _at_the_desk(values: dict, other: Question, analyst: User) -> list[Question]:
    """Return own questions of which one was closed as asking the same as another, and one is claimed."""
    duplicate, waiting = (
        raise_question(**values, text=text, naming=Naming.ANONYMOUS)
        for text in ("外出就医逾期一日的，如何处理？", "外出就医期间由谁看护？")
    )
    close_question(
        question=duplicate, reason="duplicate", duplicate_of=other, reply="同样的问题。", actor=analyst
    )
    claim_question(question=waiting, actor=analyst)
    return [duplicate, waiting]


def filled(route: str, records: dict) -> list[str]:
    """Return the addresses of a route, with each record that the words before a placeholder speak of."""
    paths, words = [""], [route.partition("/")[0]]
    for part in re.split(r"(?<=/)", route):
        placeholder = PLACEHOLDER.search(part)
        if placeholder:
            values = _values(placeholder, words, records)
            paths = [path + PLACEHOLDER.sub(str(value), part) for path in paths for value in values]
        else:
            words.append(part.strip("/"))
            paths = [path + part for path in paths]
    return [f"/{path}" for path in paths]


def _values(placeholder: re.Match[str], words: list[str], records: dict) -> list:
    if placeholder[2] == "question":
        return records["questions"]
    names = [name for word in reversed(words) for name in (f"{words[0]}/{word}", word)]
    known = [records[name] for name in names if name in records]
    return known[0] if known else [uuid.UUID(int=1) if placeholder[1] == "uuid" else 1]


def addresses(records: dict) -> list[str]:
    wanted = [route for route in routes() if not route.startswith(LEFT_OUT)]
    return list(dict.fromkeys(address for route in wanted for address in filled(route, records)))


def close(people, roles) -> None:
    """Close what both asked; the roles come afterwards, since administrators are told of each other's accounts."""
    administrator = UserFactory(roles=["administrator"], office=OfficeFactory())
    with one_moment():
        for person in people:
            close_earlier_questions(user=person, actor=administrator)
    for person in people:
        person.refresh_from_db()
        person.groups.set(Group.objects.filter(name__in=roles))


def normalised(response, people) -> str:
    """Return an answer and its headers as text, without what differs between any two people."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content.startswith(b"PK"):
        content = unpacked(content)
    headers = sorted(f"{name}: {value}" for name, value in response.headers.items() if name not in HEADERS)
    body = "\n".join([str(response.status_code), *headers, content.decode(errors="replace")])
    for person in people:
        # The admin's side bar has the name in JSON.
        in_json = json.dumps(person.display_name)[1:-1]
        for text in (person.display_name, in_json, person.username, person.browser_key):
            body = body.replace(text, "N")
        # A list of people names both, and marks the reader.
        body = re.sub(rf'<option value="{person.pk}"[^>]*>N</option>', "", body)
    # Wagtail's editor knows who edits.
    body = re.sub(r'<script id="comments-data".*?</script>', "", body)
    return without_tokens(body)


def unpacked(workbook: bytes) -> bytes:
    """Return the parts of a workbook one after the other."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return b"\n".join(name.encode() + b"\n" + archive.read(name) for name in archive.namelist())


def answers(client, reader, people, paths, *, post=False) -> dict[str, str]:
    """Return the answer to each address, each as if it were the first: what it changed is undone."""
    # What one of them chose for the browser is not the other's.
    client.cookies.clear()
    client.force_login(reader)
    cache.clear()
    result = {}
    for path in paths:
        with transaction.atomic():
            response = client.post(path, POSTED, follow=True) if post else client.get(f"{path}?{QUERY}")
            result[path] = normalised(response, people)
            transaction.set_rollback(True)
    return result


def differences(client, readers, paths, *, post=False) -> dict[str, list[str]]:
    with one_moment():
        first, second = (answers(client, reader, readers, paths, post=post) for reader in readers)
    compared = {path: differing_lines(first[path], second[path]) for path in paths}
    return {path: lines for path, lines in compared.items() if lines}


def test_every_address_answers_a_closed_person_as_a_stranger(client, records, readers, roles):
    close(readers, roles)
    rebuild(get_engine())
    # What Wagtail and allauth serve differs by what one may do there, and by nothing else that trainees see.
    paths = [path for path in addresses(records) if roles or not path[1:].startswith(SUPPLIED)]
    assert len(paths) > (400 if roles else 110)
    assert differences(client, readers, paths) == {}


def test_every_act_answers_a_closed_person_as_a_stranger(client, records, readers, roles):
    close(readers, roles)
    rebuild(get_engine())
    paths = [path for path in addresses(records) if not path[1:].startswith(SUPPLIED)]
    assert len(paths) > 110
    assert differences(client, readers, paths, post=True) == {}


def test_the_comparison_tells_the_asker_from_a_stranger_while_nothing_is_closed(client, records, readers):
    paths = ["/", "/me/questions/", "/me/notifications/", *(f"/questions/{n}/" for n in records["questions"])]
    assert list(differences(client, readers, paths)) == paths
