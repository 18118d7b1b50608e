"""The admin in browsers that drop a part of Wagtail's stylesheet."""

from __future__ import annotations

import re

import pytest
from django.contrib.staticfiles import finders

from portal.foundation.older_admin import HEAD, SOURCE, TARGET, older_stylesheet


def rules(css: str) -> list[str]:
    return [line.strip() for line in older_stylesheet(css).removeprefix(HEAD).splitlines()[:-1]]


def test_stylesheet_is_that_of_the_installed_wagtail():
    assert TARGET.read_text(encoding="utf-8") == older_stylesheet(SOURCE.read_text(encoding="utf-8"))


def test_newer_browsers_skip_it():
    assert re.findall(r"^\S.*$", TARGET.read_text(encoding="utf-8"), re.MULTILINE)[1:] == [
        "@supports not (inset: 0) {",
        "}",
    ]


def test_pictures_that_it_names_are_there():
    addresses = set(re.findall(r"url\(\.\./\.\./([^)]+)\)", TARGET.read_text(encoding="utf-8")))
    assert "wagtailadmin/images/icons/check.svg" in addresses
    assert [address for address in addresses if not finders.find(address)] == []


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        (".a{color:red;inset-inline-start:0}", [".a { left: 0; }"]),
        (".a{float:inline-end!important}", [".a { float: right!important; }"]),
        (".a{inset:0 auto}", [".a { top: 0; right: auto; bottom: 0; left: auto; }"]),
        (
            ".a{padding-inline:calc(1px + 2px) 3px}",
            [".a { padding-left: calc(1px + 2px); padding-right: 3px; }"],
        ),
        (
            "@media (min-width:1px){.a{margin-inline:0}}",
            ["@media (min-width:1px) { .a { margin-left: 0; margin-right: 0; } }"],
        ),
        (".a{mask-image:url(../b.svg)}", [".a { -webkit-mask-image: url(../../wagtailadmin/b.svg); }"]),
        (".a :is(b,.c):hover{top:0}", [".a b:hover, .a .c:hover { top: 0; }"]),
        (".a:not(.b,.c){top:0}", [".a:not(.b):not(.c) { top: 0; }"]),
        (".a:has(b){top:0}", []),
        (".a:is(input):before{top:0}", []),
        (".a{top:0;background:url(../b.svg)}", []),
        ('.a{content:"}{inset:0;"}', []),
    ],
)
def test_what_is_dropped_is_said_in_older_words(css, expected):
    assert rules(css) == expected
