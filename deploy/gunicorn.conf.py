"""The configuration of gunicorn. It logs no request, since the time of a request would reveal who asked a question."""

import os

bind = os.environ.get("BIND", "0.0.0.0:8000")
workers = int(os.environ.get("WEB_PROCESSES", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
# A search of 500 Han characters is an address of 4,500 (gunicorn's own limit: 4,094); this is the most that it takes.
limit_request_line = 8190
timeout = 60
graceful_timeout = 30
max_requests = 5000
max_requests_jitter = 500
worker_tmp_dir = "/dev/shm"
accesslog = None
errorlog = "-"
loglevel = "warning"
