"""Exit status 0 if the web process answers on this machine. For the container engine; people watch /health/search/.

A queue that is old turns /health/search/ red: that is a reason to look, none to restart the web process.
"""

import http.client
import os
import sys

host = os.environ.get("TONGTANG_ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".*") or "localhost"
portal = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=5)
try:
    portal.request("GET", "/accounts/login/", headers={"Host": host, "X-Forwarded-Proto": "https"})
    status = portal.getresponse().status
except OSError as error:
    sys.exit(f"no answer: {error}")
sys.exit(0 if status < 500 else f"status {status}")
