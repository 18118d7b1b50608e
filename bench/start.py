"""How long a fresh demo takes beside the first `migrate` of plain Wagtail, both in one run on this machine.

`./run demo --no-serve` on an empty folder (migrate, demo, index, searches, accounts) against `manage.py migrate` of the
project that `wagtail start` makes, turn about, after one of each that counts for nothing. Both are installed before.
Prints the medians in seconds and their ratio, which is to be 2 at most; `--json` prints one object.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAX_RATIO = 2.0


def seconds_of(command: list[str | Path], *, folder: Path, **variables: str) -> float:
    """Return how long a command takes by the clock. Raises CalledProcessError, with what it printed, if it fails."""
    started = time.perf_counter()
    environment = {
        name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"
    } | variables
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    return time.perf_counter() - started


def make_plain(folder: Path) -> Path:
    """Return the project that `wagtail start` makes."""
    folder.mkdir()
    wagtail = Path(sys.executable).with_name("wagtail")
    subprocess.run([wagtail, "start", "plain", folder], check=True, stdout=subprocess.DEVNULL)
    return folder


def migrate_plain(project: Path) -> float:
    (project / "db.sqlite3").unlink(missing_ok=True)
    return seconds_of(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"], folder=project, PYTHONPATH=""
    )


def prepare_demo(folder: Path) -> float:
    folder.mkdir()
    venv = os.environ.get("TONGTANG_VENV", str(Path(sys.prefix)))
    command = [ROOT / "run", "demo", "--no-serve"]
    return seconds_of(command, folder=ROOT, TONGTANG_DATA_DIR=str(folder), TONGTANG_VENV=venv)


def measure(runs: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="tongtang-start-") as name:
        folder = Path(name)
        plain = make_plain(folder / "plain")
        pairs = [(migrate_plain(plain), prepare_demo(folder / f"demo-{turn}")) for turn in range(runs + 1)]
    wagtail, demo = (statistics.median(times) for times in zip(*pairs[1:], strict=True))
    return {
        "wagtail_migrate_s": round(wagtail, 1),
        "demo_s": round(demo, 1),
        "ratio": round(demo / wagtail, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3, help="that count; 3 unless told")
    parser.add_argument("--json", action="store_true", help="print one object")
    options = parser.parse_args()
    result = measure(options.runs)
    if options.json:
        print(json.dumps(result))
    else:
        print("wagtail migrate {wagtail_migrate_s} s, demo {demo_s} s: {ratio} times".format_map(result))
    sys.exit(result["ratio"] > MAX_RATIO)


if __name__ == "__main__":
    main()
