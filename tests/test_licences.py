"""docs/licences.md names the licence of all that is delivered, and none that forbids it."""

import re

import pytest

from portal.foundation.licences import (
    BUNDLED,
    PAGE,
    ROOT,
    components,
    licence_of,
    main,
    page,
    pinned_versions,
)

PERMISSIVE = {
    *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC-BY-4.0", "CC0-1.0", "ISC", "MIT", "MIT-CMU", "PSF-2.0"),
}  # fmt: skip
# Source of the library alone, which whoever uses it as published has not changed.
OF_THE_LIBRARY_ALONE = {"LGPL-3.0-only", "MPL-2.0"}


def test_page_is_as_the_requirements_and_packages_make_it():
    assert PAGE.read_text() == page()
    assert main(["--check"]) == 0


@pytest.mark.parametrize("kind", ["base", "production"])
def test_all_that_is_delivered_may_be(kind):
    for component in components(kind):
        assert set(re.split(" AND | OR ", component.licence)) <= PERMISSIVE | OF_THE_LIBRARY_ALONE, component


@pytest.mark.parametrize("kind", ["base", "production", "dev"])
def test_each_requirement_has_its_row(kind):
    lines = [
        line for line in (ROOT / "requirements" / f"{kind}.txt").read_text().splitlines() if "==" in line
    ]
    rows = dict(
        re.findall(r"^\| ([a-z0-9._-]+) \| ([0-9][^|]*) \| [^|]+ \|$", PAGE.read_text(), re.MULTILINE)
    )
    pins = {re.split("==| ", line)[0]: re.split("==| ", line)[1] for line in lines}
    assert pins.keys() <= rows.keys()
    assert [name for name, version in pins.items() if version not in rows[name].split(" or ")] == []


def test_what_is_carried_is_in_something_delivered():
    assert {row.distribution for row in BUNDLED} <= pinned_versions("production").keys()


@pytest.mark.parametrize(
    ("name", "licence"),
    [
        ("wagtail", "BSD-3-Clause"),  # an SPDX expression
        ("beautifulsoup4", "MIT"),  # a name in the free field
        ("anyascii", "ISC"),  # a classifier
        ("django-taggit", "BSD-3-Clause"),  # the text, since "BSD" alone does not tell
        ("pytest-django", "BSD-3-Clause"),
    ],
)
def test_licence_is_read_from_the_metadata_of_the_package(name, licence):
    assert licence_of(name) == licence


def test_package_that_is_not_installed_is_an_error():
    with pytest.raises(LookupError, match="no-such-package is not installed"):
        licence_of("no-such-package")


def test_page_that_is_out_of_date_fails_the_check(tmp_path, monkeypatch, capsys):
    outdated = tmp_path / "licences.md"
    outdated.write_text("")
    monkeypatch.setattr("portal.foundation.licences.PAGE", outdated)
    assert main(["--check"]) == 1
    assert "./run licences" in capsys.readouterr().err
    assert main([]) == 0
    assert outdated.read_text() == page()
