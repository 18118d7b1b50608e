"""Pages of dossiers, their exports, and what is collected from the search."""

from __future__ import annotations

import hashlib

import pytest
from django.urls import reverse

from inquiry.models import ClauseSource, Dossier, DossierExport, Question, QuestionCluster
from inquiry.selectors import provision_title
from inquiry.services.clauses import save_clause
from inquiry.services.dossiers import edit_dossier
from inquiry.services.exports import request_export
from tests.factories.casebank import CaseFactory
from tests.factories.inquiry import (
    ClusterFactory,
    DossierClauseFactory,
    DossierFactory,
    DossierItemFactory,
    QuestionFactory,
    RefinementFactory,
)
from tests.factories.norms import NormativeDocumentFactory, ProvisionFactory
from tests.factories.org import OfficeFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst(client):
    user = UserFactory(roles=["analyst"])
    client.force_login(user)
    return user


@pytest.fixture
def trainee(client):
    user = UserFactory(roles=["trainee"])
    client.force_login(user)
    return user


def page(name: str, dossier: Dossier, *more: object) -> str:
    return reverse(f"inquiry:{name}", args=[dossier.number, *more])


def finished(**fields) -> Dossier:
    return DossierFactory(status="finished", finished_on="2026-09-01", **fields)


@pytest.mark.parametrize("count", [1, 3])
def test_list_needs_as_many_queries_for_one_dossier_as_for_three(
    client, analyst, django_assert_num_queries, count
):
    DossierFactory.create_batch(count)
    client.get(reverse("inquiry:dossiers"))
    with django_assert_num_queries(10):
        response = client.get(reverse("inquiry:dossiers"))
    assert len(response.context["rows"]) == count


def test_list_says_who_compiles_and_what_is_missing(client, analyst):
    office = OfficeFactory(name="清河市中级人民法院")
    DossierFactory(compiling_office=office, target_title="", analysis="")
    (row,) = client.get(reverse("inquiry:dossiers")).context["rows"]
    assert row["meta"][0] == office.name
    assert row["meta"][2] == "尚缺：目标文件、问题分析、建议条款"


def test_list_shows_trainees_finished_dossiers_only(client, trainee):
    DossierFactory()
    done = finished()
    rows = client.get(reverse("inquiry:dossiers")).context["rows"]
    assert [row["number"] for row in rows] == [done.number]


def test_list_can_be_narrowed_by_state(client, analyst):
    draft = DossierFactory()
    finished()
    response = client.get(reverse("inquiry:dossiers"), {"status": "draft"})
    assert [row["number"] for row in response.context["rows"]] == [draft.number]
    assert [tab["count"] for tab in response.context["tabs"]] == [2, 1, 1]


def test_dossier_in_progress_is_hidden_from_trainees(client, trainee):
    dossier = DossierFactory()
    export = DossierExport.objects.create(dossier=dossier, format="md", requested_by=dossier.author)
    for url in (
        dossier.get_absolute_url(),
        page("export", dossier, export.pk),
        page("export_file", dossier, export.pk),
    ):
        response = client.get(url)
        assert (response.status_code, dossier.title in response.content.decode()) == (404, False)
    assert client.post(page("export_request", dossier), {"format": "md"}).status_code == 404
    assert list(dossier.exports.all()) == [export]


WORK = ("dossier_edit", "dossier_add", "clause_new")


def typed_for(name: str) -> dict:
    """Return what each form of `WORK` would take from somebody who may write."""
    return {
        "dossier_edit": {"title": "改过的标题", "expected_revision": 1},
        "dossier_add": {"keys": [f"question:{QuestionFactory().pk}"]},
        "clause_new": {"heading": "报告", "text": "应当报告。"},
    }[name]


def untouched() -> bool:
    dossier = Dossier.objects.get()
    return (dossier.title, dossier.items.count(), dossier.clauses.count()) == (DossierFactory.title, 0, 0)


@pytest.mark.parametrize("name", WORK)
def test_writing_is_closed_to_trainees(client, trainee, name):
    url, data = page(name, finished()), typed_for(name)
    assert [client.get(url).status_code, client.post(url, data).status_code] == [403, 403]
    assert untouched()


def test_trainees_open_no_dossier(client, trainee):
    url = reverse("inquiry:dossier_new")
    assert [client.get(url).status_code, client.post(url, {"title": "卷宗"}).status_code] == [403, 403]
    assert Dossier.objects.count() == 0


