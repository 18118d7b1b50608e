"""Reading a file that may be hostile in a process of its own, under limits of memory and time.

Nothing here imports Django: the process that reads begins with this module, too.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import threading
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
# At most so many files are read by one web process at the same time; others wait for their turn.
PROCESSES = threading.BoundedSemaphore(2)


def read_isolated(
    module: str, argument: str, content: bytes, *, seconds: float, with_packages: bool
) -> bytes | None:
    """Return what `python -m module argument` answers to a file; None where it failed or took longer than `seconds`.

    Without installed packages Python starts in a tenth of a second. Nothing of the portal's environment is passed on.
    """
    options = [] if with_packages else ["-S"]
    environment = {"PYTHONPATH": str(PROJECT), "LANG": "C.UTF-8"}
    with PROCESSES:
        try:
            done = subprocess.run(
                [sys.executable, *options, "-m", module, argument],
                input=content,
                capture_output=True,
                timeout=seconds,
                env=environment,
                check=True,
            )
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError, OSError, ValueError):
            return None
    return done.stdout


def limit_resources(*, memory_bytes: int, cpu_seconds: int) -> None:
    """Take from the present process what a hostile file could use up: memory, processor time, files."""
    for kind, limit in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))
