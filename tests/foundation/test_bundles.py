"""One stylesheet a page, put together from the files of static/css."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command

from portal.foundation.bundles import BundleFinder, bundle_css

BUNDLE = "css/portal.css"
CSS = Path(settings.BASE_DIR) / "static" / "css"


@pytest.fixture
def sources(settings, tmp_path):
    """Return a folder of static files of which `css/small.css` is put together."""
    settings.STATICFILES_DIRS = [tmp_path / "static"]
    settings.STYLESHEET_BUNDLE_DIR = tmp_path / "bundles"
    settings.STYLESHEET_BUNDLES = {"css/small.css": ["css/a.css", "css/parts/b.css"]}
    (tmp_path / "static/css/parts").mkdir(parents=True)
    (tmp_path / "static/css/a.css").write_text(".a { color: red; }\n")
    (tmp_path / "static/css/parts/b.css").write_text(".b { color: blue; }\n")
    finders.get_finder.cache_clear()
    yield tmp_path / "static"
    finders.get_finder.cache_clear()


def test_every_stylesheet_of_the_portal_is_in_the_bundle_once():
    own = {path.relative_to(CSS.parent).as_posix() for path in CSS.rglob("*.css")}
    of_the_admin = {path for path in own if path.startswith("css/admin")}
    assert sorted(settings.STYLESHEET_BUNDLES[BUNDLE]) == sorted(own - of_the_admin)


def test_bundle_holds_its_files_in_the_order_of_the_cascade():
    headings = re.findall(r"^/\* (css/[\w/]+\.css) \*/$", bundle_css(BUNDLE), re.MULTILINE)
    assert headings == settings.STYLESHEET_BUNDLES[BUNDLE]
    assert (headings[:3], headings[-1]) == (
        ["css/tokens.css", "css/base.css", "css/layout.css"],
        "css/print.css",
    )


def test_class_belongs_to_one_file_of_page_components():
    """Since all are loaded together, two components may not both lay out a class of one name."""
    owners: dict[str, set[str]] = {}
    for path in (CSS / "components").glob("*.css"):
        for block in re.findall(r"(?:^|[},])\s*\.([a-z][\w-]*)(?=\s*[{,])", path.read_text(encoding="utf-8")):
            owners.setdefault(block, set()).add(path.name)
    assert {block: names for block, names in owners.items() if len(names) > 1} == {}


def test_relative_address_is_kept_when_its_file_moves(sources):
    (sources / "css/parts/b.css").write_text(
        ".b { background: url(../../img/b.svg); }\n"
        ".c { background: url('c.svg#x'), url(data:image/png;base64,AA==), url(/static/d.svg); }\n"
    )
    css = bundle_css("css/small.css")
    assert re.findall(r"url\([^)]*\)", css) == [
        'url("../img/b.svg")',
        'url("parts/c.svg#x")',
        "url(data:image/png;base64,AA==)",
        "url(/static/d.svg)",
    ]


def test_changed_file_is_in_the_bundle_at_the_next_request(sources):
    first = Path(finders.find("css/small.css")).read_text()
    (sources / "css/a.css").write_text(".a { color: green; }\n")
    assert ".a { color: red; }" in first
    assert ".a { color: green; }" in Path(finders.find("css/small.css")).read_text()


def test_threads_write_the_bundle_at_the_same_time(sources, monkeypatch):
    barrier, replace = threading.Barrier(2, timeout=10), Path.replace

    def replace_together(path, target):
        barrier.wait()
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", replace_together)
    with ThreadPoolExecutor(2) as pool:
        locations = list(pool.map(finders.find, ["css/small.css"] * 2))
    assert locations[0] == locations[1]


def test_missing_file_is_named(sources):
    (sources / "css/a.css").unlink()
    with pytest.raises(LookupError, match="names css/a"):
        bundle_css("css/small.css")
    assert [error.id for error in BundleFinder().check()] == ["tongtang.E002"]


def test_collected_bundle_carries_the_hash_of_its_content(sources, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    [hashed] = (tmp_path / "collected/css").glob("small.????????????.css")
    assert hashed.read_text().count(".a { color: red; }") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/styleguide/", "/accounts/login/", "/sessions/", "/law/", "/cases/"])
def test_page_links_one_stylesheet_and_the_hues_of_departments(client, path):
    html = client.get(path).content.decode()
    assert re.findall(r'<link rel="stylesheet"\s+href="([^"]+)"', html) == [
        "/static/css/portal.css",
        "/departments.css",
    ]
