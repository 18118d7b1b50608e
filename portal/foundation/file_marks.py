"""Marks of classification in a file that somebody uploads, read by a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass, field

from django.conf import settings

from portal.foundation.marked_files.limits import MAX_SECONDS

MODULE = "portal.foundation.marked_files"
# At most so many files are read by one web process at the same time; others wait for their turn.
PROCESSES = threading.BoundedSemaphore(2)


@dataclass(frozen=True)
class FileMarks:
    """What was found: `passages` are (before, mark, after); `is_read` is False where the text, or a part, is not to be had."""

    is_read: bool
    passages: list[list[str]] = field(default_factory=list)

    @property
    def marks(self) -> list[str]:
        """Return the marks as they are written, each once."""
        return list(dict.fromkeys(mark.strip() for _before, mark, _after in self.passages))


def marks_of_file(name: str, content: bytes) -> FileMarks:
    """Return the marks of a file. One that needs more memory or time than it may was not read."""
    # Isolated but for our own code; nothing of the portal's environment is passed on.
    command = [sys.executable, "-m", MODULE, name]
    environment = {"PYTHONPATH": str(settings.BASE_DIR), "LANG": "C.UTF-8"}
    with PROCESSES:
        try:
            done = subprocess.run(
                command, input=content, capture_output=True, timeout=MAX_SECONDS, env=environment, check=True
            )
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError, OSError, ValueError):
            return FileMarks(is_read=False)
    answer = json.loads(done.stdout)
    return FileMarks(is_read=answer["is_read"], passages=answer["passages"])
