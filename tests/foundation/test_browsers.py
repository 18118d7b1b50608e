"""Style sheets, scripts and templates for browsers as old as Chromium 86."""

from __future__ import annotations

import pytest

from portal.foundation.browsers import css_faults, faults, markup_faults, script_faults


def test_portal_asks_nothing_of_a_browser_that_chromium_86_lacks():
    assert faults() == []


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        (".a { inset: 0; }", "inset: write top, right, bottom and left"),
        (".a { inset-inline-start: 0; }", "inset-inline-start: write left"),
        (".a { padding-block: 1px 2px; }", "padding-block: write padding-top and padding-bottom"),
        (".a { aspect-ratio: 1; }", "aspect-ratio: an unknown property"),
        (".a:has(b) { top: 0; }", ":has (an unknown pseudo-class makes its whole rule void)"),
        (".a, b::file-selector-button { top: 0; }", ":file-selector-button (an unknown pseudo-class makes"),
        (".a:not(.b, .c) { top: 0; }", ".a:not(.b, .c): write :not() for each"),
        (".a { height: 100dvh; }", "the unit dvh in height"),
        (".a { color: color-mix(in srgb, red, blue); }", "color-mix() in color"),
        (".a { float: inline-start; }", "float: inline-start"),
        (".a { overflow: clip; }", "overflow: clip"),
        (".a { b { top: 0; } }", "b: a rule within a rule"),
        ("@container (width > 1px) { a { top: 0; } }", "@container"),
        ("@media (width >= 1px) { a { top: 0; } }", "@media (width >= 1px): write min-width or max-width"),
    ],
)
def test_css_that_chromium_86_would_drop_is_refused(css, expected):
    [(line, fault)] = css_faults(f"/* two\nlines */ {css}")
    assert (line, fault[: len(expected)]) == (2, expected)


@pytest.mark.parametrize(
    "css",
    [
        ".a { height: 90vh; height: 90dvh; }",
        "@supports (aspect-ratio: 1) { .a { aspect-ratio: 1; } }",
        ".a { accent-color: red; text-wrap: pretty; }",
        '.a::before { content: "}:has(b){inset:0"; background: url(data:image/png;base64,AA==); }',
        ".a:not(.b):not(.c) { color: #1b2024; transform: translate(calc(1px + 2%), .5em); }",
        "@media (min-width: 60rem) { .a { --inset: 0; margin-inline-start: 1px; } }",
        "@keyframes b { from { top: 0; } 50% { top: 1px; } }",
    ],
)
def test_css_with_a_fallback_or_for_beauty_is_allowed(css):
    assert list(css_faults(css)) == []


@pytest.mark.parametrize(
    "script",
    [
        "list.at(-1)",
        "structuredClone(value)",
        "Object.hasOwn(value, name)",
        'document.querySelector("a:has(b)")',
        'target.closest("input:not([type=a], [type=b])")',
        "new FormData(form, event.submitter)",
        "box.inert = true",
        "crypto.randomUUID()",
        "AbortSignal.timeout(100)",
        'addEventListener("beforeunload", (event) => event.preventDefault())',
        "navigator.mediaDevices.getUserMedia({video: true})",
    ],
)
def test_script_for_newer_browsers_is_refused(script):
    assert [line for line, fault in script_faults(f"\n{script}")] == [2]


def test_script_that_says_what_happens_without_https_is_allowed():
    script = "if (!isSecureContext) explain(); else navigator.mediaDevices.getUserMedia({video: true});"
    assert list(script_faults(script)) == []


@pytest.mark.parametrize("markup", ["<div popover>", "<main inert>", "<search>", '<p hidden="until-found">'])
def test_markup_for_newer_browsers_is_refused(markup):
    assert len(list(markup_faults(markup))) == 1


def test_fault_is_named_with_its_place(tmp_path):
    (tmp_path / "static/css").mkdir(parents=True)
    (tmp_path / "static/css/a.css").write_text(".a { top: 0; }\n.b { rotate: 45deg; }\n")
    assert faults(tmp_path) == ["static/css/a.css:2: rotate: an unknown property"]
