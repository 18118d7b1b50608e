"""The analyst's desk."""

from __future__ import annotations

import pytest
from django.urls import reverse

from inquiry.models import QuestionCluster
from inquiry.services.clusters import create_cluster
from inquiry.services.dossiers import create_dossier
from inquiry.services.questions import add_me_too
from inquiry.services.refinements import refine_question
from inquiry.views import desk_lists, desk_pages
from portal.org.enums import AssignmentKind
from portal.org.models import Assignment
from portal.org.services import assign
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import ClusterFactory, QuestionFactory, RefinementFactory
from tests.factories.norms import ProvisionFactory
from tests.factories.org import TopicFactory, UserFactory, department

pytestmark = pytest.mark.django_db


def refine(client, question, *, query="", **changes):
    data = {"title": "紧急外出的补办", "text": "紧急外出后何时补办手续？"} | changes
    return client.post(f"{reverse('inquiry:refine', args=[question.number])}?{query}", data)


def group(client, question, *, query="", **data):
    return client.post(f"{reverse('inquiry:group', args=[question.number])}?{query}", data)


def numbers(response):
    return [row["number"] for row in response.context["rows"]]


@pytest.mark.parametrize("count", [1, 3])
def test_desk_needs_as_many_queries_for_one_question_as_for_three(
    client, analyst, django_assert_num_queries, count
):
    QuestionFactory.create_batch(count)
    client.get(reverse("inquiry:desk"))
    with django_assert_num_queries(16):
        response = client.get(reverse("inquiry:desk"))
    assert len(response.context["rows"]) == count


def test_desk_lists_what_awaits_refinement_the_oldest_first(client, analyst):
    second, first = QuestionFactory(raised_on="2026-05-02"), QuestionFactory(raised_on="2026-05-01")
    RefinementFactory(question=QuestionFactory())
    response = client.get(reverse("inquiry:desk"))
    assert [row["number"] for row in response.context["rows"]] == [first.number, second.number]
    assert response.context["question"] == first


def test_queues_count_what_waits_in_each(client, analyst):
    QuestionFactory()
    RefinementFactory(question=QuestionFactory())
    ClusterFactory(questions=[QuestionFactory()])
    tabs = client.get(reverse("inquiry:desk")).context["tabs"]
    assert [tab["count"] for tab in tabs] == [2, 1, 3]


def test_empty_queue_says_what_comes_next(client, analyst):
    response = client.get(reverse("inquiry:desk"), {"queue": "ungrouped"})
    assert "question" not in response.context
    assert response.context["rows"] == []
    assert reverse("inquiry:clusters") in response.content.decode()


def test_question_opened_from_the_ungrouped_queue_shows_the_group_form(client, analyst):
    question = RefinementFactory().question
    url = reverse("inquiry:desk_question", args=[question.number])
    assert client.get(url, {"queue": "ungrouped"}).context["act"] == "group"
    assert client.get(url, {"queue": "ungrouped", "act": "refine"}).context["act"] == "refine"


def test_neighbours_in_the_queue_are_linked(client, analyst):
    one, two, three = (QuestionFactory(raised_on=f"2026-05-0{day}") for day in (1, 2, 3))
    url = reverse("inquiry:desk_question", args=[two.number])
    context = client.get(url, {"queue": "awaiting"}).context
    assert context["previous_url"] == reverse("inquiry:desk_question", args=[one.number]) + "?queue=awaiting"
    assert context["next_url"] == reverse("inquiry:desk_question", args=[three.number]) + "?queue=awaiting"


@pytest.mark.parametrize("roles", [[], ["trainee"], ["coordinator", "editor", "keeper", "administrator"]])
def test_desk_is_closed_to_others(client, roles):
    question = QuestionFactory()
    client.force_login(UserFactory(roles=roles))
    for name in ("refine", "group", "desk_question"):
        assert client.get(reverse(f"inquiry:{name}", args=[question.number])).status_code == 403
    assert client.get(reverse("inquiry:desk")).status_code == 403
    assert refine(client, question).status_code == 403
    assert question.refinements.count() == 0


def test_visitor_is_sent_to_sign_in(client):
    response = client.get(reverse("inquiry:desk"))
    assert response.status_code == 302
    assert response.url == f"{reverse('account_login')}?next={reverse('inquiry:desk')}"


