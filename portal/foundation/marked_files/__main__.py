"""`python -m portal.foundation.marked_files NAME`: a file on standard input, its marks as JSON on standard output.

It takes from itself what a hostile file could use up: memory, processor time, files.
"""

from __future__ import annotations

import resource
import sys

from portal.foundation.marked_files.limits import MAX_CPU_SECONDS, MAX_MEMORY_BYTES


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # After the limits: what is imported counts.
    from portal.foundation.marked_files.reading import read_as_json

    sys.stdout.buffer.write(read_as_json(sys.argv[1], sys.stdin.buffer.read()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
