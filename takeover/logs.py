"""Logs: one line of JSON an event, with ids and never a name, an address or a secret."""

import logging
import sys

import structlog
from flask import Flask

# What libraries say at these levels may hold whole answers of Instagram, or addresses.
QUIET = {
    "instagrapi": logging.ERROR,
    "private_request": logging.ERROR,
    "public_request": logging.ERROR,
    "apscheduler": logging.ERROR,
    "huey": logging.ERROR,
    "alembic": logging.WARNING,
}


def init_app(app: Flask) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.stdlib.ExtraAdder(),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    ours = logging.getLogger("takeover")
    ours.handlers = [handler]
    ours.propagate = False
    ours.setLevel(logging.INFO)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)
