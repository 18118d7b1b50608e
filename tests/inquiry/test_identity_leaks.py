"""Nobody but the asker can learn who raised an anonymous or office-only question. Each way out is tried."""

from __future__ import annotations

import io
import json
import logging
import re

import pytest
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.urls import resolve, reverse
from docx import Document
from openpyxl import load_workbook
from wagtail.models import ModelLogEntry, ReferenceIndex

from inquiry.enums import DossierStatus, ExportFormat, Naming
from inquiry.models import AskerIdentity, DossierExport, IdentityRequest, Question
from inquiry.selectors import (
    chain_of,
    earlier_steps,
    presented_citations,
    presented_question,
    publicly_presented,
)
from inquiry.services.clauses import save_clause
from inquiry.services.clusters import create_cluster
from inquiry.services.dossiers import add_to_dossier, create_dossier, move_dossier
from inquiry.services.exports import open_export, request_export
from inquiry.services.identities import approve_identity_request, request_identity
from inquiry.services.questions import add_me_too, append_correction, follow, raise_question
from inquiry.services.refinements import refine_question
from portal.org.enums import Role
from portal.org.models import Notification
from search.engines.configured import get_engine
from search.indexing.rebuilding import rebuild
from search.kinds import current_states
from search.models import OutboxEntry
from tests.factories.courses import TrainingSessionFactory
from tests.factories.org import OfficeFactory, UserFactory, department

pytestmark = pytest.mark.django_db

READERS = ["colleague", "analyst", "administrator", "superuser", "keeper", "coordinator"]
ADMIN_READERS = ["administrator", "superuser", "analyst", "coordinator"]
SECRETS = ("欧阳靖澜", "ouyang-jl", "jinglan@example.org", "13900001234")
OFFICE = "靖安县司法局"
TEXT = "社区矫正对象就医外出逾期一日未归，是否一律给予警告？"
MOST_PAGES = 150
# Routes of the portal; the walk through the admin comes on top.
MIN_ROUTES = 45


@pytest.fixture
def office():
    return OfficeFactory(name=OFFICE, department=department("correction"))


@pytest.fixture
def asker(office):
    return UserFactory(
        display_name=SECRETS[0], username=SECRETS[1], email=SECRETS[2], phone=SECRETS[3], office=office
    )


@pytest.fixture
def people(office):
    """Readers of every kind; the colleague shares the asker's office."""
    roles = {"analyst": ["analyst"], "administrator": ["administrator"], "keeper": ["keeper"]}
    found = {
        name: UserFactory(roles=roles.get(name, [name] if name in Role.values else []))
        for name in READERS
        if name not in {"colleague", "superuser"}
    }
    found["colleague"] = UserFactory(office=office)
    found["superuser"] = UserFactory(is_superuser=True, is_staff=True, roles=list(Role.values))
    found["superuser"].groups.remove(*found["superuser"].groups.filter(name="keeper"))
    return found


@pytest.fixture(params=[Naming.ANONYMOUS, Naming.OFFICE])
def naming(request):
    return request.param


@pytest.fixture
def question(client, asker, naming):
    """Raised by the asker in the portal, as on a phone."""
    session = TrainingSessionFactory()
    client.force_login(asker)
    response = client.post(
        reverse("inquiry:ask", args=[session.number]),
        {
            "kind": "question",
            "text": TEXT,
            "naming": naming,
            "submission_key": "6f1c53a4-93ff-4b7c-8a55-4d7e3f1e4b01",
        },
    )
    assert response.status_code == 302
    client.logout()
    return Question.objects.get(text=TEXT)


@pytest.fixture
def followed(question, people, asker):
    """The question corrected by its asker, refined, grouped and in a finished dossier."""
    analyst = people["analyst"]
    follow(question=question, actor=people["colleague"])
    add_me_too(question=question, actor=people["coordinator"])
    append_correction(question=question, text="应为逾期两日。", actor=asker)
    refine_question(question=question, title="逾期未归的处理", text="逾期未归如何处理？", actor=analyst)
    cluster = create_cluster(title="逾期未归", questions=[question], actor=analyst)
    dossier = create_dossier(title="外出管理素材", actor=analyst)
    (item,) = add_to_dossier(dossier=dossier, clusters=[cluster], actor=analyst)
    save_clause(dossier=dossier, text="逾期一日的，训诫。", sources=[item], actor=analyst)
    move_dossier(dossier=dossier, status=DossierStatus.FINISHED, actor=analyst, incomplete_reason="先行移交")
    for record in (question, dossier):
        record.refresh_from_db()
    return question, cluster, dossier


