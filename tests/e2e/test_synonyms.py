"""Keeping synonyms in a real browser: a row is tried before it is saved, and what was typed stays."""

from __future__ import annotations

import pytest

from search.engines.configured import get_engine
from search.indexing.rebuilding import rebuild
from search.models import Synonym
from tests.e2e.conftest import DESK, PHONE, accessibility_faults
from tests.factories.org import PASSWORD, UserFactory
from tests.factories.search import LoneQuestionFactory as QuestionFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def analyst() -> str:
    QuestionFactory(title="社区矫正对象外出")
    rebuild(get_engine())
    return UserFactory(username="analyst", roles=["analyst"]).username


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_row_is_tried_before_it_is_saved(visitor, analyst, viewport):
    person = visitor(viewport)
    person.sign_in(analyst, PASSWORD)
    page = person.page
    page.goto("/admin/synonyms/new/?term=社矫")
    page.fill("[name=others]", "社区矫正")
    form, trial = (page.locator(name).bounding_box() for name in ("#w-editor-form", ".query-preview__beside"))
    # On a desk the trial stands beside the form, on a phone below it.
    assert (trial["x"] >= form["x"] + form["width"]) == (viewport is DESK)
    page.fill("#query-preview-q", "社矫对象")
    page.press("#query-preview-q", "Enter")
    page.wait_for_selector("#query-preview table")
    counts = page.locator(".query-preview__counts td strong").all_inner_texts()
    assert (counts, Synonym.objects.count()) == (["1", "0"], 0)
    assert page.input_value("[name=term]") == "社矫"
    assert accessibility_faults(page) == []
    page.press("[name=term]", "Enter")
    page.wait_for_url("**/admin/synonyms/")
    assert Synonym.objects.get().others == "社区矫正"


def test_preview_follows_what_is_typed(visitor, analyst):
    person = visitor(PHONE)
    person.sign_in(analyst, PASSWORD)
    page = person.page
    page.goto("/admin/synonyms/preview/")
    page.fill("#query-preview-q", "waichu")
    page.wait_for_selector("text=→ 外出")
    assert "q=waichu" in page.url
    assert accessibility_faults(page) == []
