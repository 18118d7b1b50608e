"""What style sheets, scripts and templates ask of a browser: nothing that Chromium 86 lacks, without a fallback.

Browsers of intranets are years old: those built on Chromium 86 (October 2020) show and do everything. What is newer
may only add beauty, and is named below. `python -m portal.foundation.browsers` prints what is refused and fails.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
Faults = Iterator[tuple[int, str]]

_WORDS = tomllib.loads(Path(__file__).with_name("chromium_86.toml").read_text(encoding="utf-8"))
KNOWN = {kind: frozenset(words.split()) for kind, words in _WORDS["known"].items()}
# A page without these reads and works as well.
BEAUTY = {kind: frozenset(words.split()) for kind, words in _WORDS["beauty"].items()}
NEW_VALUES = (
    ("float", re.compile(r"\binline-")),
    ("overflow", re.compile(r"\bclip\b")),
    ("width", re.compile(r"\bstretch\b")),
    ("height", re.compile(r"\bstretch\b")),
)

NOT_ONE_OF_SEVERAL = r":not\([^()]*(?:\([^()]*\))?[^()]*,"
NEW_SCRIPT = re.compile(
    rf""":(?:has|is|where|modal|popover-open|user-(?:in)?valid)\b|{NOT_ONE_OF_SEVERAL}
    |\.(?:at|findLast|findLastIndex|toSorted|toReversed|toSpliced|groupBy|withResolvers|canParse|fromAsync)\(
    |\.(?:union|intersection|difference|isSubsetOf|showPicker|checkVisibility|setHTML|moveBefore|requestClose)\(
    |\b(?:structuredClone|randomUUID|startViewTransition|scrollend|URLPattern|Temporal|Intl\.Segmenter)\b
    |\bObject\.hasOwn\b|\bAbortSignal\.(?:any|timeout)\b|\bnew\ FormData\([^)]*,|\.(?:inert|popover)\b
    |\bstatic\ \{{|\#\w+\ in\ |\b(?:show|hide|toggle)Popover\b|\bhasIndices\b""",
    re.VERBOSE,
)
NEW_MARKUP = re.compile(
    r"""<(?:search|selectedcontent)\b|\s(?:popover|inert|popovertarget|commandfor|closedby|shadowrootmode)(?=[\s=>])
    |hidden="until-found"|type="importmap\"""",
    re.VERBOSE,
)
# Only a page that came by HTTPS has these; a script that asks for one says or does something else without it.
SECURE = re.compile(
    r"\bnavigator\.(?:clipboard|serviceWorker|mediaDevices|geolocation|wakeLock)\b|\bcrypto\.subtle\b"
)
WITHOUT_HTTPS = re.compile(r"\bisSecureContext\b|\bexecCommand\b")

# What a brace, a semicolon or a comma within does not count in.
CONTENT = re.compile(r"""/\*.*?\*/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|url\([^)]*\)""", re.DOTALL)
PART = re.compile(r"([^{};]*)([{};])")
_SIDES = re.compile(r"(?P<box>margin|padding|border|inset)-(?P<axis>block|inline)(?P<end>-start|-end)?$")


def css_faults(css: str) -> Faults:
    """Yield the line and the description of what Chromium 86 would drop."""
    masked = CONTENT.sub(_without_content, css)
    blocks: list[str] = []
    declared: list[set[str]] = [set()]
    for part in PART.finditer(masked):
        text, end = " ".join(part[1].split()), part[2]
        line = masked.count("\n", 0, part.end(1)) + 1
        # What stands within @supports has its fallback outside.
        is_guarded = any(block.startswith("@supports") for block in blocks)
        if text and not is_guarded:
            faults = _block_faults(text, blocks) if end == "{" else _declaration_faults(text, declared[-1])
            yield from ((line, fault) for fault in faults)
        if end == "{":
            blocks.append(text)
            declared.append(set())
        elif end == "}":
            blocks.pop()
            declared.pop()


def _without_content(match: re.Match[str]) -> str:
    """Return what stands for a comment, a string or an address, with as many lines."""
    return ("" if match[0].startswith("/*") else '""') + "\n" * match[0].count("\n")


def _block_faults(head: str, blocks: list[str]) -> Iterator[str]:
    if blocks and not blocks[-1].startswith("@"):
        yield f"{head}: a rule within a rule"
    if head.startswith("@"):
        name = head[1:].split()[0]
        if name.removeprefix("-webkit-") not in KNOWN["at_rules"]:
            yield f"@{name}"
        if name == "media" and re.search("[<>]", head):
            yield f"{head}: write min-width or max-width"
        return
    is_alone = "," not in head
    for pseudo in re.findall(r"::?(-?[a-z-]+)", head):
        is_beauty = pseudo in BEAUTY["pseudo"] and is_alone
        if pseudo not in KNOWN["pseudo"] and not pseudo.startswith("-webkit-") and not is_beauty:
            yield f":{pseudo} (an unknown pseudo-class makes its whole rule void)"
    if re.search(NOT_ONE_OF_SEVERAL, head):
        yield f"{head}: write :not() for each"
    if re.search(r":nth-(?:last-)?child\([^)]*\bof\b", head):
        yield f"{head}: nth-child() of a selector"


def _declaration_faults(text: str, declared: set[str]) -> Iterator[str]:
    """Yield what is new in a declaration; an earlier one of the same property is its fallback."""
    name, _, value = (part.strip() for part in text.partition(":"))
    if text.startswith("@") or name in declared:
        return
    faults = [*_property_faults(name), *_value_faults(name, value)]
    if not faults:
        declared.add(name)
    yield from faults


def _property_faults(name: str) -> Iterator[str]:
    if name in KNOWN["properties"] | BEAUTY["properties"] or name.startswith(("--", "-webkit-", "-moz-")):
        return
    sides = _SIDES.match(name)
    if name == "inset":
        yield "inset: write top, right, bottom and left"
    elif sides:
        box = "" if sides["box"] == "inset" else f"{sides['box']}-"
        first, second = ("top", "bottom") if sides["axis"] == "block" else ("left", "right")
        both = f"{box}{first} and {box}{second}"
        yield f"{name}: write { ({'-start': box + first, '-end': box + second}.get(sides['end'], both)) }"
    else:
        yield f"{name}: an unknown property"


def _value_faults(name: str, value: str) -> Iterator[str]:
    for function in re.findall(r"(?<![\w-])([a-zA-Z-]+)\(", value):
        if function not in KNOWN["functions"] and not function.startswith("-webkit-"):
            yield f"{function}() in {name}"
    for unit in re.findall(r"(?<![\w#.-])[+-]?(?:\d*\.)?\d+(%|[a-zA-Z]+)", value):
        if unit not in KNOWN["units"]:
            yield f"the unit {unit} in {name}"
    for part, new in NEW_VALUES:
        if part in name and new.search(value):
            yield f"{name}: {value}"


def script_faults(script: str) -> Faults:
    """Yield the line and the text of what a script asks of a newer browser, or of HTTPS without saying so."""
    yield from _matches(NEW_SCRIPT, script)
    if not WITHOUT_HTTPS.search(script):
        yield from ((line, f"{text}: what without HTTPS?") for line, text in _matches(SECURE, script))
    if "beforeunload" in script and "returnValue" not in script:
        yield script.count("\n", 0, script.index("beforeunload")) + 1, "beforeunload: set returnValue too"


def markup_faults(markup: str) -> Faults:
    """Yield the line and the text of what a template asks of a newer browser."""
    return _matches(NEW_MARKUP, markup)


def _matches(pattern: re.Pattern[str], text: str) -> Faults:
    return ((text.count("\n", 0, match.start()) + 1, match[0].strip()) for match in pattern.finditer(text))


FINDERS = (
    ("static", ".css", css_faults),
    ("static", ".js", script_faults),
    ("templates", ".html", markup_faults),
)


def faults(root: Path = ROOT) -> list[str]:
    """Return what is refused in the style sheets, scripts and templates under `root`, as `path:line: fault`."""
    return [
        f"{path.relative_to(root)}:{line}: {fault}"
        for folder, suffix, find in FINDERS
        for path in sorted((root / folder).rglob(f"*{suffix}"))
        for line, fault in find(path.read_text(encoding="utf-8"))
    ]


if __name__ == "__main__":
    refused = faults()
    print(*refused, sep="\n", end="\n" if refused else "")
    sys.exit("Chromium 86 knows nothing of these (CONTRIBUTING.md)." if refused else 0)
