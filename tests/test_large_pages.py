"""No page grows without a bound with the records behind it: each is asked for with thousands of them."""

from __future__ import annotations

import dataclasses

import pytest

from bench.large_data import LargeData, Sizes, make_large_data
from bench.large_pages import MAX_KILOBYTES, MAX_STATEMENTS, bound_of, measure

# Less than what the bench takes, and at that size a page that lists everything is far beyond its bound.
SIZES = Sizes(
    articles=2_000,
    versions=40,
    questions_of_cluster=1_000,
    supporters=300,
    steps_of_question=300,
    clusters=400,
    dossiers=400,
    items=800,
    clauses=200,
    citations_of_case=500,
    vocabulary=1_000,
    own=400,
    people=500,
    log=5_000,
)


@pytest.fixture
def data(db) -> LargeData:
    return make_large_data(SIZES)


@pytest.mark.sqlite
def test_no_page_passes_its_bound_whatever_is_behind_it(data, settings):
    settings.SEARCH_ENGINES = ["embedded"]
    answers = list(measure(data))
    assert len({answer.address for answer in answers}) > 180
    too_large = {row.address: row.kilobytes for row in answers if row.kilobytes > bound_of(row.address)}
    too_many = {row.address: row.statements for row in answers if row.statements > MAX_STATEMENTS}
    failed = {row.address: row.status for row in answers if row.status >= 500 and row.status != 503}
    assert (too_large, too_many, failed) == ({}, {}, {})


def test_the_bounds_are_what_a_phone_can_load():
    assert (MAX_KILOBYTES, bound_of("/law/rules-0/"), bound_of("/clusters/")) == (700, 2_800, 700)
    assert dataclasses.asdict(SIZES)["items"] == 800