def secrets_in(text, question, *, same_office=False):
    """What of the asker stands in a text. The office counts where the question is anonymous."""
    found = [secret for secret in SECRETS if secret in text]
    if question.naming == Naming.ANONYMOUS and not same_office and OFFICE in text:
        found.append(OFFICE)
    return found


def page(client, url):
    response = client.get(url, follow=True)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return response.status_code, body.decode(errors="replace")


def addresses_of(question, cluster, dossier):
    """Every page and fragment on which the question, its cluster or its dossier is or could be shown."""
    (item,), (clause,) = dossier.items.all(), dossier.clauses.all()
    export = request_export(dossier=dossier, format=ExportFormat.MARKDOWN, actor=dossier.author)
    parts = [
        (
            "question refine group close claim typed_citations link_provision me_too follow withdraw correct "
            "desk_question request_identity",
            [question.number],
        ),
        ("cluster cluster_edit cluster_add cluster_merge cluster_split", [cluster.number]),
        ("cluster_remove", [cluster.number, question.number]),
        ("reopen undo_refinement undo_grouping", [question.number, 1]),
        (
            "dossier dossier_edit dossier_finish dossier_reopen dossier_add clause_new export_request",
            [dossier.number],
        ),
        ("item_remove item_move", [dossier.number, item.pk]),
        ("clause_edit clause_move clause_delete", [dossier.number, clause.pk]),
        ("export export_file export_retry", [dossier.number, export.pk]),
        ("ask session_questions", [question.session.number]),
        (
            "questions clusters dossiers desk my_questions ask_choose import_questions cluster_new dossier_new collect "
            "identity_requests",
            [],
        ),
    ]
    search = f"?q=逾期未归&text={TEXT}&kind=question&name=keys"
    return [
        *(reverse(f"inquiry:{name}", args=args) for names, args in parts for name in names.split()),
        *(
            reverse(f"search:{name}") + search
            for name in ("page", "suggest", "similar", "related", "significant", "pick", "traces")
        ),
        *(reverse(f"org:{name}") for name in ("me", "profile", "notifications")),
        *_identity_request_addresses(question),
        question.session.get_absolute_url(),
        "/",
        "/cases/",
        "/law/",
        "/sessions/",
        "/health/search/",
        f"/questions/?q={SECRETS[0]}",
        *(f"/me/questions/?list={name}" for name in ("joined", "followed")),
        *(
            f"/{name}/?sort=voices&department={getattr(question.department, 'code', '')}"
            for name in ("questions", "clusters")
        ),
        f"/search/?q={question.number}",
    ]


def _identity_request_addresses(question):
    """Pages of an approved request; its requester is another keeper than the reader."""
    first, second = UserFactory(roles=["keeper"]), UserFactory(roles=["keeper"])
    request = request_identity(question=question, keeper=first, reason="核实重大线索")
    approve_identity_request(request=request, actor=second)
    names = ("identity_request", "approve_identity", "refuse_identity", "end_identity", "read_identity")
    return [reverse(f"inquiry:{name}", args=[request.pk]) for name in names]


@pytest.mark.parametrize("reader", READERS)
def test_portal_pages_do_not_tell(client, followed, people, reader):
    question, cluster, dossier = followed
    addresses = addresses_of(question, cluster, dossier)
    rebuild(get_engine())
    client.force_login(people[reader])
    leaks, opened = {}, 0
    for address in addresses:
        status, body = page(client, address)
        opened += status == 200 and question.number in body
        if secrets := secrets_in(body, question, same_office=reader == "colleague"):
            leaks[address] = secrets
    assert leaks == {}
    assert opened >= 8


def test_enough_routes_are_tried(followed):
    paths = {address.partition("?")[0] for address in addresses_of(*followed)}
    # Wagtail's one route serves the pages of its tree.
    routes = {resolve(path).view_name for path in paths} - {"wagtail_serve"}
    assert len(routes) >= MIN_ROUTES


