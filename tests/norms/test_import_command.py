from __future__ import annotations

import io
import json
import sys

import pytest
from django.core.management import call_command
from django.utils import translation

from norms.models import ArticleIdentity, DocumentVersion, NormativeDocument, Provision

pytestmark = pytest.mark.django_db

LAW = "{}\n\n第一条　为了规范社区矫正工作，制定本条例。\n第二条　本条例自公布之日起施行。\n"
KEYS = ["file", "status", "title", "articles", "provisions", "characters", "warnings", "error"]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "甲条例_20200101.txt").write_text(LAW.format("甲条例"))
    (tmp_path / "乙条例_20200101.txt").write_text(LAW.format("乙条例"))
    return tmp_path


def run(*arguments: str) -> tuple[int, str]:
    out, code = io.StringIO(), 0
    try:
        with translation.override("en"):
            call_command("import_norms", *arguments, stdout=out)
    except SystemExit as stop:
        code = stop.code
    return code, out.getvalue()


def run_json(*arguments: str) -> tuple[int, list[dict]]:
    code, out = run(*arguments, "--json")
    return code, [json.loads(line) for line in out.splitlines()]


def test_json_has_one_object_of_the_agreed_shape_for_each_file(folder):
    code, rows = run_json(str(folder))
    assert code == 0
    assert [list(row) for row in rows] == [KEYS, KEYS]
    assert rows[1] == {
        "file": str(folder / "甲条例_20200101.txt"),
        "status": "created",
        "title": "甲条例",
        "articles": 2,
        "provisions": 4,
        "characters": 35,
        "warnings": [],
        "error": None,
    }


def test_bad_files_do_not_stop_the_others(folder):
    (folder / "a.docx").write_bytes(b"%PDF-1.4")
    (folder / "b.txt").write_bytes(b"")
    code, rows = run_json(str(folder), str(folder / "nothing.md"))
    assert code == 1
    assert [(row["status"], row["error"]) for row in rows] == [
        ("failed", "This is not a Word document but a PDF document."),
        ("failed", "The file is empty."),
        ("created", None),
        ("created", None),
        ("failed", "There is no such file."),
    ]


def test_dry_run_gives_the_statuses_of_the_real_run_and_writes_nothing(folder):
    (folder / "甲条例_20240101.txt").write_text(LAW.format("甲条例"))
    (folder / "甲条例_20200101 (1).txt").write_text(LAW.format("甲条例"))
    code, dry = run_json(str(folder), "--dry-run")
    models = (NormativeDocument, DocumentVersion, Provision, ArticleIdentity)
    assert [model.objects.count() for model in models] == [0, 0, 0, 0]
    assert (code, run_json(str(folder))[1]) == (0, dry)
    assert [row["status"] for row in dry] == ["created", "created", "unchanged", "new_version"]


def test_report_for_people_tells_what_came_in(folder):
    (folder / "a.docx").write_bytes(b"%PDF-1.4")
    code, out = run(str(folder))
    assert code == 1
    assert out.splitlines() == [
        f"failed  {folder}/a.docx",
        "    This is not a Word document but a PDF document.",
        f"new document  乙条例  ({folder}/乙条例_20200101.txt)",
        "    2 articles, 4 provisions, 35 characters",
        f"new document  甲条例  ({folder}/甲条例_20200101.txt)",
        "    2 articles, 4 provisions, 35 characters",
        "",
        "3 files: new document 2, new version 0, unchanged 0, failed 1",
    ]


def test_progress_bar_appears_on_a_terminal_only(folder, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal, pipe = Terminal(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert run_json(str(folder))[0] == 0
    monkeypatch.setattr(sys, "stderr", pipe)
    assert run_json(str(folder))[0] == 0
    assert ("0/2" in terminal.getvalue(), pipe.getvalue()) == (True, "")


def test_empty_folder_is_no_failure(tmp_path):
    assert run_json(str(tmp_path)) == (0, [])


@pytest.mark.shared_data
def test_all_shared_texts_come_in(shared_data):
    code, rows = run_json(str(shared_data / "norms"))
    statuses = [row["status"] for row in rows]
    assert (code, len(rows)) == (0, 20)
    assert [statuses.count(name) for name in ("created", "new_version", "unchanged", "failed")] == [
        14,
        1,
        5,
        0,
    ]
    assert [row["title"] for row in rows if row["status"] == "unchanged" and row["warnings"]] == [
        "中华人民共和国监狱法"
    ]
    assert {row["status"] for row in run_json(str(shared_data / "norms"))[1]} == {"unchanged"}
