"""The script `run`: which environment a command gets."""

import fcntl
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

# In place of Python: writes down what it is called with, so that nothing is installed.
RECORDER = '#!/bin/sh\necho "$@" >> "$(dirname "$0")/calls"\n'


@pytest.fixture
def environment(tmp_path) -> Path:
    """An environment into which nothing has been installed."""
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(RECORDER)
    python.chmod(0o755)
    return tmp_path / "venv"


def run(environment: Path, *arguments: str, folder: Path = ROOT) -> list[str]:
    """Call ./run with the environment, and return what it called Python with."""
    # Without uv, which would install by itself.
    variables = {"PATH": "/usr/bin:/bin", "HOME": os.environ["HOME"], "TONGTANG_VENV": str(environment)}
    variables["TONGTANG_DATA_DIR"] = str(environment.parent / "data")
    subprocess.run(
        [str(ROOT / "run"), *arguments], cwd=folder, env=variables, check=True, capture_output=True
    )
    return (environment / "bin" / "calls").read_text().splitlines()


def installed(calls: list[str]) -> list[str]:
    return [name for call in calls for name in re.findall(r"requirements/(\w+)\.txt", call)]


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (["bench/parsing.py", "--help"], "dev"),
        (["-W", "error", "bench/parsing.py"], "dev"),
        ([str(ROOT / "bench" / "parsing.py")], "dev"),
        (["-m", "pytest", "tests/test_run.py"], "dev"),
        (["manage.py", "bench/parsing.py"], "base"),
        (["-m", "portal.foundation.catalogues"], "base"),
        (["-c", "print()"], "base"),
        ([], "base"),
    ],
)
def test_python_installs_what_the_script_needs(environment, arguments, kind):
    calls = run(environment, "python", *arguments)
    assert installed(calls) == [kind]
    assert calls[-1] == " ".join(arguments)


def test_python_in_another_folder_reads_paths_from_there(environment):
    assert installed(run(environment, "python", "parsing.py", folder=ROOT / "bench")) == ["dev"]


def test_scripts_of_docs_get_the_same(environment, tmp_path):
    """A copy of the repository's outline, so that a script can be put into docs/."""
    for name in ("run", "requirements"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "pictures.py").touch()
    variables = {"PATH": "/usr/bin:/bin", "HOME": os.environ["HOME"], "TONGTANG_VENV": str(environment)}
    command = [str(tmp_path / "run"), "python", "docs/pictures.py"]
    subprocess.run(command, cwd=tmp_path, env=variables, check=True, capture_output=True)
    assert installed((environment / "bin" / "calls").read_text().splitlines()) == ["dev"]


def test_environment_is_installed_once(environment):
    assert installed(run(environment, "python", "bench/parsing.py")) == ["dev"]
    assert installed(run(environment, "python", "bench/parsing.py")) == ["dev"]
    assert installed(run(environment, "python", "manage.py")) == ["dev"]


def test_lint_runs_the_checks_that_are_named(environment):
    tools = {}
    for name in ("ruff", "djlint", "lint-imports", "mypy"):
        tools[name] = environment / "bin" / name
        tools[name].write_text(RECORDER.replace('echo "$@"', f'echo {name} "$@"'))
        tools[name].chmod(0o755)
    calls = run(environment, "lint", "imports", "python")
    assert [call for call in calls if call.split()[0] in tools] == [
        "lint-imports",
        "ruff check .",
        "ruff format --check .",
    ]


def test_lint_refuses_a_check_that_does_not_exist(environment):
    with pytest.raises(subprocess.CalledProcessError) as failed:
        run(environment, "lint", "spelling")
    assert b"Unknown check: spelling" in failed.value.stderr


def test_demo_is_made_by_one_process(environment, tmp_path):
    norms = tmp_path / "official texts"
    norms.mkdir()
    calls = run(environment, "demo", "--no-serve", "--norms", str(norms))
    commands = [match[1] for call in calls if (match := re.search(r"manage\.py (.+)", call))]
    assert commands == [f"prepare_demo --norms {norms}"]


def test_second_demo_on_the_same_data_says_so(tmp_path):
    """It neither migrates nor loads anything: the first one goes on undisturbed."""
    lock = tmp_path / "demo.lock"
    lock.write_text("http://127.0.0.1:8123/\n")
    variables = os.environ | {"TONGTANG_DATA_DIR": str(tmp_path), "TONGTANG_VENV": sys.prefix}
    with lock.open() as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        command = [str(ROOT / "run"), "demo", "--no-serve"]
        second = subprocess.run(command, env=variables, capture_output=True, text=True)
    assert (second.returncode, second.stdout) == (1, "")
    assert f"A demo is running on the data in {tmp_path} already, at http://127.0.0.1:8123/." in second.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["demo.lock"]
