"""The files in deploy/ and the page about them agree with the portal, and production starts."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands
from django.db import connection

from portal.settings.env import VARIABLES
from tests.conftest import ROOT
from tests.search.cluster import database_url

DEPLOY = ROOT / "deploy"
PAGE = ROOT / "docs" / "deployment.md"
FILES = [
    path
    for path in sorted(DEPLOY.rglob("*"))
    if path.is_file() and path.name != ".env" and path.suffix != ".pyc"
]
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())


@pytest.mark.parametrize("path", [*FILES, PAGE], ids=lambda path: path.name)
def test_variables_are_the_portals(path):
    assert set(re.findall(r"TONGTANG_[A-Z_]+", path.read_text())) <= set(VARIABLES)


@pytest.mark.parametrize("path", [*FILES, PAGE], ids=lambda path: path.name)
def test_commands_exist(path):
    text = path.read_text()
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    named = re.findall(r"manage\.py ([a-z_]+)", text) + re.findall(r"^portal ([a-z_]+)", blocks, re.MULTILINE)
    assert set(named) <= set(get_commands())


def test_page_names_files_that_exist():
    named = re.findall(r"deploy/[\w./-]*\w", PAGE.read_text())
    assert named and [name for name in named if not (ROOT / name).exists() and name != "deploy/.env"] == []


def test_units_run_the_commands_of_the_page():
    units = "\n".join(path.read_text() for path in DEPLOY.glob("systemd/*.service"))
    commands = re.findall(r"^\| [\w ]+ \| `((?:gunicorn|manage\.py)[^`]*)`", PAGE.read_text(), re.MULTILINE)
    assert len(commands) == 2
    assert [command for command in commands if command not in units] == []


@pytest.mark.parametrize("name", [".env.example", "systemd/tongtang.env.example"])
def test_examples_hold_no_secret(name):
    secret = re.findall(
        r"^(\w*(?:PASSWORD|SECRET|API_KEY)\w*)=(.*)$", (DEPLOY / name).read_text(), re.MULTILINE
    )
    assert secret and [value for _name, value in secret if value] == []


def test_secrets_get_neither_into_the_repository_nor_into_the_image():
    for name in (".gitignore", ".dockerignore"):
        lines = {line.rstrip("/") for line in (ROOT / name).read_text().splitlines()}
        assert {"deploy/.env", "deploy/certificates"} <= lines


def test_compose_asks_for_what_its_example_lists():
    asked = set(re.findall(r"(?<!\$)\$\{(\w+)", (DEPLOY / "compose.yaml").read_text()))
    listed = set(re.findall(r"^(\w+)=", (DEPLOY / ".env.example").read_text(), re.MULTILINE))
    assert asked == listed


def test_compose_shows_nothing_but_the_proxy():
    services = COMPOSE["services"]
    assert [name for name, service in services.items() if service.get("ports")] == ["proxy"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "elasticsearch", "web", "prepare"):
        assert services[name]["networks"] == ["inside"]
    assert services["elasticsearch"]["environment"]["xpack.security.enabled"] == "true"


def test_image_copies_what_is_there():
    sources = re.findall(r"^COPY (?!--from)(\S+) ", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert sources and [source for source in sources if not (ROOT / source).exists()] == []
    assert {"portal.settings.production", "portal.wsgi"} <= set(
        re.findall(r"portal\.\w+(?:\.\w+)?", (DEPLOY / "Dockerfile").read_text())
    )


def test_units_are_shut_in_alike():
    """Each unit of the portal has the same fences."""
    fences = [
        {
            line
            for line in path.read_text().splitlines()
            if re.match(r"(Protect|Restrict|Private|NoNew|System|User)", line)
        }
        for path in DEPLOY.glob("systemd/*.service")
    ]
    assert len(fences) == 2 and len(fences[0]) > 15 and all(one == fences[0] for one in fences)


def test_key_is_for_the_default_prefix():
    wanted = json.loads((DEPLOY / "elasticsearch" / "api-key.json").read_text())
    [indices] = wanted["role_descriptors"]["tongtang"]["indices"]
    assert indices["names"] == [f"{VARIABLES['TONGTANG_ELASTICSEARCH_PREFIX'].default}-*"]


@pytest.fixture
def production(tmp_path):
    """The environment of a portal in production, on the database of the tests."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings.production",
        "TONGTANG_DATA_DIR": str(tmp_path),
        "TONGTANG_SECRET_KEY": "x" * 50,
        "TONGTANG_ALLOWED_HOSTS": "portal.example",
        "TONGTANG_PROXY_COUNT": "1",
        "TONGTANG_DATABASE_URL": database_url(),
        "BIND": f"127.0.0.1:{port}",
        "PORT": str(port),
        "WEB_PROCESSES": "2",
    }


