import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext

from norms.selectors.citing import CitationSummary


class Command(BaseCommand):
    help = (
        "Read the citations of texts, one on each line, where \\n stands for a line break; nothing is stored."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="?", default="-", metavar="FILE", help="a text file, or - for standard input"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object for each line")

    def handle(self, *args: Any, **options: Any) -> None:
        summary = CitationSummary(timezone.localdate())
        for line in _lines(options["file"]):
            text = line.replace("\\n", "\n")
            citations = summary.of_text(text)
            if options["json"]:
                self.stdout.write(json.dumps({"text": text, "citations": citations}, ensure_ascii=False))
                continue
            self.stdout.write(text)
            for citation in citations:
                self.stdout.write(f"    {_sentence(citation)}")


def _lines(name: str) -> Iterator[str]:
    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CommandError(gettext("The file cannot be opened; check its permissions.")) from error
    # Not `splitlines`: a text may hold U+2028 and the like.
    lines = content.decode("utf-8-sig", "replace").replace("\r\n", "\n").split("\n")
    yield from lines[:-1] if not lines[-1] else lines


def _sentence(citation: dict[str, Any]) -> str:
    document = citation["document"] or citation["number"] or "?"
    articles = "、".join(citation["articles"])
    levels = "".join(f"({citation[level]})" for level in ("paragraph", "item") if citation[level])
    state = gettext("resolved") if citation["resolved"] else gettext("not resolved")
    return f"{document} {articles}{levels}：{state}"