def test_refining_keeps_title_text_topics_and_mark(client, analyst):
    question, topic = QuestionFactory(), TopicFactory()
    response = refine(client, question, topics=[topic.pk], names_real="on")
    question.refresh_from_db()
    assert response.url == question.get_absolute_url()
    assert question.refinements.get().title == "紧急外出的补办"
    assert [str(each) for each in question.topics.all()] == [str(topic)]
    assert question.names_real is True


def test_refining_on_the_desk_goes_on_with_the_next(client, analyst):
    one, two = QuestionFactory(raised_on="2026-05-01"), QuestionFactory(raised_on="2026-05-02")
    response = refine(client, one, query="queue=awaiting")
    assert response.url == reverse("inquiry:desk_question", args=[two.number]) + "?queue=awaiting"
    assert refine(client, two, query="queue=awaiting").url == reverse("inquiry:desk") + "?queue=awaiting"


def test_refining_with_a_missing_title_keeps_what_was_typed(client, analyst):
    question = QuestionFactory()
    response = refine(client, question, title="", query="queue=awaiting")
    assert response.status_code == 200
    assert response.context["form"]["text"].value() == "紧急外出后何时补办手续？"
    assert response.context["is_list"] is False
    assert question.refinements.count() == 0


def test_refining_a_withdrawn_question_tells_why_not(client, analyst):
    question = QuestionFactory(status="withdrawn", withdrawn_on="2026-05-03")
    response = refine(client, question)
    assert response.status_code == 200
    assert question.refinements.count() == 0


def test_citations_of_original_and_restated_text_are_offered(client, analyst):
    question = QuestionFactory(text="《社区矫正法》第二十七条怎么理解？")
    url = reverse("inquiry:typed_citations", args=[question.number])
    response = client.post(url, {"text": "依照《刑法》第三十八条", "citations": ["《刑法》第三十八条"]})
    assert response.context["options"] == [
        {"value": "《社区矫正法》第二十七条", "checked": False},
        {"value": "《刑法》第三十八条", "checked": True},
    ]


def test_ticked_citations_are_confirmed(client, analyst):
    question = QuestionFactory(text="《社区矫正法》第二十七条怎么理解？")
    refine(client, question, citations=["《社区矫正法》第二十七条"])
    assert [each.text for each in question.confirmed_citations.all()] == ["《社区矫正法》第二十七条"]


def test_linking_an_article_and_taking_it_away(client, analyst):
    question, article = QuestionFactory(), ProvisionFactory()
    here = reverse("inquiry:desk_question", args=[question.number])
    url = reverse("inquiry:link_provision", args=[question.number])
    response = client.post(url, {"keys": [f"provision:{article.pk}"], "next": here})
    assert response.url == here
    link = question.linked_provisions.get()
    assert link.provision == article
    client.post(reverse("inquiry:unlink_provision", args=[question.number, link.pk]))
    assert question.linked_provisions.count() == 0


def test_linking_something_else_than_an_article_is_refused(client, analyst):
    question = QuestionFactory()
    client.post(
        reverse("inquiry:link_provision", args=[question.number]), {"keys": [f"question:{question.pk}"]}
    )
    assert question.linked_provisions.count() == 0


def test_grouping_two_loose_questions_makes_a_cluster(client, analyst):
    one, two = QuestionFactory(), QuestionFactory()
    response = group(client, one, keys=[f"question:{two.pk}"], title="紧急外出", reason="都问补办")
    cluster = QuestionCluster.objects.get()
    assert response.url == cluster.get_absolute_url()
    assert {row.question for row in cluster.memberships.all()} == {one, two}


def test_grouping_with_a_grouped_question_joins_its_cluster(client, analyst):
    one, two = QuestionFactory(), QuestionFactory()
    cluster = ClusterFactory(questions=[two])
    group(client, one, keys=[f"question:{two.pk}"], title="不用")
    assert QuestionCluster.objects.get() == cluster
    assert cluster.memberships.filter(question=one, until__isnull=True).count() == 1


def test_grouping_by_number_joins_the_cluster(client, analyst):
    question, cluster = QuestionFactory(), ClusterFactory()
    group(client, question, numbers=cluster.number.lower())
    assert cluster.memberships.get().question == question


def test_grouping_with_two_clusters_is_refused_and_ticks_are_kept(client, analyst):
    question = QuestionFactory()
    keys = [f"cluster:{cluster.pk}" for cluster in ClusterFactory.create_batch(2)]
    response = group(client, question, keys=keys)
    assert response.status_code == 200
    assert [row["key"] for row in response.context["chosen"]] == keys
    assert question.memberships.count() == 0


