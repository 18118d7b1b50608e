"""A node with security switched on: TLS by a private authority, and a key that may do what the portal does."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from elasticsearch import ApiError, Elasticsearch, TransportError

from search.documents import SourceState
from search.engines import SearchUnavailable
from search.engines.elastic import ElasticEngine
from search.engines.elastic.client import Cluster
from search.plan import Term
from search.query.parsing import SearchQuery
from search.query.planning import make_plans
from tests.conftest import ROOT
from tests.factories.search import SearchDocumentFactory as Document
from tests.search.cluster import real_cluster
from tests.search.engines import VISITOR, change, fill, keys, put
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.xdist_group("cluster"),
    pytest.mark.skipif(not shutil.which("openssl"), reason="TLS: install openssl to run these"),
]
ADMINISTRATOR = ("administrator", "tongtang-test")
PASSWORD_FILE = "administrator:$2a$10$abcdefghijklmnopqrstuuiA3iyIp94odwO4SkWP0WGOeU4l3LGG2\n"
INSECURE = "xpack.security.enabled: false\n"
SECURE = """\
xpack.security.enabled: true
xpack.security.http.ssl.enabled: true
xpack.security.http.ssl.key: certificates/node.key
xpack.security.http.ssl.certificate: certificates/node.crt
"""
EXTENSIONS = "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n"


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def make_certificates(folder: Path) -> None:
    """An authority, and a node's certificate that it signed."""
    folder.mkdir()
    new = ("req", "-newkey", "rsa:2048", "-nodes")
    openssl(folder, *new, "-x509", "-days", "2", "-subj", "/CN=ca", "-keyout", "ca.key", "-out", "ca.crt")
    openssl(folder, *new, "-subj", "/CN=node", "-keyout", "node.key", "-out", "node.csr")
    (folder / "extensions").write_text(EXTENSIONS)
    signed_by = ("-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "extensions")
    openssl(folder, "x509", "-req", "-days", "2", "-in", "node.csr", *signed_by, "-out", "node.crt")


@pytest.fixture(scope="module")
def secured():
    """(address, file of the authority, encoded key): the key is made as docs/deployment.md says."""
    with real_cluster(size=1) as node:
        node.stop()
        folder = node.folder / "n1" / "conf"
        make_certificates(folder / "certificates")
        (folder / "users").write_text(PASSWORD_FILE)
        (folder / "users_roles").write_text("superuser:administrator\n")
        configuration = folder / "elasticsearch.yml"
        configuration.write_text(configuration.read_text().replace(INSECURE, SECURE))
        address = node.hosts[0].replace("http", "https")
        ca_file = str(folder / "certificates" / "ca.crt")
        with node.starting(), Elasticsearch(address, ca_certs=ca_file, basic_auth=ADMINISTRATOR) as client:
            wait_until(lambda: is_up(client))
            wanted = json.loads((ROOT / "deploy/elasticsearch/api-key.json").read_text())
            key = client.security.create_api_key(**wanted)["encoded"]
        yield address, ca_file, key


def is_up(client: Elasticsearch) -> bool:
    try:
        return client.cluster.health(wait_for_status="yellow", timeout="1s")["status"] != "red"
    except (ApiError, TransportError):
        return False


@pytest.fixture
def engine(secured):
    address, ca_file, key = secured
    return ElasticEngine(Cluster(hosts=(address,), ca_file=ca_file, api_key=key, replicas=0, timeout=20.0))


def article(number: int) -> Document:
    return Document(kind="provision", key=f"provision:{number}", source="norm:1", body="减刑")


def test_key_of_least_privileges_may_do_all_that_the_portal_does(engine):
    fill(engine, Document(key="question:1", body="减刑的起始时间"))
    fill(engine, Document(key="question:2", body="减刑的起始时间"), article(1), article(2))
    change(engine, put(Document(key="question:3", body="减刑")), SourceState("norm:1", (article(1),)))
    assert set(keys(engine, "减刑")) == {"question:2", "question:3", "provision:1"}
    assert keys(engine, "减刑的起始时间如何计算")[0] == "question:2"
    assert engine.counts([make_plans(SearchQuery(text="减刑"), VISITOR).strict]) == [3]
    assert engine.frequencies([Term("text.b", "减刑")]).by_term[Term("text.b", "减刑")] >= 3
    assert len(list(engine.scan(make_plans(SearchQuery(text="减刑"), VISITOR).strict))) == 3
    assert {one.key for one in engine.contents()} == {"question:2", "question:3", "provision:1"}
    assert engine.size()[0] == 3
    assert engine.nodes.probe()
    build = engine.build()
    build.discard()
    with engine.nodes.client as client:
        assert len(client.indices.get(index="tongtang-*")) == 6


def test_key_of_least_privileges_may_do_no_more(secured):
    address, ca_file, key = secured
    with Elasticsearch(address, ca_certs=ca_file, api_key=key) as client:
        for forbidden in (
            lambda: client.indices.create(index="other"),
            lambda: client.search(index="other"),
            lambda: client.indices.delete(index="*"),
            lambda: client.cluster.put_settings(persistent={"cluster.routing.allocation.enable": "none"}),
            lambda: client.security.get_user(),
            lambda: client.security.create_api_key(name="another"),
        ):
            with pytest.raises(ApiError) as refusal:
                forbidden()
            assert refusal.value.status_code in (400, 403), refusal.value


def test_name_and_password_in_the_address_will_do(secured):
    address, ca_file, _key = secured
    with_password = address.replace("://", f"://{':'.join(ADMINISTRATOR)}@")
    engine = ElasticEngine(Cluster(hosts=(with_password,), ca_file=ca_file, replicas=0, timeout=20.0))
    fill(engine, Document(key="question:1", body="减刑"))
    assert keys(engine, "减刑") == ["question:1"]


@pytest.mark.parametrize("fault", ["no authority", "no key", "wrong key"])
def test_node_that_is_not_trusted_or_does_not_trust_counts_as_away(secured, fault):
    address, ca_file, key = secured
    wrong = base64.b64encode(b"wrong:key").decode()
    options = {
        "no authority": {"api_key": key},
        "no key": {"ca_file": ca_file},
        "wrong key": {"ca_file": ca_file, "api_key": wrong},
    }[fault]
    engine = ElasticEngine(Cluster(hosts=(address,), **options))
    with pytest.raises(SearchUnavailable):
        keys(engine, "减刑")
