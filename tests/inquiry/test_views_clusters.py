"""Pages of clusters."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from inquiry.models import ClusterMembership, ClusterMerge, QuestionCluster
from inquiry.services.merges import merge_clusters
from tests.factories.inquiry import ClusterFactory, DossierFactory, DossierItemFactory, QuestionFactory
from tests.factories.org import UserFactory
from tests.revisions import post_edit

pytestmark = pytest.mark.django_db


def page(name: str, cluster: QuestionCluster, *more: object) -> str:
    return reverse(f"inquiry:{name}", args=[cluster.number, *more])


def said(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.mark.parametrize("count", [1, 3])
def test_list_needs_as_many_queries_for_one_cluster_as_for_three(
    client, trainee, django_assert_num_queries, count
):
    for _ in range(count):
        ClusterFactory(questions=QuestionFactory.create_batch(2))
    client.get(reverse("inquiry:clusters"))
    with django_assert_num_queries(9):
        response = client.get(reverse("inquiry:clusters"))
    assert len(response.context["rows"]) == count


def test_list_shows_open_clusters_with_count_and_seals(client, trainee):
    keep, absorb = ClusterFactory(questions=[QuestionFactory()]), ClusterFactory()
    merge_clusters(keep=keep, absorb=absorb, reason="同一问题", actor=UserFactory(roles=["analyst"]))
    rows = client.get(reverse("inquiry:clusters")).context["rows"]
    assert [(row["number"], len(row["seals"])) for row in rows] == [(keep.number, 1)]


def test_page_shows_members_voices_and_dossiers(client, trainee):
    questions = QuestionFactory.create_batch(2)
    cluster = ClusterFactory(questions=questions)
    finished = DossierItemFactory(cluster=cluster, dossier=DossierFactory(status="finished")).dossier
    DossierItemFactory(cluster=cluster, dossier=DossierFactory())
    context = client.get(cluster.get_absolute_url()).context
    assert {row["number"] for row in context["rows"]} == {question.number for question in questions}
    assert context["voices"] == 2
    # The chain names it; only many are listed beside it.
    named = [station.number for station in context["stations"] if station.kind == "dossier"]
    assert (named, context["dossiers_page"]) == ([finished.number], None)
    assert [bar["value"] for bar in context["bars"]] == [2]


def test_page_of_a_marked_question_shows_others_the_restated_text_only(client, trainee):
    question = QuestionFactory(text="罪犯王某某案", names_real=True)
    response = client.get(ClusterFactory(questions=[question]).get_absolute_url())
    assert response.content.decode().count("王某某") == 0


def test_visitor_is_sent_to_sign_in(client):
    cluster = ClusterFactory()
    for address in (cluster.get_absolute_url(), reverse("inquiry:clusters")):
        assert client.get(address).url == f"{reverse('account_login')}?next={address}"


def test_absorbed_number_leads_to_the_present_holder(client, trainee):
    first, second, third = ClusterFactory.create_batch(3)
    actor = UserFactory(roles=["analyst"])
    merge_clusters(keep=second, absorb=first, reason="同", actor=actor)
    merge_clusters(keep=third, absorb=second, reason="同", actor=actor)
    response = client.get(first.get_absolute_url())
    assert response.url == third.get_absolute_url()
    assert [first.number in text and third.number in text for text in said(response)] == [True]


WORK = ("cluster_edit", "cluster_add", "cluster_merge", "cluster_split")


@pytest.mark.parametrize("name", WORK)
def test_work_on_a_cluster_is_closed_to_trainees(client, trainee, name):
    question, member, other = QuestionFactory(), QuestionFactory(), ClusterFactory()
    cluster = ClusterFactory(questions=[member])
    data = {
        "cluster_edit": {"title": "x"},
        "cluster_add": {"numbers": question.number},
        "cluster_merge": {"keys": [f"cluster:{other.pk}"], "keep": "this", "reason": "x"},
        "cluster_split": {"questions": [member.pk], "title": "x", "reason": "x"},
    }[name]
    url = page(name, cluster)
    assert [client.get(url).status_code, client.post(url, data).status_code] == [403, 403]
    assert {(row.title, row.status) for row in QuestionCluster.objects.all()} == {(cluster.title, "open")}
    assert [(row.question, row.cluster) for row in ClusterMembership.objects.all()] == [(member, cluster)]


@pytest.mark.parametrize("name", WORK)
def test_work_on_a_cluster_is_open_to_analysts(client, analyst, name):
    cluster = ClusterFactory(questions=[QuestionFactory()])
    response = client.get(page(name, cluster))
    assert (response.templates[0].name, response.context["cluster"]) == (f"inquiry/{name}.html", cluster)


def test_page_offers_trainees_no_work(client, trainee):
    cluster = ClusterFactory(questions=[QuestionFactory()])
    body = client.get(cluster.get_absolute_url()).content.decode()
    assert [body.count(page(name, cluster)) for name in WORK] == [0, 0, 0, 0]


def test_new_cluster_takes_ticked_questions(client, analyst):
    question = QuestionFactory()
    data = {"title": "紧急外出", "statement": "何时补办", "keys": [f"question:{question.pk}"]}
    response = client.post(reverse("inquiry:cluster_new"), data)
    cluster = QuestionCluster.objects.get()
    assert response.url == cluster.get_absolute_url()
    assert (cluster.title, cluster.statement) == ("紧急外出", "何时补办")
    assert cluster.memberships.get().question == question


def test_new_cluster_without_title_keeps_what_was_ticked(client, analyst):
    key = f"question:{QuestionFactory().pk}"
    response = client.post(reverse("inquiry:cluster_new"), {"keys": [key]})
    assert [row["key"] for row in response.context["chosen"]] == [key]
    assert QuestionCluster.objects.count() == 0


def test_editing_changes_title_and_statement(client, analyst):
    cluster = ClusterFactory()
    post_edit(client, page("cluster_edit", cluster), {"title": "新标题", "statement": "新的表述"})
    cluster.refresh_from_db()
    assert (cluster.title, cluster.statement) == ("新标题", "新的表述")


def test_adding_by_number_puts_questions_in(client, analyst):
    questions = QuestionFactory.create_batch(2)
    cluster = ClusterFactory()
    numbers = "，".join(question.number for question in questions)
    client.post(page("cluster_add", cluster), {"numbers": numbers})
    assert cluster.memberships.count() == 2


def test_adding_nothing_is_an_error(client, analyst):
    response = client.post(page("cluster_add", ClusterFactory()), {})
    assert len(response.context["form"].non_field_errors()) == 1


def test_taking_out_needs_a_reason_and_ends_the_membership(client, analyst):
    question = QuestionFactory()
    cluster = ClusterFactory(questions=[question])
    url = page("cluster_remove", cluster, question.number)
    assert client.post(url, {"reason": ""}).status_code == 200
    assert cluster.memberships.filter(until__isnull=True).count() == 1
    client.post(url, {"reason": "问的是另一件事"})
    assert cluster.memberships.get().end_reason == "问的是另一件事"


@pytest.mark.parametrize("keep", ["this", "other"])
def test_merging_keeps_the_number_that_was_chosen(client, analyst, keep):
    this, other = ClusterFactory(questions=[QuestionFactory()]), ClusterFactory(questions=[QuestionFactory()])
    data = {"keys": [f"cluster:{other.pk}"], "keep": keep, "reason": "都问补办"}
    response = client.post(page("cluster_merge", this), data)
    kept = this if keep == "this" else other
    assert response.url == kept.get_absolute_url()
    assert kept.memberships.filter(until__isnull=True).count() == 2


def test_merging_with_itself_or_with_two_is_refused(client, analyst):
    this, *others = ClusterFactory.create_batch(3)
    for chosen in ([this], others):
        keys = [f"cluster:{each.pk}" for each in chosen]
        response = client.post(page("cluster_merge", this), {"keys": keys, "keep": "this", "reason": "同"})
        assert len(response.context["form"].non_field_errors()) == 1
    assert ClusterMerge.objects.count() == 0


def test_undoing_a_merge_opens_the_cluster_again(client, analyst):
    this, other = ClusterFactory(questions=[QuestionFactory()]), ClusterFactory(questions=[QuestionFactory()])
    merge = merge_clusters(keep=this, absorb=other, reason="同", actor=analyst)
    url = page("merge_undo", this, merge.pk)
    assert client.get(url).status_code == 200
    response = client.post(url, {"reason": "并非同一问题"})
    assert response.url == other.get_absolute_url()
    assert client.get(url).status_code == 404


def test_splitting_moves_the_ticked_questions(client, analyst):
    stays, goes = QuestionFactory.create_batch(2)
    cluster = ClusterFactory(questions=[stays, goes])
    data = {"questions": [goes.pk], "title": "证明材料", "reason": "两个问题"}
    response = client.post(page("cluster_split", cluster), data)
    parted = QuestionCluster.objects.exclude(pk=cluster.pk).get()
    assert response.url == parted.get_absolute_url()
    assert parted.memberships.get().question == goes


def test_splitting_off_strangers_is_refused(client, analyst):
    cluster = ClusterFactory(questions=[QuestionFactory()])
    data = {"questions": [QuestionFactory().pk], "title": "证明材料", "reason": "两个问题"}
    assert list(client.post(page("cluster_split", cluster), data).context["form"].errors) == ["questions"]
