"""A disk that is full: a sentence for who sends a file, and a line in the log for who can help."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EDQUOT, ENOSPC

from flask_babel import gettext as _

log = logging.getLogger(__name__)


class DiskFull(Exception):
    """There is no room for the file; `str()` says so in the reader's language."""


@contextmanager
def noticing_a_full_disk() -> Iterator[None]:
    """Raises DiskFull in place of the OSError that says so; any other stays what it is."""
    try:
        yield
    except OSError as error:
        if error.errno not in (ENOSPC, EDQUOT):
            raise
        log.error("no room left for files", extra={"why": error.strerror})
        raise DiskFull(
            _(
                "There is no room for it at the moment. Nothing you sent before is lost. "
                "Try again in an hour."
            )
        ) from error
