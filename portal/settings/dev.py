"""Development and the demo: SQLite, every host, static files served by the portal itself."""

from portal.settings.base import *  # noqa: F403
from portal.settings.base import STATIC_ROOT
from portal.settings.env import read

DEBUG = read("TONGTANG_DEBUG")
ALLOWED_HOSTS = ["*"]
INTERNAL_IPS = ["127.0.0.1"]
WHITENOISE_USE_FINDERS = True
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
