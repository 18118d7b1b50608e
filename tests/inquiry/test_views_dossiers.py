"""Pages of dossiers: the list, what a dossier shows, and writing it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from inquiry.models import ClauseSource, Dossier, DossierExport
from tests.factories.casebank import CaseFactory
from tests.factories.inquiry import (
    ClusterFactory,
    DossierClauseFactory,
    DossierFactory,
    DossierItemFactory,
    QuestionFactory,
)
from tests.factories.norms import NormativeDocumentFactory, ProvisionFactory
from tests.factories.org import OfficeFactory, UserFactory
from tests.inquiry.dossiers import finished, page, read

pytestmark = pytest.mark.django_db


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
    url = page("item_remove", DossierFactory(), item.pk)
    assert client.get(url).status_code == 404
    client.post(url, read(item.dossier))
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
