"""Identifies processes, and finds out whether one has ended."""

import os
import socket
from contextlib import suppress
from functools import lru_cache


@lru_cache(maxsize=1)
def this_machine() -> str:
    """Return the name of the machine and its namespace of process ids, which differs between containers."""
    namespace = ""
    with suppress(OSError):
        namespace = os.readlink("/proc/self/ns/pid")
    return f"{socket.gethostname()} {namespace}".strip()[:200]


def this_process() -> int:
    return os.getpid()


def has_ended(machine: str, process: int) -> bool:
    """Return whether a process has certainly ended; False for processes on other machines."""
    if not process or machine != this_machine():
        return False
    try:
        # Signal 0 is not delivered: the system only checks that the process exists.
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        # It exists and belongs to another user.
        return False
    return False
