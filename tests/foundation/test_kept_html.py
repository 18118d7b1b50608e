"""Components that are rendered once for what they show."""

from __future__ import annotations

import pytest
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from portal.foundation.kept_html import render_kept, rendered_fragment

TAG = "components/tag.html"


@pytest.fixture(autouse=True)
def _nothing_kept():
    rendered_fragment.cache_clear()


def test_fragment_is_rendered_once_for_what_it_shows():
    first = render_kept(TAG, {"label": "已归并", "tone": "brand"})
    assert render_kept(TAG, {"label": "已归并", "tone": "brand"}) == first
    assert (rendered_fragment.cache_info().misses, rendered_fragment.cache_info().hits) == (1, 1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"label": "<b>"}, {"label": mark_safe("<b>")}),
        ({"label": 1}, {"label": True}),
        ({"label": ["a", "b"]}, {"label": ["a, b"]}),
        ({"label": "a"}, {"label": "a", "tone": "ok"}),
    ],
)
def test_what_differs_is_rendered_anew(one, other):
    assert render_kept(TAG, one) != render_kept(TAG, other)


def test_fragment_is_kept_for_each_language():
    label = {"label": gettext_lazy("Question")}
    with translation.override("en"):
        english = render_kept(TAG, label)
    with translation.override("zh-hans"):
        assert render_kept(TAG, label) != english


def test_what_could_change_is_refused():
    with pytest.raises(TypeError, match="object is neither text nor number"):
        render_kept(TAG, {"label": object()})
