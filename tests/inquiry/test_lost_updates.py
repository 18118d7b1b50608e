import pytest
from django.urls import reverse
from wagtail.models import ModelLogEntry

from inquiry.services.clauses import delete_clause, save_clause
from inquiry.services.clusters import cluster_revision, edit_cluster
from inquiry.services.dossiers import edit_dossier
from inquiry.services.refinements import refine_question
from portal.foundation.revisions import RecordChanged
from tests.factories.inquiry import ClusterFactory, DossierFactory, QuestionFactory
from tests.revisions import read_revision

pytestmark = pytest.mark.django_db


def before_of(action):
    return ModelLogEntry.objects.filter(action=action).latest("pk").data["before"]


def test_cluster_is_not_saved_over_another_text(client, analyst):
    cluster = ClusterFactory(title="旧题", statement="旧表述")
    url = reverse("inquiry:cluster_edit", args=[cluster.number])
    revision = read_revision(client, url)
    edit_cluster(
        cluster=cluster, title="同事的题", statement="旧表述", expected_revision=revision, actor=analyst
    )
    for sent in ({"expected_revision": revision}, {}):
        response = client.post(url, {"title": "我的题", "statement": "旧表述", **sent})
        page = response.content.decode()
        assert (response.status_code, "同事的题" in page, "我的题" in page) == (200, True, True)
        assert [(row["now"], row["typed"]) for row in response.context["conflict"]] == [
            ("同事的题", "我的题")
        ]
    cluster.refresh_from_db()
    assert cluster.title == "同事的题"
    again = response.context["form"]["expected_revision"].value()
    assert (
        client.post(url, {"title": "我的题", "statement": "旧表述", "expected_revision": again}).status_code
        == 302
    )
    assert before_of("inquiry.cluster.edit") == {"title": "同事的题"}


def test_cluster_needs_the_revision_that_was_read(analyst):
    cluster = ClusterFactory()
    with pytest.raises(RecordChanged):
        edit_cluster(cluster=cluster, title="题", statement="", expected_revision="", actor=analyst)
    edit_cluster(
        cluster=cluster, title="题", statement="", expected_revision=cluster_revision(cluster), actor=analyst
    )


def test_restated_form_is_not_replaced_unseen(client, analyst):
    question = QuestionFactory()
    url = reverse("inquiry:refine", args=[question.number])
    revision = read_revision(client, url)
    assert revision == 0
    theirs = {"title": "同事的题", "text": "同事提炼的问题是什么？"}
    refine_question(question=question, actor=analyst, **theirs)
    mine = {"title": "我的题", "text": "我提炼的问题是什么？"}
    for sent in ({"expected_revision": revision}, {}):
        response = client.post(url, mine | sent)
        page = response.content.decode()
        assert response.status_code == 200
        assert [text in page for text in (*theirs.values(), *mine.values())] == [True] * 4
    assert [row.title for row in question.refinements.all()] == ["同事的题"]
    again = response.context["form"]["expected_revision"].value()
    assert client.post(url, mine | {"expected_revision": again}).status_code == 302
    assert sorted(question.refinements.values_list("title", "is_current")) == [
        ("同事的题", False),
        ("我的题", True),
    ]


def test_dossier_without_its_revision_is_refused(client, analyst):
    dossier = DossierFactory(title="卷", grounds="旧理由")
    url = reverse("inquiry:dossier_edit", args=[dossier.number])
    response = client.post(url, {"title": "卷", "grounds": "新理由"})
    assert response.status_code == 200
    assert {"旧理由", "新理由"} <= {text for row in response.context["conflict"] for text in row.values()}
    dossier.refresh_from_db()
    assert dossier.grounds == "旧理由"


def test_log_of_a_dossier_keeps_what_stood_before(analyst):
    dossier = DossierFactory(title="卷", grounds="旧理由", analysis="分析")
    edit_dossier(
        dossier=dossier, expected_revision=1, grounds="新理由", analysis="分析", title="卷", actor=analyst
    )
    assert before_of("inquiry.dossier.edit") == {"grounds": "旧理由"}


def test_clause_needs_its_revision_and_leaves_its_text_in_the_log(client, analyst):
    dossier = DossierFactory(title="卷")
    clause = save_clause(dossier=dossier, text="旧条文。", actor=analyst)
    with pytest.raises(TypeError):
        save_clause(dossier=dossier, clause=clause, text="新条文。", actor=analyst)
    url = reverse("inquiry:clause_edit", args=[dossier.number, clause.pk])
    response = client.post(url, {"text": "新条文。"})
    assert [(row["now"], row["typed"]) for row in response.context["conflict"]] == [("旧条文。", "新条文。")]
    data = {"text": "新条文。", "expected_revision": read_revision(client, url)}
    assert client.post(url, data).status_code == 302
    assert before_of("inquiry.dossier.clause") == {"text": "旧条文。"}
    clause.refresh_from_db()
    delete_clause(clause=clause, actor=analyst)
    assert before_of("inquiry.dossier.clause")["text"] == "新条文。"
