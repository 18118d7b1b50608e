from __future__ import annotations

import pytest

from tests.factories.deliberation import Table, make_table


@pytest.fixture
def table() -> Table:
    """Three offices that settle matters together."""
    return make_table()
