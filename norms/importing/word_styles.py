"""Reading WordprocessingML by local names, so that both of its namespaces (transitional, strict) are understood."""

from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

# Styles may be based on one another in a circle.
_MAX_DEPTH = 30


def name_of(element: etree._Element) -> str:
    return _local_name(element.tag)


@lru_cache(maxsize=4096)
def _local_name(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(parent: etree._Element | None, name: str) -> Iterator[etree._Element]:
    if parent is not None:
        yield from (element for element in parent if name_of(element) == name)


def child(parent: etree._Element | None, name: str) -> etree._Element | None:
    if parent is not None:
        for element in parent:
            if name_of(element) == name:
                return element
    return None


def attribute(element: etree._Element | None, name: str) -> str | None:
    if element is None:
        return None
    for key, text in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(text)
    return None


def value(element: etree._Element | None) -> str | None:
    return attribute(element, "val")


def integer_value(text: str | None) -> int | None:
    """Return a number written in an attribute, of which only six digits are read."""
    return int(text[:6]) if text and text.isdecimal() else None


def is_on(element: etree._Element | None) -> bool:
    """Return whether a toggle such as `<w:vanish/>` is present and not switched off."""
    return element is not None and value(element) not in ("0", "false", "off")


class Styles:
    """Paragraph styles with what they inherit."""

    def __init__(self, root: etree._Element | None) -> None:
        self.rows: dict[str, etree._Element] = {}
        self.default: str | None = None
        for row in children(root, "style"):
            style_id = attribute(row, "styleId") or ""
            self.rows[style_id] = row
            if attribute(row, "type") == "paragraph" and attribute(row, "default") in ("1", "true"):
                self.default = style_id

    def name(self, style: str | None) -> str:
        return (value(child(self.rows.get(style or ""), "name")) or style or "").casefold()

    def numbering(self, style: str | None) -> tuple[str | None, str | None]:
        """Return the list and level that a style gives its paragraphs."""
        level = None
        for row in self._chain(style):
            numbered = child(child(row, "pPr"), "numPr")
            level = level if level is not None else value(child(numbered, "ilvl"))
            if (list_id := value(child(numbered, "numId"))) is not None:
                return list_id, level
        return None, level

    def alignment(self, style: str | None) -> str:
        for row in self._chain(style):
            if alignment := value(child(child(row, "pPr"), "jc")):
                return alignment
        return ""

    def outline_level(self, style: str | None) -> int:
        """Return 1 for a style of the first outline level, 0 for body text."""
        for row in self._chain(style):
            level = integer_value(value(child(child(row, "pPr"), "outlineLvl")))
            if level is not None:
                return level + 1 if level < 9 else 0
        return 0

    def _chain(self, style: str | None) -> Iterator[etree._Element]:
        visited: set[str] = set()
        while style and style in self.rows and style not in visited and len(visited) < _MAX_DEPTH:
            visited.add(style)
            yield self.rows[style]
            style = value(child(self.rows[style], "basedOn"))
