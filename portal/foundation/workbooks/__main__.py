"""`python -m portal.foundation.workbooks MAX_ROWS`: a workbook on standard input, its cells as JSON on standard output."""

from __future__ import annotations

import sys

from portal.foundation.isolation import limit_resources
from portal.foundation.workbooks.limits import MAX_CPU_SECONDS, MAX_MEMORY_BYTES


def main() -> int:
    limit_resources(memory_bytes=MAX_MEMORY_BYTES, cpu_seconds=MAX_CPU_SECONDS)
    # After the limits: what is imported counts.
    from portal.foundation.workbooks.reading import read_as_json

    sys.stdout.buffer.write(read_as_json(sys.stdin.buffer.read(), max_rows=int(sys.argv[1])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
