"""WSGI entry of the portal."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.production")
application = get_wsgi_application()

# Its modules can be imported only once Django is set up.
from search.answers.warming import warm_caches  # noqa: E402

warm_caches()