def test_these_pages_would_tell_if_the_asker_chose_so(client, asker, people):
    """The check can fail: a question under the asker's own name shows it."""
    question = raise_question(
        session=TrainingSessionFactory(), actor=asker, kind="question", text=TEXT, naming=Naming.FULL
    )
    client.force_login(people["analyst"])
    assert secrets_in(page(client, question.get_absolute_url())[1], question) == [SECRETS[0]]


@pytest.mark.parametrize("username", ["asker", "colleague", "analyst", "superuser"])
def test_search_does_not_find_by_name(followed, people, asker, username, capsys):
    question, *_rest = followed
    rebuild(get_engine())
    person = {"asker": asker, **people}[username]
    for query in (SECRETS[0], SECRETS[1], SECRETS[2]):
        call_command("search", query, "--json", "--as", person.username)
        assert [json.loads(line)["number"] for line in capsys.readouterr().out.splitlines()] == []
    call_command("search", "逾期未归", "--json", "--as", person.username)
    out = capsys.readouterr().out
    assert question.number in out
    assert secrets_in(out, question) == []


def test_index_holds_nothing_of_the_asker(followed, people):
    question, *_rest = followed
    engine = get_engine()
    rebuild(engine)
    (state,) = current_states([("question", question.pk)])
    documents = state.documents
    assert len(documents) == 1
    said = "".join(document.to_json() for document in documents)
    assert secrets_in(said, question) == []
    assert [token for token in documents[0].audience if token.startswith("user:")] == []


def test_outbox_rows_know_no_person(question):
    names = {field.name for field in OutboxEntry._meta.get_fields()}
    assert names.isdisjoint({"user", "actor", "author"})
    rows = repr(list(OutboxEntry.objects.values()))
    assert secrets_in(rows, question) == []


@pytest.mark.parametrize("reader", ["colleague", "analyst", "superuser"])
def test_exports_do_not_tell(client, followed, people, reader):
    question, _cluster, dossier = followed
    for format in ExportFormat.values:
        made = request_export(dossier=dossier, format=format, actor=people[reader])
        data = open_export(made).read()
        text = data.decode() if format == ExportFormat.MARKDOWN else _docx_text(data)
        assert question.number in text
        assert secrets_in(text, question) == []
        assert secrets_in(json.dumps(made.questions, ensure_ascii=False), question) == []
    assert secrets_in(repr(list(DossierExport.objects.values())), question) == []


def _docx_text(data):
    document = Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    core = document.core_properties
    return "\n".join(
        [*(each.text for each in document.paragraphs), *cells, core.author, core.last_modified_by]
    )


@pytest.mark.parametrize("reader", ["analyst", "superuser"])
def test_sheet_of_search_results_does_not_tell(client, followed, people, reader):
    question, *_rest = followed
    rebuild(get_engine())
    client.force_login(people[reader])
    response = client.get("/search/export/?q=逾期未归&kind=question")
    if response.status_code != 200:
        pytest.fail(f"the export answered {response.status_code}")
    body = b"".join(response.streaming_content) if response.streaming else response.content
    book = load_workbook(io.BytesIO(body))
    said = "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    assert question.number in said
    assert secrets_in(said, question) == []


def test_notifications_of_others_do_not_tell(followed, asker):
    question, *_rest = followed
    others = Notification.objects.exclude(recipient=asker)
    assert others.count() > 0
    assert secrets_in(repr(list(others.values("kind", "subject", "url"))), question) == []


def test_audit_log_has_no_user_for_what_the_asker_did(followed, asker):
    question, *_rest = followed
    entries = ModelLogEntry.objects.all()
    assert entries.filter(user=asker).count() == 0
    assert secrets_in(repr(list(entries.values())), question) == []
    raised = entries.filter(action="inquiry.question.raise")
    assert [(entry.user_id, entry.object_id) for entry in raised] == [(None, str(question.pk))]


