"""Numbers as people write them in queries."""

import cn2an


def number_of(written: str | None) -> int | None:
    """The number written as 28 or 二十八; None where it is none."""
    if not written:
        return None
    if written.isdigit():
        return int(written[:6])
    try:
        return int(cn2an.cn2an(written.replace("〇", "零"), "smart"))
    except ValueError:
        return None
