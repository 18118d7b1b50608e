"""Finding and opening the files to import."""

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.utils.translation import gettext_noop as _

from norms.importing.errors import UnreadableSource
from norms.importing.limits import MAX_FILE_BYTES
from norms.importing.readers import TOO_BIG

_TEMPORARY = ("~$", ".~", "._")


def source_files(paths: Iterable[str]) -> Iterator[Path]:
    """Yield the files in `paths`, and all files in the folders among them, in order.

    Hidden files and the lock files that Word leaves behind are passed over; links to folders are not followed.
    """
    for name in paths:
        path = Path(name)
        if path.is_dir():
            yield from _files_inside(path)
        else:
            yield path


def _files_inside(folder: Path) -> Iterator[Path]:
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith((".", *_TEMPORARY)):
                yield Path(where, name)


def read_file(path: Path) -> bytes:
    """Return the content of a regular file; raise UnreadableSource if there is none."""
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        raise UnreadableSource(_missing_message(path)) from error
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableSource(_("This is not a file that can be read."))
    if status.st_size > MAX_FILE_BYTES:
        raise UnreadableSource(TOO_BIG, limit=MAX_FILE_BYTES // 2**20)
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableSource(_("The file cannot be opened; check its permissions.")) from error


def _missing_message(path: Path) -> str:
    try:
        is_link = path.is_symlink()
    except OSError:
        is_link = False
    return _("This link leads to no file.") if is_link else _("There is no such file.")


def printable_path(path: Path) -> str:
    """Return a path that can be printed, even if its name is not valid UTF-8."""
    return os.fsencode(path).decode("utf-8", "replace")
