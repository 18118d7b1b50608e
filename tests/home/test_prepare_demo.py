"""What `./run demo` does before it serves; the whole takes half a minute, so only its steps are looked at here."""

from __future__ import annotations

import io
from unittest.mock import Mock

import pytest
from django.core.management import CommandError, call_command

from home.management.commands import prepare_demo


@pytest.fixture
def steps(monkeypatch) -> list[str]:
    """What is called instead of being done; official texts cannot be imported."""
    called = []

    def note(name, *arguments, **options):
        called.append(
            " ".join([name, *arguments, *(key for key in options if key in ("searches", "accounts"))])
        )
        if name == "import_norms":
            raise SystemExit(1)

    monkeypatch.setattr(prepare_demo, "call_command", note)
    # It would go on for the tests after this one.
    monkeypatch.setattr(prepare_demo, "gc", Mock())
    return called


def test_demo_is_prepared_in_order(steps):
    call_command("prepare_demo", stderr=io.StringIO())
    assert steps == [
        "set_earlier_data_aside",
        "migrate",
        "load_demo",
        "rebuild_index",
        "load_demo searches",
        "load_demo accounts",
    ]


def test_official_texts_that_cannot_be_imported_do_not_end_the_demo(steps):
    said = io.StringIO()
    call_command("prepare_demo", "--norms", "texts", stderr=said)
    assert steps[2:5] == ["load_demo", "import_norms texts", "rebuild_index"]
    assert "Some files could not be imported" in said.getvalue()


def test_demo_is_not_prepared_with_a_wrong_setting(steps, monkeypatch):
    monkeypatch.setattr("portal.foundation.checks.problems", [("TONGTANG_DEBUG", "is no truth value")])
    with pytest.raises(CommandError, match="TONGTANG_DEBUG: is no truth value"):
        call_command("prepare_demo", stderr=io.StringIO())
    assert steps == []
