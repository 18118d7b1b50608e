"""Compile message catalogues with Babel, and check that they are complete.

`python -m portal.foundation.catalogues` compiles what is out of date; `--check` fails on a message of the code
that a catalogue lacks, and on one that is untranslated or fuzzy (needs `xgettext`).
"""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "locale"
IGNORED = (".venv", "var", "tests", "bench", "static/vendor", "build")


def catalogue_files() -> list[Path]:
    return sorted(LOCALE.rglob("*.po"))


def compile_catalogue(source: Path) -> bool:
    """Write the `.mo` beside a `.po`; return False where it is up to date."""
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return False
    with source.open("rb") as po:
        catalogue = read_po(po)
    temporary = target.with_suffix(f".{id(catalogue)}.tmp")
    with temporary.open("wb") as mo:
        write_mo(mo, catalogue)
    temporary.replace(target)
    return True


def unfinished(source: Path) -> list[str]:
    """Return messages without a translation, or with a fuzzy one."""
    with source.open("rb") as po:
        messages = [message for message in read_po(po) if message.id]
    return [
        str(message.id)
        for message in messages
        if message.fuzzy or not (all(message.string) if isinstance(message.string, tuple) else message.string)
    ]


def extract(domain: str) -> set[str]:
    """Return the message ids of the code, by Django's own extraction into a template that is then removed."""
    ignore = [option for folder in IGNORED for option in ("-i", folder)]
    command = [
        "makemessages",
        "--exclude",
        "zh_Hans",
        "--exclude",
        "wagtail",
        "--keep-pot",
        "--no-location",
        "--domain",
        domain,
        *ignore,
    ]
    subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *command], check=True, cwd=ROOT, stdout=subprocess.DEVNULL
    )
    template = LOCALE / f"{domain}.pot"
    if not template.exists():
        return set()
    text = template.read_text().replace("nplurals=INTEGER; plural=EXPRESSION", "nplurals=2; plural=(n != 1)")
    template.unlink()
    return {_key(message) for message in read_po(io.StringIO(text)) if message.id}


def _key(message: Message) -> str:
    first = message.id[0] if isinstance(message.id, tuple) else message.id
    return f"{message.context or ''}|{first}"


def missing(domain: str) -> list[str]:
    """Return messages of the code that the Chinese catalogue lacks."""
    source = LOCALE / "zh_Hans" / "LC_MESSAGES" / f"{domain}.po"
    with source.open("rb") as po:
        translated = {_key(message) for message in read_po(po) if message.id}
    return sorted(extract(domain) - translated)


def check() -> int:
    """Print what is missing, and return the number of faults."""
    faults = 0
    for source in catalogue_files():
        for message in unfinished(source):
            faults += 1
            print(f"{source.relative_to(ROOT)}: untranslated or fuzzy: {message!r}")
    for domain in ("django", "djangojs"):
        for message in missing(domain):
            faults += 1
            print(f"{domain}.po lacks: {message!r}")
    return faults


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(1 if check() else 0)
    for path in catalogue_files():
        compile_catalogue(path)
