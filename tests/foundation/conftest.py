import pytest
from django.utils import translation

from portal.foundation.workbooks.reading import read_as_json


@pytest.fixture
def english():
    """Messages in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def in_this_process(monkeypatch):
    """Read workbooks in the process of the tests, where limits can be lowered."""
    monkeypatch.setattr("portal.foundation.sheets.excel.read_in_process", read_as_json)
