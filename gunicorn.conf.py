"""How the web is served. gunicorn reads this file by itself: `gunicorn wsgi:app`.

Settings from the environment: BIND, WEB_CONCURRENCY, WEB_THREADS, STOP_SECONDS, ACCESS_LOG,
FORWARDED_ALLOW_IPS; deploy/env.example says what each is.
"""

import gc
import os

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))

# The application is loaded once and the workers share its memory.
preload_app = True

# How long requests in flight may take when asked to stop; systemd's TimeoutStopSec is longer.
graceful_timeout = int(os.environ.get("STOP_SECONDS", "25"))
timeout = 60

# Off unless asked for: the paths of sign-in links and invitations hold tokens that work once, and
# whoever reads the log before the person clicks would be that person.
accesslog = os.environ.get("ACCESS_LOG") or None
errorlog = "-"

# Whose X-Forwarded-Proto is believed. The application itself counts proxies by TRUSTED_PROXIES.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")

# No socket file for gunicornc in somebody's home: systemd and run.py start and stop the web.
control_socket_disable = True


def when_ready(server: Arbiter) -> None:
    """Keep the collector from writing to what the workers will share."""
    del server
    gc.collect()
    gc.freeze()


def post_fork(server: Arbiter, worker: Worker) -> None:
    """A connection opened while loading belongs to the parent; a worker opens its own."""
    del server
    app = worker.app.wsgi()
    with app.app_context():
        for engine in app.extensions["sqlalchemy"].engines.values():
            engine.dispose(close=False)
