"""What the documents say about settings holds."""

from __future__ import annotations

import re

from portal.settings.env import VARIABLES
from tests.conftest import ROOT


def test_readme_documents_each_variable():
    readme = (ROOT / "README.md").read_text()
    rows = set(re.findall(r"^\| `(TONGTANG_[A-Z_]+)` \|", readme, re.MULTILINE))
    assert rows == set(VARIABLES)


def test_readme_shows_pictures_that_exist():
    readme = (ROOT / "README.md").read_text()
    pictures = re.findall(r"\]\((docs/[^)]+\.(?:png|webp))\)", readme)
    assert pictures and [path for path in pictures if not (ROOT / path).exists()] == []
