"""Uploads are made ready in the background, once, whoever dies over them."""

import contextlib
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from takeover.clock import now
from takeover.media.intake import take_in
from takeover.media.models import Media, MediaState
from takeover.media.preparing import PATIENCE, hand_out_received, prepare_media
from takeover.media.refusals import Refused
from takeover.media.renditions import RenditionKind
from takeover.media.store import NotStored, open_store
from takeover.web import settings
from tests.cast import NOW
from tests.preparing import a_photo


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


def test_a_file_that_breaks_every_worker_is_refused_in_the_end(upload, store, session):
    """Its author is told, instead of waiting for ever."""
    media = upload(a_photo("lost"))
    store.delete(media.original_key)

    for number in range(4):
        with (
            time_machine.travel(NOW + timedelta(minutes=3 * number)),
            contextlib.suppress(NotStored),
        ):
            prepare_media(media.id)
        session.rollback()

    assert media.state is MediaState.REFUSED
    assert media.refusal
