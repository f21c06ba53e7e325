"""Originals go a while after it is settled what becomes of them; what is published stays."""

import os
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from takeover.audit import AuditEntry
from takeover.media.changing import refuse
from takeover.media.models import Media, MediaState
from takeover.media.preparing import prepare_media
from takeover.media.refusals import Refused
from takeover.media.renditions import RenditionKind
from takeover.media.store import open_store
from takeover.posts.arranging import remove_picture
from takeover.posts.models import PostState, Shape, Surface
from takeover.posts.shaping import choose
from takeover.schedule import run_once
from takeover.web import settings
from tests.cast import NOW, THIS_MONDAY
from tests.movies import a_movie
from tests.preparing import a_draft, a_submitted_post, an_approved_post

DAYS = 30


@pytest.fixture(autouse=True)
def store(app, monkeypatch, tmp_path):
    """A store of this test's own."""
    changed = replace(settings(), media_url=str(tmp_path / "files"))
    monkeypatch.setitem(app.extensions, "settings", changed)
    return open_store(changed.media_url)


@pytest.fixture
def erase(app, session, store):
    """What the clock does so many days later; the files are as old by then."""

    def run(*, days):
        for file in store.contents():
            os.utime(store.folder / file.key, (NOW.timestamp(),) * 2)
        session.commit()
        with time_machine.travel(NOW + timedelta(days=days)):
            run_once(app, "erase_originals")
        session.expire_all()

    return run


def rejected(session, cast):
    post = a_submitted_post(session, cast)
    post.move(PostState.REJECTED, by=cast.amir, at=NOW)
    return post


def published(session, cast):
    post = an_approved_post(session, cast)
    post.move(PostState.PUBLISHING, by=None, at=NOW)
    post.published_at = NOW
    post.move(PostState.PUBLISHED, by=None, at=NOW)
    return post


def missed(session, cast):
    post = an_approved_post(session, cast)
    post.move(PostState.MISSED, by=None, at=NOW)
    return post


def withdrawn(session, cast):
    post = a_draft(session, cast)
    post.move(PostState.WITHDRAWN, by=cast.zofia, at=NOW)
    return post


def media_of(post, session):
    session.commit()
    return post.pictures[0].media


@pytest.mark.parametrize("settled", [rejected, published, missed, withdrawn])
def test_the_original_of_a_settled_post_is_erased_after_as_many_days(
    cast, session, store, erase, settled
):
    media = media_of(settled(session, cast), session)

    erase(days=DAYS - 1)
    assert media.original_erased_at is None
    assert store.exists(media.original_key)

    erase(days=DAYS + 1)
    assert media.original_erased_at is not None
    assert not store.exists(media.original_key)
    for rendition in media.renditions:
        assert store.exists(rendition.key)


def test_the_days_count_from_when_the_post_was_settled(cast, session, erase):
    post = a_submitted_post(session, cast)
    post.move(PostState.REJECTED, by=cast.amir, at=NOW + timedelta(days=10))
    media = media_of(post, session)

    erase(days=DAYS + 9)
    assert media.original_erased_at is None
    erase(days=DAYS + 11)
    assert media.original_erased_at is not None


@pytest.mark.parametrize("waiting", [a_draft, a_submitted_post, an_approved_post])
def test_a_post_that_may_still_go_out_keeps_its_original(cast, session, store, erase, waiting):
    media = media_of(waiting(session, cast), session)
    cast.week.starts_on = THIS_MONDAY + timedelta(days=140)

    erase(days=145)

    assert media.original_erased_at is None
    assert store.exists(media.original_key)


def test_what_was_never_sent_to_comms_is_erased_once_its_week_is_long_over(
    cast, session, store, erase
):
    media = media_of(a_draft(session, cast), session)

    erase(days=DAYS + 4)  # the week had four days to go
    assert store.exists(media.original_key)
    erase(days=DAYS + 8)
    assert not store.exists(media.original_key)


def test_files_that_no_row_names_any_more_go_by_themselves(app, cast, session, store):
    post = a_draft(session, cast)
    media = media_of(post, session)
    before = {rendition.key for rendition in media.renditions}
    choose(post, Surface.FEED, Shape.LANDSCAPE, by=cast.zofia, at=NOW)
    session.commit()
    prepare_media(media.id)
    session.expire_all()
    now_named = {media.original_key, *(rendition.key for rendition in media.renditions)}
    assert before - now_named
    session.commit()

    with time_machine.travel(NOW + timedelta(hours=2)):
        for file in store.contents():
            os.utime(store.folder / file.key, (NOW.timestamp(),) * 2)
        run_once(app, "sweep_store")

    assert {file.key for file in store.contents()} == now_named


def taken_out(session, cast):
    post = a_draft(session, cast)
    picture = post.pictures[0]
    remove_picture(post, picture, by=cast.zofia, at=NOW)
    return picture.media


def of_no_post(session, cast):
    return a_movie(session, cast.zofia)


def of_a_withdrawn_post(session, cast):
    return withdrawn(session, cast).pictures[0].media