def test_grouping_with_an_unknown_number_says_which(client, analyst):
    response = group(client, QuestionFactory(), numbers="C-1999-0001", title="紧急外出")
    assert response.context["form"].errors["numbers"][0].endswith("C-1999-0001")


# What narrows a queue


def test_words_are_looked_for_in_number_original_and_restated_form(client, analyst):
    by_title = RefinementFactory(title="紧急外出的补办", text="何时补办？").question
    by_text, other = QuestionFactory(text="紧急 外出怎么办？"), QuestionFactory(text="外出怎么办？")
    find = {"queue": "all", "words": "紧急 外出"}
    assert set(numbers(client.get(reverse("inquiry:desk"), find))) == {by_title.number, by_text.number}
    find["words"] = other.number[2:].lower()
    assert numbers(client.get(reverse("inquiry:desk"), find)) == [other.number]


def test_queue_is_narrowed_by_session_department_topic_and_voices(client, analyst):
    broad = TopicFactory()
    question, _other = QuestionFactory(department=department("prison")), QuestionFactory()
    question.topics.set([TopicFactory(parent=broad)])
    add_me_too(question=question, actor=UserFactory(roles=["trainee"]))
    for find in (
        {"session": question.session.number},
        {"department": "prison"},
        {"topic": broad.slug},
        {"voices": "2"},
    ):
        response = client.get(reverse("inquiry:desk"), {"queue": "all", **find})
        assert numbers(response) == [question.number]
        assert [tab["count"] for tab in response.context["tabs"]] == [1, 0, 1]
        assert len(response.context["chips"]) == 1


def test_what_cannot_be_read_narrows_nothing(client, analyst):
    question = QuestionFactory()
    find = {"queue": "all", "voices": "many", "words": "长" * 101, "page": "9" * 40}
    assert numbers(client.get(reverse("inquiry:desk"), find)) == [question.number]


def test_filter_stays_through_steps_saving_and_errors(client, analyst):
    session = TrainingSessionFactory()
    one, two = (QuestionFactory(raised_on=f"2026-05-0{day}", session=session) for day in (1, 2))
    QuestionFactory(raised_on="2026-05-01")
    query = f"queue=awaiting&session={session.number}"
    page = client.get(f"{reverse('inquiry:desk_question', args=[one.number])}?{query}")
    assert page.context["next_url"] == f"{reverse('inquiry:desk_question', args=[two.number])}?{query}"
    failed = refine(client, one, query=query, title="")
    assert numbers(failed) == [one.number, two.number]
    saved = refine(client, one, query=query)
    assert saved.url == f"{reverse('inquiry:desk_question', args=[two.number])}?{query}"


def test_error_keeps_the_page_of_the_queue_and_opens_at_the_form(client, analyst, monkeypatch):
    monkeypatch.setattr(desk_lists, "PER_PAGE", 1)
    one, two = QuestionFactory(raised_on="2026-05-01"), QuestionFactory(raised_on="2026-05-02")
    url = f"{reverse('inquiry:desk_question', args=[one.number])}?queue=awaiting&page=2"
    act_url = client.get(url).context["act_url"]
    assert act_url == f"{reverse('inquiry:refine', args=[one.number])}?queue=awaiting&page=2#work"
    failed = client.post(act_url, {"title": "", "text": "何时补办？"})
    assert numbers(failed) == [two.number]
    assert (failed.context["question"], failed.context["position"]) == (one, 1)
    assert two.number in failed.context["next_url"]


def test_one_may_stay_with_a_question_after_saving(client, analyst):
    one, _two = QuestionFactory(raised_on="2026-05-01"), QuestionFactory(raised_on="2026-05-02")
    response = refine(client, one, query="queue=awaiting", then="stay")
    assert response.url == reverse("inquiry:desk_question", args=[one.number]) + "?queue=awaiting"


def test_neighbours_beyond_the_page_are_linked(client, analyst, monkeypatch):
    monkeypatch.setattr(desk_lists, "PER_PAGE", 1)
    one, two, three = (QuestionFactory(raised_on=f"2026-05-0{day}") for day in (1, 2, 3))
    url = reverse("inquiry:desk_question", args=[two.number])
    for queue, before, after in (("awaiting", one, three), ("all", three, one)):
        context = client.get(url, {"queue": queue}).context
        assert (context["position"], context["page_obj"].number) == (2, 2)
        assert before.number in context["previous_url"]
        assert after.number in context["next_url"]