@pytest.fixture
def served(production, tmp_path):
    """Call it with a path: (status, headers, body) of what gunicorn answers behind a proxy."""
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
        cwd=ROOT,
        env=production,
        check=True,
    )
    gunicorn = Path(sys.executable).with_name("gunicorn")
    server = subprocess.Popen(
        [str(gunicorn), "--config", "deploy/gunicorn.conf.py", "portal.wsgi"],
        cwd=ROOT,
        env=production,
        stderr=(tmp_path / "log").open("w"),
    )

    def ask(path: str, **headers: str):
        request = urllib.request.Request(
            f"http://{production['BIND']}{path}", headers={"Host": "portal.example"}
        )
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        try:
            answer = _opener.open(request, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.status, dict(answer.headers), answer.read().decode()

    try:
        _wait_for(production)
        yield ask
    finally:
        server.terminate()
        server.wait(40)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None


_opener = urllib.request.build_opener(_Stay)


def _wait_for(environment: dict[str, str]) -> None:
    until = time.monotonic() + 60
    while subprocess.run(
        [sys.executable, "deploy/healthy.py"], cwd=ROOT, env=environment, capture_output=True
    ).returncode:
        assert time.monotonic() < until, "gunicorn does not answer"
        time.sleep(0.5)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_production_serves_pages_and_static_files(served):
    assert connection.vendor == "postgresql"
    status, headers, body = served("/", X_Forwarded_Proto="https")
    assert status == 200 and headers["Strict-Transport-Security"] == "max-age=31536000"
    [sheet] = set(re.findall(r'href="(/static/css/portal\.\w+\.css)"', body))
    status, headers, _body = served(sheet, X_Forwarded_Proto="https")
    assert (status, headers["Content-Type"]) == (200, 'text/css; charset="utf-8"')
    assert "immutable" in headers["Cache-Control"]
    assert served("/health/", X_Forwarded_Proto="https")[0] == 200
    status, headers, _body = served("/law/")
    assert (status, headers["Location"]) == (301, "https://portal.example/law/")
    assert served("/", X_Forwarded_Proto="https", Host="other.example")[0] == 400


@pytest.mark.parametrize(
    "wrong", [{"TONGTANG_SECRET_KEY": ""}, {"TONGTANG_ALLOWED_HOSTS": ""}, {"TONGTANG_DEBUG": "true"}]
)
def test_production_refuses_to_start_unsafe(wrong, tmp_path):
    safe = {
        "TONGTANG_SECRET_KEY": "x" * 50,
        "TONGTANG_ALLOWED_HOSTS": "portal.example",
        "TONGTANG_DATA_DIR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", "import portal.settings.production"],
        cwd=ROOT,
        env=os.environ | safe | wrong,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0 and "ImproperlyConfigured" in done.stderr


def test_no_log_of_nginx_ties_an_address_to_a_request():
    """Errors of nginx below `crit` name the visitor's address and the request, such as one that raises a question."""
    servers = (DEPLOY / "nginx" / "tongtang.conf.template").read_text().split("server {")[1:]
    levels = [
        re.findall(r"^ *(access_log \S+|error_log \S+ \S+);", server, re.MULTILINE) for server in servers
    ]
    assert levels == [["access_log off", "error_log stderr crit"]] * 2
