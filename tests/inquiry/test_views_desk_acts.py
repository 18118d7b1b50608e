"""Claiming, closing and undoing on the desk's pages."""

from __future__ import annotations

import pytest
from django.urls import reverse

from inquiry.enums import ClosureReason, Naming, QuestionStatus
from inquiry.forms.closing import REPLIES
from inquiry.models import QuestionClaim
from inquiry.selectors import current_cluster
from inquiry.services.claims import claim_question
from inquiry.services.closures import close_question, reopen_question
from inquiry.services.clusters import create_cluster
from inquiry.services.refinements import refine_question
from tests.factories.inquiry import QuestionFactory, RefinementFactory
from tests.factories.norms import ProvisionFactory
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db

WORDS = {"title": "紧急外出的补办", "text": "紧急外出后何时补办手续？"}
LIST = "queue=awaiting&voices=2"
HTMX = {"HTTP_HX_REQUEST": "true"}


def address(name, *args, query=LIST):
    return f"{reverse(f'inquiry:{name}', args=args)}?{query}"


def desk(question, query=LIST):
    return f"{reverse('inquiry:desk_question', args=[question.number])}?{query}"


def undo_url_of(client, response):
    """Return the address in the message of the page that follows."""
    body = client.get(response.url).content.decode()
    return (
        body.split('<div class="alert alert--ok"')[1].split('action="')[1].split('"')[0].replace("&amp;", "&")
    )


# Claiming


def test_claim_is_shown_to_its_owner_and_to_colleagues(client, analyst):
    question = QuestionFactory()
    client.post(address("claim", question.number, query="queue=awaiting"), {"act": "claim"})
    context = client.get(desk(question, "queue=awaiting")).context
    assert (context["claim"].claimed_by, context["is_mine"]) == (analyst, True)
    client.force_login(UserFactory(roles=["analyst"], language="en"))
    response = client.get(desk(question, "queue=awaiting"))
    assert response.context["is_mine"] is False
    assert f"{analyst} works on it until" in response.content.decode()
    assert response.context["rows"][0]["claim"].claimed_by == analyst


def test_claiming_in_place_leaves_the_rest_of_the_page(client, analyst):
    question = QuestionFactory()
    response = client.post(address("claim", question.number), {"act": "claim"}, **HTMX)
    assert response.templates[0].name == "inquiry/claim.html"
    assert "voices=2" in response.content.decode()
    client.post(address("claim", question.number), {"act": "release"}, **HTMX)
    assert not QuestionClaim.objects.exists()


def test_claim_of_a_colleague_is_told_and_can_be_taken_over(client, analyst):
    question, colleague = QuestionFactory(), UserFactory(roles=["analyst"])
    claim_question(question=question, actor=colleague)
    response = client.post(address("claim", question.number), {"act": "claim"}, **HTMX)
    assert str(colleague) in response.context["errors"][0]
    response = client.post(address("claim", question.number), {"act": "take_over"})
    assert response.url == desk(question)
    assert QuestionClaim.objects.get().claimed_by == analyst


def test_words_typed_into_a_claimed_question_are_kept(client, analyst):
    question = QuestionFactory()
    claim_question(question=question, actor=UserFactory(roles=["analyst"]))
    response = client.post(address("refine", question.number), WORDS)
    assert response.context["form"]["text"].value() == WORDS["text"]
    assert response.context["form"].non_field_errors()


def test_going_on_passes_by_what_colleagues_have_claimed(client, analyst):
    one, two, three = (QuestionFactory(raised_on=f"2026-05-0{day}") for day in (1, 2, 3))
    claim_question(question=two, actor=UserFactory(roles=["analyst"]))
    response = client.post(address("refine", one.number, query="queue=awaiting"), WORDS)
    assert response.url == desk(three, "queue=awaiting")


def test_queue_is_narrowed_to_what_is_free_or_ones_own(client, analyst):
    free, own, others = QuestionFactory.create_batch(3)
    claim_question(question=own, actor=analyst)
    claim_question(question=others, actor=UserFactory(roles=["analyst"]))
    for claim, expected in (("mine", {own.number}), ("free", {free.number, own.number})):
        rows = client.get(reverse("inquiry:desk"), {"queue": "awaiting", "claim": claim}).context["rows"]
        assert {row["number"] for row in rows} == expected


