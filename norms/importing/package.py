"""Opening a DOCX package safely: what is unpacked is counted, and no XML may define entities."""

import io
import posixpath
import zipfile
import zlib

from django.utils.translation import gettext_noop as _
from lxml import etree

from norms.importing.errors import UnreadableSource
from norms.importing.limits import MAX_PACKAGE_FILES, MAX_UNPACKED_BYTES, MAX_XML_BYTES

DAMAGED = _("The file is damaged: it cannot be unpacked.")
TOO_LARGE = _("The file unpacks to more than %(limit)s MB and was not read.")
PROTECTED = _("The file is protected by a password. Save it without one and try again.")
# Entities can swell a small file to gigabytes; they are refused before the XML is parsed.
_DEFINITIONS = tuple(
    mark.encode(encoding)
    for mark in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("ascii", "utf-16-le", "utf-16-be")
)
_OTHER_PACKAGES = {
    "xl/": _("This is an Excel workbook, not a Word document."),
    "ppt/": _("This is a PowerPoint presentation, not a Word document."),
}


class Package:
    def __init__(self, content: bytes) -> None:
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(content))
            members = self.archive.infolist()
        except Exception as error:  # zipfile raises many kinds for malformed archives
            raise UnreadableSource(DAMAGED) from error
        self.members = {member.filename: member for member in members}
        if any(member.flag_bits & 1 for member in members):
            raise UnreadableSource(PROTECTED)
        if (
            len(members) > MAX_PACKAGE_FILES
            or sum(member.file_size for member in members) > MAX_UNPACKED_BYTES
        ):
            raise UnreadableSource(TOO_LARGE, limit=MAX_UNPACKED_BYTES // 2**20)

    def read(self, name: str) -> bytes:
        member = self.members[name]
        if member.file_size > MAX_XML_BYTES:
            raise UnreadableSource(TOO_LARGE, limit=MAX_XML_BYTES // 2**20)
        try:
            with self.archive.open(member) as stream:
                content = stream.read(MAX_XML_BYTES + 1)
        except UnreadableSource:
            raise
        except (zlib.error, MemoryError, Exception) as error:
            raise UnreadableSource(DAMAGED) from error
        if len(content) > MAX_XML_BYTES:
            raise UnreadableSource(TOO_LARGE, limit=MAX_XML_BYTES // 2**20)
        return content

    def xml(self, name: str) -> etree._Element | None:
        """Return the root of a part, or None if the package has no such part."""
        return parse_xml(self.read(name)) if name in self.members else None

    def main_part(self) -> str:
        """Return the name of the part that holds the document's body."""
        for target in self._targets("_rels/.rels", "officeDocument"):
            if target in self.members:
                return self._checked(target)
        if "word/document.xml" in self.members:
            return "word/document.xml"
        raise UnreadableSource(self._what_else())

    def related(self, part: str, kind: str) -> str | None:
        """Return the part of `kind` (styles, numbering, footnotes) that belongs to `part`."""
        for target in self.all_related(part, kind):
            return target
        usual = f"{posixpath.dirname(part)}/{kind}.xml"
        return usual if usual in self.members else None

    def all_related(self, part: str, kind: str) -> list[str]:
        """Return all parts of `kind` (header, footer) that belong to `part`."""
        folder, name = posixpath.split(part)
        targets = self._targets(f"{folder}/_rels/{name}.rels", kind, folder)
        return [target for target in targets if target in self.members]

    def _targets(self, rels: str, kind: str, folder: str = "") -> list[str]:
        root = self.xml(rels) if rels in self.members else None
        targets = []
        for row in root if root is not None else ():
            target = row.get("Target") or ""
            if (row.get("Type") or "").endswith(f"/{kind}") and row.get("TargetMode") != "External":
                targets.append(
                    target[1:]
                    if target.startswith("/")
                    else posixpath.normpath(posixpath.join(folder, target))
                )
        return targets

    def _checked(self, target: str) -> str:
        for folder, message in _OTHER_PACKAGES.items():
            if target.startswith(folder):
                raise UnreadableSource(message)
        return target

    def _what_else(self) -> str:
        for folder, message in _OTHER_PACKAGES.items():
            if any(name.startswith(folder) for name in self.members):
                return message
        if "mimetype" in self.members:
            return _("This is an OpenDocument or EPUB file, not a Word document.")
        return _("This is a ZIP archive without a Word document in it.")


def parse_xml(content: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    if any(mark in content for mark in _DEFINITIONS):
        raise UnreadableSource(
            _("The file defines XML entities, which no Word document does, and was not read.")
        )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise UnreadableSource(_("The file is damaged: its XML cannot be read.")) from error
    if root.getroottree().docinfo.doctype:
        raise UnreadableSource(
            _("The file defines XML entities, which no Word document does, and was not read.")
        )
    return root
