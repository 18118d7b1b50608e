"""Takes a gigabyte under the limits of the real process."""

import resource

from portal.foundation.workbooks.limits import MAX_MEMORY_BYTES

resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
print(len(bytearray(1024**3)))
