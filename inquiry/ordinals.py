"""Numbers of headings and clauses in words."""

from __future__ import annotations

from cn2an import an2cn


def chinese_number(value: int) -> str:
    """12 as 十二."""
    words = an2cn(value)
    return words[1:] if words.startswith("一十") else words


def clause_label(place: int, lang: str) -> str:
    """第三条, or Clause 3."""
    return f"Clause {place}" if lang.startswith("en") else f"第{chinese_number(place)}条"
