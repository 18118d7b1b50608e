import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _no_remembered_attempts():
    """Rate limits count in the cache, which outlives a test."""
    cache.clear()