@pytest.mark.parametrize("reader", ADMIN_READERS)
def test_admin_pages_do_not_tie_the_question_to_the_person(client, followed, people, asker, reader):
    """Walk the admin from its front page, from the person's pages and from the history of everything."""
    question, *_rest = followed
    client.force_login(people[reader])
    waiting = [
        "/admin/",
        "/admin/reports/site-history/",
        *(
            reverse(f"wagtailusers_users:{name}", args=[quote(asker.pk)])
            for name in ("edit", "history", "usage", "delete")
        ),
        f"/admin/offices/usage/{asker.office.pk}/",
        f"/admin/offices/history/{asker.office.pk}/",
        f"/admin/sessions/usage/{question.session.pk}/",
        f"/admin/sessions/history/{question.session.pk}/",
        f"/admin/users/?q={question.number}",
        f"/admin/offices/?q={question.number}",
    ]
    seen, leaks, told = set(), [], 0
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        if address in seen:
            continue
        seen.add(address)
        status, body = page(client, address)
        if status != 200:
            continue
        tied = question.number in body or TEXT[:12] in body
        told += tied
        if tied and any(secret in body for secret in SECRETS):
            leaks.append(address)
        waiting += [link for link in _links(body) if link not in seen]
    assert leaks == []
    assert len(seen) > 10
    assert (told > 0) == (reader in ("superuser", "administrator"))


def _links(body):
    found = re.findall(r'href="(/admin/[^"#?]*)"', body)
    return [link for link in dict.fromkeys(found) if "logout" not in link and "/choose" not in link]


def test_reference_index_does_not_tie_people_to_questions(followed, asker):
    assert ReferenceIndex.get_references_to(asker).exclude(base_content_type__model="membership").count() == 0


def test_log_lines_do_not_tell(client, asker, naming, caplog):
    session = TrainingSessionFactory()
    client.force_login(asker)
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        for text in (TEXT, "", "长" * 20_001):
            client.post(
                reverse("inquiry:ask", args=[session.number]),
                {"kind": "question", "text": text, "naming": naming, "submission_key": ""},
            )
    lines = [record for record in caplog.records if not record.name.startswith("django.db")]
    said = "\n".join(f"{record.getMessage()} {record.exc_text or ''}" for record in lines)
    question = Question(naming=naming)
    assert secrets_in(said, question) == []


def test_errors_of_services_do_not_tell(question, people):
    for person in people.values():
        with pytest.raises(PermissionDenied) as error:
            append_correction(question=question, text="更正", actor=person)
        assert str(error.value) == ""


@pytest.mark.parametrize("reader", READERS)
def test_what_selectors_give_does_not_tell(followed, people, reader):
    question, cluster, dossier = followed
    person = people[reader]
    said = "".join(
        map(
            repr,
            [
                presented_question(question, person),
                publicly_presented([question]),
                chain_of(question, person),
                chain_of(cluster, person),
                chain_of(dossier, person),
                earlier_steps(question),
                presented_citations(presented_question(question, person)),
            ],
        )
    )
    assert [secret for secret in SECRETS if secret in said] == []


def test_import_does_not_say_names(tmp_path, capsys):
    path = tmp_path / "sheet.csv"
    path.write_text(
        f"内容,署名方式,姓名,单位,类型\n{TEXT},匿名,{SECRETS[0]},{OFFICE},\n乙问,匿名,{SECRETS[0]},{OFFICE},谣言\n"
    )
    call_command("import_questions", str(path), "--json")
    call_command("import_questions", str(path))
    question = Question.objects.get()
    said = "".join(capsys.readouterr())
    assert secrets_in(said, question) == []
    assert AskerIdentity.objects.get().name == SECRETS[0]
    assert secrets_in(repr(list(ModelLogEntry.objects.values())), question) == []


@pytest.mark.parametrize("reader", [reader for reader in READERS if reader != "keeper"])
def test_only_a_keeper_learns_who_asked(question, people, reader):
    with pytest.raises(PermissionDenied):
        request_identity(question=question, keeper=people[reader], reason="核实")
    assert IdentityRequest.objects.count() == 0


def test_asker_sees_the_own_question_and_its_way(client, followed, asker):
    question, _cluster, dossier = followed
    client.force_login(asker)
    _status, body = page(client, "/me/questions/")
    assert question.number in body
    _status, body = page(client, question.get_absolute_url())
    assert dossier.number in body
