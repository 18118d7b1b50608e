"""Template tags of the portal."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template
from django.utils import translation

from portal.foundation.joining import labelled, listed
from portal.foundation.templatetags import tt

COURT = SimpleNamespace(short_name="法院", short_name_en="Courts", code="court", seal="法")


@pytest.mark.parametrize(("language", "expected"), [("zh-hans", "2026年4月17日"), ("en", "17 April 2026")])
def test_cn_date_follows_the_language(language, expected):
    with translation.override(language):
        assert (
            Template("{% load tt %}{{ day|cn_date }}").render(Context({"day": dt.date(2026, 4, 17)}))
            == expected
        )


def test_iso_of_nothing_is_empty():
    assert [tt.iso(None), tt.iso(dt.date(2026, 4, 17))] == ["", "2026-04-17"]


def test_seal_label_says_department_and_state():
    with translation.override("en"):
        assert tt.seal_label(COURT, "awaited") == "Courts: still awaited"


def test_seal_label_without_a_state_takes_part():
    with translation.override("en"):
        assert tt.seal_label(COURT) == "Courts: takes part"


def test_page_query_keeps_the_rest_of_the_address_inside_a_component(rf):
    request = rf.get("/search/", {"q": "减刑", "kind": ["question", "cluster"], "page": "2"})
    page = Paginator(range(60), 20).page(2)
    html = Template('{% include "components/pagination.html" with page=page only %}').render(
        RequestContext(request, {"page": page})
    )
    assert 'href="?q=%E5%87%8F%E5%88%91&amp;kind=question&amp;kind=cluster&amp;page=3"' in html


def test_page_window_marks_gaps():
    page = Paginator(range(200), 10).page(10)
    assert tt.page_window(page) == [1, None, 9, 10, 11, None, 20]


def test_with_shares_measures_against_the_longest():
    rows = [{"label": "法院", "value": 3}, {"label": "检察院", "value": 12}]
    assert [row["share"] for row in tt.with_shares(rows)] == [25.0, 100.0]


def test_with_shares_of_zeros_draws_nothing():
    assert tt.with_shares([{"label": "法院", "value": 0}]) == [{"label": "法院", "value": 0, "share": 0}]


def test_lines_leave_out_blank_ones():
    assert tt.lines("现场观摩\n\n  2026年4月17日 \n") == ["现场观摩", "2026年4月17日"]


@pytest.mark.parametrize(
    ("field", "is_shown"),
    [(forms.CharField(), True), (forms.FileField(), False), (forms.ChoiceField(), True)],
)
def test_form_shows_again_what_was_typed_unless_browsers_leave_it_blank(field, is_shown):
    form = type("TypedForm", (forms.Form,), {"name": forms.CharField(), "field": field})({})
    assert tt.shows_typed(form) == is_shown


def test_lists_have_the_marks_of_the_language():
    with translation.override("en"):
        assert (listed(["A", "B"]), labelled("Text", "missing")) == ("A, B", "Text: missing")
    with translation.override("zh-hans"):
        assert (listed(["甲", "乙"]), labelled("内容", "不能为空")) == ("甲、乙", "内容：不能为空")


def test_form_with_a_password_promises_nothing_about_it():
    form = type("PasswordForm", (forms.Form,), {"key": forms.CharField(widget=forms.PasswordInput)})({})
    text = Template('{% include "components/form_errors.html" with form=form only %}').render(
        Context({"form": form})
    )
    assert "Nothing you typed is lost" not in text
    assert "已填写的内容都在" not in text


@pytest.mark.parametrize(
    ("language", "first", "last", "expected"),
    [
        ("zh-hans", "2026-06-18", "2026-06-20", "2026年6月18日至20日"),
        ("zh-hans", "2026-06-30", "2026-07-02", "2026年6月30日至7月2日"),
        ("zh-hans", "2026-12-30", "2027-01-02", "2026年12月30日至2027年1月2日"),
        ("en", "2026-06-18", "2026-06-20", "18–20 June 2026"),
        ("en", "2026-06-30", "2026-07-02", "30 June – 2 July 2026"),
        ("en", "2026-12-30", "2027-01-02", "30 December 2026 – 2 January 2027"),
        ("en", "2026-06-18", "2026-06-18", "18 June 2026"),
    ],
)
def test_day_range_says_once_what_both_ends_share(language, first, last, expected):
    with translation.override(language):
        assert tt.day_range(dt.date.fromisoformat(first), dt.date.fromisoformat(last)) == expected
