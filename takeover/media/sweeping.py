"""Files that no row names any more go by themselves: what was made before another crop or shape,
and what a worker had made when it was stopped."""

from datetime import timedelta

from takeover.clock import now
from takeover.db import db
from takeover.media.erasing import forget_files
from takeover.media.store import open_store
from takeover.media.verifying import orphans
from takeover.schedule import Job
from takeover.web import settings


def sweep_store() -> None:
    """The clock's turn."""
    store, at = open_store(settings().media_url), now()
    nobodys = [file.key for file in orphans(session=db.session, store=store, at=at)]
    forget_files(nobodys, store=store, at=at)


JOB = Job("sweep_store", sweep_store, every=timedelta(hours=6))
