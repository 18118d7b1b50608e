"""Permanent numbers with and without an installation's prefix."""

import os
import re
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from inquiry.selectors import records_by_number
from inquiry.services.clusters import create_cluster
from inquiry.services.intake_files import read_intake_file
from portal.foundation.checks import check_environment
from portal.foundation.numbers import (
    MAX_NUMBER_LENGTH,
    PermanentNumber,
    number_candidates,
    parse_number,
    read_typed_number,
    record_numbered,
    short_number,
)
from portal.foundation.services import next_number, reserve_number
from portal.org.models import User
from portal.settings import env
from search.answers.jumping import record_target
from search.documents.names import lookup_names
from search.facets import codes_named
from tests.conftest import ROOT
from tests.factories.courses import TrainingSessionFactory
from tests.factories.inquiry import ClusterFactory, QuestionFactory
from tests.factories.org import UserFactory
from tests.factories.search import SearchDocumentFactory

pytestmark = pytest.mark.django_db
WIDTHS = {"TT": 2, "Q": 6, "C": 4, "D": 3, "AL": 3}
STAFF = frozenset({"all", "staff"})


@pytest.fixture
def prefix(settings) -> str:
    settings.NUMBER_PREFIX = "SC-"
    return settings.NUMBER_PREFIX


@pytest.fixture
def analyst(db) -> User:
    return UserFactory(roles=["analyst"])


@pytest.mark.parametrize(("setting", "number"), [("", "Q-2026-000001"), ("SC-", "SC-Q-2026-000001")])
def test_next_number_carries_the_prefix(settings, setting, number):
    settings.NUMBER_PREFIX = setting
    assert next_number(series="Q", year=2026, width=6) == number


def test_count_goes_on_when_a_prefix_is_set(settings):
    numbers = [next_number(series="C", year=2026, width=4)]
    settings.NUMBER_PREFIX = "SC-"
    numbers.append(next_number(series="C", year=2026, width=4))
    assert numbers == ["C-2026-0001", "SC-C-2026-0002"]


@pytest.mark.parametrize(
    ("reserved", "following"),
    [
        ("TT-2026-07", "SC-TT-2026-08"),
        ("SC-TT-2026-07", "SC-TT-2026-08"),
        ("GD-TT-2026-07", "SC-TT-2026-01"),
    ],
)
def test_reserved_number_of_this_installation_moves_its_count(prefix, reserved, following):
    assert reserve_number(number=reserved) == reserved
    assert next_number(series="TT", year=2026, width=2) == following


@pytest.mark.parametrize("number", ["", "TT", "2026-07", "TT-26-7", "sc-TT-2026-07", "SC-1-TT-2026-07"])
def test_what_is_no_permanent_number_is_not_reserved(number):
    with pytest.raises(ValueError, match="is not a permanent number"):
        reserve_number(number=number)


def test_parse_number_parts_a_prefix_from_a_series():
    assert parse_number("AL-2026-007") == PermanentNumber("", "AL", 2026, 7)
    assert parse_number("AL-C-2026-0031") == PermanentNumber("AL-", "C", 2026, 31)


def test_number_without_a_prefix_may_be_of_this_installation(prefix):
    assert number_candidates("q-2026-000123") == ("Q-2026-000123", "SC-Q-2026-000123")
    assert number_candidates("gd-q-2026-000123") == ("GD-Q-2026-000123",)
    assert number_candidates("others") == ("OTHERS",)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("q 2026 123", ("Q-2026-000123",)),
        ("tt2026-3", ("TT-2026-03",)),
        ("sc-q-2026-123", ("SC-Q-2026-000123",)),
        ("sc q2026 123", ("SC-Q-2026-000123",)),
        ("scq-2026-123", ()),
        ("x-2026-123", ()),
        ("刑法 2026", ()),
    ],
)
def test_typed_numbers_are_read_in_many_forms(text, numbers):
    assert read_typed_number(text, widths=WIDTHS) == numbers


def test_short_number_leaves_out_the_prefix_of_this_installation_alone(prefix):
    assert short_number("SC-Q-2026-000123") == "Q-2026-000123"
    assert short_number("GD-Q-2026-000123") == "GD-Q-2026-000123"


def test_record_from_before_the_prefix_comes_first(prefix):
    newer, older = ClusterFactory(number="SC-C-2026-0031"), ClusterFactory(number="C-2026-0031")
    clusters = type(newer).objects.all()
    assert record_numbered(clusters, "C-2026-0031") == older
    assert record_numbered(clusters, "sc-c-2026-0031") == newer
    assert record_numbered(clusters.exclude(pk=older.pk), "C-2026-0031") == newer
    assert record_numbered(clusters, "C-2026-0099") is None


def test_longest_prefix_has_room(settings, analyst):
    settings.NUMBER_PREFIX = "SC12345-"
    cluster = create_cluster(title="合并", questions=[QuestionFactory()], actor=analyst)
    assert re.fullmatch(r"SC12345-C-\d{4}-0001", cluster.number)
    assert len("SC12345-" + "Q-2026-000123") <= MAX_NUMBER_LENGTH