@pytest.mark.parametrize("name", WORK)
def test_writing_is_closed_once_a_dossier_is_finished(client, analyst, name):
    url, data = page(name, finished()), typed_for(name)
    assert [client.get(url).status_code, client.post(url, data).status_code] == [403, 403]
    assert untouched()
    dossier = DossierFactory()
    assert client.get(page(name, dossier)).context["dossier"] == dossier


def test_finished_page_offers_no_writing(client, analyst):
    dossier = finished()
    body = client.get(dossier.get_absolute_url()).content.decode()
    assert [body.count(page(name, dossier)) for name in WORK] == [0, 0, 0]


def test_page_shows_parts_and_annex(client, analyst):
    dossier, question = DossierFactory(), QuestionFactory()
    item = DossierItemFactory(dossier=dossier, cluster=ClusterFactory(questions=[question]))
    ClauseSource.objects.create(clause=DossierClauseFactory(dossier=dossier), item=item)
    DossierItemFactory(dossier=dossier, provision=ProvisionFactory())
    DossierItemFactory(dossier=dossier, case=CaseFactory())
    context = client.get(dossier.get_absolute_url()).context
    assert sorted(row["presented"].kind for row in context["sources"]) == ["case", "cluster", "provision"]
    sources = [source.kind for row in context["clauses"] for source in row["presented"].sources]
    assert sources == ["cluster"]
    assert [row.number for row in context["annex"]] == [question.number]


def test_new_dossier_gets_a_number(client, analyst):
    response = client.post(reverse("inquiry:dossier_new"), {"title": "紧急外出素材卷宗"})
    dossier = Dossier.objects.get()
    assert response.url == dossier.get_absolute_url()
    assert dossier.author == analyst


def typed(dossier: Dossier, **changes) -> dict:
    data = {
        "title": dossier.title,
        "target_title": dossier.target_title,
        "target_document": "",
        "grounds": dossier.grounds,
        "analysis": dossier.analysis,
        "expected_revision": dossier.revision,
    }
    return data | changes


def test_editing_changes_text_and_finds_the_target_by_name(client, analyst):
    dossier, law = DossierFactory(), NormativeDocumentFactory(title="宁川省暂予监外执行办法")
    data = typed(dossier, grounds="新的理由", target_document="宁川省暂予监外执行办法")
    assert client.post(page("dossier_edit", dossier), data).url == dossier.get_absolute_url()
    dossier.refresh_from_db()
    assert (dossier.grounds, dossier.target_document, dossier.revision) == ("新的理由", law, 2)


def test_editing_with_an_unknown_target_is_an_error(client, analyst):
    dossier = DossierFactory()
    response = client.post(page("dossier_edit", dossier), typed(dossier, target_document="没有的办法"))
    assert list(response.context["form"].errors) == ["target_document"]


def test_editing_after_somebody_else_shows_both_and_saves_the_second_time(client, analyst):
    dossier = DossierFactory()
    mine = typed(dossier, analysis="我的分析")
    client.post(page("dossier_edit", dossier), typed(dossier, analysis="同事的分析"))
    response = client.post(page("dossier_edit", dossier), mine)
    (row,) = response.context["conflict"]
    assert (row["now"], row["typed"]) == ("同事的分析", "我的分析")
    assert response.context["form"]["analysis"].value() == "我的分析"
    again = mine | {"expected_revision": response.context["form"]["expected_revision"].value()}
    client.post(page("dossier_edit", dossier), again)
    dossier.refresh_from_db()
    assert dossier.analysis == "我的分析"


def test_adding_sources_by_tick_and_by_number(client, analyst):
    dossier, cluster, article, case = DossierFactory(), ClusterFactory(), ProvisionFactory(), CaseFactory()
    data = {"keys": [f"cluster:{cluster.pk}", f"provision:{article.pk}"], "numbers": case.number}
    response = client.post(page("dossier_add", dossier), data)
    assert response.url == f"{dossier.get_absolute_url()}#sources"
    assert [item.source for item in dossier.items.all()] == [cluster, article, case]


def test_adding_what_is_not_there_says_what_was_not_found(client, analyst):
    dossier, cluster = DossierFactory(), ClusterFactory()
    data = {"keys": [f"cluster:{cluster.pk}"], "numbers": "AL-1999-001"}
    response = client.post(page("dossier_add", dossier), data)
    assert response.context["form"].errors["numbers"][0].endswith("AL-1999-001")
    assert [row["number"] for row in response.context["chosen"]] == [cluster.number]
    assert client.post(page("dossier_add", dossier), {"keys": ["case:999", "x"]}).status_code == 200
    assert dossier.items.count() == 0


