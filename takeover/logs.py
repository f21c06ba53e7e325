"""Logs: one line of JSON an event, with ids and never a name, an address or a secret."""

import logging
import re
import sys
from typing import Any

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
}

NAMES = {"message": "event", "levelname": "level", "name": "logger", "exc_info": "exception"}

# PostgreSQL adds "Key (email)=(…) already exists." to what it refuses, or the whole row, whose
# texts may have lines of their own. What comes next is SQLAlchemy's or Python's.
VALUES = re.compile(
    r"^DETAIL:.*?(?=^(?:HINT:|CONTEXT:|\[SQL:|The above exception|Traceback)|\Z)",
    re.MULTILINE | re.DOTALL,
)


class _WithoutValues(JsonFormatter):
    def formatException(self, ei: Any) -> str:  # noqa: N802  # as logging has it
        return VALUES.sub("", str(super().formatException(ei)))


def init_app(app: Flask) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _WithoutValues("{message}{levelname}{name}", style="{", rename_fields=NAMES, timestamp=True)
    )
    ours = logging.getLogger("takeover")
    ours.handlers = [handler]
    ours.propagate = False
    ours.setLevel(logging.INFO)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)
