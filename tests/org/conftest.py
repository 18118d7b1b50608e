import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _no_remembered_attempts():
    """Rate limits count in the cache, which outlives a test where it lies in memory."""
    cache.clear()
