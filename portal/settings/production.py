"""Production: refuses to start with a default secret, DEBUG, or no allowed host."""

from django.core.exceptions import ImproperlyConfigured

from portal.settings.base import *  # noqa: F403
from portal.settings.base import ALLOWED_HOSTS, SECRET_KEY, STORAGES
from portal.settings.env import DEFAULT_SECRET, problems, read

if SECRET_KEY == DEFAULT_SECRET or len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("TONGTANG_SECRET_KEY must be set to a secret of 32 characters or more.")
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("TONGTANG_ALLOWED_HOSTS must name the hosts that the portal serves.")
if read("TONGTANG_DEBUG"):
    raise ImproperlyConfigured("The portal does not run in production with DEBUG.")
# A wrong prefix is not replaced by none: numbers are permanent from the moment they are given.
if "TONGTANG_NUMBER_PREFIX" in dict(problems):
    raise ImproperlyConfigured(f"TONGTANG_NUMBER_PREFIX {dict(problems)['TONGTANG_NUMBER_PREFIX']}.")

DEBUG = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = read("TONGTANG_HTTPS")
SECURE_HSTS_SECONDS = 31_536_000 if read("TONGTANG_HTTPS") else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if read("TONGTANG_HTTPS") else None
if read("TONGTANG_CACHE_URL"):  # a cache of each process alone would keep what another has ended
    SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
STORAGES["staticfiles"]["BACKEND"] = "whitenoise.storage.CompressedManifestStaticFilesStorage"
