"""Tables in memory before the first request, and a start without a database."""

import os
import subprocess
import sys

import pytest

from norms.selectors import known_names
from search.answers.warming import warm_caches
from search.models import Synonym
from search.query.synonyms import save_synonym
from search.query.vocabulary import thesaurus
from tests.conftest import ROOT
from tests.search.laws import make_law

# Nothing listens on this port.
CLOSED_DATABASE = "postgres://nobody@127.0.0.1:9/none"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_first_request_after_a_start_builds_no_table(django_assert_num_queries):
    save_synonym(synonym=Synonym(term="社矫", others="社区矫正"), actor=None)
    law = make_law("甲法规定", {}, aliases=["甲法"])
    warm_caches()
    with django_assert_num_queries(2):
        assert thesaurus().words["社矫"] == ("社区矫正",)
        assert known_names().lookup("甲法") == law.pk


@pytest.mark.parametrize("url", [CLOSED_DATABASE, ""], ids=["refused", "empty"])
def test_web_process_starts_without_its_database(tmp_path, url):
    """Neither a server that is away nor a database without tables keeps the application from being imported."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings.dev",
        "TONGTANG_DATA_DIR": str(tmp_path),
        "TONGTANG_DATABASE_URL": url,
    }
    process = subprocess.run(
        [sys.executable, "-c", "from portal.wsgi import application; print(type(application).__name__)"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (process.stdout.strip(), process.returncode) == ("WSGIHandler", 0), process.stderr
