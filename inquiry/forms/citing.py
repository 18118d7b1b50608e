"""Citations in a text that is still being typed."""

from __future__ import annotations

from norms.citations import parse
from norms.selectors import known_names


def citations_in(*texts: str) -> list[str]:
    """Return citations as written, in the order in which they stand, each once."""
    names = known_names()
    citations = [reference.text for text in texts if text for reference in parse(text, names=names)]
    return list(dict.fromkeys(citations))
