"""Development and the demo: SQLite, errors shown, every host of this machine."""

from portal.settings.base import *  # noqa: F403
from portal.settings.base import DATA_DIR

DEBUG = True
ALLOWED_HOSTS = ["*"]
INTERNAL_IPS = ["127.0.0.1"]
DATA_DIR.mkdir(parents=True, exist_ok=True)
