"""Videos are made ready beside everything else: seen, stopped, and never in a photo's way."""

import time
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest

from takeover.clock import now
from takeover.media import preparing
from takeover.media.changing import cancel, change
from takeover.media.intake import take_in
from takeover.media.models import MediaState
from takeover.media.preparing import prepare_media
from takeover.media.recipe import Recipe
from takeover.media.renditions import RenditionKind
from takeover.media.store import open_store
from takeover.web import settings
from tests.preparing import media_of

LONG, SHORT = "anamorphic_pixels.mp4", "stream_3s.mp4"


@pytest.fixture
def upload(session, cast, photo):
    def send(name):
        media = take_in(
            BytesIO(photo(name)),
            spool=Path(settings().uploads_path),
            session=session,
            store=open_store(settings().media_url),
            by=cast.zofia,
            at=now(),
        )
        session.commit()
        return media

    return send


class Worker:
    """Prepares one media in a thread of its own."""

    def __init__(self, app, media_id):
        self._thread = Thread(target=self._work, args=(app, media_id))
        self._thread.start()

    def _work(self, app, media_id):
        with app.app_context():
            prepare_media(media_id)

    def is_busy(self):
        return self._thread.is_alive()

    def end(self):
        self._thread.join(60)
        assert not self._thread.is_alive()


@pytest.fixture
def begin(app, monkeypatch):
    monkeypatch.setattr(preparing, "BETWEEN_SIGNS", 0.05)
    return lambda media: Worker(app, media.id)


def seen(session, media):
    """As the database has it."""
    session.expire_all()
    state, progress = media.state, media.progress
    session.commit()
    return state, progress


def wait_for_progress(session, media):
    until = time.monotonic() + 30
    while seen(session, media)[1] == 0:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_video_becomes_ready_with_its_cover_and_what_there_is_to_know(upload, session):
    media = upload(SHORT)

    prepare_media(media.id)

    session.expire_all()
    assert media.state is MediaState.READY
    assert media.is_video
    assert {one.kind for one in media.renditions} == {
        RenditionKind.FEED,
        RenditionKind.COVER,
        RenditionKind.PREVIEW,
        RenditionKind.THUMBNAIL,
    }
    assert media.rendition(RenditionKind.FEED).content_type == "video/mp4"
    assert media.rendition(RenditionKind.COVER).content_type == "image/jpeg"
    assert media.duration == pytest.approx(3.0, abs=0.2)
    assert media.has_audio
    assert (media.source_width, media.source_height) == (480, 360)
    assert media.sharpness > 0
    assert media.brightness > 0
    assert len(media.dhash) == 16
    stored = open_store(settings().media_url)
    for one in media.renditions:
        assert stored.size(one.key) == one.bytes


def test_it_tells_how_far_it_is(upload, begin, session):
    media = upload(LONG)
    worker = begin(media)

    wait_for_progress(session, media)
    state, progress = seen(session, media)
    worker.end()

    assert state is MediaState.RECEIVED
    assert 0 < progress < 100
    assert seen(session, media) == (MediaState.READY, 100)


def test_what_is_cancelled_midway_stops_and_leaves_nothing(upload, begin, session, cast):
    media = upload(LONG)
    worker = begin(media)
    wait_for_progress(session, media)

    cancel(media, by=cast.zofia, at=now())
    session.commit()
    worker.end()

    assert seen(session, media)[0] is MediaState.CANCELLED
    assert media.renditions == []


def test_another_recipe_midway_is_what_is_made_in_the_end(upload, begin, session):
    media = upload(LONG)
    worker = begin(media)
    wait_for_progress(session, media)

    change(media, Recipe(ratio=1.0, fill=True), at=now())
    session.commit()
    worker.end()
    assert seen(session, media)[0] is MediaState.RECEIVED
    prepare_media(media.id)

    session.expire_all()
    assert media.state is MediaState.READY
    assert media.width == media.height


def test_a_photo_never_waits_for_a_video_nor_a_second_video_for_a_thread(
    upload, begin, session, cast
):
    first, second = upload(LONG), upload(SHORT)
    worker = begin(first)
    wait_for_progress(session, first)

    photo = media_of(session, cast.zofia)
    prepare_media(photo.id)
    prepare_media(second.id)

    assert worker.is_busy()
    assert seen(session, photo)[0] is MediaState.READY
    assert seen(session, second)[0] is MediaState.RECEIVED
    worker.end()
    prepare_media(second.id)
    assert seen(session, second)[0] is MediaState.READY


def test_two_workers_never_have_the_same_file(upload, begin, session):
    media = upload(LONG)
    worker = begin(media)
    wait_for_progress(session, media)
    claim, tries = media.claim, media.tries
    session.commit()

    prepare_media(media.id)
    seen(session, media)

    assert (media.claim, media.tries) == (claim, tries)
    session.commit()
    worker.end()
    session.expire_all()
    assert [move.to_state for move in media.history] == ["arriving", "received", "ready"]


def test_who_lost_a_file_keeps_nothing_of_it(upload, begin, session):
    """It was silent for too long, and another worker has it now."""
    media = upload(SHORT)
    worker = begin(media)
    while not media.claim:
        seen(session, media)
        time.sleep(0.01)
    media.claim = "another"
    session.commit()
    worker.end()

    assert seen(session, media)[0] is MediaState.RECEIVED
    assert media.renditions == []
