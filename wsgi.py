"""The application, as a web server and the `flask` command load it."""

# The collector finds nothing while modules are loaded, and takes a tenth of the start to do so.
import gc

gc.disable()

import sys  # noqa: E402

import click  # noqa: E402

from config import ConfigError, from_environment  # noqa: E402
from takeover.app import create_app  # noqa: E402

gc.enable()

try:
    settings = from_environment()
    # A command may run without the key; nobody may be signed in without it.
    if click.get_current_context(silent=True) is None:
        settings.require_secret_key()
    app = create_app(settings)
except ConfigError as error:
    sys.exit(f"takeover: {error}")
