"""The demo's TOML files refer to each other by keys; a wrong one would surface only while loading."""

import datetime
import tomllib
from collections import Counter
from pathlib import Path

import pytest

DEMO = Path(__file__).parents[2] / "home" / "demo"
DEPARTMENTS = {"court", "procuratorate", "detention", "prison", "correction"}
ROLES = {"trainee", "coordinator", "editor", "analyst", "signatory", "keeper", "reviewer", "administrator"}


def rows(file, table):
    with (DEMO / f"{file}.toml").open("rb") as handle:
        return tomllib.load(handle).get(table, [])


def by_key(file, table, key="key"):
    found = rows(file, table)
    keyed = {row[key]: row for row in found}
    assert len(keyed) == len(found), f"a {key} is used twice in {file}.toml"
    return keyed


@pytest.fixture(scope="module")
def content():
    """The tables of the demo by name; none is empty, so that every loop over one proves something."""
    tables = {
        "topics": by_key("topics", "topic", "slug"),
        "offices": by_key("offices", "office"),
        "people": by_key("people", "person", "username"),
        "sessions": by_key("sessions", "session", "number"),
        "questions": by_key("questions", "question"),
        "clusters": by_key("clusters", "cluster"),
        "merges": rows("clusters", "merge"),
    }
    assert [name for name, table in tables.items() if not table] == []
    return tables


def test_parents_stand_before_their_children(content):
    for table in ("topics", "offices"):
        seen = set()
        for key, row in content[table].items():
            assert row.get("parent") is None or row["parent"] in seen, key
            seen.add(key)


def test_every_topic_used_is_in_the_vocabulary(content):
    used = {
        slug
        for table in ("sessions", "questions", "clusters")
        for row in content[table].values()
        for slug in row["topics"]
    }
    assert used - set(content["topics"]) == set()


def test_people_hold_known_roles_in_known_offices(content):
    for person in content["people"].values():
        assert set(person["roles"]) <= ROLES, person["username"]
        assert person["office"] in content["offices"], person["username"]


def test_two_departments_have_an_account_for_every_role(content):
    accounts = [person for person in content["people"].values() if person.get("account")]
    held = Counter(
        (content["offices"][person["office"]]["department"], *person["roles"]) for person in accounts
    )
    assert held == {(department, role): 1 for department in ("court", "correction") for role in ROLES}


def test_sessions_are_dated_once_and_their_activities_lie_within(content):
    for number, session in content["sessions"].items():
        assert ("starts_on" in session) != ("offset_days" in session), number
        assert content["offices"][session["office"]]["department"] == session["host"], number
        for activity in session["activity"]:
            assert 1 <= activity["day"] <= session["days"], number
            assert activity["start"] < activity["end"], number
            assert set(activity["moderators"]) <= set(content["people"]), number


def test_questions_refer_to_what_exists(content):
    for key, question in content["questions"].items():
        session = content["sessions"][question["session"]]
        activity = session["activity"][question["activity"] - 1]
        person = content["people"][question["asker"]]
        assert question["office"] == person["office"], key
        assert (question["day"], question["time"]) >= (activity["day"], activity["start"]), key
        assert question["day"] <= session["days"] + 30, key
        assert set(question.get("me_too", [])) <= set(content["people"]) - {question["asker"]}, key


def test_questions_are_not_raised_in_sessions_that_did_not_begin(content):
    begun = {"running", "closed", "summed_up"}
    assert {content["sessions"][row["session"]]["status"] for row in content["questions"].values()} == begun


def test_questions_of_the_running_session_lie_before_today(content):
    days = [
        question["day"] + content["sessions"][question["session"]]["offset_days"] - 1
        for question in content["questions"].values()
        if content["sessions"][question["session"]]["status"] == "running"
    ]
    assert max(days) < 0


def test_analysts_refine_and_cluster(content):
    analysts = {name for name, person in content["people"].items() if "analyst" in person["roles"]}
    workers = {row["refinement"]["by"] for row in content["questions"].values() if "refinement" in row}
    workers |= {row["by"] for row in content["clusters"].values()} | {row["by"] for row in content["merges"]}
    assert workers == analysts


def test_a_refinement_removes_the_names_of_real_people(content):
    named = {key for key, row in content["questions"].items() if row.get("refinement", {}).get("names_real")}
    assert named == {"q038", "q070", "q124"}
    refined = [row["refinement"] for row in content["questions"].values() if "refinement" in row]
    for name in ("王建国", "赵春燕", "刘子豪"):
        assert [row for row in refined if name in row["title"] + row["text"]] == []


def test_a_question_is_in_one_cluster_and_not_withdrawn(content):
    members = Counter(key for row in content["clusters"].values() for key in row["questions"])
    assert set(members) <= set(content["questions"])
    assert [key for key, count in members.items() if count > 1] == []
    assert [key for key in members if "withdrawn" in content["questions"][key]] == []


def test_merges_join_clusters_after_both_were_made(content):
    for merge in content["merges"]:
        made = [content["clusters"][merge[side]]["on"] for side in ("keep", "absorb")]
        assert isinstance(merge["on"], datetime.date) and merge["on"] > max(made)


def test_the_demo_is_as_large_as_promised(content):
    kinds = Counter(row["kind"] for row in content["questions"].values())
    assert kinds == {"question": 101, "opinion": 24, "suggestion": 25}
    assert len(content["sessions"]) == 12
    assert len(content["clusters"]) - len(content["merges"]) == 18