# Undoing


def test_message_after_saving_takes_it_back_and_shows_the_words_again(client, analyst):
    question = QuestionFactory()
    saved = client.post(address("refine", question.number), WORDS)
    response = client.post(undo_url_of(client, saved))
    assert response.url.startswith(desk(question))
    assert question.current_refinement() is None
    form = client.get(response.url).context["form"]
    assert (form["title"].value(), form["text"].value()) == (WORDS["title"], WORDS["text"])
    assert form["expected_revision"].value() == 0


def test_words_that_another_took_back_are_not_shown(client, analyst):
    question = QuestionFactory()
    saved = client.post(address("refine", question.number), WORDS)
    restore = client.post(undo_url_of(client, saved)).url
    client.force_login(UserFactory(roles=["analyst"]))
    assert client.get(restore).context["form"]["text"].value() == question.text


def test_restated_form_can_be_taken_back_from_its_question_too(client, analyst):
    refinement = RefinementFactory(author=analyst)
    page = client.get(desk(refinement.question, "queue=all"))
    assert page.context["can_undo"] is True
    assert reverse("inquiry:undo_refinement", args=[refinement.question.number, refinement.pk]) in (
        page.content.decode()
    )
    client.force_login(UserFactory(roles=["analyst"]))
    assert client.get(desk(refinement.question, "queue=all")).context["can_undo"] is False


def test_grouping_is_taken_back(client, analyst):
    question = QuestionFactory()
    saved = client.post(address("group", question.number), {"title": "补办"})
    assert current_cluster(question) is not None
    client.post(undo_url_of(client, saved))
    assert current_cluster(question) is None


def test_message_takes_back_what_was_put_in_and_not_what_was_there(client, analyst):
    there, added = QuestionFactory(), QuestionFactory()
    cluster = create_cluster(title="补办", questions=[there], actor=analyst)
    saved = client.post(address("group", there.number), {"numbers": added.number, "title": "补办"})
    client.post(undo_url_of(client, saved))
    assert (current_cluster(there), current_cluster(added)) == (cluster, None)


def test_nothing_is_taken_back_where_nothing_was_put_in(client, analyst):
    question = QuestionFactory()
    create_cluster(title="补办", questions=[question], actor=analyst)
    response = client.post(address("group", question.number), {"numbers": question.number}, follow=True)
    assert [message.extra_tags for message in response.context["messages"]] == [""]


def test_what_is_too_late_to_take_back_says_so(client, analyst):
    refinement = RefinementFactory(author=analyst, is_current=False)
    url = address("undo_refinement", refinement.question.number, refinement.pk)
    response = client.post(url, follow=True)
    assert [message.level_tag for message in response.context["messages"]] == ["error"]


# Closing


def test_duplicate_is_closed_by_number_and_opened_again(client, analyst):
    question, other = QuestionFactory(), QuestionFactory()
    data = {"reason": "duplicate", "numbers": other.number, "reply": "您好，已有相同问题。"}
    saved = client.post(address("close", question.number, query="queue=awaiting"), data)
    assert saved.url == desk(other, "queue=awaiting")
    assert question.closures.get().duplicate_of == other
    body = client.get(desk(question, "queue=all")).content.decode()
    assert "您好，已有相同问题。" in body
    client.post(address("reopen", question.number, question.closures.get().pk))
    question.refresh_from_db()
    assert question.status == QuestionStatus.RAISED


def test_message_after_closing_opens_it_again(client, analyst):
    question = QuestionFactory()
    saved = client.post(
        address("close", question.number), {"reason": "not_ours", "reply": "请向有关机关反映。"}
    )
    client.post(undo_url_of(client, saved))
    question.refresh_from_db()
    assert question.status == QuestionStatus.RAISED


