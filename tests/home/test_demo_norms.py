"""The demo's norms, laws, cases and dossiers, before anything is loaded."""

import datetime
import re
import tomllib
from collections import Counter
from itertools import chain

import pytest

from home.demo.loader.playback import WRITTEN_FOR, shifted
from home.demo.loader.reading import DEMO_DIR, NORMS_DIR, read
from norms.citations.titles import title_key
from norms.importing.parser import parse_source

NUMERALS = "零一二三四五六七八九"
SAMPLES = sorted(NORMS_DIR.glob("*.md"))


def chinese(number):
    """1 to 99 in Chinese."""
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else NUMERALS[tens]) + ("十" if tens else "") + (NUMERALS[ones] if ones else "")


def test_numerals_of_this_test():
    assert [chinese(n) for n in (1, 10, 11, 20, 38)] == ["一", "十", "十一", "二十", "三十八"]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sample_says_that_it_is_one_and_counts_its_articles_without_a_gap(path):
    text = path.read_text()
    written = re.findall(r"^第([一二三四五六七八九十]+)条 ", text, flags=re.MULTILINE)
    assert text.splitlines()[2] == "（示例，非现行有效文件）"
    assert written == [chinese(number) for number in range(1, len(written) + 1)]
    assert 20 <= len(written) <= 40


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sample_is_read_without_a_warning(path):
    parsed = parse_source(path.name, path.read_bytes())
    assert list(parsed.warnings) == []
    assert str(parsed.promulgated_on) in path.name
    assert parsed.effective_on > parsed.promulgated_on


def test_every_sample_file_is_described_once():
    described = Counter(chain.from_iterable(row["files"] for row in read("laws")["sample"]))
    assert described == Counter(path.name for path in SAMPLES)


def test_a_name_of_a_law_names_one_law():
    rows = [*read("laws")["law"], *read("laws")["sample"]]
    keys = [title_key(name) for row in rows for name in [row["title"], *row.get("aliases", [])]]
    assert [key for key, count in Counter(keys).items() if count > 1] == []


def test_laws_take_effect_after_they_are_promulgated():
    rows = [row for row in read("laws")["law"] if {"promulgated_on", "effective_on"} <= row.keys()]
    assert len(rows) > 0
    assert [row["title"] for row in rows if row["effective_on"] < row["promulgated_on"]] == []


def test_cases_have_topics_and_people_that_exist():
    topics = {row["slug"] for row in read("topics")["topic"]}
    people = {row["username"] for row in read("people")["person"]}
    cases = read("cases")["case"]
    assert len(cases) > 0
    for row in cases:
        assert set(row["topics"]) <= topics
        assert row["by"] in people
        assert row["decided_on"] < row["published_on"]


def test_cases_name_nobody():
    text = (DEMO_DIR / "cases.toml").read_text()
    people = [row["display_name"] for row in read("people")["person"]]
    assert [name for name in people if name in text] == []


def test_every_clause_rests_on_gathered_sources():
    dossiers = read("dossiers")["dossier"]
    assert [dossier["number"] for dossier in dossiers if not dossier["clause"]] == []
    assert len(dossiers) > 0
    for dossier in dossiers:
        provisions = [row["key"] for row in dossier["provision"]]
        gathered = {*dossier["clusters"], *dossier["questions"], *dossier["cases"], *provisions}
        used = set(chain.from_iterable(clause["sources"] for clause in dossier["clause"]))
        assert used - gathered == set()
        assert [clause for clause in dossier["clause"] if not clause["sources"]] == []


def test_dossiers_gather_what_exists_when_they_are_opened():
    clusters = {row["key"]: row for row in read("clusters")["cluster"]}
    questions = {row["key"] for row in read("questions")["question"]}
    cases = {row["number"]: row for row in read("cases")["case"]}
    dossiers = read("dossiers")["dossier"]
    assert len(dossiers) > 0
    for dossier in dossiers:
        opened_on = dossier["opened_on"]
        assert [key for key in dossier["clusters"] if clusters[key]["on"] > opened_on] == []
        assert [key for key in dossier["cases"] if cases[key]["published_on"] > opened_on] == []
        assert set(dossier["questions"]) <= questions


def fixed_dates():
    for path in DEMO_DIR.glob("*.toml"):
        tables = [rows for rows in tomllib.loads(path.read_text()).values() if isinstance(rows, list)]
        rows = chain.from_iterable(tables)
        yield from (day for row in rows for day in row.values() if isinstance(day, datetime.date))


def test_no_fixed_date_is_later_than_the_day_the_demo_was_written_for():
    assert max(fixed_dates()) <= WRITTEN_FOR


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (WRITTEN_FOR, datetime.date(2026, 4, 15)),
        (WRITTEN_FOR + datetime.timedelta(days=900), datetime.date(2026, 4, 15)),
        (WRITTEN_FOR - datetime.timedelta(days=1), datetime.date(2026, 4, 8)),
        (WRITTEN_FOR - datetime.timedelta(days=15), datetime.date(2026, 3, 25)),
    ],
)
def test_fixed_dates_in_the_future_move_back_by_whole_weeks(today, expected):
    assert shifted(datetime.date(2026, 4, 15), today) == expected


def test_sessions_with_fixed_dates_follow_each_other():
    fixed = [row["starts_on"] for row in read("sessions")["session"] if "starts_on" in row]
    assert len(fixed) > 1
    assert fixed == sorted(set(fixed))
