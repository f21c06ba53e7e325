"""Uploads are made ready in the background, once, whoever dies over them."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest
import time_machine
from sqlalchemy import select, text

from takeover.clock import now
from takeover.db import db
from takeover.media import confining, preparing
from takeover.media.changing import change
from takeover.media.confining import Crashed
from takeover.media.intake import take_in
from takeover.media.models import Media, MediaState
from takeover.media.preparing import PATIENCE, hand_out_received, prepare_media
from takeover.media.recipe import Box, Recipe
from takeover.media.refusals import Refused
from takeover.media.renditions import RenditionKind
from takeover.media.store import open_store
from takeover.web import settings
from tests.cast import NOW
from tests.preparing import a_photo

pytestmark = pytest.mark.each_database


@pytest.fixture
def store(app):
    return open_store(settings().media_url)


@pytest.fixture
def upload(session, cast, store):
    def send(data=None):
        media = take_in(
            BytesIO(data or a_photo()),
            spool=Path(settings().uploads_path),
            session=session,
            store=store,
            by=cast.zofia,
            at=now(),
        )
        session.commit()
        return media

    return send


def test_an_upload_is_kept_as_it_came(upload, store):
    media = upload()

    assert media.state is MediaState.RECEIVED
    assert store.get(media.original_key) == a_photo()
    assert media.bytes == len(a_photo())


def test_a_refused_file_leaves_nothing_behind(upload, session, store):
    with pytest.raises(Refused):
        upload(b"%PDF-1.7 not a picture")

    assert session.scalars(select(Media)).all() == []


def test_it_becomes_ready_with_all_its_renditions(upload, store):
    media = upload()

    prepare_media(media.id)

    assert media.state is MediaState.READY
    assert {r.kind for r in media.renditions} == {
        RenditionKind.FEED,
        RenditionKind.PREVIEW,
        RenditionKind.THUMBNAIL,
    }
    assert (media.width, media.height) == (640, 640)
    for rendition in media.renditions:
        assert len(store.get(rendition.key)) == rendition.bytes


def test_preparing_twice_is_preparing_once(upload):
    media = upload()

    prepare_media(media.id)
    prepare_media(media.id)

    assert len(media.renditions) == 3
    assert [move.to_state for move in media.history] == ["arriving", "received", "ready"]


def test_a_picture_that_is_cut_off_is_refused_in_its_owners_language(upload, session, cast, photo):
    cast.zofia.language = "en"
    media = upload(photo("truncated.png"))

    prepare_media(media.id)

    assert media.state is MediaState.REFUSED
    assert media.refusal.startswith("A part of this picture is missing")


def test_the_clock_hands_out_again_what_a_dead_worker_held(upload, session):
    media = upload()
    media.handed_out_at = now()  # and then it died
    session.commit()

    prepare_media(media.id)
    assert media.state is MediaState.RECEIVED

    with time_machine.travel(NOW + PATIENCE + timedelta(minutes=1)):
        hand_out_received()
    session.expire_all()
    assert media.state is MediaState.READY


def test_a_media_that_does_not_exist_is_no_trouble(app):
    prepare_media(4711)


def clock_turns(session, count, *, start=NOW):
    """So many turns, three minutes apart; whatever goes wrong is logged and tried again."""
    for number in range(count):
        with time_machine.travel(start + timedelta(minutes=3 * number + 1)):
            hand_out_received()
        session.expire_all()


def test_a_store_that_is_out_of_reach_is_waited_for(upload, session, monkeypatch):
    """It says nothing about the file."""
    media = upload()
    real = preparing.open_store

    def broken(_url, **_):
        raise OSError("the bucket does not answer")

    monkeypatch.setattr(preparing, "open_store", broken)
    clock_turns(session, 8)
    assert media.state is MediaState.RECEIVED

    monkeypatch.setattr(preparing, "open_store", real)
    clock_turns(session, 1, start=NOW + timedelta(hours=1))
    assert media.state is MediaState.READY


def test_a_file_that_stays_lost_for_a_day_is_refused_in_the_end(upload, store, session):
    """Its author is told, instead of waiting for ever."""
    media = upload(a_photo("lost"))
    store.delete(media.original_key)

    clock_turns(session, 1, start=NOW + timedelta(hours=23))
    assert media.state is MediaState.RECEIVED
    clock_turns(session, 1, start=NOW + timedelta(hours=25))

    assert media.state is MediaState.REFUSED
    assert media.refusal


def test_a_file_that_crashes_its_preparer_is_refused_at_the_third_time(
    upload, session, monkeypatch
):
    def crash(*_, **__):
        raise Crashed("a broken decoder")

    monkeypatch.setattr(confining, "make", crash)
    media = upload()

    clock_turns(session, 2)
    assert (media.state, media.tries) == (MediaState.RECEIVED, 2)
    clock_turns(session, 1, start=NOW + timedelta(hours=1))
    assert media.state is MediaState.REFUSED


def test_a_worker_that_finishes_and_an_author_who_changes_do_not_undo_each_other(
    app, upload, session
):
    """On PostgreSQL the author has read it before the worker wrote; on SQLite one comes after the
    other."""
    media = upload()
    media_id = media.id
    assert media.state is MediaState.RECEIVED
    if session.get_bind().dialect.name == "sqlite":
        session.commit()
    worker = Thread(target=in_context, args=(app, prepare_media, media_id))
    worker.start()
    worker.join()

    change(media, Recipe(ratio=1.91, fill=True), at=now())
    session.commit()
    session.expire_all()
    assert media.state is MediaState.RECEIVED

    prepare_media(media.id)
    session.expire_all()
    assert media.state is MediaState.READY
    assert round(media.width / media.height, 2) == 1.91


def test_a_recipe_that_made_a_file_unusable_is_not_the_files_fault(upload, session):
    media = upload()
    prepare_media(media.id)
    change(media, Recipe(crop=Box(0, 0, 0.1, 0.1)), at=now())
    session.commit()
    prepare_media(media.id)
    session.expire_all()
    assert media.state is MediaState.REFUSED

    assert change(media, Recipe(), at=now())
    session.commit()
    prepare_media(media.id)

    session.expire_all()
    assert media.state is MediaState.READY
    assert media.refusal == ""


def test_nobody_waits_for_a_lock_while_the_store_takes_its_time(
    app, upload, session, store, monkeypatch
):
    media = upload()
    free, engine = [], db.engine

    class Slow(type(store)):
        def put(self, data, *, suffix):
            with engine.begin() as connection:  # somebody else writes meanwhile
                connection.execute(text("UPDATE people SET name = name"))
                connection.execute(text("UPDATE media SET bytes = bytes"))
            free.append(True)
            return super().put(data, suffix=suffix)

    monkeypatch.setattr(preparing, "open_store", lambda _url, **_: Slow(store.folder))
    session.commit()
    prepare_media(media.id)

    session.expire_all()
    assert media.state is MediaState.READY
    assert len(free) == 3


def in_context(app, do, *facts):
    with app.app_context():
        do(*facts)
