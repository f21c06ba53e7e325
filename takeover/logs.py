"""Logs: one line of JSON an event, with ids and never a name, an address or a secret."""

import logging
import sys

from flask import Flask
from pythonjsonlogger.json import JsonFormatter

# What libraries say at these levels may hold whole answers of Instagram, or addresses.
QUIET = {
    "instagrapi": logging.ERROR,
    "private_request": logging.ERROR,
    "public_request": logging.ERROR,
    "apscheduler": logging.ERROR,
    "huey": logging.ERROR,
    "alembic": logging.WARNING,
    "urllib3": logging.ERROR,  # it tells addresses; one of Meta's has to hold a key (graph/ends.py)
}

NAMES = {"message": "event", "levelname": "level", "name": "logger", "exc_info": "exception"}


def init_app(app: Flask) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonFormatter("{message}{levelname}{name}", style="{", rename_fields=NAMES, timestamp=True)
    )
    ours = logging.getLogger("takeover")
    ours.handlers = [handler]
    ours.propagate = False
    ours.setLevel(logging.INFO)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)