def test_moving_and_removing_sources(client, analyst):
    dossier = DossierFactory()
    first, second = (
        DossierItemFactory(dossier=dossier, cluster=ClusterFactory(), position=place) for place in (1, 2)
    )
    client.post(page("item_move", dossier, second.pk), {"direction": "up"})
    assert list(dossier.items.all()) == [second, first]
    assert client.post(page("item_move", dossier, second.pk), {"direction": "sideways"}).status_code == 400
    client.post(page("item_remove", dossier, second.pk), read(dossier))
    assert list(dossier.items.all()) == [first]


def test_item_of_another_dossier_is_not_found(client, analyst):
    item = DossierItemFactory(cluster=ClusterFactory())
    assert client.post(page("item_remove", DossierFactory(), item.pk)).status_code == 404
    assert list(item.dossier.items.all()) == [item]


def test_writing_changing_moving_and_deleting_clauses(client, analyst):
    dossier = DossierFactory()
    item = DossierItemFactory(dossier=dossier, cluster=ClusterFactory())
    for heading in ("报告", "补办"):
        client.post(page("clause_new", dossier), {"heading": heading, "text": "应当。", "sources": [item.pk]})
    first, second = dossier.clauses.all()
    assert [source.item for source in first.sources.all()] == [item]
    client.post(page("clause_move", dossier, second.pk), {"direction": "up"})
    dossier.refresh_from_db()
    data = {"heading": "补办时限", "text": "三日内。", "expected_revision": dossier.revision}
    response = client.post(page("clause_edit", dossier, second.pk), data)
    assert response.url == f"{dossier.get_absolute_url()}?clause={second.pk}#clause-{second.pk}"
    assert [clause.heading for clause in dossier.clauses.all()] == ["补办时限", "报告"]
    client.post(page("clause_delete", dossier, first.pk), read(dossier))
    assert [clause.heading for clause in dossier.clauses.all()] == ["补办时限"]


def test_clause_without_wording_keeps_what_was_ticked(client, analyst):
    dossier = DossierFactory()
    item = DossierItemFactory(dossier=dossier, cluster=ClusterFactory())
    response = client.post(page("clause_new", dossier), {"heading": "报告", "text": "", "sources": [item.pk]})
    assert response.context["ticked"] == {str(item.pk)}
    assert list(response.context["form"].errors) == ["text"]


def test_clause_changed_by_somebody_else_shows_both(client, analyst):
    dossier = DossierFactory()
    clause = DossierClauseFactory(dossier=dossier, text="原文。")
    data = {"text": "同事的文字。", "expected_revision": dossier.revision}
    client.post(page("clause_edit", dossier, clause.pk), data)
    response = client.post(page("clause_edit", dossier, clause.pk), data | {"text": "我的文字。"})
    assert [(row["now"], row["typed"]) for row in response.context["conflict"]] == [
        ("同事的文字。", "我的文字。")
    ]


def test_finishing_and_reopening(client, analyst):
    dossier = complete_dossier()
    client.post(page("dossier_finish", dossier), {"secrecy_checked": "on"} | read(dossier))
    dossier.refresh_from_db()
    assert (dossier.status, dossier.incomplete_reason) == ("finished", "")
    assert client.get(page("dossier_reopen", dossier)).context["questions"] == 1
    dossier.refresh_from_db()
    assert dossier.status == "finished"
    client.post(page("dossier_reopen", dossier))
    dossier.refresh_from_db()
    assert dossier.status == "draft"
    assert client.get(page("dossier_reopen", dossier)).url == dossier.get_absolute_url()


def read(dossier: Dossier) -> dict[str, int]:
    """Return what a page that asks once more sends along: the revision that it showed."""
    dossier.refresh_from_db()
    return {"expected_revision": dossier.revision}


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


@pytest.mark.parametrize("name", ["dossier_finish", "dossier_reopen"])
@pytest.mark.parametrize("role", ["trainee", "coordinator", "editor", "keeper", "administrator"])
def test_pages_that_move_a_dossier_are_for_analysts(client, name, role):
    dossier = finished()
    client.force_login(UserFactory(roles=[role]))
    assert client.get(page(name, dossier)).status_code == 403
    dossier.refresh_from_db()
    assert dossier.status == "finished"


