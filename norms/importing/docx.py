"""Word documents. The package is read directly: python-docx leaves out text boxes, content controls, numbers that
Word makes itself, and cannot tell a deleted paragraph from a kept one."""

from lxml import etree

from norms.importing.blocks import BlockKind, BlockList, SourceText
from norms.importing.package import Package
from norms.importing.warnings import Warnings
from norms.importing.word_numbering import Numbering
from norms.importing.word_styles import (
    Styles,
    attribute,
    child,
    children,
    integer_value,
    is_on,
    name_of,
    value,
)

# Not text, or text that a reader of the accepted document does not see.
_SKIPPED = {
    "del",
    "moveFrom",
    "instrText",
    "delText",
    "pPr",
    "rPr",
    "sdtPr",
    "tblPr",
    "tblGrid",
    "rt",
    "delInstrText",
}
_BREAKS = {"br", "cr"}
_PICTURES = {"drawing", "pict", "object"}
_RIGHT, _CENTER = {"right", "end"}, {"center"}


def read_docx(content: bytes) -> SourceText:
    package = Package(content)
    main = package.main_part()
    return _DocxReader(package, main).read()


class _DocxReader:
    def __init__(self, package: Package, main: str) -> None:
        self.package, self.main = package, main
        self.styles = Styles(self._part("styles"))
        self.numbering = Numbering(self._part("numbering"), self.styles)
        self.blocks = BlockList()
        self.warnings = Warnings()
        self.pictures = 0
        self.embedded = False
        self.notes: list[tuple[str, str]] = []
        self.joined: list[str] = []

    def _part(self, kind: str) -> etree._Element | None:
        name = self.package.related(self.main, kind)
        return self.package.xml(name) if name else None

    def read(self) -> SourceText:
        root = self.package.xml(self.main)
        body = child(root, "body")
        if body is not None:
            self._blocks_of(body)
        if self.joined:
            self.blocks.add_lines("".join(self.joined))
        self._add_notes()
        if self.pictures:
            self.warnings.note("images", count=self.pictures)
        if self.embedded:
            self.warnings.note("embedded")
        return SourceText("docx", self.blocks.blocks, self.warnings, self._margins())

    def _margins(self) -> list[str]:
        """Return the paragraphs of headers and footers, those of their text boxes as well."""
        names = [name for kind in ("header", "footer") for name in self.package.all_related(self.main, kind)]
        parts = [part for name in names if (part := self.package.xml(name)) is not None]
        paragraphs = (paragraph for part in parts for paragraph in part.iter("{*}p"))
        return ["".join(run.text or "" for run in paragraph.iter("{*}t")) for paragraph in paragraphs]

    def _blocks_of(self, parent: etree._Element, contents: bool = False) -> None:
        for element in parent:
            name = name_of(element)
            if name == "p":
                self._paragraph(element, contents)
            elif name == "tbl":
                self._table(element)
            elif name == "sdt":
                self._blocks_of(element, contents or _is_contents(element))
            elif name == "AlternateContent":
                self._blocks_of(_chosen(element), contents)
            elif name == "altChunk":
                self.embedded = True
            elif name and name not in _SKIPPED:
                self._blocks_of(element, contents)

    def _paragraph(self, paragraph: etree._Element, contents: bool) -> None:
        properties = child(paragraph, "pPr")
        style = value(child(properties, "pStyle")) or self.styles.default
        boxes: list[etree._Element] = []
        text = self._text(paragraph, boxes)
        label = self.numbering.label(paragraph)
        text = f"{label}{text.lstrip()}" if label and (text.strip() or "条" in label) else text
        if child(child(properties, "rPr"), "del") is not None:
            self.joined.append(text)
            return
        text, self.joined = "".join((*self.joined, text)), []
        outline = integer_value(value(child(properties, "outlineLvl")))
        level = outline + 1 if outline is not None else self.styles.outline_level(style)
        align = value(child(properties, "jc")) or self.styles.alignment(style)
        self.blocks.add_lines(
            text,
            level=level if level < 10 else 0,
            align="right" if align in _RIGHT else "center" if align in _CENTER else "",
            contents=contents or self.styles.name(style).startswith(("toc ", "目录 ")),
        )
        for box in boxes:
            self._blocks_of(box)

    def _text(self, parent: etree._Element, boxes: list[etree._Element]) -> str:
        parts: list[str] = []
        self._collect(parent, parts, boxes)
        return "".join(parts)

    def _collect(self, parent: etree._Element, parts: list[str], boxes: list[etree._Element]) -> None:
        for element in parent:
            name = name_of(element)
            if name == "t":
                parts.append(element.text or "")
            elif name == "tab" or name == "ptab":
                parts.append("\t")
            elif name in _BREAKS:
                parts.append("\n")
            elif name == "noBreakHyphen":
                parts.append("-")
            elif name == "sym":
                parts.append(_symbol(element))
            elif name == "AlternateContent":
                self._collect(_chosen(element), parts, boxes)
            elif name == "txbxContent":
                boxes.append(element)
            elif name in ("footnoteReference", "endnoteReference"):
                self.notes.append((name.removesuffix("Reference"), attribute(element, "id") or ""))
            elif name == "p" and parts:
                parts.append("\n")
                self._collect(element, parts, boxes)
            elif name == "r" and _is_hidden(element):
                continue
            elif name and name not in _SKIPPED:
                self.pictures += name in _PICTURES and not _holds_text(element)
                self._collect(element, parts, boxes)

    def _table(self, table: etree._Element) -> None:
        rows: list[list[etree._Element]] = []
        self._rows(table, rows)
        if all(len(cells) <= 1 for cells in rows):
            for cells in rows:
                for cell in cells:
                    self._blocks_of(cell)
            return
        boxes: list[etree._Element] = []
        lines = ["\t".join(self._cell(cell, boxes) for cell in cells) for cells in rows]
        if text := "\n".join(line for line in lines if line.strip()):
            self.blocks.add(text, kind=BlockKind.TABLE)
        for box in boxes:
            self._blocks_of(box)

    def _rows(self, parent: etree._Element, rows: list[list[etree._Element]]) -> None:
        for element in parent:
            name = name_of(element)
            if name == "tr":
                if child(child(element, "trPr"), "del") is None:
                    cells: list[etree._Element] = []
                    _cells(element, cells)
                    rows.append(cells)
            elif name not in _SKIPPED:
                self._rows(element, rows)

    def _cell(self, cell: etree._Element, boxes: list[etree._Element]) -> str:
        return " ".join(self._text(cell, boxes).split())

    def _add_notes(self) -> None:
        roots = {kind: self._part(f"{kind}s") for kind in {kind for kind, _note in self.notes}}
        rows = {
            (kind, attribute(row, "id") or ""): row
            for kind, root in roots.items()
            for row in children(root, kind)
        }
        for number, key in enumerate(self.notes, start=1):
            if key in rows and (text := " ".join(self._text(rows[key], []).split())):
                self.blocks.add(f"[{number}] {text}", kind=BlockKind.NOTE)


