"""What a reader must not see or change, tried across the apps."""

import uuid

import pytest
from django.db import connection
from django.urls import reverse
from django.urls.converters import UUIDConverter
from wagtail.models import ModelLogEntry

from courses.enums import SessionStatus
from inquiry.models import MeToo, Question
from inquiry.services.clusters import create_cluster
from inquiry.services.refinements import refine_question
from inquiry.urls.desk import urlpatterns as desk_urls
from norms.models import NormativeDocument
from portal.org.enums import Role
from search.engines.configured import get_engine
from search.indexing.rebuilding import rebuild
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import (
    ClusterFactory,
    DossierClauseFactory,
    DossierFactory,
    DossierItemFactory,
    QuestionFactory,
)
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db

OTHERS = [role for role in Role.values if role != Role.ANALYST]


# Sessions that are not announced --------------------------------------------


@pytest.mark.parametrize("is_staff", [False, True])
def test_filter_names_no_session_that_was_not_announced(client, is_staff):
    session = TrainingSessionFactory(theme="尚未公布的主题", status=SessionStatus.IN_CONSULTATION)
    rebuild(get_engine())
    if is_staff:
        client.force_login(UserFactory())
    body = client.get("/search/", {"session": session.number}).content.decode()
    assert (session.theme in body) == is_staff
    assert session.number in body


# The original of a marked question ------------------------------------------


@pytest.mark.parametrize("is_marked_at_once", [True, False])
def test_marking_takes_the_original_out_of_the_clusters_title(is_marked_at_once):
    analyst = UserFactory(roles=["analyst"])
    question = QuestionFactory(text="赵铁柱逾期未归，可否警告？")
    cluster = create_cluster(title="赵铁柱逾期未归，可否警告？", questions=[question], actor=analyst)
    other = create_cluster(title="逾期未归", actor=analyst)
    restated = {"question": question, "title": "逾期未归的警告", "text": "可否警告？", "actor": analyst}
    refine_question(**restated, names_real=is_marked_at_once)
    if not is_marked_at_once:
        refine_question(**restated, names_real=True, expected_revision=1)
    for record in (cluster, other):
        record.refresh_from_db()
    assert (cluster.title, other.title) == ("逾期未归的警告", "逾期未归")


# Writes without permission ---------------------------------------------------


@pytest.fixture
def records():
    """Values for the addresses of the desk, each of a record that is there."""
    question = QuestionFactory()
    cluster = ClusterFactory(questions=[question])
    dossier = DossierFactory()
    item = DossierItemFactory(dossier=dossier, cluster=cluster)
    clause = DossierClauseFactory(dossier=dossier)
    return {
        "questions": question.number,
        "desk": question.number,
        "clusters": cluster.number,
        "dossiers": dossier.number,
        "items": item.pk,
        "clauses": clause.pk,
        "question": question.number,
    }


def _address(pattern, records):
    """The pattern's address, with the record that its first words speak of."""
    route = str(pattern.pattern)
    # Keys of rows that nobody made: the address is refused before it is looked for.
    values = {
        name: uuid.uuid4() if isinstance(converter, UUIDConverter) else 1
        for name, converter in pattern.pattern.converters.items()
    }
    values |= {"number": records.get(route.split("/")[0], "x"), "question": records["question"]}
    for part in ("items", "clauses"):
        if f"/{part}/<int:pk>" in route:
            values["pk"] = records[part]
    wanted = {name: values[name] for name in pattern.pattern.converters}
    return reverse(f"inquiry:{pattern.name}", kwargs=wanted)


def _stored():
    """Everything of `inquiry` as it stands in the database."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names() if name.startswith("inquiry_")]
        rows = {}
        for table in sorted(tables):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows[table] = sorted(map(repr, cursor.fetchall()))
    return rows


@pytest.mark.parametrize("role", ["visitor", *OTHERS])
def test_desk_is_written_by_analysts_alone(client, records, role):
    if role != "visitor":
        client.force_login(UserFactory(roles=[role]))
    before = _stored()
    data = {
        **dict.fromkeys(("title", "text", "reason", "heading", "target", "numbers"), "x"),
        "keys": f"question:{Question.objects.get().pk}",
        "status": "finished",
        "direction": "up",
        "format": "docx",
        "names_real": "on",
    }
    answers = {
        address: client.post(address, data).status_code
        for address in (_address(pattern, records) for pattern in desk_urls)
    }
    assert _stored() == before
    open_to_staff = {reverse("inquiry:clusters"), reverse("inquiry:dossiers")}
    open_to_staff.add(reverse("inquiry:cluster", args=[records["clusters"]]))
    expected = {302} if role == "visitor" else {403, 404}
    assert {answers[address] for address in answers if address not in open_to_staff} == expected


@pytest.mark.parametrize("act", ["withdraw", "correct", "request_identity"])
def test_a_colleague_cannot_act_for_the_asker(client, records, act):
    asker = Question.objects.get().asker_identity.user
    client.force_login(UserFactory(office=asker.office))
    address = reverse(f"inquiry:{act}", args=[records["questions"]])
    before = _stored()
    assert client.post(address, {"text": "x", "reason": "x"}).status_code == 403
    assert _stored() == before
    assert MeToo.objects.count() == 0


# Files and logs of the admin --------------------------------------------------


@pytest.mark.parametrize(
    ("theme", "written"), [("=HYPERLINK(1)", "'=HYPERLINK(1)"), ("@SUM(1)", "'@SUM(1)"), ("减刑", "减刑")]
)
def test_csv_of_the_admin_holds_no_formula(client, theme, written):
    TrainingSessionFactory(theme=theme)
    client.force_login(UserFactory(roles=["coordinator"]))
    response = client.get("/admin/sessions/", {"export": "csv"})
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert lines[1].split(",")[1] == written


def test_deleting_a_document_is_on_record(client):
    document = NormativeDocument.objects.create(title="某办法", slug="mou-banfa", kind="rule")
    administrator = UserFactory(roles=["administrator"])
    client.force_login(administrator)
    client.post(reverse("norm_documents:delete", args=[document.pk]))
    assert NormativeDocument.objects.filter(pk=document.pk).count() == 0
    entry = ModelLogEntry.objects.get(action="wagtail.delete")
    assert (entry.user, entry.label) == (administrator, "某办法")
