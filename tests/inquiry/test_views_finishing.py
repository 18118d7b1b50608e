"""Pages that finish, reopen or take something out of a dossier: what they say first, and what they refuse."""

from __future__ import annotations

import pytest
from django.db import connection

from inquiry.models import ClauseSource, Dossier
from inquiry.services.clauses import save_clause
from inquiry.services.dossiers import edit_dossier, move_dossier
from tests.factories.inquiry import (
    ClusterFactory,
    DossierClauseFactory,
    DossierFactory,
    DossierItemFactory,
    QuestionFactory,
)
from tests.factories.org import OfficeFactory, UserFactory
from tests.inquiry.dossiers import finished, page, read

pytestmark = pytest.mark.django_db


def test_finishing_and_reopening(client, analyst):
    dossier = complete_dossier()
    client.post(page("dossier_finish", dossier), {"secrecy_checked": "on"} | read(dossier))
    dossier.refresh_from_db()
    assert (dossier.status, dossier.incomplete_reason) == ("finished", "")
    assert client.get(page("dossier_reopen", dossier)).context["questions"] == 1
    dossier.refresh_from_db()
    assert dossier.status == "finished"
    client.post(page("dossier_reopen", dossier), read(dossier))
    dossier.refresh_from_db()
    assert dossier.status == "draft"
    assert client.get(page("dossier_reopen", dossier)).url == dossier.get_absolute_url()


def test_dossier_that_a_colleague_changed_is_not_finished_unread(client, analyst):
    dossier = complete_dossier()
    url, data = page("dossier_finish", dossier), {"secrecy_checked": "on"} | read(dossier)
    colleague = UserFactory(roles=["analyst"])
    edit_dossier(dossier=dossier, expected_revision=dossier.revision, actor=colleague, analysis="改。")
    refused = client.post(url, data)
    dossier.refresh_from_db()
    assert (dossier.status, refused.context["is_checked"]) == ("draft", False)
    assert refused.context["form"].non_field_errors()
    assert refused.context["form"]["expected_revision"].value() == str(dossier.revision)
    client.post(url, data | read(dossier))
    dossier.refresh_from_db()
    assert dossier.status == "finished"


def test_what_a_colleague_wrote_since_is_neither_deleted_nor_robbed_of_its_source(client, analyst):
    dossier, colleague = DossierFactory(), UserFactory(roles=["analyst"])
    item = DossierItemFactory(dossier=dossier, question=QuestionFactory())
    clause = DossierClauseFactory(dossier=dossier, text="原文。")
    urls = [page("clause_delete", dossier, clause.pk), page("item_remove", dossier, item.pk)]
    seen = read(dossier)
    words = {"heading": "", "text": "同事的文字。", "rationale": "", "sources": [item]}
    save_clause(dossier=dossier, clause=clause, expected_revision=dossier.revision, actor=colleague, **words)
    for url in urls:
        for data in (seen, {}):
            response = client.post(url, data, follow=True)
            assert response.redirect_chain[0][0] == url
            assert [message.level_tag for message in response.context["messages"]] == ["error"]
    assert (dossier.clauses.get().text, dossier.items.get()) == ("同事的文字。", item)
    for url in urls:
        client.post(url, read(dossier))
    assert (dossier.clauses.count(), dossier.items.count()) == (0, 0)


def complete_dossier() -> Dossier:
    dossier = DossierFactory(compiling_office=OfficeFactory())
    DossierItemFactory(dossier=dossier, cluster=ClusterFactory(questions=[QuestionFactory()]))
    DossierClauseFactory(dossier=dossier)
    return dossier


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_finishing_says_what_is_missing_and_asks_why(client, language):
    client.force_login(UserFactory(roles=["analyst"], language=language))
    dossier = DossierFactory(target_title="", grounds=" ", analysis="……")
    DossierItemFactory(dossier=dossier, question=QuestionFactory())
    url = page("dossier_finish", dossier)
    fields = ("compiling_office", "target_title", "grounds", "analysis")
    assert [part["url"] for part in client.get(url).context["missing"]] == [
        *(f"{page('dossier_edit', dossier)}#id_{field}" for field in fields),
        page("clause_new", dossier),
    ]
    refused = client.post(url, {"secrecy_checked": "on"})
    assert list(refused.context["form"].errors) == ["incomplete_reason"]
    unchecked = client.post(url, {"incomplete_reason": "起草组急需"})
    assert unchecked.context["form"]["incomplete_reason"].value() == "起草组急需"
    dossier.refresh_from_db()
    assert dossier.status == "draft"
    client.post(url, {"secrecy_checked": "on", "incomplete_reason": "起草组急需"} | read(dossier))
    client.force_login(UserFactory(language=language))
    told = client.get(dossier.get_absolute_url())
    assert (len(told.context["missing"]), told.content.decode().count("起草组急需")) == (5, 1)


