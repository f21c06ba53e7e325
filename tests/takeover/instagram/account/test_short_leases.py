"""However short the lease: the call that publishes is over before it is, so that nobody takes over
what is still under way."""

import json
import time
from dataclasses import asdict
from datetime import timedelta

import pytest
import time_machine

from takeover.app import create_app
from takeover.clock import now
from takeover.db import db
from takeover.instagram.connecting import connect
from takeover.instagram.doors import publisher_for
from takeover.instagram.graph.client import Patience as GraphPatience
from takeover.instagram.models import Publication
from takeover.instagram.private.gate import Patience as PrivatePatience
from takeover.instagram.private.planning import Upload
from takeover.instagram.publisher import UPLOADED
from takeover.posts.models import PostState
from takeover.schedule import run_once
from tests.cast import NOW
from tests.conftest import settings_for
from tests.preparing import an_approved_post
from tests.takeover.instagram.account.conftest import ACCOUNT

LEASE = 2


@pytest.fixture
def app(database, meta, tmp_path):
    database.empty()
    chosen = settings_for(
        database.url,
        tmp_path,
        publisher="graph",
        instagram_graph_url=meta.url,
        instagram_private_url=meta.url,
        publish_lease=LEASE,
    )
    app = create_app(chosen)
    with time_machine.travel(NOW, tick=True), app.app_context():
        yield app
        db.session.close()
        db.engine.dispose()


@pytest.fixture
def ready(session, cast, meta):
    """A due post that lies ready on Instagram, by that door."""
    account = meta.accounts.get(ACCOUNT)

    def made(door):
        keys = {"host": "facebook", "ig_user_id": account.ig_id, "user_token": meta.token(ACCOUNT)}
        saved = keys if door == "graph" else account.session()
        text = json.dumps(saved)
        connect(cast.programme, session=session, publisher=door, saved=text, by=None, at=NOW)
        post = an_approved_post(session, cast, slot_at=NOW)
        _door, publisher = publisher_for(session, cast.programme.id)
        at = now()
        number = {"id": "1795", "sha256": "", "width": 1, "height": 1, "duration": 0.0}
        handles = {
            "graph": {
                "ig_user": publisher.account,
                "containers": {"post": {"id": "1795"}},
                UPLOADED: True,
            },
            "instagrapi": {
                "account_pk": publisher.account,
                "upload_id": "1795",
                "uploads": [asdict(Upload(**number, at=at.isoformat()))],
                "earlier": [],
                "refused": [],
            },
        }
        publication = Publication(
            post_id=post.id,
            door=door,
            digest=post.approved_digest,
            handle=handles[door],
            prepared_at=at,
            tries=0,
        )
        session.add(publication)
        session.commit()
        return post

    return made


@pytest.mark.parametrize(
    ("door", "call"), [("graph", "media_publish"), ("instagrapi", r"media/configure/")]
)
def test_a_call_that_is_not_answered_is_given_up_while_the_account_is_still_ours(
    app, session, meta, ready, door, call
):
    post = ready(door)
    meta.wire.add(path=call, stall=True)

    began = time.monotonic()
    run_once(app, "publish")
    session.expire_all()

    assert post.state is PostState.UNCERTAIN
    assert session.get(Publication, post.id).reason == "network"
    assert time.monotonic() - began < LEASE + 1  # with what came before it


@pytest.mark.parametrize("seconds", [1, 2, 10, 60, 299, 300, 3600])
def test_whatever_the_lease_no_call_that_publishes_is_longer(seconds):
    lease = timedelta(seconds=seconds)
    graph, private = GraphPatience().within(lease), PrivatePatience().within(lease)

    assert 5 * graph.connect + graph.publish < seconds
    assert 5 * graph.connect + graph.read < seconds  # a comment, or taking down
    longest = max(private.configure, private.act)
    assert private.settles + private.pace + 5 * private.connect + longest < seconds


def test_the_usual_lease_leaves_everything_the_time_that_it_takes():
    lease = timedelta(seconds=300)

    assert GraphPatience().within(lease) == GraphPatience()
    assert PrivatePatience().within(lease) == PrivatePatience()
