"""Texts beside the titles that were made of them."""

from __future__ import annotations


def without_title(text: str, title: str) -> str:
    """Return a text without the opening that its title was made of, whole or cut with an ellipsis."""
    opening = title.rstrip("…")
    if opening and text.startswith(opening):
        return text[len(opening) :].lstrip("。？！；，\n ")
    return text
