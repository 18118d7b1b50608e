"""Hues of departments, light and dark, the styleguide, error pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from courses.enums import SessionStatus
from portal.org.models import Department
from tests.factories.courses import TrainingSessionFactory
from tests.factories.org import UserFactory

pytestmark = pytest.mark.django_db
TEMPLATES = Path(settings.BASE_DIR) / "templates"
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))
MAX_LINE_CHARACTERS = 120


def test_departments_css_holds_the_hue_of_each_department(client):
    Department.objects.filter(code="court").update(hue_light="#112233", hue_dark="#aabbcc")
    css = client.get("/departments.css").content.decode()
    assert ".seal--court { --dept: #112233; }" in css
    assert css.count("--dept: #aabbcc") == 2
    assert css.count("--dept:") == 3 * Department.objects.count()


def test_departments_css_is_not_sent_twice(client):
    etag = client.get("/departments.css").headers["ETag"]
    again = client.get("/departments.css", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    Department.objects.filter(code="court").update(hue_light="#112233")
    changed = client.get("/departments.css", headers={"If-None-Match": etag})
    assert "#112233" in changed.content.decode()


def test_theme_is_kept_and_comes_back(client):
    response = client.post("/theme/", {"theme": "dark", "next": "/styleguide/"})
    assert (response.status_code, response.url) == (302, "/styleguide/")
    assert 'data-theme="dark"' in client.get("/styleguide/").content.decode()


def test_theme_can_follow_the_device_again(client):
    client.post("/theme/", {"theme": "dark"})
    client.post("/theme/", {"theme": ""})
    assert "data-theme" not in client.get("/styleguide/").content.decode()


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"]
)
def test_theme_does_not_lead_elsewhere(client, target):
    assert client.post("/theme/", {"theme": "dark", "next": target}).url == "/"


@pytest.mark.parametrize(
    ("address", "data"), [("/theme/", {"theme": "dark"}), ("/keys/", {"single_keys": "off"})]
)
def test_choices_of_a_browser_are_out_of_reach_of_scripts_and_of_plain_lines(client, address, data):
    for secure in (False, True):
        client.cookies.clear()
        (cookie,) = client.post(address, data, secure=secure).cookies.values()
        assert (cookie["httponly"], cookie["samesite"], bool(cookie["secure"])) == (True, "Lax", secure)


@pytest.mark.parametrize("address", ["/theme/", "/keys/"])
@pytest.mark.parametrize(
    "target", ["/\\elsewhere.example/", "///elsewhere.example", "http:elsewhere", "/" * 5000]
)
def test_choices_of_a_browser_lead_nowhere_else(client, address, target):
    assert client.post(address, {"next": target}).url == "/"


def test_theme_is_not_changed_by_a_link(client):
    assert client.get("/theme/?theme=dark").status_code == 405
    assert "data-theme" not in client.get("/styleguide/").content.decode()


def test_styleguide_is_open_to_visitors(client):
    assert "<h1>样式指南</h1>" in client.get("/styleguide/").content.decode()


@pytest.mark.parametrize("component", [path.name for path in COMPONENTS])
def test_component_is_on_the_styleguide(component):
    text = (Path(settings.BASE_DIR) / "templates/home/styleguide.html").read_text(encoding="utf-8")
    assert f"components/{component}" in text


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.name)
def test_component_opens_with_its_variables(path):
    text = re.sub(r"^({% load [^%]*%}|\s)*", "", path.read_text(encoding="utf-8"))
    assert text.startswith("{% comment %}")


def test_templates_have_no_long_line():
    lines = (
        (path.relative_to(TEMPLATES), number, line)
        for path in TEMPLATES.rglob("*.html")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    )
    assert [f"{path}:{number}" for path, number, line in lines if len(line) > MAX_LINE_CHARACTERS] == []


@pytest.mark.parametrize("name", ["components/seal.html", "components/record_row.html"])
def test_what_a_tag_renders_is_included_by_nobody(name):
    included = f'include "{name}"'
    assert [
        path.name for path in TEMPLATES.rglob("*.html") if included in path.read_text(encoding="utf-8")
    ] == []


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda p: p.name)
def test_template_has_no_inline_style_or_script(path):
    text = path.read_text(encoding="utf-8")
    assert (
        re.findall(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\ssrc=)(?![^>]*application/json)", text)
        == []
    )


def test_pages_load_nothing_from_another_host(client):
    html = client.get("/styleguide/").content.decode()
    assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]+"', html) == []


def test_missing_page_keeps_the_look(client):
    response = client.get("/nothing-here/")
    assert response.status_code == 404
    assert 'class="header"' in response.content.decode()


def test_expired_form_says_what_to_do():
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(UserFactory(language="en"))
    response = strict.post("/theme/", {"theme": "dark"})
    assert response.status_code == 403
    assert "The form has expired" in response.content.decode()


def test_admin_bears_the_portals_name_and_leads_back(client):
    client.force_login(UserFactory(roles=["coordinator"], language="en"))
    html = client.get("/admin/").content.decode()
    assert '<span class="portal-logo__name">Tongtang</span>' in html
    assert "css/admin.css" in html
    assert "Back to the portal" in html
    assert "whats-new" not in html


def test_admin_lists_what_waits(client):
    TrainingSessionFactory(status=SessionStatus.PROPOSED)
    client.force_login(UserFactory(roles=["coordinator"], language="en"))
    assert "<strong>1</strong> Sessions in preparation" in client.get("/admin/").content.decode()
