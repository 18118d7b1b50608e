"""Opening an Excel workbook safely: its parts are counted before they are unpacked, and read as a stream."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable
from xml.parsers import expat

from portal.foundation.workbooks.errors import (
    DAMAGED,
    DEFINES_ENTITIES,
    TOO_LARGE,
    TOO_MANY_CELLS,
    DamagedPackageError,
    WorkbookError,
)
from portal.foundation.workbooks.limits import MAX_ELEMENTS, MAX_PACKAGE_PARTS, MAX_UNPACKED_BYTES

CHUNK_BYTES = 64 * 1024
# What spreadsheets write. An LZMA entry names how much memory is reserved to unpack it, up to 4 GB.
COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
START = "start"
END = "end"
TEXT = "text"

# Receives START with the element's name and attributes, END with its name, TEXT with characters.
Handler = Callable[[str, str, dict[str, str]], None]


class WorkbookPackage:
    """The parts of a workbook by name. Raises WorkbookError for what is no workbook or would unpack too large."""

    def __init__(self, content: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except Exception as error:  # zipfile raises many kinds for malformed archives
            raise WorkbookError(DAMAGED) from error
        members = self._archive.infolist()
        # The sizes in the directory can be believed: zipfile unpacks no more of a part than its entry says.
        size = sum(member.file_size for member in members)
        if size > MAX_UNPACKED_BYTES or len(members) > MAX_PACKAGE_PARTS:
            raise WorkbookError(TOO_LARGE)
        if any(member.compress_type not in COMPRESSIONS for member in members):
            raise WorkbookError(DAMAGED)
        # Some programs write backslashes, and names differ in case from what refers to them.
        self._members = {member.filename.replace("\\", "/").casefold(): member for member in members}
        self._elements_left = MAX_ELEMENTS
        self._bytes_left = MAX_UNPACKED_BYTES

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._members

    def parse(self, name: str, handler: Handler) -> None:
        """Send the elements of a part to `handler`, their names without namespace prefixes.

        Raises DamagedPackageError for a part that cannot be read, WorkbookError for one that defines entities and
        where all calls together unpack more bytes or elements than the reader takes.
        """
        parser = self._parser(handler)
        try:
            with self._archive.open(self._members[name.casefold()]) as part:
                while chunk := part.read(CHUNK_BYTES):
                    # Counted again for each sheet: a thousand of them may refer to one part.
                    self._bytes_left -= len(chunk)
                    if self._bytes_left < 0:
                        raise WorkbookError(TOO_LARGE)
                    parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except (KeyError, expat.ExpatError, zipfile.BadZipFile, zlib.error) as error:
            raise DamagedPackageError from error
        except (EOFError, RuntimeError, NotImplementedError, UnicodeError, LookupError, OSError) as error:
            raise DamagedPackageError from error

    def _parser(self, handler: Handler) -> expat.XMLParserType:
        def refuse_definitions(*_arguments: object) -> None:
            raise WorkbookError(DEFINES_ENTITIES)

        def start(name: str, attributes: dict[str, str]) -> None:
            self._elements_left -= 1
            if self._elements_left < 0:
                raise WorkbookError(TOO_MANY_CELLS)
            handler(START, name.rpartition(":")[2], attributes)

        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = refuse_definitions
        parser.StartElementHandler = start
        parser.EndElementHandler = lambda name: handler(END, name.rpartition(":")[2], {})
        parser.CharacterDataHandler = lambda text: handler(TEXT, text, {})
        return parser

    def targets(self, part: str) -> dict[str, tuple[str, str]]:
        """Return kind and name of the parts that `part` refers to, by the id of the relationship."""
        folder, file_name = posixpath.split(part)
        relations = posixpath.join(folder, "_rels", f"{file_name}.rels")
        targets: dict[str, tuple[str, str]] = {}

        def handle(event: str, name: str, attributes: dict[str, str]) -> None:
            if event == START and name == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "").replace("\\", "/")
                path = target[1:] if target.startswith("/") else posixpath.join(folder, target)
                kind = attributes.get("Type", "").rpartition("/")[2]
                targets[attributes.get("Id", "")] = (kind, posixpath.normpath(path))

        if relations in self:
            self.parse(relations, handle)
        return targets
