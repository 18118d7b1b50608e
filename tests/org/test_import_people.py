import io
import json

import pytest
from django.core.management import call_command

from portal.foundation.sheets import write_csv
from portal.org.models import User
from tests.factories.org import OfficeFactory

pytestmark = pytest.mark.django_db
HEADER = ["username", "display_name", "office", "roles", "email"]


@pytest.fixture
def office():
    return OfficeFactory(name="宁川市中级人民法院")


@pytest.fixture
def run(tmp_path, office):
    """Run the command on rows and return the object that it prints."""

    def on(*rows, **options):
        file = tmp_path / "people.csv"
        file.write_bytes(write_csv(HEADER, rows))
        output = io.StringIO()
        call_command("import_people", file, json=True, stdout=output, **options)
        return json.loads(output.getvalue())

    return on


def test_command_imports_what_is_right_and_names_what_is_not(run, office):
    good, wrong = ["chen.lan", "陈岚", office.name, "analyst", ""], ["zhao", "赵", "没有的单位", "", ""]
    first = run(good, wrong)
    assert (first["imported"], first["already_there"], first["rejected"]) == (1, 0, 1)
    assert [(error["row"], error["field"]) for error in first["errors"]] == [(3, "office")]
    assert [link["username"] for link in first["links"]] == ["chen.lan"]
    assert User.objects.get(username="chen.lan").office == office
    again = run(good, wrong)
    assert (again["imported"], again["already_there"], again["rejected"]) == (0, 1, 1)


def test_name_that_another_person_has_is_rejected(run, office):
    run(["chen.lan", "陈岚", office.name, "", ""])
    other = run(["Chen.Lan", "陈兰", office.name, "", ""])
    assert (other["already_there"], other["rejected"]) == (0, 1)
    assert [error["field"] for error in other["errors"]] == ["username"]


def test_dry_run_stores_nothing(run, office):
    report = run(["chen.lan", "陈岚", office.name, "", ""], dry_run=True)
    assert (report["imported"], report["links"]) == (1, [])
    assert not User.objects.filter(username="chen.lan").exists()


@pytest.mark.parametrize("content", [None, b"", b"a,b\n1,2\n"])
def test_file_that_cannot_be_read_fails(tmp_path, content):
    file = tmp_path / "people.csv"
    if content is not None:
        file.write_bytes(content)
    output = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("import_people", file, json=True, stdout=output)
    assert [error["field"] for error in json.loads(output.getvalue())["errors"]] == ["file"]
