import pytest
from django.core.cache import cache

from tests.factories.org import OfficeFactory, UserFactory, department


@pytest.fixture(autouse=True)
def _no_remembered_attempts():
    """Rate limits count in the cache, which outlives a test where it lies in memory."""
    cache.clear()


@pytest.fixture
def without_mail(settings):
    """Links are handed over, not mailed."""
    settings.HAS_MAIL = False


@pytest.fixture
def first():
    return UserFactory(roles=["administrator"], office=OfficeFactory(department=department("court")))


@pytest.fixture
def second():
    return UserFactory(roles=["administrator"], office=OfficeFactory(department=department("prison")))


@pytest.fixture
def person():
    return UserFactory(roles=["trainee"], office=OfficeFactory(department=department("court")))


@pytest.fixture
def keeper():
    return UserFactory(roles=["keeper"], office=OfficeFactory(department=department("court")))
