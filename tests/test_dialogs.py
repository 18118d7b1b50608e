"""What cannot be undone is asked for on a page, never in a dialog of the browser."""

from __future__ import annotations

import re

from tests.conftest import ROOT

DIALOG = re.compile(r"(?<![\w.])(?:window\.)?(?:confirm|alert|prompt)\(|data-confirm|hx-confirm|hx-prompt")


def test_no_page_opens_a_dialog_of_the_browser():
    files = [
        *ROOT.glob("static/js/*.js"),
        *ROOT.glob("templates/**/*.html"),
    ]
    opening = [path.name for path in files if DIALOG.search(path.read_text(encoding="utf-8"))]
    assert len(files) > 100
    assert opening == []
