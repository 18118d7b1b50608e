"""How much a text says: its letters and digits, without what cannot be seen and without marks."""

from __future__ import annotations

import unicodedata

# Letters by their category that show nothing: fillers of Korean syllables, which people paste to get past a required field.
FILLERS = frozenset("\u115f\u1160\u3164\uffa0")


def count_letters(text: str) -> int:
    """Return the number of letters and digits of any script."""
    return sum(unicodedata.category(char)[0] in "LN" and char not in FILLERS for char in text)


def is_blank(text: str) -> bool:
    """Return whether a text says nothing: empty, invisible or marks only."""
    return count_letters(text) == 0
