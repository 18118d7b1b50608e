"""One stylesheet a page: the files of STYLESHEET_BUNDLES put together by a finder of static files.

A finder serves development, tests and `collectstatic` alike, so that a page links the same address everywhere;
in production the manifest of whitenoise gives that address the hash of its content.
"""

from __future__ import annotations

import os
import posixpath
import re
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage

# The quoted or bare address in `url(…)`; addresses with a scheme, a leading / or a # stand for themselves.
_URL = re.compile(r"""url\(\s*(?P<quote>["']?)(?!data:|[a-z]+://|/|\#)(?P<address>[^"')]+)(?P=quote)\s*\)""")


def bundle_css(path: str) -> str:
    """Return the text of a bundle: its files in their order, with addresses relative to the bundle.

    Raises LookupError where a file that the bundle names does not exist.
    """
    return "\n".join(_part(source, path) for source in settings.STYLESHEET_BUNDLES[path])


def _part(source: str, bundle: str) -> str:
    location = finders.find(source)
    if location is None:
        raise LookupError(f"{bundle} names {source}, which does not exist")
    css = Path(location).read_text(encoding="utf-8")
    return f"/* {source} */\n{_URL.sub(lambda match: _moved(match, source, bundle), css).strip()}\n"


def _moved(match: re.Match[str], source: str, bundle: str) -> str:
    target = posixpath.join(posixpath.dirname(source), match["address"])
    return f'url("{posixpath.relpath(target, posixpath.dirname(bundle))}")'


class BundleFinder(BaseFinder):
    """Finds the bundles; each is written to STYLESHEET_BUNDLE_DIR when it is asked for and has changed."""

    def __init__(self, app_names: Iterable[str] | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.storage = FileSystemStorage(location=settings.STYLESHEET_BUNDLE_DIR)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return [
            Error(
                f"The stylesheet {bundle} names {source}, which does not exist.",
                hint="Put the file under static/, or take its name out of STYLESHEET_BUNDLES.",
                id="tongtang.E002",
            )
            for bundle, sources in settings.STYLESHEET_BUNDLES.items()
            for source in sources
            if finders.find(source) is None
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return the bundle's location, in a list where `find_all` asks for all; an empty list for other paths."""
        if path not in settings.STYLESHEET_BUNDLES:
            return []
        location = self._write(path)
        return [location] if find_all else location

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for path in settings.STYLESHEET_BUNDLES:
            self._write(path)
            yield path, self.storage

    def _write(self, path: str) -> str:
        location = Path(self.storage.path(path))
        css = bundle_css(path)
        if not location.is_file() or location.read_text(encoding="utf-8") != css:
            location.parent.mkdir(parents=True, exist_ok=True)
            # Processes and threads may write at once: each writes a file of its own, and the rename is atomic.
            part = location.with_name(f".{location.name}.{os.getpid()}.{threading.get_ident()}")
            part.write_text(css, encoding="utf-8")
            part.replace(location)
        return str(location)
