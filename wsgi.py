"""The application, as a web server and the `flask` command load it."""

import sys

import click

from config import ConfigError, from_environment
from takeover.app import create_app

try:
    settings = from_environment()
    # A command may run without the key; nobody may be signed in without it.
    if click.get_current_context(silent=True) is None:
        settings.require_secret_key()
    app = create_app(settings)
except ConfigError as error:
    sys.exit(f"takeover: {error}")
