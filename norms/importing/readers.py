"""Files as blocks: what a file is, judged by its content and not only by its name."""

import re
from collections.abc import Callable
from pathlib import PurePath

from django.utils.translation import gettext_noop as _

from norms.importing.blocks import SourceText
from norms.importing.docx import read_docx
from norms.importing.errors import UnreadableSource
from norms.importing.limits import MAX_FILE_BYTES, MAX_TEXT_BYTES
from norms.importing.package import PROTECTED
from norms.importing.plain import read_markdown, read_text

READERS: dict[str, Callable[[bytes], SourceText]] = {
    ".docx": read_docx,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".txt": read_text,
    ".text": read_text,
}
SUFFIXES = tuple(READERS)
TOO_BIG = _("The file is larger than %(limit)s MB and was not read.")

# Signatures of the container of older Office files, and of an encrypted document inside it.
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# First bytes of what people upload under the wrong name.
_KINDS = (
    (re.compile(rb"PK(\x03\x04|\x05\x06|\x07\x08)"), _("a ZIP package, such as a Word document")),
    (re.compile(rb"\{\\rtf"), _("an RTF document")),
    (re.compile(rb"%PDF-"), _("a PDF document")),
    (re.compile(rb"(?i)(<!doctype\s+html|<html|<head|<body|<meta\s|MIME-Version:)"), _("a web page")),
    (re.compile(rb"<\?xml"), _("an XML file")),
    (re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|BM|II\*\x00|MM\x00\*|RIFF"), _("a picture")),
    (re.compile(rb"7z\xbc\xaf|Rar!|\x1f\x8b|BZh|\xfd7zXZ"), _("a compressed archive")),
    (re.compile(rb"\x7fELF|MZ"), _("a program")),
)


def read_source(name: str, content: bytes) -> SourceText:
    """Return the blocks of a file. Raises UnreadableSource if it is not what its name says."""
    suffix = PurePath(name).suffix.casefold()
    if suffix not in READERS:
        raise UnreadableSource(_("Only DOCX, Markdown (.md) and plain text (.txt) files are read."))
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise UnreadableSource(_("The file is empty."))
    limit = MAX_FILE_BYTES if suffix == ".docx" else MAX_TEXT_BYTES
    if len(content) > limit:
        raise UnreadableSource(TOO_BIG, limit=limit // 2**20)
    _check_content(suffix, content)
    try:
        return READERS[suffix](content)
    except RecursionError as error:
        raise UnreadableSource(_("The file is nested too deeply and was not read.")) from error


def _check_content(suffix: str, content: bytes) -> None:
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            raise UnreadableSource(PROTECTED)
        raise UnreadableSource(
            _("This is a file of an older Office version (such as .doc). Save it as DOCX and try again.")
        )
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    other_kind = next((kind for pattern, kind in _KINDS if pattern.match(head)), None)
    if suffix == ".docx":
        if other_kind != _KINDS[0][1]:
            raise UnreadableSource(_not_docx(other_kind), **({"kind": other_kind} if other_kind else {}))
    elif other_kind and not (other_kind in _LOOSE and _is_prose(content)):
        raise UnreadableSource(_("This is not a text file but %(kind)s."), kind=other_kind)


def _not_docx(other_kind: str | None) -> str:
    if other_kind:
        return _("This is not a Word document but %(kind)s.")
    return _("This is not a Word document, although its name ends in .docx.")


# Two letters at the beginning of a text prove little.
_LOOSE = {kind for _pattern, kind in _KINDS[5:]}


def _is_prose(content: bytes) -> bool:
    return b"\x00" not in content[:1024]
