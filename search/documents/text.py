"""Text for the index, out of what people wrote in Markdown."""

from collections.abc import Iterable

from portal.foundation.markdown import markdown_text


def plain_text(markdown: str) -> str:
    """Return the words that the page shows, without the marks around them."""
    return markdown_text(markdown)


def lines(*parts: str) -> str:
    """Return the parts that are not blank, a line for each; the first is the title."""
    return "\n".join(part.strip() for part in parts if part and part.strip())


def distinct(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