def test_reason_with_a_mark_of_classification_is_refused(client, analyst):
    dossier = DossierItemFactory(question=QuestionFactory()).dossier
    data = {"secrecy_checked": "on", "incomplete_reason": "机密★ 先行移交"} | read(dossier)
    response = client.post(page("dossier_finish", dossier), data)
    assert "机密★" in str(response.context["form"].non_field_errors())
    dossier.refresh_from_db()
    assert dossier.status == "draft"


def test_dossier_without_sources_leads_to_them_instead_of_finishing(client, analyst):
    dossier = DossierFactory()
    response = client.get(page("dossier_finish", dossier))
    assert response.content.decode().count(f'href="{page("dossier_add", dossier)}"') == 1
    client.post(page("dossier_finish", dossier), {"secrecy_checked": "on", "incomplete_reason": "急"})
    dossier.refresh_from_db()
    assert dossier.status == "draft"


def test_source_is_taken_out_after_a_page_that_names_its_clauses(client, analyst):
    dossier = DossierFactory()
    item = DossierItemFactory(dossier=dossier, question=QuestionFactory())
    clause = DossierClauseFactory(dossier=dossier, heading="补办时限")
    ClauseSource.objects.create(clause=clause, item=item)
    response = client.get(page("item_remove", dossier, item.pk))
    assert [row for _ordinal, row in response.context["clauses"]] == [clause]
    assert list(dossier.items.all()) == [item]
    client.post(page("item_remove", dossier, item.pk), read(dossier))
    assert list(dossier.items.all()) == []


def test_clause_is_deleted_after_a_page_that_shows_it(client, analyst):
    dossier = DossierFactory()
    first, second = DossierClauseFactory.create_batch(2, dossier=dossier)
    context = client.get(page("clause_delete", dossier, first.pk)).context
    assert (context["clause"].ordinal, context["following"]) == ("第一条", 1)
    assert list(dossier.clauses.all()) == [first, second]
    client.post(page("clause_delete", dossier, first.pk), read(dossier))
    assert list(dossier.clauses.all()) == [second]


def test_form_that_takes_away_what_is_gone_leads_back_to_the_dossier(client, analyst):
    dossier = DossierFactory()
    item = DossierItemFactory(dossier=dossier, question=QuestionFactory())
    clause = DossierClauseFactory(dossier=dossier)
    for name, row in (("clause_delete", clause), ("item_remove", item)):
        url, data = page(name, dossier, row.pk), read(dossier)
        client.post(url, data)
        response = client.post(url, data)
        assert response.url.startswith(dossier.get_absolute_url())
        assert client.get(url).status_code == 404


def finish_at(table: str, dossier: Dossier):
    """Return a context in which a colleague finishes a dossier just before a table is read."""
    colleague, started = UserFactory(roles=["analyst"]), []

    def execute(call, sql, params, many, context):
        if table in sql and not started:
            started.append(sql)
            move_dossier(dossier=dossier, status="finished", actor=colleague, incomplete_reason="急")
        return call(sql, params, many, context)

    return connection.execute_wrapper(execute)


@pytest.mark.parametrize("name", ["clause_delete", "clause_move", "item_remove", "item_move"])
def test_dossier_that_is_finished_at_the_same_moment_is_left_alone(client, analyst, name):
    dossier = complete_dossier()
    (row,) = getattr(dossier, "clauses" if name.startswith("clause") else "items").all()
    before, data = read(dossier), {"direction": "up"}
    with finish_at(row._meta.db_table, dossier):
        response = client.post(page(name, dossier, row.pk), data | before)
    assert response.status_code == 302
    row.refresh_from_db()
    dossier.refresh_from_db()
    assert dossier.status == "finished"


def test_dossier_that_a_colleague_finished_anew_is_not_reopened_unread(client, analyst):
    dossier, colleague = complete_dossier(), UserFactory(roles=["analyst"])
    move_dossier(dossier=dossier, status="finished", actor=colleague)
    url, seen = page("dossier_reopen", dossier), read(dossier)
    for status in ("draft", "finished"):
        move_dossier(dossier=dossier, status=status, actor=colleague)
    for data in (seen, {}):
        assert client.post(url, data).url == url
        dossier.refresh_from_db()
        assert dossier.status == "finished"
    client.post(url, read(dossier))
    dossier.refresh_from_db()
    assert dossier.status == "draft"


@pytest.mark.parametrize("name", ["dossier_finish", "dossier_reopen"])
@pytest.mark.parametrize("role", ["trainee", "coordinator", "editor", "keeper", "administrator"])
def test_pages_that_move_a_dossier_are_for_analysts(client, name, role):
    dossier = finished()
    client.force_login(UserFactory(roles=[role]))
    assert client.get(page(name, dossier)).status_code == 403
    dossier.refresh_from_db()
    assert dossier.status == "finished"


def test_finishing_by_a_trainee_is_refused(client, trainee):
    for dossier, name in ((finished(), "dossier_reopen"), (DossierFactory(), "dossier_finish")):
        before = dossier.status
        assert client.post(page(name, dossier), {"secrecy_checked": "on"}).status_code == 403
        dossier.refresh_from_db()
        assert dossier.status == before
