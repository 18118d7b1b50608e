"""Numbers of clauses in words."""

from __future__ import annotations

from portal.foundation.numerals import chinese_numeral


def clause_label(number: int, lang: str) -> str:
    """Return 第三条 for the third clause, Clause 3 in an English dossier."""
    return f"Clause {number}" if lang.startswith("en") else f"第{chinese_numeral(number)}条"
