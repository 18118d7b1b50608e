"""Measures what ordinary and hostile workbooks cost: seconds and memory, read in the portal's process and in one of its own.

The first is how they were read before; the second is what the portal does. Prints one row for each workbook: its size, and
for both ways seconds and by how many megabytes the most memory of the portal's process grew. Each runs in a fresh process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")

import django

from tests.foundation.workbooks import MAIN, Sheet, merged, styles, text_cell, workbook

HEADINGS = ["类型", "内容", "单位", "日期"]
MAX_ROWS = 5_000
KILOBYTE = 1024
WAYS = ("in this process", "in its own")


def rows(count: int) -> list[list[str]]:
    return [
        HEADINGS,
        *(["问题", f"第{number}个问题如何办理？", "某单位", "2026-04-17"] for number in range(count)),
    ]


def shared_texts(count: int) -> str:
    texts = "".join(f"<si><t>{number:08d}{'长' * 30}</t></si>" for number in range(count))
    return f'<sst xmlns="{MAIN}">{texts}</sst>'


WORKBOOKS: dict[str, Callable[[], bytes]] = {
    "5,000 rows": lambda: workbook(Sheet(rows(5_000))),
    "a merge of a million cells": lambda: workbook(Sheet(rows(10), after=merged("A1:XFD61"))),
    "2,000,000 empty rows": lambda: workbook(Sheet([HEADINGS, "<row/>" * 2_000_000])),
    "900,000 shared texts": lambda: workbook(Sheet(rows(10)), strings=shared_texts(900_000)),
    "500,000 styles": lambda: workbook(
        Sheet(rows(10)), styles=styles("[" * 255, cells='<xf numFmtId="164"/>' * 500_000)
    ),
    "a row of 700,000 cells": lambda: workbook(
        Sheet([HEADINGS, f'<row r="2">{text_cell("B2", "甲") * 700_000}</row>'])
    ),
}


def peak_kilobytes() -> int:
    """Return the most memory that this process held since its peak was reset."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def measure(name: str, way: str) -> dict[str, float | str]:
    """Return seconds, megabytes by which this process grew, and what came of it."""
    django.setup()
    from portal.foundation.sheets.excel import read_in_process
    from portal.foundation.workbooks.reading import read_as_json

    content = WORKBOOKS[name]()
    # What building the workbook took does not count.
    Path("/proc/self/clear_refs").write_text("5")
    before = peak_kilobytes()
    began = time.perf_counter()
    read = read_as_json if way == WAYS[0] else read_in_process
    answer = json.loads(read(content, max_rows=MAX_ROWS))
    return {
        "kilobytes": len(content) / KILOBYTE,
        "seconds": time.perf_counter() - began,
        "megabytes": (peak_kilobytes() - before) / KILOBYTE,
        "outcome": answer.get("error", "read"),
    }


def measured(name: str, way: str) -> dict[str, float | str]:
    """Measure in a process of its own, so that no measurement leaves memory to the next."""
    command = [sys.executable, __file__, name, way]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    if len(sys.argv) == len((__file__, "name", "way")):
        print(json.dumps(measure(sys.argv[1], sys.argv[2])))
        return
    print(f"{'workbook':<28}{'KB':>8}" + "".join(f"{way + ': s':>22}{'MB':>8}" for way in WAYS) + "  outcome")
    for name in WORKBOOKS:
        first, second = (measured(name, way) for way in WAYS)
        figures = "".join(f"{row['seconds']:>22.2f}{row['megabytes']:>8.0f}" for row in (first, second))
        print(f"{name:<28}{first['kilobytes']:>8.0f}{figures}  {first['outcome']} / {second['outcome']}")


if __name__ == "__main__":
    main()
