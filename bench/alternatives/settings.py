"""The portal's settings with the alternatives beside it."""

import os

from portal.settings.dev import *  # noqa: F403
from portal.settings.dev import INSTALLED_APPS

INSTALLED_APPS += ["alternatives", "django_elasticsearch_dsl"]
ELASTICSEARCH_DSL = {
    "default": {"hosts": os.environ.get("ELASTICSEARCH_URL", "").split(","), "request_timeout": 120}
}
ELASTICSEARCH_DSL_AUTOSYNC = False
ELASTICSEARCH_DSL_INDEX_SETTINGS = {"number_of_shards": 1, "number_of_replicas": 0}
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