@pytest.mark.parametrize("unwanted", [taken_out, of_no_post, of_a_withdrawn_post])
def test_what_was_made_of_what_no_post_shows_goes_with_its_original(
    app, cast, session, store, erase, unwanted
):
    media = unwanted(session, cast)
    keys = {rendition.key for rendition in media.renditions}
    assert keys

    erase(days=DAYS - 1)
    assert {rendition.key for rendition in media.renditions} == keys
    erase(days=DAYS + 1)
    assert media.renditions == []
    assert media.state is MediaState.CANCELLED
    session.commit()
    with time_machine.travel(NOW + timedelta(days=DAYS + 2)):
        run_once(app, "sweep_store")
    assert not any(store.exists(key) for key in keys)


@pytest.mark.parametrize("kept", [published, rejected, missed])
def test_what_was_made_of_what_a_post_shows_stays(app, cast, session, store, erase, kept):
    media = media_of(kept(session, cast), session)

    erase(days=DAYS + 1)

    assert media.original_erased_at is not None
    assert media.state is MediaState.READY
    assert all(store.exists(rendition.key) for rendition in media.renditions)
    assert media.renditions


def test_it_is_on_the_record_once(cast, session, erase):
    media = media_of(rejected(session, cast), session)

    for days in (31, 32, 60):
        erase(days=days)

    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "original_erased"))
    (entry,) = entries.all()
    assert (entry.object_kind, entry.object_id, entry.by_id) == ("media", media.id, None)


def test_a_media_in_two_posts_waits_for_the_second_one(cast, session, erase):
    media = media_of(rejected(session, cast), session)
    other = a_draft(session, cast, caption="once more")
    other.pictures[0].media = media
    session.commit()

    erase(days=DAYS + 1)

    assert media.original_erased_at is None


def test_what_no_post_has_is_erased_too(cast, session, store, erase):
    media = a_movie(session, cast.zofia)

    erase(days=DAYS - 1)
    assert store.exists(media.original_key)
    erase(days=DAYS + 1)
    assert not store.exists(media.original_key)


@pytest.mark.parametrize("state", [MediaState.REFUSED, MediaState.CANCELLED])
def test_what_can_never_be_in_a_post_is_erased_too(cast, session, store, erase, state):
    media = media_of(a_draft(session, cast), session)
    if state is MediaState.CANCELLED:
        media.move(state, by=cast.zofia, at=NOW + timedelta(days=5))
    else:
        media.move(MediaState.RECEIVED, by=None, at=NOW)
        refuse(media, Refused(), at=NOW + timedelta(days=5))
    session.commit()

    erase(days=DAYS + 4)
    assert media.original_erased_at is None
    erase(days=DAYS + 6)
    assert media.original_erased_at is not None
    assert not store.exists(media.original_key)


def test_what_waits_for_a_worker_keeps_its_original(cast, session, store, erase):
    media = a_movie(session, cast.zofia)
    media.move(MediaState.RECEIVED, by=None, at=NOW)
    session.commit()

    erase(days=300)

    assert store.exists(media.original_key)


def test_a_file_that_another_still_names_stays(cast, session, store, erase):
    """Two people sent the same file; or somebody sent what we had made."""
    first = media_of(rejected(session, cast), session)
    second = media_of(a_draft(session, cast), session)
    assert first.original_key == second.original_key
    movie = a_movie(session, cast.zofia)
    published(session, cast).pictures[0].media = movie
    movie.original_key = movie.rendition(RenditionKind.FEED).key
    session.commit()

    erase(days=DAYS + 1)

    assert first.original_erased_at is not None
    assert movie.original_erased_at is not None
    assert second.original_erased_at is None
    assert store.exists(first.original_key)
    assert store.exists(movie.original_key)


def test_a_file_that_a_killed_run_left_is_erased_by_the_next(cast, session, store, erase):
    media = a_movie(session, cast.zofia)
    media.original_erased_at = NOW + timedelta(days=DAYS + 1)
    session.commit()

    erase(days=DAYS + 1.5)

    assert not store.exists(media.original_key)


def test_a_file_that_has_just_come_again_stays(app, cast, session, store):
    """Somebody sends the same video while the clock erases it: theirs is not on a row yet."""
    media = a_movie(session, cast.zofia)
    late = NOW + timedelta(days=DAYS + 1)
    os.utime(store.folder / media.original_key, (late.timestamp() - 60,) * 2)
    session.commit()

    with time_machine.travel(late):
        run_once(app, "erase_originals")

    session.expire_all()
    assert media.original_erased_at is not None
    assert store.exists(media.original_key)


def test_hundreds_are_erased_in_one_turn(cast, session, store, erase, monkeypatch):
    monkeypatch.setattr("takeover.posts.erasing.BATCH", 3)
    media = [a_movie(session, cast.zofia, text=str(number)) for number in range(10)]

    erase(days=DAYS + 1)

    assert all(one.original_erased_at for one in session.scalars(select(Media)))
    assert not any(store.exists(one.original_key) for one in media)
