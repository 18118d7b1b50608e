"""`python -m portal.foundation.marked_files NAME`: a file on standard input, its marks as JSON on standard output."""

from __future__ import annotations

import sys

from portal.foundation.isolation import limit_resources
from portal.foundation.marked_files.limits import MAX_CPU_SECONDS, MAX_MEMORY_BYTES


def main() -> int:
    limit_resources(memory_bytes=MAX_MEMORY_BYTES, cpu_seconds=MAX_CPU_SECONDS)
    # After the limits: what is imported counts.
    from portal.foundation.marked_files.reading import read_as_json

    sys.stdout.buffer.write(read_as_json(sys.argv[1], sys.stdin.buffer.read()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
