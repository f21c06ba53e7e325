"""Two phones of one person do not pass through a door for one."""

import threading
from contextvars import Context
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func, select

from takeover.clock import now
from takeover.db import db
from takeover.media.models import Media
from takeover.media.store import open_store
from takeover.media.uploads.beginning import begin
from takeover.media.uploads.limits import TooMuch, require_room
from takeover.media.uploads.parts import Parts
from takeover.people.models import Person
from takeover.posts.composing import keep_files
from takeover.web import settings
from tests.preparing import a_photo

pytestmark = pytest.mark.each_database

SIZE = 600_000
"""Of one file; the quota is a megabyte."""


@pytest.fixture
def at_once(app, session):
    """Does it in two threads, each with a session of its own, let go together; gives what each
    returned or raised."""

    def run(deed):
        session.commit()
        gate, outcomes = threading.Barrier(2), [None, None]

        def one(number):
            with app.app_context():
                gate.wait(timeout=20)
                try:
                    outcomes[number] = deed(number)
                    db.session.commit()
                except TooMuch as error:
                    db.session.rollback()
                    outcomes[number] = error

        threads = [threading.Thread(target=Context().run, args=(one, n)) for n in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        session.expire_all()
        return outcomes

    return run


@dataclass
class Sent:
    filename: str
    stream: BytesIO


class Form:
    """With one file, as a form has them."""

    def __init__(self, name):
        data = a_photo(name)
        self.photos, self.complaints = self, []
        self.data = [Sent(f"{name}.jpg", BytesIO(data + bytes(SIZE - len(data))))]

    def complain(self, _field, sentence):
        self.complaints.append(sentence)


def test_two_uploads_that_begin_at_once_are_both_counted(at_once, app, cast, session, folder):
    """Only PostgreSQL can fail this: on SQLite one begins after the other, whatever we do."""
    owner, parts = cast.zofia.id, Parts(str(folder))

    def beginning(_number):
        return begin(
            db.session, parts, size=SIZE, metadata={}, as_told="", quota=1,
            welcome=lambda *_facts, **_more: None, by=db.session.get_one(Person, owner), at=now(),
        ).id  # fmt: skip

    outcomes = at_once(beginning)

    assert sum(isinstance(one, TooMuch) for one in outcomes) == 1
    assert session.scalar(select(func.count()).select_from(Media)) == 1


def test_two_forms_sent_at_once_are_both_counted(at_once, cast, session, folder):
    """Both are told that there is room, before their bytes move."""
    owner, forms = cast.zofia.id, [Form("one"), Form("two")]
    told = threading.Barrier(2)

    class Slow:
        """Both files are in the store before either is in the database."""

        def take(self, path: Path, **facts):
            key = open_store(settings().media_url).take(path, **facts)
            told.wait(timeout=20)
            return key

    def sending(number):
        return keep_files(
            forms[number], room=10, quota=1, session=db.session, store=Slow(), spool=folder,
            by=db.session.get_one(Person, owner), at=now(),
        )  # fmt: skip

    at_once(sending)

    (complaint,) = forms[0].complaints + forms[1].complaints
    assert "You have sent 1 of 1 MB in seven days" in complaint
    assert session.scalar(select(func.count()).select_from(Media)) == 1
    assert session.scalar(select(Media.bytes)) == SIZE


def test_nobody_waits_for_a_person_who_is_asked_for_room(app, cast, session):
    """Who has the post locked, and writes a row about its author, would wait for one that is about
    to ask for the post. Only PostgreSQL can fail this: SQLite locks no rows."""
    owner = cast.zofia.id
    session.commit()
    require_room(session, of=session.get_one(Person, owner), size=1, quota=1, at=now())

    with app.test_request_context(), db.engine.connect() as other:  # of one who only reads
        row = select(Person.id).where(Person.id == owner).with_for_update(
            read=True, key_share=True, nowait=True
        )  # fmt: skip
        assert other.scalar(row) == owner
    session.rollback()
