"""An application with the tests' cast in a folder of its own, and many posts in it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask import session as theirs
from flask.testing import FlaskClient
from sqlalchemy import insert
from sqlalchemy.orm import Session

from takeover.app import create_app
from takeover.clock import now
from takeover.db import db
from takeover.media.models import Media
from takeover.media.store import Store, open_store
from takeover.migrating import alembic_of
from takeover.people.models import Person
from takeover.people.sessions import sign_in
from takeover.posts.models import Picture, Post, PostState
from takeover.web import settings
from takeover.weeks.giving import monday_of
from tests import cast as company
from tests.cast import Cast
from tests.conftest import settings_for
from tests.preparing import ready_media


@dataclass
class Company:
    app: Flask
    session: Session
    cast: Cast

    def store(self) -> Store:
        return open_store(settings().media_url)

    def browser_of(self, person: Person) -> FlaskClient:
        client = self.app.test_client()
        with self.app.test_request_context():
            sign_in(person, at=now())

            with client.session_transaction() as mine:
                mine.update(theirs)
        return client


@contextmanager
def running() -> Iterator[Company]:
    """On SQLite, in a folder that is gone afterwards; the running week is Zofia's."""
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_for(f"sqlite:///{folder}/bench.db", Path(folder) / "media")
        app = create_app(settings)
        with app.app_context():
            alembic_of(app).upgrade()
            company.gather(db.session)
            cast = company.find(db.session)
            cast.week.starts_on = monday_of(now().date())
            cast.programme.slot_times = []
            db.session.commit()
            yield Company(app, db.session, cast)
            db.session.close()
            db.engine.dispose()


def add_posts(of: Company, count: int, *, state: PostState = PostState.SUBMITTED) -> None:
    """Many posts of Zofia's that show the same photo, each with its own caption."""
    media: Media = ready_media(of.session, of.cast.zofia)
    week, at = of.cast.week, now()
    rows = [
        {
            "programme_id": week.programme_id,
            "week_id": week.id,
            "author_id": week.person_id,
            "state": state,
            "caption": f"Post number {number}, from the night shift",
            "permalink": "",
            "created_at": at,
            "submitted_at": at - timedelta(seconds=count - number),
        }
        for number in range(count)
    ]
    ids = of.session.scalars(insert(Post).returning(Post.id), rows).all()
    of.session.execute(
        insert(Picture),
        [{"post_id": i, "media_id": media.id, "position": 0, "alt_text": "A photo"} for i in ids],
    )
    of.session.commit()
