"""The analyst's work in a browser: through the queue, closing with a reply, merging clusters and parting them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from inquiry.models import ClusterMerge, Question, QuestionClaim
from inquiry.services.questions import add_me_too
from search.engines.configured import get_engine
from search.indexing.rebuilding import rebuild
from tests.e2e.conftest import DESK, PHONE, accessibility_faults
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import ClusterFactory, QuestionFactory
from tests.factories.org import PASSWORD, TopicFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

WAYS = pytest.mark.parametrize(
    ("viewport", "language"), [(PHONE, "zh-hans"), (DESK, "en")], ids=["phone", "desk"]
)


@pytest.fixture
def waiting():
    """Three questions that wait, two of them of one session and shared, and topics in eight groups."""
    for _ in range(8):
        broad = TopicFactory()
        TopicFactory.create_batch(3, parent=broad)
    session = TrainingSessionFactory()
    shared = [QuestionFactory(session=session, raised_on=f"2026-05-0{day}") for day in (1, 2)]
    for question in shared:
        add_me_too(question=question, actor=UserFactory(roles=["trainee"]))
    return [*shared, QuestionFactory(raised_on="2026-05-01")]


def is_in_reach(page: Page, selector: str) -> bool:
    """Tell whether an element stands wholly in the window, and nothing lies over its middle."""
    return page.locator(selector).first.evaluate(
        """element => {
          const box = element.getBoundingClientRect();
          const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
          return box.top >= 0 && box.bottom <= innerHeight && element.contains(top);
        }"""
    )


def narrow_to_shared_ones(page: Page, number: str) -> None:
    page.locator(".queue-filter__more > summary").click()
    page.select_option("#queue-voices", "2")
    page.locator(".queue-filter__more button").click()
    page.wait_for_url("**voices=2*")
    assert page.locator(".queue__item").count() == 2
    page.locator(f".queue__item:has-text('{number}')").click()
    page.wait_for_url(f"**/desk/{number}/*voices=2*")


@WAYS
def test_queue_is_worked_through_with_an_error_and_an_undo(visitor, waiting, viewport, language):
    first, second, _other = waiting
    analyst = UserFactory(roles=["analyst"], language=language)
    person = visitor(viewport)
    person.sign_in(analyst.username, PASSWORD)
    page = person.page
    page.goto("/desk/?queue=awaiting")
    narrow_to_shared_ones(page, first.number)
    page.fill(".work__form [name=title]", "事后补办的效力")
    assert is_in_reach(page, ".save-bar .button--primary")

    page.locator("#claim-act").click()
    expect(page.locator("#claim-act[value=release]")).to_be_visible()
    assert QuestionClaim.objects.get().claimed_by == analyst
    assert page.locator(".work__form [name=title]").input_value() == "事后补办的效力"

    group = page.locator("[data-topics]").nth(2)
    group.locator("summary").click()
    group.locator("input").nth(1).check()
    group.locator("summary").click()
    expect(page.locator("[data-topics-chosen] input:checked")).to_have_count(1)
    page.fill(".work__form [name=text]", "")
    page.locator(".save-bar .button--primary").click()
    page.wait_for_selector(".alert--error")
    # Scripts bring it into view.
    page.wait_for_load_state()
    assert is_in_reach(page, ".alert--error")
    assert page.locator("[data-topics-chosen] input:checked").count() == 1
    assert page.locator(".work__form [name=title]").input_value() == "事后补办的效力"
    assert accessibility_faults(page) == []

    page.fill(".work__form [name=text]", "外出后补办审批手续的，如何认定？")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/desk/{second.number}/*voices=2*")
    assert is_in_reach(page, ".messages form button")
    page.locator(".messages form button").click()
    page.wait_for_url(f"**/desk/{first.number}/*restore=*")
    assert page.locator(".work__form [name=text]").input_value() == "外出后补办审批手续的，如何认定？"
    assert Question.objects.get(pk=first.pk).current_refinement() is None
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_second_click_sends_nothing_again(visitor, waiting):
    person = visitor(DESK)
    person.sign_in(UserFactory(roles=["analyst"]).username, PASSWORD)
    page, first, second = person.page, waiting[0], waiting[1]
    page.goto(f"/desk/{first.number}/?queue=awaiting&voices=2")
    page.fill(".work__form [name=title]", "事后补办的效力")
    page.fill(".work__form [name=text]", "外出后补办审批手续的，如何认定？")
    # While the first answer is on its way.
    page.locator(".save-bar .button--primary").evaluate(
        "button => { button.click(); setTimeout(() => button.click(), 40); }"
    )
    page.wait_for_url(f"**/desk/{second.number}/*")
    expect(page.locator(".messages .alert")).to_have_count(1)
    assert first.refinements.count() == 1


@WAYS
def test_duplicate_is_closed_and_its_asker_reads_the_reply(visitor, viewport, language):
    asker = UserFactory(roles=["trainee"], language=language)
    duplicate, original = QuestionFactory(asker=asker, naming="anonymous"), QuestionFactory()
    analyst = UserFactory(roles=["analyst"], language=language)
    person = visitor(viewport)
    person.sign_in(analyst.username, PASSWORD)
    page = person.page
    page.goto(f"/desk/{duplicate.number}/?queue=awaiting&act=close")
    assert not page.locator("[data-for-reason=duplicate]").is_visible()
    page.locator(".work__form [name=reason][value=not_ours]").check()
    not_ours = page.locator("[data-reply]").input_value()
    page.locator(".work__form [name=reason][value=duplicate]").check()
    reply = page.locator("[data-reply]").input_value()
    assert len({"", not_ours, reply}) == 3
    page.fill("#id_numbers", original.number)
    assert accessibility_faults(page) == []
    page.locator(".save-bar .button--primary").click()
    page.wait_for_url(f"**/desk/{original.number}/*")

    reader = visitor(viewport)
    reader.sign_in(asker.username, PASSWORD)
    reader.page.goto("/me/notifications/")
    reader.page.locator(f"a:has-text('{duplicate.number}')").first.click()
    closure = reader.page.locator(".closure")
    closure.wait_for()
    assert original.number in closure.inner_text()
    assert reply[:20] in closure.inner_text()
    assert reader.page.locator(f".closure a[href='{original.get_absolute_url()}']").count() == 1


@WAYS
def test_clusters_are_merged_and_parted_again(visitor, viewport, language):
    kept, absorbed = (
        ClusterFactory(questions=[QuestionFactory()], title=title)
        for title in ("外出补办的效力", "事后补办外出手续")
    )
    rebuild(get_engine())
    analyst = UserFactory(roles=["analyst"], language=language)
    person = visitor(viewport)
    person.sign_in(analyst.username, PASSWORD)
    page = person.page
    page.goto(absorbed.get_absolute_url())
    page.locator(f"a[href='{absorbed.get_absolute_url()}merge/']").click()
    page.fill("#pick-q", kept.title)
    page.locator(f"#pick-results input[value='cluster:{kept.pk}']").check()
    page.locator(".picked input").wait_for()
    page.locator(".button--primary").click()
    page.wait_for_selector(".alert--error")  # the reason is missing, and what was picked stays
    assert page.locator(".picked input:checked").count() == 1
    page.fill("#id_reason", "问的都是补办的效力")
    page.locator("form.card .button--primary").click()
    page.wait_for_selector(".alert--ok")
    merge = ClusterMerge.objects.get()
    assert {merge.kept_id, merge.absorbed_id} == {kept.pk, absorbed.pk}
    page.goto(f"{merge.absorbed.get_absolute_url()}")
    assert merge.kept.number in page.inner_text("main")

    page.goto(f"/clusters/{merge.kept.number}/merges/{merge.pk}/undo/")
    page.fill("#id_reason", "两组问的不同")
    page.locator("form .button--primary").click()
    page.wait_for_selector(".alert--ok")
    merge.refresh_from_db()
    assert merge.undone_by == analyst
    assert merge.absorbed.memberships.filter(until__isnull=True).count() == 1


def test_words_typed_before_the_script_came_are_looked_for(visitor):
    kept, absorbed = (
        ClusterFactory(questions=[QuestionFactory()], title=title) for title in ("效力", "补办")
    )
    rebuild(get_engine())
    analyst = UserFactory(roles=["analyst"])
    person = visitor()
    person.sign_in(analyst.username, PASSWORD)
    page, waiting = person.page, []
    page.route("**/htmx*.js", lambda route: waiting.append(route))
    page.goto(f"{absorbed.get_absolute_url()}merge/", wait_until="commit")
    page.fill("#pick-q", kept.title)
    for route in waiting:
        route.continue_()
    page.locator(f"#pick-results input[value='cluster:{kept.pk}']").check()
    assert page.locator("[data-picked] input:checked").count() == 1
