"""Style sheets dress what pages have: no rule is left behind by a page that has changed."""

from __future__ import annotations

import re

from tests.conftest import OWN_PACKAGES, ROOT

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SELECTOR = re.compile(r"([^{}]*)\{")
CLASS = re.compile(r"\.(-?[a-z_][\w-]*)", re.IGNORECASE)
WORD = re.compile(r"[\w-]+")
# `tag--{{ tone }}` in a template, `alert--${tone}` in a script: the rest of the name comes from elsewhere.
COMPOSED = re.compile(r"([\w-]+--)(?=\$?\{)")


def _text_of_pages() -> str:
    sources = [
        *ROOT.glob("templates/**/*.html"),
        *ROOT.glob("static/js/*.js"),
        *(path for package in OWN_PACKAGES - {"tests", "bench"} for path in ROOT.glob(f"{package}/**/*.py")),
    ]
    return "\n".join(path.read_text(encoding="utf-8") for path in sources)


def test_every_class_of_the_portals_style_sheets_stands_in_a_page():
    """Those of `css/admin` dress the markup of Wagtail and are left out."""
    text = _text_of_pages()
    words, composed = set(WORD.findall(text)), tuple(set(COMPOSED.findall(text)))
    paths = [*ROOT.glob("static/css/*.css"), *ROOT.glob("static/css/components/*.css")]
    paths.remove(ROOT / "static/css/admin.css")
    classes = {
        (path.name, name)
        for path in paths
        for selector in SELECTOR.findall(COMMENT.sub("", path.read_text(encoding="utf-8")))
        for name in CLASS.findall(selector)
    }
    unused = [row for row in sorted(classes) if row[1] not in words and not row[1].startswith(composed)]
    assert len(classes) > 400
    assert unused == []