def test_office_of_the_author_compiles_until_another_is_named(client):
    office, other = OfficeFactory(name="清河市中级人民法院"), OfficeFactory(name="清河市人民检察院")
    client.force_login(UserFactory(roles=["analyst"], office=office))
    client.post(reverse("inquiry:dossier_new"), {"title": "卷宗"})
    dossier = Dossier.objects.get()
    assert dossier.compiling_office == office
    refused = client.post(page("dossier_edit", dossier), typed(dossier, compiling_office="没有的单位"))
    assert list(refused.context["form"].errors) == ["compiling_office"]
    client.post(page("dossier_edit", dossier), typed(dossier, compiling_office=other.name))
    dossier.refresh_from_db()
    assert dossier.compiling_office == other
    assert client.get(dossier.get_absolute_url()).content.decode().count(other.name) == 1


def test_finishing_by_a_trainee_is_refused(client, trainee):
    for dossier, name in ((finished(), "dossier_reopen"), (DossierFactory(), "dossier_finish")):
        before = dossier.status
        assert client.post(page(name, dossier), {"secrecy_checked": "on"}).status_code == 403
        dossier.refresh_from_db()
        assert dossier.status == before


def export(client, dossier: Dossier, kind: str) -> DossierExport:
    response = client.post(page("export_request", dossier), {"format": kind})
    made = dossier.exports.get()
    assert response.url == page("export", dossier, made.pk)
    return made


def test_export_is_made_shown_and_downloaded(client, trainee, django_capture_on_commit_callbacks):
    dossier = finished()
    DossierItemFactory(dossier=dossier, question=QuestionFactory())
    with django_capture_on_commit_callbacks(execute=True):
        made = export(client, dossier, "docx")
    made.refresh_from_db()
    shown = client.get(page("export", dossier, made.pk))
    assert shown.context["is_done"] is True
    response = client.get(page("export_file", dossier, made.pk))
    content = b"".join(response.streaming_content)
    assert response["Content-Disposition"] == f'attachment; filename="{dossier.number}.docx"'
    assert hashlib.sha256(content).hexdigest() == made.sha256
    assert content[:2] == b"PK"


def test_export_with_the_words_of_a_question_marked_since_is_for_analysts_only(client, trainee):
    dossier, question = finished(), QuestionFactory(text="罪犯王某某案怎么办？")
    DossierItemFactory(dossier=dossier, question=question)
    made = request_export(dossier=dossier, format="md", actor=trainee)
    assert client.get(page("export_file", dossier, made.pk)).status_code == 200
    RefinementFactory(question=question)
    Question.objects.filter(pk=question.pk).update(names_real=True)
    assert client.get(page("export_file", dossier, made.pk)).status_code == 404
    assert client.get(page("export", dossier, made.pk)).status_code == 404
    assert client.get(dossier.get_absolute_url()).context["exports"] == []
    client.force_login(UserFactory(roles=["analyst"]))
    assert client.get(page("export_file", dossier, made.pk)).status_code == 200


def test_waiting_export_asks_again_and_gives_no_file(client, analyst):
    dossier = DossierFactory()
    made = DossierExport.objects.create(dossier=dossier, format="docx", requested_by=analyst, progress=40)
    response = client.get(page("export", dossier, made.pk), headers={"HX-Request": "true"})
    assert response.templates[0].name == "inquiry/export_progress.html"
    assert response.content.decode().count('hx-trigger="load delay:1s"') == 1
    assert client.get(page("export_file", dossier, made.pk)).status_code == 404


def test_failed_export_can_be_tried_again(client, analyst, django_capture_on_commit_callbacks):
    dossier = DossierFactory()
    made = DossierExport.objects.create(
        dossier=dossier, format="md", requested_by=analyst, status="failed", error="磁盘已满"
    )
    assert client.get(page("export", dossier, made.pk)).content.decode().count("磁盘已满") == 1
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page("export_retry", dossier, made.pk))
    made.refresh_from_db()
    assert made.status == "done"


def test_export_in_an_unknown_format_is_refused(client, analyst):
    dossier = DossierFactory()
    assert client.post(page("export_request", dossier), {"format": "exe"}).url == dossier.get_absolute_url()
    assert dossier.exports.count() == 0


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
