"""The test suite: fast hashes, files in a temporary folder, tasks at once."""

import tempfile
from pathlib import Path

from portal.settings.base import *  # noqa: F403
from portal.settings.base import STORAGES
from portal.settings.env import env

TEST_DIR = Path(tempfile.mkdtemp(prefix="tongtang-test-"))
DEBUG = False
NUMBER_PREFIX = ""
ALLOWED_HOSTS = ["*"]
SECRET_KEY = "for-tests-only"
DATA_DIR = TEST_DIR
STATIC_ROOT = TEST_DIR / "static"
STATIC_ROOT.mkdir()
STYLESHEET_BUNDLE_DIR = TEST_DIR / "bundles"
WHITENOISE_USE_FINDERS = True
# Each test client loads the middleware, which would look through all static files: look when one is asked for.
WHITENOISE_AUTOREFRESH = True
MEDIA_ROOT = TEST_DIR / "media"
PRIVATE_ROOT = TEST_DIR / "private"
SEARCH_INDEX_DIR = TEST_DIR / "index"
STORAGES["private"]["OPTIONS"]["location"] = str(PRIVATE_ROOT)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}

DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
if env.str("TONGTANG_TEST_DATABASE_URL", ""):
    DATABASES = {"default": env.dj_db_url("TONGTANG_TEST_DATABASE_URL")}