def _is_hidden(run: etree._Element) -> bool:
    """Return whether a run is hidden text; its properties, if any, are its first child."""
    properties = run[0] if len(run) else None
    if properties is None or name_of(properties) != "rPr":
        return False
    return is_on(child(properties, "vanish"))


def _cells(row: etree._Element, cells: list[etree._Element]) -> None:
    for element in row:
        name = name_of(element)
        if name == "tc":
            cells.append(element)
        elif name not in _SKIPPED:
            _cells(element, cells)


def _chosen(alternate: etree._Element) -> etree._Element:
    """Return one of the two forms of the same content: the first choice, else the fallback."""
    choice, fallback = child(alternate, "Choice"), child(alternate, "Fallback")
    chosen = choice if choice is not None else fallback
    return chosen if chosen is not None else alternate


def _is_contents(control: etree._Element) -> bool:
    part = child(child(child(control, "sdtPr"), "docPartObj"), "docPartGallery")
    return (value(part) or "").casefold() == "table of contents"


def _holds_text(element: etree._Element) -> bool:
    return any(name_of(inner) == "txbxContent" for inner in element.iter())


def _symbol(element: etree._Element) -> str:
    try:
        code = int(attribute(element, "char") or "", 16)
    except ValueError:
        return ""
    return chr(code) if 0x20 <= code < 0xD800 or 0xF900 <= code < 0xFFFE else "□"
