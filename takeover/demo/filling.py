"""Filling an empty database with the company, through the verbs that everybody uses.

Nothing is put into a table by hand: each nomination, yes, week, brief, post, review and
publishing happens by its own verb at its own instant of the past, in the order of those
instants. All of it is one transaction: a demo is filled, or it is not.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover.db import db
from takeover.demo.coming import COMING
from takeover.demo.company import SLUG
from takeover.demo.ground import Ground
from takeover.demo.past import PAST
from takeover.demo.proposed import PROPOSED
from takeover.demo.stories import Story
from takeover.media.store import Store
from takeover.programmes.models import Programme

CAST = (*PAST, *COMING, *PROPOSED)


class NotTheDemo(Exception):
    """The database holds a programme of somebody else's; `name` is how it is called."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def fill(store: Store, *, at: datetime) -> bool:
    """Fill the database, unless it is filled already. Returns whether it did. Commits.

    Raises NotTheDemo.
    """
    with db.engine.begin() as connection:
        # Publishing commits between its steps; here those commits are parts of ours.
        session = Session(connection, join_transaction_mode="create_savepoint")
        if _is_filled(session):
            return False
        _tell(Ground(session, connection, store, at))
        session.commit()
    return True


def _is_filled(session: Session) -> bool:
    """Whoever tries it out may have begun programmes of their own besides. Raises NotTheDemo."""
    programmes = list(session.scalars(select(Programme).order_by(Programme.id)))
    if not programmes or any(programme.slug == SLUG for programme in programmes):
        return bool(programmes)
    raise NotTheDemo(programmes[0].name)


def _tell(ground: Ground) -> None:
    stories = [Story(ground, who, number) for number, who in enumerate(CAST)]
    moments = [moment for story in stories for moment in story.moments()]
    for instant, happen in sorted(moments, key=lambda moment: moment[0]):
        happen(instant)
