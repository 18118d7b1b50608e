"""A dossier on the phone: what is missing, finishing, opening again, and parts that go."""

from __future__ import annotations

import pytest
from django.urls import reverse

from inquiry.models import Dossier
from inquiry.services.clauses import save_clause
from inquiry.services.dossiers import add_to_dossier, create_dossier
from tests.e2e.conftest import PHONE
from tests.e2e.test_look import faults_of
from tests.factories.inquiry import QuestionFactory
from tests.factories.org import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

MISSING = ".alert--warn li a"
SEND = "main form .button--primary"


@pytest.fixture
def analyst():
    return UserFactory(roles=["analyst"])


@pytest.fixture
def dossier(analyst) -> Dossier:
    """A dossier with sources and a clause, without target document, grounds and analysis."""
    dossier = create_dossier(title="紧急外出素材卷宗", actor=analyst)
    items = add_to_dossier(dossier=dossier, questions=QuestionFactory.create_batch(2), actor=analyst)
    save_clause(dossier=dossier, text="应当立即报告。", sources=items[:1], actor=analyst)
    return dossier


def test_dossier_is_finished_opened_again_and_shortened(visitor, analyst, dossier):
    phone = visitor(PHONE)
    phone.sign_in(analyst.username, PASSWORD)
    page = phone.page
    page.goto(dossier.get_absolute_url())
    page.locator("a[href$='/finish/']").click()
    assert page.locator(MISSING).all_inner_texts() == ["目标文件", "依据", "问题分析"]
    page.locator(MISSING).first.click()
    page.fill("#id_target_title", "关于办理紧急外出的意见")
    page.fill("#id_grounds", "社区矫正法第二十七条。")
    page.locator(SEND).click()
    page.locator("a[href$='/finish/']").click()
    assert page.locator(MISSING).all_inner_texts() == ["问题分析"]
    page.check("#secrecy-checked")
    page.locator(SEND).click()
    page.wait_for_selector(".field--error [name=incomplete_reason]")
    assert page.is_checked("#secrecy-checked")
    page.fill("[name=incomplete_reason]", "起草组急需。")
    page.locator(SEND).click()
    page.wait_for_selector(".alert--ok")
    assert page.locator(".alert--warn", has_text="起草组急需。").count() == 1

    page.locator("a[href$='/reopen/']").click()
    page.locator(SEND).click()
    page.wait_for_selector(".alert--ok")
    for part in (".source a[href$='/remove/']", ".clause a[href$='/delete/']"):
        page.locator(part).first.click()
        page.locator(SEND).click()
        page.wait_for_selector(".alert--ok")
    dossier.refresh_from_db()
    assert (dossier.finished_on, dossier.items.count(), dossier.clauses.count()) == (None, 1, 0)


def test_pages_of_a_dossier_that_ask_first_are_accessible(visitor, analyst, dossier):
    phone = visitor(PHONE)
    phone.sign_in(analyst.username, PASSWORD)
    item, clause = dossier.items.first(), dossier.clauses.get()
    paths = [
        reverse("inquiry:dossier_finish", args=[dossier.number]),
        reverse("inquiry:item_remove", args=[dossier.number, item.pk]),
        reverse("inquiry:clause_delete", args=[dossier.number, clause.pk]),
        "/accounts/logout/",
    ]
    assert [fault for path in paths for fault in faults_of(phone.page, path)] == []
