"""Whoever needs a programme and a post takes them in one order, or two of them wait for each other
for ever. Only PostgreSQL locks rows."""

import threading
import time
from contextvars import Context

import pytest
from sqlalchemy import select

from moderation.placing import lock_to_place
from takeover.clock import now
from takeover.db import db
from takeover.instagram.alarms import alarm_of_post
from takeover.posts.finding import lock_post
from takeover.posts.models import PostState
from takeover.programmes.models import Programme
from tests.conftest import DATABASES
from tests.locks import is_free
from tests.preparing import a_submitted_post, an_approved_post

where_rows_are_locked = pytest.mark.parametrize("database", DATABASES[1:], indirect=True)


def beside(deed):
    """In a thread of its own."""
    thread = threading.Thread(target=Context().run, args=(deed,))
    thread.start()
    return thread


@where_rows_are_locked
def test_who_approves_waits_for_the_programme_and_holds_up_nobody_who_needs_the_post(
    cast, session, browse
):
    post = a_submitted_post(session, cast)
    post_id, programme_id = post.id, post.programme_id
    page = browse(cast.amir).get(f"/queue/{post_id}")
    session.commit()

    with db.engine.connect() as other:  # as who places posts of it, or sends one
        row = select(Programme.id).where(Programme.id == programme_id)
        other.execute(row.with_for_update(key_share=True))
        approving = beside(lambda: page.submit("Approve"))
        time.sleep(0.5)
        assert approving.is_alive()
        assert is_free(db.engine, post_id)
    approving.join(timeout=20)

    session.expire_all()
    assert post.state is PostState.APPROVED


@where_rows_are_locked
def test_a_worker_raises_an_alarm_about_a_post_that_comms_is_about_to_place(app, cast, session):
    """The worker has the post; comms has its programme, and waits for the post."""
    post = an_approved_post(session, cast)
    post_id, got = post.id, []
    session.commit()
    lock_post(session, post_id)

    def place():
        with app.app_context():
            got.append(lock_to_place(db.session, post_id))
            db.session.rollback()

    placing = beside(place)
    time.sleep(0.5)
    alarm_of_post("failed", post, session=session, reason="format", at=now())
    session.commit()
    placing.join(timeout=20)

    assert len(got) == 1
