"""Wagtail's stylesheet of the admin once more, for browsers that drop a part of it: `static/css/admin/chromium-86.css`.

`python -m portal.foundation.older_admin` writes the file from the installed Wagtail, after each upgrade; a test compares
the two. Newer browsers skip all of it (`@supports not`). A rule without a word in Chromium 86 (`:has()`) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import wagtail

from portal.foundation.browsers import CONTENT, PART

SOURCE = Path(wagtail.__file__).parent / "admin/static/wagtailadmin/css/core.css"
TARGET = Path(__file__).resolve().parents[2] / "static/css/admin/chromium-86.css"
HEAD = """/* Wagtail's core.css for browsers before `inset` (Chromium 87), written by portal.foundation.older_admin. */
@supports not (inset: 0) {
"""

# Wagtail is read from left to right here, in both languages.
OLDER_NAMES = {
    "inset-inline-start": ("left",),
    "inset-inline-end": ("right",),
    "inset-inline": ("left", "right"),
    "inset": ("top", "right", "bottom", "left"),
    "margin-inline": ("margin-left", "margin-right"),
    "margin-block": ("margin-top", "margin-bottom"),
    "padding-inline": ("padding-left", "padding-right"),
    "padding-block": ("padding-top", "padding-bottom"),
    "border-start-start-radius": ("border-top-left-radius",),
    "border-start-end-radius": ("border-top-right-radius",),
    "border-end-start-radius": ("border-bottom-left-radius",),
    "border-end-end-radius": ("border-bottom-right-radius",),
    "mask-image": ("-webkit-mask-image",),
    "mask-repeat": ("-webkit-mask-repeat",),
    "mask-size": ("-webkit-mask-size",),
    "mask-position": ("-webkit-mask-position",),
}
OLDER_FLOATS = {"inline-start": "left", "inline-end": "right"}

_OF_SEVERAL = re.compile(r":(?:is|where)\(([^()]*)\)")
_NOT_SEVERAL = re.compile(r":not\(([^()]*,[^()]*)\)")
# What has no older word, is of another engine, or is for scripts from right to left.
_WITHOUT_WORD = re.compile(r":has\(|:not\([^()]*[ >~+][^()]*\)|-moz-|-ms-|rtl|:(?:is|where)\(")


@dataclass
class StyleBlock:
    """What stands between braces: a rule with its declarations, or an at-rule."""

    head: str
    declarations: list[tuple[str, str]] = field(default_factory=list)


def older_stylesheet(css: str) -> str:
    """Return the rules of a stylesheet that Chromium 86 drops, whole or in part, in words that it knows."""
    lines = []
    for media, selectors, declarations in _older_rules(css):
        rule = (
            f"{', '.join(selectors)} {{ {'; '.join(f'{name}: {value}' for name, value in declarations)}; }}"
        )
        lines.append("".join([f"{head} {{ " for head in media] + [rule] + [" }" for _head in media]))
    rules = "".join(f"  {line}\n" for line in lines)
    return HEAD + rules.replace("url(../", "url(../../wagtailadmin/") + "}\n"


def _older_rules(css: str) -> Iterator[tuple[list[str], list[str], list[tuple[str, str]]]]:
    """Yield the media queries, selectors and declarations of each rule that has to be said again."""
    for blocks in _rules(css):
        *around, rule = blocks
        if any(not block.head.startswith("@media") for block in around):
            continue
        listed = [selector.strip() for selector in _split(rule.head)]
        selectors = [older for selector in listed for older in _older_selectors(selector)]
        older = [pair for name, value in rule.declarations for pair in _older_declarations(name, value)]
        # A list with one selector that is not known is dropped whole.
        is_dropped = any(map(_OF_SEVERAL.search, listed)) or any(map(_NOT_SEVERAL.search, listed))
        declarations = older if is_dropped else [pair for pair in older if pair not in rule.declarations]
        if selectors and declarations:
            yield [block.head for block in around], selectors, declarations


def _rules(css: str) -> Iterator[list[StyleBlock]]:
    """Yield each block that has declarations, with those around it, outermost first."""
    masked = CONTENT.sub(
        lambda match: "x" * len(match[0]) if match[0][0] != "/" else " " * len(match[0]), css
    )
    blocks: list[StyleBlock] = []
    for part in PART.finditer(masked):
        text = CONTENT.sub(
            lambda match: "" if match[0][0] == "/" else match[0], css[part.start(1) : part.end(1)]
        )
        if part[2] == "{":
            blocks.append(StyleBlock(" ".join(text.split())))
            continue
        name, colon, value = text.partition(":")
        if colon and blocks:
            blocks[-1].declarations.append((name.strip(), value.strip()))
        if part[2] == "}":
            if blocks[-1].declarations:
                yield list(blocks)
            blocks.pop()


def _split(selectors: str) -> list[str]:
    """Return the selectors of a list; the commas of `:is(a, b)` do not part them."""
    depth, parts = 0, [""]
    for character in selectors:
        depth += (character == "(") - (character == ")")
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _older_selectors(selector: str) -> list[str]:
    """Return the selectors that together mean the same to an older browser; none where there are none."""
    if several := _NOT_SEVERAL.search(selector):
        negations = "".join(f":not({option.strip()})" for option in several[1].split(","))
        return _older_selectors(selector[: several.start()] + negations + selector[several.end() :])
    if several := _OF_SEVERAL.search(selector):
        before, after = selector[: several.start()], selector[several.end() :]
        if re.search(r"[\w)\]]$", before) and re.match(r"[a-z]", several[1]):
            return []
        return [
            older
            for option in several[1].split(",")
            for older in _older_selectors(before + option.strip() + after)
        ]
    return [] if _WITHOUT_WORD.search(selector) else [selector]


def _older_declarations(name: str, value: str) -> list[tuple[str, str]]:
    if name == "float":
        return [(name, re.sub(r"inline-\w+", lambda match: OLDER_FLOATS[match[0]], value))]
    names = OLDER_NAMES.get(name)
    if names is None:
        return [(name, value)]
    important = " !important" if "!important" in value else ""
    values = re.findall(r"(?:[^\s()]|\((?:[^()]|\([^()]*\))*\))+", value.replace("!important", ""))
    return [(older, side + important) for older, side in zip(names, _sides(values, len(names)), strict=True)]


def _sides(values: list[str], count: int) -> list[str]:
    """Return a value for each of 1, 2 or 4 sides, as a shorthand gives them."""
    if count == 1:
        return [" ".join(values)]
    if count == 2:
        return [values[0], values[-1]]
    top, right = values[0], values[min(1, len(values) - 1)]
    return [top, right, values[2] if len(values) > 2 else top, values[3] if len(values) > 3 else right]


if __name__ == "__main__":
    TARGET.write_text(older_stylesheet(SOURCE.read_text(encoding="utf-8")), encoding="utf-8")