@pytest.mark.parametrize(
    "text", ["Q-2026-000123", "q 2026 123", "SC-Q-2026-000123", "ｓｃ－ｑ－２０２６－１２３"]
)
def test_search_leads_to_a_number_with_or_without_the_prefix(prefix, text):
    question = QuestionFactory(number="SC-Q-2026-000123")
    assert record_target(text, STAFF).title == question.number


@pytest.mark.parametrize("number", ["Q-2026-000123", "GD-Q-2026-000123"])
def test_search_leads_to_records_with_another_prefix_or_none(prefix, number):
    question = QuestionFactory(number=number)
    assert record_target(number.lower(), STAFF).url == question.get_absolute_url()


def test_page_of_a_record_with_a_prefix_has_its_number_in_its_address(prefix, client, analyst):
    client.force_login(analyst)
    cluster = ClusterFactory(number="SC-C-2026-0031")
    assert cluster.get_absolute_url() == "/clusters/SC-C-2026-0031/"
    assert cluster.title in client.get(cluster.get_absolute_url()).content.decode()


@pytest.mark.parametrize("written", ["2026-3", "tt-2026-03", "sc-tt-2026-3", "SC-TT-2026-03"])
def test_session_filter_takes_the_prefix_or_leaves_it_out(prefix, written):
    TrainingSessionFactory(number="SC-TT-2026-03")
    assert codes_named("session", written) == ("SC-TT-2026-03",)


def test_session_filter_reaches_sessions_from_before_the_prefix(prefix):
    TrainingSessionFactory(number="TT-2026-03")
    assert codes_named("session", "2026-3") == ("TT-2026-03",)
    assert codes_named("session", "2026-4") == ("SC-TT-2026-04",)
    assert codes_named("session", "gd-tt-2026-3") == ("GD-TT-2026-03",)


def test_autocomplete_knows_a_record_by_its_short_number_too(prefix):
    names = lookup_names(SearchDocumentFactory(key="question:1", number="SC-Q-2026-000123"))
    assert {"scq2026000123", "q2026000123"} <= set(names)


def test_pasted_numbers_may_leave_the_prefix_out(prefix, analyst):
    question, cluster = QuestionFactory(number="SC-Q-2026-000123"), ClusterFactory(number="C-2026-0031")
    chosen = records_by_number("Q-2026-000123 c-2026-0031 SC-C-2026-0031", analyst)
    assert (chosen.questions, chosen.clusters, chosen.unknown) == ([question], [cluster], ["SC-C-2026-0031"])


@pytest.mark.parametrize("written", ["TT-2026-03", "SC-TT-2026-03"])
def test_imported_sheets_name_a_session_with_or_without_the_prefix(prefix, written):
    session = TrainingSessionFactory(number="SC-TT-2026-03")
    intake = read_intake_file(name="questions.csv", content=f"问题,期次\n怎样请假？,{written}\n".encode())
    assert [row.session for row in intake.rows] == [session]


def test_import_command_names_a_session_without_the_prefix(prefix, tmp_path):
    TrainingSessionFactory(number="SC-TT-2026-03")
    sheet = tmp_path / "questions.csv"
    sheet.write_text("问题\n怎样请假？\n")
    call_command("import_questions", sheet, "--session", "tt-2026-03", "--dry-run")
    with pytest.raises(CommandError, match="no training session TT-2026-04"):
        call_command("import_questions", sheet, "--session", "TT-2026-04", "--dry-run")


@pytest.mark.parametrize("value", ["SC-", "S-", "SC12345-", ""])
def test_prefix_of_letters_and_digits_is_read(monkeypatch, value):
    monkeypatch.setenv("TONGTANG_NUMBER_PREFIX", value)
    monkeypatch.setattr(env, "problems", [])
    assert (env.read("TONGTANG_NUMBER_PREFIX"), env.problems) == (value, [])


@pytest.mark.parametrize("value", ["SC", "sc-", "51-", "S C-", "川-", "SC123456-", "SC-X-", "SC-\n"])
def test_prefix_of_another_form_is_a_problem(monkeypatch, value):
    monkeypatch.setenv("TONGTANG_NUMBER_PREFIX", value)
    monkeypatch.setattr(env, "problems", [])
    assert env.read("TONGTANG_NUMBER_PREFIX") == ""
    monkeypatch.setattr("portal.foundation.checks.problems", env.problems)
    assert [error.msg for error in check_environment(None)] == ["TONGTANG_NUMBER_PREFIX: must look like SC-"]


def test_production_does_not_start_with_a_prefix_of_another_form():
    """A wrong prefix is not replaced by none, since numbers cannot be changed afterwards."""
    variables = {
        "DJANGO_SETTINGS_MODULE": "portal.settings.production",
        "TONGTANG_SECRET_KEY": "x" * 40,
        "TONGTANG_ALLOWED_HOSTS": "portal.example",
        "TONGTANG_NUMBER_PREFIX": "sichuan",
    }
    started = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        env=os.environ | variables,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert started.returncode == 1
    assert "TONGTANG_NUMBER_PREFIX must look like SC-." in started.stderr
