"""What the documents say holds: files, commands, settings, modules and links that they name exist."""

from __future__ import annotations

import importlib
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

from portal.settings.env import VARIABLES
from tests.conftest import ROOT

PAGES = [
    *(ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "SECURITY", "CHANGELOG")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
DECISIONS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
PACKAGES = ("portal", "home", "search", "inquiry", "casebank", "courses", "deliberation", "norms")
# Read by the script `run` and by the tests, not by the portal.
OTHER_VARIABLES = {"TONGTANG_VENV", "TONGTANG_TEST_DATABASE_URL", "TONGTANG_TEST_CLUSTER"}
# Made by those who follow the documents: secrets of an installation, and what a command writes.
NOT_IN_THE_REPOSITORY = {"deploy/.env", "deploy/certificates"}
# Names of audit entries and values of facets look like modules.
NO_MODULE = re.compile(r"question\.|.*\.(?:md|py|po|txt|html|css|js|toml|example)$")

pages = pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))


def usage() -> str:
    return subprocess.run([ROOT / "run", "help"], capture_output=True, text=True, check=True).stderr


def code_in(text: str) -> str:
    """Return the text of code spans and of blocks for a shell, one a line."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return "\n".join([*blocks, *spans])


def anchors_of(path: Path) -> set[str]:
    """Return the fragments under which the headings of a page can be reached."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pages
def test_links_lead_somewhere(path):
    for link in re.findall(r"\]\(([^)\s]+)\)", path.read_text()):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        name, _hash, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), link
        assert not anchor or anchor in anchors_of(target), link


@pages
def test_files_exist(path):
    # `.ci` is one; the other hidden folders, and `var`, are made by tools.
    folders = {entry.name for entry in ROOT.iterdir() if entry.is_dir() and entry.name[0] != "."} - {"var"}
    folders.add(".ci")
    for name in re.findall(r"^[\w.*-]+(?:/[\w.*-]*)+$", code_in(path.read_text()), re.MULTILINE):
        if name.split("/")[0] in folders and name not in NOT_IN_THE_REPOSITORY:
            assert list(ROOT.glob(name.rstrip("/"))), name


@pages
def test_modules_exist(path):
    """A name such as `portal.foundation.signals` or `inquiry.selectors.presented_question` can be imported."""
    for name in re.findall(r"^[a-z_]+(?:\.\w+)+$", code_in(path.read_text()), re.MULTILINE):
        if name.split(".")[0] in PACKAGES and not NO_MODULE.match(name):
            assert is_importable(name), name


def is_importable(name: str) -> bool:
    module, _dot, attribute = name.rpartition(".")
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        return hasattr(importlib.import_module(module), attribute)
    return True


@pages
def test_variables_are_read(path):
    assert set(re.findall(r"TONGTANG_[A-Z_]+[A-Z]", path.read_text())) <= set(VARIABLES) | OTHER_VARIABLES


@pages
def test_commands_exist(path):
    code = code_in(path.read_text())
    assert set(re.findall(r"\./run ([a-z]+)", code)) <= {
        "help",
        *re.findall(r"^\./run ([a-z]+)", usage(), re.M),
    }
    assert set(re.findall(r"(?:manage\.py|\./run manage) ([a-z_]+)", code)) <= set(get_commands())


def test_command_table_of_the_readme_names_commands():
    commands = (ROOT / "README.md").read_text().split("## Commands")[1].split("## Configuration")[0]
    names = set(re.findall(r"^\| `([a-z_]+)", commands, re.MULTILINE))
    assert {"load_demo", "rebuild_index"} <= names
    assert names <= set(get_commands())


def test_readme_documents_each_variable():
    readme = (ROOT / "README.md").read_text()
    rows = set(re.findall(r"^\| `(TONGTANG_[A-Z_]+)` \|", readme, re.MULTILINE))
    assert rows == set(VARIABLES)


def test_readme_shows_pictures_that_exist():
    readme = (ROOT / "README.md").read_text()
    pictures = re.findall(r"\]\((docs/[^)]+\.(?:png|webp))\)", readme)
    assert pictures and [path for path in pictures if not (ROOT / path).exists()] == []


def test_readme_links_to_every_page():
    readme = (ROOT / "README.md").read_text()
    unlinked = [
        name
        for name in (str(path.relative_to(ROOT)) for path in [*PAGES, ROOT / "LICENSE"])
        if f"]({name})" not in readme and not re.match(r"README|docs/adr/[0-9]", name)
    ]
    assert unlinked == []


def test_index_of_decisions_is_complete():
    index = (ROOT / "docs" / "adr" / "README.md").read_text()
    rows = re.findall(r"^\| (\d+) \| \[(.+)\]\((.+)\) \|$", index, re.MULTILINE)
    assert rows == [
        (*re.match(r"# (\d+)\. (.+)", path.read_text()).groups(), path.name) for path in DECISIONS
    ]


def test_decisions_are_numbered_once_and_without_gaps():
    assert [path.name[:4] for path in DECISIONS] == [f"{number + 1:04}" for number in range(len(DECISIONS))]
    for path in DECISIONS:
        assert path.read_text().startswith(f"# {int(path.name[:4])}. ")


def test_licence_is_the_one_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert (project["license"], project["license-files"]) == ("MIT", ["LICENSE"])
    licence = (ROOT / "LICENSE").read_text()
    assert licence.startswith("MIT License\n\nCopyright (c) 2026 The Tongtang contributors\n")


def test_version_of_the_package_is_in_the_change_log_once_released():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    changes = (ROOT / "CHANGELOG.md").read_text()
    assert "## Unreleased" in changes
    assert changes.startswith("# Changelog\n\nNothing is released yet") or f"## {version}" in changes


def test_hooks_fetch_nothing_and_call_checks_that_exist():
    repositories = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert [repository["repo"] for repository in repositories] == ["local"]
    hooks = repositories[0]["hooks"]
    assert {hook["language"] for hook in hooks} == {"system"}
    checks = re.search(r'^lint_checks="(.+)"$', (ROOT / "run").read_text(), re.MULTILINE)[1].split()
    called = [hook["entry"].removeprefix("./run lint ") for hook in hooks]
    assert called == ["python", "templates", "imports", "catalogue"]
    assert set(called) <= set(checks)
