"""Licences of what the portal is made of and delivered with, written to `docs/licences.md`.

`./run licences` writes the page from `requirements/*.txt` and the metadata of the installed distributions; with
`--check` it fails where the page differs.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "licences.md"
PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^ \\]+)", re.MULTILINE)

SPDX_IDS = frozenset(
    {
        "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC-BY-4.0", "CC0-1.0", "CNRI-Python", "GPL-3.0-or-later",
        "ISC", "LGPL-3.0-only", "MIT", "MIT-CMU", "MPL-2.0", "PSF-2.0",
    }
)  # fmt: skip
# What authors write in the free field of their metadata, and the classifiers that name one licence only.
SPDX_BY_NAME = {
    "MIT License": "MIT",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "BSD 2-Clause License": "BSD-2-Clause",
    "PSFL": "PSF-2.0",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: ISC License (ISCL)": "ISC",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "License :: OSI Approved :: Python Software Foundation License": "PSF-2.0",
}
# "BSD" alone does not tell how many clauses there are; the text does. The earlier row decides.
SPDX_BY_SENTENCE = (
    ("be used to endorse", "BSD-3-Clause"),
    ("redistributions of source code must retain", "BSD-2-Clause"),
    ("permission is hereby granted, free of charge", "MIT"),
)
# Not in every environment: for another system, an older Python, or production alone.
SPDX_BY_ABSENT_NAME = {"async-timeout": "Apache-2.0", "colorama": "BSD-3-Clause", "redis": "MIT"}


@dataclass(frozen=True)
class Component:
    """A distribution that a requirements file names; two versions where they depend on that of Python."""

    name: str
    versions: tuple[str, ...]
    licence: str


@dataclass(frozen=True)
class Bundled:
    """A component that a distribution contains under a licence of its own."""

    name: str
    distribution: str
    licence: str


BUNDLED = (
    Bundled("htmx, sent to every browser", "django-htmx", "0BSD"),
    Bundled("jQuery, jQuery UI, React, Draft.js, Stimulus and others of the admin", "wagtail", "MIT"),
    Bundled("dictionaries of simplified and traditional characters", "opencc", "Apache-2.0"),
    Bundled("libxml2 and libxslt, in the wheels", "lxml", "MIT"),
    Bundled("libheif and libde265, in the wheels", "pillow-heif", "LGPL-3.0-or-later"),
    Bundled("x265, in the wheels", "pillow-heif", "GPL-2.0-or-later"),
    Bundled(
        "FreeType, HarfBuzz, libjpeg-turbo, libpng, libtiff, libwebp and others, in the wheels",
        "pillow",
        "FTL, IJG, MIT, libpng-2.0, libtiff, BSD-3-Clause",
    ),
    Bundled("libpq", "psycopg-binary", "PostgreSQL"),
    Bundled("OpenSSL, Kerberos and OpenLDAP, in the wheels", "psycopg-binary", "Apache-2.0, MIT, OLDAP-2.8"),
    Bundled("libcrypt and libkeyutils, in the wheels", "psycopg-binary", "LGPL-2.1-or-later"),
)

INTRODUCTION = """\
# Licences

The portal itself is under the [MIT licence](../LICENSE): whoever gets it may use, change and pass it on. Everything
that it imports is under a permissive licence, or under one that asks for the source of that library alone (MPL-2.0,
LGPL-3.0), which using it as it is published satisfies.

This page is generated. `./run licences` writes it anew from `requirements/` and the installed packages; a test fails
while it is out of date, or names a licence of another sort among what is delivered.
"""
WHEELS = """\
Of these only x265 is under the GPL, and nothing of the portal calls it: it writes pictures as HEIC, and the portal only
reads them. Its terms concern those who pass on a container image or a folder of wheels with it: they pass on its source,
or an offer of it, too. `pip install --no-binary pillow-heif` builds that package on the system's libheif instead.
"""


def pinned_versions(kind: str) -> dict[str, tuple[str, ...]]:
    """Return the versions of each distribution that `requirements/<kind>.txt` names."""
    versions: dict[str, tuple[str, ...]] = {}
    for match in PIN.finditer((ROOT / "requirements" / f"{kind}.txt").read_text()):
        versions[match["name"]] = (*versions.get(match["name"], ()), match["version"])
    return versions


def components(kind: str, *, without: str = "") -> list[Component]:
    """Return what `requirements/<kind>.txt` names, in the order of names, without what another such file does."""
    excluded = pinned_versions(without) if without else {}
    return [
        Component(name, versions, licence_of(name))
        for name, versions in sorted(pinned_versions(kind).items())
        if name not in excluded
    ]


def licence_of(name: str) -> str:
    """Return the SPDX expression of a distribution's licence; raise LookupError where none can be told."""
    if name in SPDX_BY_ABSENT_NAME:
        return SPDX_BY_ABSENT_NAME[name]
    try:
        installed = distribution(name)
    except PackageNotFoundError:
        raise LookupError(f"{name} is not installed; ./run licences installs all.") from None
    for expression in _expressions(installed):
        if set(re.split(r" (?:AND|OR|WITH) ", expression)) <= SPDX_IDS:
            return expression
    raise LookupError(f"The licence of {name} is unknown; portal.foundation.licences has to learn its name.")


def _expressions(installed: Distribution) -> Iterator[str]:
    """Yield what the metadata calls the licence, the most exact first, then what its text is recognised as."""
    metadata = installed.metadata
    for field in ("License-Expression", "License", "Classifier"):
        for written in metadata.get_all(field) or []:
            yield SPDX_BY_NAME.get(written, written)
    for file in installed.files or []:
        if re.search(r"licen[cs]e", file.name, re.IGNORECASE) and file.suffix in ("", ".txt", ".md", ".rst"):
            text = " ".join(file.read_text().lower().split())
            yield from (spdx for sentence, spdx in SPDX_BY_SENTENCE if sentence in text)


def page() -> str:
    """Return the text of `docs/licences.md`."""
    parts = [
        INTRODUCTION,
        "## What the portal runs on\n",
        _table(components("base")),
        "## In production besides\n",
        _table(components("production", without="base")),
        "## What some of them carry\n",
        _bundled_table(),
        WHEELS,
        "## Tools of development, not delivered\n",
        _table(components("dev", without="production")),
    ]
    return "\n".join(parts)


def _table(rows: list[Component]) -> str:
    lines = [f"| {row.name} | {' or '.join(row.versions)} | {row.licence} |" for row in rows]
    return "\n".join(["| name | version | licence (SPDX) |", "|---|---|---|", *lines]) + "\n"


def _bundled_table() -> str:
    lines = [f"| {row.name} | {row.distribution} | {row.licence} |" for row in BUNDLED]
    return "\n".join(["| what | in | licence (SPDX) |", "|---|---|---|", *lines]) + "\n"


def main(arguments: list[str]) -> int:
    try:
        text = page()
    except LookupError as error:
        print(error.args[0], file=sys.stderr)
        return 1
    if "--check" in arguments:
        if PAGE.read_text() == text:
            return 0
        print(f"docs/{PAGE.name} is out of date; ./run licences writes it.", file=sys.stderr)
        return 1
    PAGE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
