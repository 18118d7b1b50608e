"""Pages that gather what was ticked in the search: into dossiers and clusters."""

from __future__ import annotations

import pytest
from django.urls import reverse

from inquiry.models import Dossier, Question, QuestionCluster
from inquiry.selectors import provision_title
from tests.factories.inquiry import ClusterFactory, DossierFactory, DossierItemFactory, QuestionFactory
from tests.factories.norms import NormativeDocumentFactory, ProvisionFactory
from tests.inquiry.dossiers import finished

pytestmark = pytest.mark.django_db


def collect(client, **data):
    return client.post(reverse("inquiry:collect"), data)


def test_collecting_first_asks_where_to(client, analyst):
    dossier, question, article = DossierFactory(), QuestionFactory(), ProvisionFactory()
    keys = [f"question:{question.pk}", f"provision:{article.pk}"]
    response = collect(client, keys=keys, target="dossier", next="/search/?q=外出")
    assert [target["number"] for target in response.context["targets"]] == [dossier.number]
    assert [row["key"] for row in response.context["rows"]] == keys
    assert response.context["next"] == "/search/?q=外出"


def test_collecting_into_a_dossier(client, analyst):
    dossier, question = DossierFactory(), QuestionFactory()
    response = collect(client, keys=[f"question:{question.pk}"], target="dossier", number=dossier.number)
    assert response.url == f"{dossier.get_absolute_url()}#sources"
    assert dossier.items.get().question == question


def test_collecting_into_a_new_dossier(client, analyst):
    collect(client, keys=[f"cluster:{ClusterFactory().pk}"], target="dossier", number="", title="外出卷宗")
    assert Dossier.objects.get().items.count() == 1


def test_collecting_takes_whole_laws(client, analyst):
    dossier, law = DossierFactory(), NormativeDocumentFactory(document_number="临司〔2025〕8号")
    response = collect(client, keys=[f"provision:norm-{law.pk}"], target="dossier")
    assert [row["number"] for row in response.context["rows"]] == ["临司〔2025〕8号"]
    for _twice in range(2):
        collect(client, keys=[f"provision:norm-{law.pk}"], target="dossier", number=dossier.number)
    assert [item.document for item in dossier.items.all()] == [law]
    (row,) = client.get(dossier.get_absolute_url()).context["sources"]
    assert (row["presented"].number, row["presented"].title) == ("临司〔2025〕8号", f"《{law.title}》")


def test_session_stands_for_its_questions_and_a_dossier_for_its_sources(client, analyst):
    question, withdrawn = QuestionFactory(), QuestionFactory(status="withdrawn", withdrawn_on="2026-09-01")
    Question.objects.update(session=question.session)
    source, law = ClusterFactory(), NormativeDocumentFactory()
    earlier = DossierFactory()
    for gathered in ({"cluster": source}, {"document": law}, {"question": question}):
        DossierItemFactory(dossier=earlier, **gathered)
    keys = [f"session:{question.session_id}", f"dossier:{earlier.pk}"]
    response = collect(client, keys=keys, target="dossier")
    found = [f"cluster:{source.pk}", f"question:{question.pk}", f"provision:norm-{law.pk}"]
    assert [row["key"] for row in response.context["rows"]] == found
    assert response.context["stands_for"] == keys
    assert withdrawn.number not in response.content.decode()
    # Nothing is there to gather: it says so and goes back.
    empty = collect(client, keys=[f"dossier:{DossierFactory().pk}"], target="dossier", next="/search/?q=1")
    assert empty.url == "/search/?q=1"


def test_collecting_into_a_finished_dossier_tells_why_not(client, analyst):
    dossier = finished()
    keys = [f"question:{QuestionFactory().pk}"]
    response = collect(client, keys=keys, target="dossier", number="other", other_number=dossier.number)
    assert len(response.context["form"].non_field_errors()) == 1
    assert dossier.items.count() == 0


def test_collecting_into_a_cluster_takes_questions_only(client, analyst):
    question, article, cluster = QuestionFactory(), ProvisionFactory(), ClusterFactory()
    keys = [f"question:{question.pk}", f"provision:{article.pk}", f"cluster:{cluster.pk}"]
    asked = collect(client, keys=keys, target="cluster")
    assert asked.context["excluded"] == [cluster.number, provision_title(article)]
    assert [target["number"] for target in asked.context["targets"]] == [cluster.number]
    collect(client, keys=keys[:1], target="cluster", number=cluster.number)
    assert cluster.memberships.get().question == question


def test_collecting_into_a_new_cluster_needs_a_title(client, analyst):
    keys = [f"question:{QuestionFactory().pk}"]
    assert list(collect(client, keys=keys, target="cluster", number="").context["form"].errors) == ["title"]
    collect(client, keys=keys, target="cluster", number="", title="紧急外出")
    assert QuestionCluster.objects.get().memberships.count() == 1


def test_collecting_nothing_goes_back(client, analyst):
    assert collect(client, target="dossier", next="/search/?q=1").url == "/search/?q=1"
    assert collect(client, target="dossier", next="https://elsewhere.example/").url == "/search/"


def test_collecting_is_closed_to_trainees(client, trainee):
    keys = [f"question:{QuestionFactory().pk}"]
    assert collect(client, keys=keys, target="dossier", title="卷宗").status_code == 403
    assert Dossier.objects.count() == 0
