"""The text of one file by its kind; what cannot be read is said, and never taken for a file without marks."""

from __future__ import annotations

import codecs
import io
import time
import zipfile
from collections.abc import Iterator
from pathlib import PurePath
from xml.parsers import expat

from portal.foundation.marked_files.limits import (
    MAX_DEPTH,
    MAX_PACKAGE_PARTS,
    MAX_PDF_CPU_SECONDS,
    MAX_PDF_PAGES,
    MAX_PDF_SECONDS,
    MAX_UNPACKED_BYTES,
)

PLAIN = (".csv", ".md", ".txt")
# What ends a line: paragraphs, cells, headers and footers of sheets, properties of documents.
LINES = {
    "p",
    "h",
    "c",
    "si",
    "is",
    "text",
    "br",
    "tab",
    "row",
    "tr",
    "lpwstr",
    "title",
    "subject",
    "keywords",
}
LINES |= {"description", "category", "contentStatus", "creator", "lastModifiedBy", "keyword", "user-defined"}
LINES |= {f"{which}{place}" for which in ("odd", "even", "first") for place in ("Header", "Footer")}
# Texts of pictures and names of sheets and properties are attributes.
ATTRIBUTES = ("descr", "title", "name")
CHUNK_BYTES = 64 * 1024


class UnreadableError(Exception):
    """Raised for a file whose text cannot be had: a scan, a password, damage, or more than the portal reads."""


class FileTexts:
    """Reads one file with the files in it. `is_complete` is False where a part could not be read."""

    def __init__(self) -> None:
        self.is_complete = True
        self._bytes_left = MAX_UNPACKED_BYTES
        self._parts_left = MAX_PACKAGE_PARTS
        self._last_page_before = time.monotonic() + MAX_PDF_SECONDS

    def texts(self, name: str, content: bytes, depth: int = 0) -> Iterator[str]:
        """Yield the texts of a file; a part that cannot be read leaves `is_complete` False."""
        try:
            yield from self._texts(name, content, depth)
        except UnreadableError:
            self.is_complete = False

    def _texts(self, name: str, content: bytes, depth: int) -> Iterator[str]:
        # What a file is its content says; names end as people write them.
        if content.startswith(b"%PDF-") or b"%PDF-" in content[:1024]:
            yield from self._pdf(content)
        elif content.startswith(b"PK"):
            yield from self._package(content, depth)
        elif PurePath(name).suffix.casefold() in PLAIN:
            yield decoded(content)
        else:
            raise UnreadableError

    def _pdf(self, content: bytes) -> Iterator[str]:
        from pypdf import PdfReader

        try:
            reader = PdfReader(io.BytesIO(content))
            if reader.is_encrypted and not reader.decrypt(""):
                raise UnreadableError
            yield "\n".join(str(value) for value in (reader.metadata or {}).values())
            if len(reader.pages) > MAX_PDF_PAGES:
                self.is_complete = False
            for page in reader.pages[:MAX_PDF_PAGES]:
                if time.process_time() > MAX_PDF_CPU_SECONDS or time.monotonic() > self._last_page_before:
                    raise UnreadableError
                text = page.extract_text()
                # A page without a letter is a picture, or empty.
                self.is_complete = self.is_complete and bool(text.strip())
                yield text
        except UnreadableError:
            raise
        except Exception as error:  # pypdf raises many kinds for malformed files
            raise UnreadableError from error

    def _package(self, content: bytes, depth: int) -> Iterator[str]:
        try:
            archive = zipfile.ZipFile(io.BytesIO(content))
        except Exception as error:  # zipfile raises many kinds for malformed archives
            raise UnreadableError from error
        members = archive.infolist()
        is_document = {"[Content_Types].xml", "mimetype"} & {member.filename for member in members}
        for member in members:
            if member.is_dir():
                continue
            name = member.filename if member.flag_bits & 0x800 else _name_of_windows(member.filename)
            if not is_document:
                yield name
            yield from self._member(archive, member, name, depth, is_document=bool(is_document))

    def _member(
        self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, depth: int, *, is_document: bool
    ) -> Iterator[str]:
        suffix = PurePath(name).suffix.casefold()
        if is_document and suffix not in (".xml", ".docx", ".xlsx", ".pptx"):
            return  # pictures and fonts
        self._parts_left -= 1
        self._bytes_left -= member.file_size
        if self._parts_left < 0 or self._bytes_left < 0 or depth >= MAX_DEPTH:
            raise UnreadableError
        try:
            part = archive.read(member)
        except Exception as error:  # damage, a password, another compression
            raise UnreadableError from error
        if is_document and suffix == ".xml":
            yield from _xml(part)
        else:
            yield from self.texts(name, part, depth + 1)


def _xml(content: bytes) -> Iterator[str]:
    """Yield the text of a part, its paragraphs and cells as lines."""
    collected: list[str] = []

    def refuse(*_arguments: object) -> None:
        raise UnreadableError

    def start(name: str, attributes: dict[str, str]) -> None:
        for key, value in attributes.items():
            if key.rpartition(":")[2] in ATTRIBUTES and value:
                collected.append(f"\n{value}\n")

    def end(name: str) -> None:
        if name.rpartition(":")[2] in LINES:
            collected.append("\n")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = collected.append
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise UnreadableError from error
    yield "".join(collected)


def _name_of_windows(name: str) -> str:
    """Return a name of an archive as Windows writes it: in GBK, which zipfile reads as code page 437."""
    try:
        return name.encode("cp437").decode("gb18030")
    except UnicodeError:
        return name


def decoded(content: bytes) -> str:
    """Return the text of a plain file: UTF-16 by its byte order mark, UTF-8, else GB 18030."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeError:
        return content.decode("gb18030", "replace")
