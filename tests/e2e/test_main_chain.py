"""The main chain with the demo's data: from a phone in the classroom to the DOCX, and back to who asked."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command
from docx import Document
from playwright.sync_api import Page
from pypdf import PdfReader

from home.demo.loader.organisation import PASSWORD
from inquiry.enums import QuestionStatus
from inquiry.models import Dossier, Question, QuestionCluster
from inquiry.selectors.sessions import sessions_open_for_questions
from inquiry.services.exports import request_export
from norms.models import NormativeDocument
from portal.org.models import User
from search.engines.configured import get_engine
from search.indexing.outbox import drain
from search.indexing.rebuilding import rebuild
from tests.e2e.conftest import DESK, PHONE
from tests.e2e.test_look import faults_of
from tests.factories.inquiry import (
    ClusterFactory,
    DossierClauseFactory,
    DossierFactory,
    DossierItemFactory,
    QuestionFactory,
)
from tests.factories.org import PASSWORD as PASSWORD_OF_TESTS
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

WORDS = "社区矫正对象夜里突发急病被送到邻市抢救，家属第二天才报告，事后补办的外出审批手续还算不算数？"
TITLE = "突发急病跨市抢救的事后补办审批"
SIMILAR = "Q-2026-000035"
LAW = "临江省社区矫正对象外出管理办法"


@pytest.fixture
def demo():
    """Everything `./run demo` loads, searchable."""
    call_command("load_demo")
    rebuild(get_engine())


def searchable() -> None:
    """What the worker does in the background."""
    drain(get_engine())


def wait_for_ticks(page: Page, within: str) -> None:
    page.wait_for_selector(f"{within} input[type=checkbox]")


def ask_on_the_phone(page: Page, address: str) -> Question:
    page.goto(address)
    page.locator("[data-unfold]").press("Enter")
    form = page.locator("form.ask")
    form.wait_for()
    form.locator("[name=text]").press_sequentially(WORDS[:30])
    form.locator("[name=text]").fill(WORDS)
    form.locator("[name=text]").press("End")
    page.locator("#ask-similar summary").click()
    page.wait_for_selector(f"#ask-similar a[href='/questions/{SIMILAR}/']")
    form.locator("[name=naming][value=anonymous]").press("Space")
    form.locator(".button--primary").press("Enter")
    page.wait_for_url("**/questions/Q-*/")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    return Question.objects.get(text=WORDS)


def refine_at_the_desk(page: Page, question: Question) -> None:
    page.goto(f"/desk/{question.number}/?queue=awaiting")
    page.fill(".work__form [name=title]", TITLE)
    page.fill(".work__form [name=text]", f"{WORDS}依照《{LAW}》第十八条如何认定？")
    tick = page.locator(f"#found-citations input[value='《{LAW}》第十八条']")
    tick.wait_for()
    tick.check()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: question.number not in url)


def link_an_article(page: Page, question: Question) -> None:
    page.goto(f"/desk/{question.number}/?queue=ungrouped")
    page.locator(".link-article > summary").click()
    page.fill("#article-q", f"{LAW}第十九条")
    wait_for_ticks(page, "#article-results")
    page.locator("#article-results input[type=checkbox]").first.check()
    page.locator(".link-article .picked input").wait_for()
    page.locator(".link-article form > .button").click()
    page.wait_for_selector(".cited__link a")


def group_with_a_similar_one(page: Page, question: Question) -> None:
    page.goto(f"/desk/{question.number}/?queue=ungrouped")
    page.keyboard.press("g")
    wait_for_ticks(page, "[data-suggested]")
    similar = Question.objects.get(number=SIMILAR)
    page.locator(f"[data-suggested] input[value='question:{similar.pk}']").check()
    page.locator(".work__form .picked input").first.wait_for()
    page.locator(".work__form .button--primary").click()
    page.wait_for_url(lambda url: question.number not in url)


def begin_a_dossier(page: Page, cluster: QuestionCluster) -> Dossier:
    page.goto(cluster.get_absolute_url())
    page.locator("form[action='/collect/'] .button--primary").click()
    page.locator("#place-new").check()
    page.fill("#id_title", "急病外出补办素材卷宗")
    page.locator("form[action='/collect/'] .button--primary").click()
    page.wait_for_url(lambda url: "/dossiers/D-" in url)
    return Dossier.objects.get(title="急病外出补办素材卷宗")


def collect_two_hits(page: Page, dossier: Dossier) -> None:
    page.goto(f"/search/?q={LAW}+紧急外出&kind=provision&stay=1")
    boxes = page.locator("form[data-collect] input[name=keys]")
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.locator("form[data-collect] button[name=target][value=dossier]").click()
    page.locator(f"input[name=number][value='{dossier.number}']").check()
    page.locator("form[action='/collect/'] .button--primary").click()
    page.wait_for_url(lambda url: f"/dossiers/{dossier.number}/" in url)


def download_docx(page: Page, dossier: Dossier) -> bytes:
    page.goto(dossier.get_absolute_url())
    page.locator("button[name=format][value=docx]").click()
    link = page.locator("#export a[download]")
    link.wait_for()
    with page.expect_download() as waiting:
        link.click()
    assert waiting.value.suggested_filename == f"{dossier.number}.docx"
    return Path(waiting.value.path()).read_bytes()


def finish(page: Page, dossier: Dossier) -> None:
    page.goto(dossier.get_absolute_url())
    page.locator(f"a[href='/dossiers/{dossier.number}/finish/']").click()
    page.fill("[name=incomplete_reason]", "起草组急需来源问题，其余部分另行补充。")
    page.check("#secrecy-checked")
    page.locator("main form .button--primary").click()
    page.wait_for_selector(".alert--ok")


def words_of(docx: bytes) -> str:
    document = Document(io.BytesIO(docx))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def as_pdf(docx: bytes, folder: Path) -> str:
    """The text of what LibreOffice makes of it; spaces and line breaks left out."""
    source = folder / "dossier.docx"
    source.write_bytes(docx)
    command = [
        "soffice",
        f"-env:UserInstallation=file://{folder}/profile",
        "--headless",
        "--convert-to",
        "pdf",
    ]
    subprocess.run(
        [*command, "--outdir", str(folder), str(source)], check=True, timeout=120, capture_output=True
    )
    return "".join("".join(page.extract_text().split()) for page in PdfReader(folder / "dossier.pdf").pages)


def test_question_from_a_phone_becomes_source_material(visitor, demo, tmp_path):
    asker = User.objects.get(username="trainee.correction")
    session = sessions_open_for_questions(asker)[0]
    phone, desk = visitor(PHONE), visitor(DESK)
    phone.sign_in("trainee.correction", PASSWORD)
    desk.sign_in("analyst.court", PASSWORD)

    question = ask_on_the_phone(phone.page, session.get_absolute_url())
    searchable()
    refine_at_the_desk(desk.page, question)
    link_an_article(desk.page, question)
    searchable()
    group_with_a_similar_one(desk.page, question)
    question.refresh_from_db()
    cluster = Question.objects.get(number=SIMILAR).memberships.get(until__isnull=True).cluster
    law = NormativeDocument.objects.get(title=LAW)
    assert question.status != QuestionStatus.RAISED
    assert question.memberships.get().cluster == cluster
    assert [row.text for row in question.confirmed_citations.all()] == [f"《{LAW}》第十八条"]
    assert question.linked_provisions.get().provision.version.document == law

    searchable()
    dossier = begin_a_dossier(desk.page, cluster)
    collect_two_hits(desk.page, dossier)
    assert [bool(item.provision) for item in dossier.items.all()] == [False, True, True]
    docx = download_docx(desk.page, dossier)
    assert words_of(docx).count(question.number) == 1
    assert words_of(docx).count(asker.display_name) == 0
    if shutil.which("soffice"):
        assert question.number in as_pdf(docx, tmp_path)

    finish(desk.page, dossier)
    phone.page.goto(question.get_absolute_url())
    assert phone.page.locator(f".chain a[href='{dossier.get_absolute_url()}']").count() == 1
    # Neither is the dossier named again beside the chain.
    assert phone.page.locator(f"aside a[href='{dossier.get_absolute_url()}']").count() == 1


@pytest.fixture
def work():
    """A dossier in progress on a cluster of two questions, one question that waits, and an analyst."""
    analyst = UserFactory(roles=["analyst"])
    cluster = ClusterFactory(questions=QuestionFactory.create_batch(2), statement="事后补办算不算违规？")
    dossier = DossierItemFactory(cluster=cluster, dossier=DossierFactory(author=analyst)).dossier
    DossierClauseFactory(dossier=dossier, heading="补办", rationale="各地不一。")
    waiting = QuestionFactory.create_batch(2)
    rebuild(get_engine())
    return analyst, cluster, dossier, waiting


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_pages_of_grouping_and_writing_are_accessible(visitor, work, viewport):
    analyst, cluster, dossier, (question, _other) = work
    export = request_export(dossier=dossier, format="md", actor=analyst)
    person = visitor(viewport)
    person.sign_in(analyst.username, PASSWORD_OF_TESTS)
    paths = [
        f"/desk/{question.number}/?queue=awaiting",
        f"/desk/{question.number}/?queue=all&act=group",
        f"/questions/{question.number}/refine/",
        cluster.get_absolute_url(),
        *(f"{cluster.get_absolute_url()}{act}/" for act in ("edit", "add", "merge", "split")),
        dossier.get_absolute_url(),
        *(f"{dossier.get_absolute_url()}{act}/" for act in ("edit", "add", "clauses/new")),
        f"{dossier.get_absolute_url()}exports/{export.pk}/",
    ]
    assert [fault for path in paths for fault in faults_of(person.page, path)] == []


def test_keys_lead_through_the_queue_but_not_while_typing(visitor, work):
    analyst = work[0]
    person = visitor(DESK)
    person.sign_in(analyst.username, PASSWORD_OF_TESTS)
    page = person.page
    page.goto("/desk/")
    first, second = page.locator(".queue .number").all_text_contents()[:2]
    here = page.locator(".queue__item[aria-current] .number")
    assert here.text_content() == first
    page.keyboard.press("j")
    page.wait_for_url(f"**/desk/{second}/*")
    page.keyboard.press("k")
    page.wait_for_url(f"**/desk/{first}/*")
    page.keyboard.press("?")
    assert page.locator("#desk-keys").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.type("jk")
    assert page.locator(".work__form [name=title]").input_value() == "jk"
    assert here.text_content() == first
