"""From an approved post, through the clock and the real client, to the stand-in's profile."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from takeover.app import create_app
from takeover.db import db
from takeover.instagram.connecting import connect
from takeover.instagram.models import Connection, Publication
from takeover.instagram.outgoing import sought
from takeover.instagram.private_door import open_door
from takeover.instagram.publisher import Photo
from takeover.media.renditions import RenditionKind
from takeover.media.store import open_store
from takeover.posts.models import PostState
from takeover.schedule import run_once
from takeover.web import settings
from tests.cast import NOW
from tests.clips import a_ready_clip
from tests.conftest import settings_for
from tests.preparing import a_photo, an_approved_post
from tests.shapes import a_story, approved, submitted


@pytest.fixture(scope="module")
def by_instagrapi(database, stage, tmp_path_factory):
    folder = tmp_path_factory.mktemp("private")
    chosen = settings_for(
        database.url, folder, publisher="instagrapi", instagram_private_url=stage.url
    )
    app = create_app(chosen)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(by_instagrapi, database, rehearsal, sleeps):
    """The application, publishing by instagrapi to the stand-in."""
    database.empty()
    with time_machine.travel(NOW, tick=True), by_instagrapi.app_context():
        yield by_instagrapi
        db.session.close()


@pytest.fixture
def due(session, cast):
    return an_approved_post(session, cast, caption="Sparks fly", slot_at=NOW)


@pytest.fixture
def connected(session, cast, rehearsal):
    cast.programme.account = rehearsal.account.username
    saved = json.dumps(rehearsal.account.session())
    connect(
        cast.programme,
        session=session,
        publisher="instagrapi",
        saved=saved,
        by=cast.lea,
        at=NOW,
    )
    session.commit()


def tick(app, session, job="publish"):
    session.commit()
    run_once(app, job)
    session.expire_all()


def test_an_approved_post_arrives_once_to_the_byte(app, session, connected, due, rehearsal):
    tick(app, session)
    tick(app, session)

    (there,) = rehearsal.account.posts()
    key = due.pictures[0].media.rendition(RenditionKind.FEED).key
    assert there.caption == "Sparks fly"
    assert there.photo.data == open_store(settings().media_url).get(key)
    assert due.state is PostState.PUBLISHED
    assert due.permalink.endswith(f"/p/{there.code}/")


def test_a_lost_answer_is_found_out_by_looking_and_nothing_is_sent_twice(
    app, session, connected, due, rehearsal
):
    rehearsal.wire.add(path="media/configure/", drop_after=True)

    tick(app, session)
    assert due.state is PostState.UNCERTAIN

    tick(app, session)
    with time_machine.travel(NOW + timedelta(seconds=30), tick=True):
        tick(app, session)

    assert due.state is PostState.PUBLISHED
    assert len(rehearsal.account.posts()) == 1


def test_without_a_connected_account_the_post_waits(app, session, due, rehearsal):
    tick(app, session)

    assert due.state is PostState.APPROVED
    assert rehearsal.account.posts() == []


def test_an_account_that_is_challenged_gets_nothing_more_and_the_post_waits(
    app, session, connected, due, rehearsal
):
    rehearsal.wire.add(
        path="accounts/current_user",
        status=400,
        body={
            "message": "challenge_required",
            "challenge": {"api_path": "/challenge/1/abc/"},
            "status": "fail",
        },
        times=9,
    )

    tick(app, session)
    tick(app, session)

    connection = session.query(Connection).one()
    assert due.state is PostState.APPROVED
    assert connection.stopped_at is not None
    assert session.get(Publication, due.id).sent_at is None
    assert rehearsal.account.posts() == []


@pytest.fixture
def ready_clip(session, cast, clip):
    """A clip as Instagram takes it; the others of the tests are smaller."""
    media = a_ready_clip(session, cast.zofia)
    feed = media.rendition(RenditionKind.FEED)
    feed.key = open_store(settings().media_url).put(clip, suffix=".mp4")
    feed.sha256 = feed.key.partition("/")[2].partition(".")[0]
    return media


def test_a_reel_is_uploaded_given_its_time_and_published_once(
    app, session, cast, connected, ready_clip, rehearsal, clip
):
    reel = approved(
        session, cast, submitted(session, cast, ready_clip, caption="It turns"), slot_at=NOW
    )
    cover = open_store(settings().media_url).get(ready_clip.rendition(RenditionKind.COVER).key)

    tick(app, session)
    tick(app, session)
    assert reel.state is PostState.APPROVED
    assert rehearsal.account.posts() == []

    with time_machine.travel(NOW + timedelta(seconds=15), tick=True):
        tick(app, session)

    (there,) = rehearsal.account.posts()
    assert (there.items[0].data, there.cover.data) == (clip, cover)
    assert reel.permalink.endswith(f"/reel/{there.code}/")
    assert len(rehearsal.wire.log("upload_video")) == 1


def test_a_clip_that_is_not_ready_goes_out_a_minute_later_by_the_same_upload(
    app, session, cast, connected, ready_clip, rehearsal
):
    rehearsal.behaviour.set(transcode_polls=1)
    story = approved(session, cast, a_story(session, cast, ready_clip), slot_at=NOW)

    for seconds in (0, 15, 30, 90):
        with time_machine.travel(NOW + timedelta(seconds=seconds), tick=True):
            tick(app, session)

    assert story.state is PostState.PUBLISHED
    assert len(rehearsal.account.posts()) == len(rehearsal.wire.log("upload_video")) == 1
    assert len(rehearsal.wire.log("configure_to_story")) == 2
    assert len(rehearsal.wire.log("stories")) == 1


def test_a_worker_keeps_its_session_as_it_changes(app, session, connected, due):
    connection = session.query(Connection).one()
    door, before, outgoing = open_door(connection), connection.sealed_session, a_picture_of(due)
    session.commit()

    door.prepare(outgoing, {}, lambda handle: None)

    session.expire_all()
    assert connection.sealed_session != before


@pytest.mark.parametrize("publisher", ["graph", "instagrapi"])
def test_a_worker_keeps_no_session_over_what_was_connected_since(
    app, session, cast, connected, due, rehearsal, publisher
):
    door = open_door(session.query(Connection).one())
    keys = {"host": "facebook", "ig_user_id": "17841400000000001", "user_token": "EAA"}
    saved = json.dumps(keys if publisher == "graph" else rehearsal.account.session())
    facts = {"session": session, "publisher": publisher, "saved": saved, "by": cast.lea}
    connection = connect(cast.programme, **facts, at=NOW + timedelta(hours=1))
    sealed, outgoing = connection.sealed_session, a_picture_of(due)
    session.commit()

    door.prepare(outgoing, {}, lambda handle: None)

    session.expire_all()
    assert (connection.publisher, connection.sealed_session) == (publisher, sealed)


def a_picture_of(post):
    picture = Photo(jpeg=a_photo(), alt_text="")
    return replace(sought(post), items=(picture,))


def test_the_session_is_not_in_the_database_in_clear(session, connected, rehearsal):
    sealed = session.query(Connection).one().sealed_session

    assert rehearsal.account.session()["cookies"]["sessionid"].encode() not in sealed