def test_question_that_a_colleague_restated_meanwhile_is_not_closed_unread(client, analyst):
    question = QuestionFactory()
    assert client.get(address("close", question.number)).context["form"]["expected_revision"].value() == 0
    saved = {**WORDS, "question": question, "actor": UserFactory(roles=["analyst"])}
    refine_question(**saved)
    data = {"reason": "not_ours", "reply": "请向有关机关反映。", "expected_revision": "0"}
    form = client.post(address("close", question.number), data).context["form"]
    assert (form["reply"].value(), form["expected_revision"].value()) == (data["reply"], "1")
    assert form.non_field_errors()
    assert not question.closures.exists()
    client.post(address("close", question.number), data | {"expected_revision": "1"})
    assert question.closures.exists()


def test_message_after_closing_does_not_open_what_a_colleague_closed_anew(client, analyst):
    question, colleague = QuestionFactory(), UserFactory(roles=["analyst"])
    data = {"reason": "not_ours", "reply": "请向有关机关反映。"}
    undo_url = undo_url_of(client, client.post(address("close", question.number), data))
    reopen_question(question=question, actor=colleague)
    close_question(question=question, reason="not_ours", reply="另一答复。", actor=colleague)
    response = client.post(undo_url, follow=True)
    assert [message.level_tag for message in response.context["messages"]] == ["error"]
    question.refresh_from_db()
    assert (question.status, question.closures.count()) == (QuestionStatus.CLOSED, 2)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"reply": "好的。"}, "reason"),
        ({"reason": "not_ours", "reply": ""}, "reply"),
        ({"reason": "duplicate", "reply": "好的。"}, "__all__"),
        ({"reason": "duplicate", "reply": "好的。", "numbers": "Q-1999-000001"}, "numbers"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(client, analyst, data, field):
    question = QuestionFactory()
    response = client.post(address("close", question.number), data)
    assert list(response.context["form"].errors) == [field]
    assert response.context["act"] == "close"
    assert not question.closures.exists()


def test_reply_is_offered_in_the_language_of_the_question(client, analyst):
    question = QuestionFactory(lang="en")
    form = client.get(desk(question, "queue=all&act=close")).context["form"]
    assert form.replies["duplicate"].startswith("Thank you")
    data = {"reason": "not_ours", "reply": form.replies["duplicate"]}
    client.post(address("close", question.number), data)
    assert question.closures.get().reply == form.replies["not_ours"]
    assert set(form.replies) == set(REPLIES)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_asker_reads_the_reply_on_the_page_of_the_question(client, analyst, language):
    asker = UserFactory(roles=["trainee"], language=language)
    question = QuestionFactory(asker=asker, naming=Naming.ANONYMOUS)
    reply = "您好，请向有关机关反映。"
    close_question(question=question, reason=ClosureReason.NOT_OURS, reply=reply, actor=analyst)
    client.force_login(asker)
    body = client.get(question.get_absolute_url()).content.decode()
    assert reply in body
    assert str(analyst) not in body
    assert "/me-too/" not in body
    assert {"zh-hans": "已关闭", "en": "Closed"}[language] in body


def test_acts_are_for_analysts(client):
    refinement = RefinementFactory()
    question = refinement.question
    addresses = [
        address("close", question.number),
        address("reopen", question.number, 1),
        address("claim", question.number),
        address("undo_refinement", question.number, refinement.pk),
        address("undo_grouping", question.number, 1),
    ]
    assert {client.post(url).status_code for url in addresses} == {302}
    for roles in (["trainee"], ["coordinator", "editor", "keeper", "administrator"]):
        client.force_login(UserFactory(roles=roles))
        assert {client.post(url).status_code for url in addresses} == {403}
    assert not QuestionClaim.objects.exists()


# Articles beside a question


def test_articles_are_linked_in_place(client, analyst):
    question, article = QuestionFactory(), ProvisionFactory()
    url = address("link_provision", question.number)
    response = client.post(url, {"keys": [f"provision:{article.pk}"], "next": desk(question)}, **HTMX)
    assert response.templates[0].name == "inquiry/work_law.html"
    (link,) = response.context["links_page"]
    assert link.provision == article
    response = client.post(url, {"next": desk(question)}, **HTMX)
    assert len(response.context["errors"]) == 1
    gone = client.post(address("unlink_provision", question.number, link.pk), **HTMX)
    assert list(gone.context["links_page"]) == []