def test_question_far_down_is_shown_with_those_around_it(client, analyst, monkeypatch):
    monkeypatch.setattr(desk_lists, "PER_PAGE", 2)
    for module in (desk_lists, desk_pages):
        monkeypatch.setattr(module, "MAX_COUNTED", 1)
    questions = [QuestionFactory(raised_on=f"2026-05-0{day}") for day in range(1, 6)]
    url = reverse("inquiry:desk_question", args=[questions[3].number])
    response = client.get(url, {"queue": "awaiting"})
    assert numbers(response) == [question.number for question in questions[2:]]
    assert (response.context["position"], response.context["page_obj"]) == (0, None)
    assert questions[2].number in response.context["previous_url"]
    assert questions[4].number in response.context["next_url"]
    assert "前面多于1个，共5个" in " ".join(response.content.decode().split())
    on_its_page = client.get(url, {"queue": "awaiting", "page": 2})
    assert (on_its_page.context["position"], on_its_page.context["page_obj"].number) == (4, 2)
    on_another = client.get(url, {"queue": "awaiting", "page": 1})
    assert (on_another.context["position"], numbers(on_another)) == (0, [row.number for row in questions[:2]])
    assert questions[4].number in on_another.context["next_url"]


def test_topics_that_are_ticked_stand_before_the_groups(client, analyst):
    broad, other = TopicFactory(), TopicFactory()
    narrow = TopicFactory(parent=broad)
    question = QuestionFactory()
    question.topics.set([narrow])
    form = client.get(reverse("inquiry:refine", args=[question.number])).context["form"]
    assert [option["value"] for option in form.chosen_topics] == [narrow.pk]
    groups = [[option["value"] for option in group["options"]] for group in form.topic_groups]
    assert [broad.pk] in groups
    assert [other.pk] in groups


# Assigning


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_analyst_assigns_a_question_a_cluster_and_a_dossier(client, language):
    giver, taker = (UserFactory(roles=["analyst"], language=language) for _ in range(2))
    question = QuestionFactory()
    cluster = create_cluster(title="逾期未归", questions=[question], actor=giver)
    dossier = create_dossier(title="外出管理素材", actor=giver)
    client.force_login(giver)
    for name, record in (("question", question), ("cluster", cluster), ("dossier", dossier)):
        page = reverse(f"inquiry:assign_{name}", args=[record.number])
        assert client.get(page).status_code == 200
        client.post(page, {"person": taker.pk, "due_on": "", "note": "请先看附件"})
    waiting = Assignment.objects.open().for_user(taker)
    assert {row.subject for row in waiting} == {question, cluster, dossier}
    client.force_login(taker)
    body = client.get(reverse("org:assignments")).content.decode()
    assert all(record.number in body for record in (question, cluster, dossier))
    refine_question(question=question, title="提炼", text="逾期未归如何处理？", actor=taker)
    assert {row.subject for row in Assignment.objects.open()} == {cluster, dossier}


def test_work_is_given_by_analysts_to_analysts(client):
    question, trainee = QuestionFactory(), UserFactory(roles=["trainee"])
    page = reverse("inquiry:assign_question", args=[question.number])
    client.force_login(trainee)
    assert client.post(page, {"person": trainee.pk}).status_code == 403
    client.force_login(UserFactory(roles=["analyst"]))
    assert client.post(page, {"person": trainee.pk}).context["form"].errors.keys() == {"person"}
    assert not Assignment.objects.exists()


def test_claim_pause_and_completion_on_the_page(client):
    analyst = UserFactory(roles=["analyst"])
    assignment = assign(subject=QuestionFactory(), what=AssignmentKind.REFINE, person=analyst)
    client.force_login(analyst)
    page = reverse("org:assignment", args=[assignment.pk])
    client.post(page, {"act": "pause", "reason": "等待材料"})
    assert "等待材料" in client.get(reverse("org:assignments")).content.decode()
    client.post(page, {"act": "resume"})
    client.post(page, {"act": "complete"})
    assignment.refresh_from_db()
    assert (assignment.paused_at, assignment.done_by) == (None, analyst)
    assert client.post(page, {"act": "fly"}).status_code == 400


def test_assignment_of_a_record_that_may_not_be_read_is_not_shown(client):
    """A dossier in progress is for analysts; whoever was one once reads its title no more."""
    analyst = UserFactory(roles=["analyst"])
    dossier = create_dossier(title="不公开的题目", actor=analyst)
    assign(subject=dossier, what=AssignmentKind.WRITE, person=analyst)
    analyst.groups.clear()
    client.force_login(analyst)
    assert "不公开的题目" not in client.get(reverse("org:assignments")).content.decode()
