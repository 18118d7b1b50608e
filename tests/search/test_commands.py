import io
import json

import pytest
from django.core.management import CommandError, call_command

from portal.org.enums import Role
from search.engines.configured import get_engine
from search.indexing.outbox import enqueue
from search.models import OutboxEntry
from tests.factories.casebank import CaseFactory
from tests.factories.org import TopicFactory, UserFactory, department
from tests.factories.search import LoneQuestionFactory as QuestionFactory
from tests.search.laws import make_law

pytestmark = pytest.mark.django_db


def run(*arguments) -> list[dict]:
    out = io.StringIO()
    call_command("search", *arguments, "--json", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_search_prints_one_object_for_each_hit(indexed):
    law = make_law("财产性判项规定", {1: "减刑应当审查财产性判项。"}, slug="caichan")
    QuestionFactory(title="减刑 财产性判项")
    indexed()
    hit, whole = run("减刑 财产性判项", "--kind", "provision")
    assert (whole["title"], whole["url"]) == (law.title, "/law/caichan/")
    assert list(hit) == ["rank", "kind", "number", "title", "url", "score", "snippet"]
    assert (hit["rank"], hit["kind"], hit["number"]) == (1, "provision", "第1条")
    assert (hit["title"], hit["url"]) == (f"{law.title}\u3000第1条", "/law/caichan/#art-1")
    assert hit["snippet"] == "减刑应当审查财产性判项。"
    assert hit["score"] > 0


def test_search_without_a_name_sees_what_visitors_see(indexed):
    QuestionFactory(title="减刑")
    case = CaseFactory(title="减刑")
    indexed()
    assert [hit["number"] for hit in run("减刑")] == [case.number]


def test_search_as_somebody_sees_what_that_person_sees(indexed):
    QuestionFactory(title="减刑", number="Q-2026-000001")
    UserFactory(username="analyst", roles=[Role.ANALYST])
    indexed()
    assert [hit["number"] for hit in run("减刑", "--as", "analyst")] == ["Q-2026-000001"]


def test_search_as_nobody_is_an_error(indexed):
    indexed()
    with pytest.raises(CommandError):
        run("减刑", "--as", "nobody")


def test_search_takes_filters_and_a_limit(indexed):
    for number in range(3):
        CaseFactory(title=f"减刑{number}")
    indexed()
    assert len(run("减刑", "--limit", "2")) == 2
    assert run("减刑", "--year", "1999") == []
    assert len(run("减刑", "--status", "published")) == 3
    assert run("减刑", "--status", "case.nothing") == []


def test_search_without_words_lists_the_newest_first(indexed):
    CaseFactory()
    indexed()
    assert len(run()) == 1


@pytest.mark.parametrize("text", ['"', "(", "AND", "*:*", "title:", "\\", "-", "减刑~", "\x00", "x" * 5000])
def test_malformed_queries_are_no_errors(indexed, text):
    indexed()
    assert run(text) == []


def test_search_without_an_index_says_what_to_do():
    with pytest.raises(CommandError, match="rebuild_index"):
        run("减刑")


def test_rebuild_index_writes_to_standard_error_only(db):
    QuestionFactory()
    out, err = io.StringIO(), io.StringIO()
    call_command("rebuild_index", stdout=out, stderr=err)
    assert out.getvalue() == ""
    assert err.getvalue().startswith("embedded: ")
    assert get_engine().size()[0] == OutboxEntry.objects.count() + get_engine().size()[0]


def test_worker_builds_the_index_and_empties_the_queue(db):
    question = QuestionFactory(title="第一个问题")
    UserFactory(username="reader")
    call_command("index_worker", "--once")
    assert [hit["number"] for hit in run("第一个问题", "--as", "reader")] == [question.number]
    enqueue("question", [question.pk])
    call_command("index_worker", "--once")
    assert OutboxEntry.objects.count() == 0


def test_filters_take_names_as_well_as_codes(indexed):
    make_law("财产性判项规定", {1: "减刑。"}, slug="caichan")
    case = CaseFactory(title="减刑", department=department("court"))
    case.topics.add(TopicFactory(name="减刑假释", slug="jx"))
    case.save()
    indexed()
    for option in ("court", "法院"):
        assert [hit["number"] for hit in run("减刑", "--department", option)] == [case.number]
    for option in ("jx", "减刑假释"):
        assert [hit["number"] for hit in run("减刑", "--topic", option)] == [case.number]
    for option in ("caichan", "财产性判项规定"):
        assert [hit["kind"] for hit in run("减刑", "--document", option)] == ["provision"]


def test_snippet_of_a_question_that_is_its_title_says_the_title(indexed):
    UserFactory(username="analyst", roles=[Role.ANALYST])
    QuestionFactory(title="减刑如何办理？", text="减刑如何办理？")
    indexed()
    [hit] = run("减刑", "--as", "analyst", "--kind", "question")
    assert hit["snippet"] == "减刑如何办理？"


def check(*arguments) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("search_check", *arguments, stdout=out, stderr=err)
    except SystemExit as left:
        return left.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_search_check_prints_one_object_for_each_engine(indexed):
    engine = indexed()
    status, out, err = check("--json")
    counts = {"engine": "embedded", "checked": engine.size()[0], "missing": 0, "stale": 0, "orphaned": 0}
    assert (status, json.loads(out), err) == (0, counts, "")


def test_search_check_names_what_differs_and_ends_with_one(indexed):
    indexed()
    cases = [CaseFactory() for _time in range(7)]
    OutboxEntry.objects.all().delete()
    status, out, err = check()
    assert status == 1
    assert out.startswith("embedded: 7 documents; 7 missing, 0 stale, 0 orphaned")
    first = sorted(f"case:{case.pk}" for case in cases)[:5]
    assert err == f"  missing: {', '.join(first)} and 2 more\n"


def test_search_check_repairs(indexed):
    indexed()
    CaseFactory()
    OutboxEntry.objects.all().delete()
    status, out, _err = check("--engine", "embedded", "--repair", "--json")
    assert (status, json.loads(out)["missing"], json.loads(out)["checked"]) == (0, 0, 1)
    assert check()[0] == 0


def test_search_check_builds_an_index_that_is_not_there(db):
    QuestionFactory()
    status, out, _err = check()
    assert (status, out) == (1, "embedded: no index; the database has 1 documents\n")
    assert check("--repair")[:2] == (0, "embedded: 1 documents, nothing differs\n")


def test_search_check_says_which_engine_is_away_after_checking_the_others(indexed, settings):
    indexed()
    settings.SEARCH_ENGINES = ["elastic", "embedded"]
    settings.SEARCH_ELASTICSEARCH = {"hosts": ("http://127.0.0.1:9",), "timeout": 1.0}
    out = io.StringIO()
    with pytest.raises(CommandError, match="elastic cannot be reached") as caught:
        call_command("search_check", "--json", stdout=out)
    assert (caught.value.returncode, json.loads(out.getvalue())["engine"]) == (2, "embedded")
