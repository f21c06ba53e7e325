"""Large files are taken in by a worker, one at a time, and nobody is asked to wait for it."""

from threading import Thread

import pytest
from sqlalchemy import select

from takeover.media.models import Media, MediaState
from takeover.media.store import open_store
from takeover.media.uploads import completing, finishing
from takeover.schedule import run_once
from takeover.web import settings
from tests.takeover.media.uploads.speaking import a_file
from tests.takeover.media.uploads.waiting import Slow, the_media, until


def work(app, handed_out) -> None:
    for name, row_id in handed_out:
        app.extensions["work"].run(name, row_id)


def test_a_large_file_is_taken_in_by_a_worker_after_its_last_bytes_are_answered(
    app, tus, cast, session, roof, handed_out
):
    zofia = tus(cast.zofia)
    path = zofia.send(a_file(300))

    assert zofia.offset(path) == 300
    assert the_media(session).state is MediaState.ARRIVING
    assert roof.arrived == []
    session.commit()
    work(app, handed_out)

    session.expire_all()
    media = the_media(session)
    assert media.state is MediaState.RECEIVED
    assert open_store(settings().media_url).get(media.original_key) == a_file(300)
    assert roof.arrived == [media.id]


def test_a_large_file_that_no_worker_took_is_handed_out_again_by_the_clock(
    app, tus, cast, session, roof, handed_out, tidy
):
    tus(cast.zofia).send(a_file(300))
    handed_out.clear()  # the queue was not there

    tidy(days=4)
    work(app, handed_out)

    session.expire_all()
    assert the_media(session).state is MediaState.RECEIVED
    assert roof.arrived == [the_media(session).id]


def test_a_large_file_that_is_stopped_before_a_worker_comes_to_it_is_not_taken_in(
    app, tus, cast, session, roof, handed_out, folder
):
    zofia = tus(cast.zofia)
    assert zofia.ask("DELETE", zofia.send(a_file(300))).status_code == 204
    session.commit()

    work(app, handed_out)

    session.expire_all()
    assert the_media(session).state is MediaState.CANCELLED
    assert roof.arrived == []
    assert list(folder.iterdir()) == []


def states(session) -> list[MediaState]:
    session.expire_all()
    return list(session.scalars(select(Media.state).order_by(Media.id)))


def test_who_asks_how_far_a_whole_file_is_hands_it_out_no_second_time(tus, cast, handed_out):
    zofia = tus(cast.zofia)
    path = zofia.send(a_file(300))

    for _ in range(3):
        assert zofia.offset(path) == 300
    assert zofia.patch(path, 300, b"").status_code == 204

    assert len(handed_out) == 1


def test_the_clock_hands_out_only_so_many_at_once(app, tus, cast, session, handed_out, monkeypatch):
    zofia = tus(cast.zofia)
    for seed in range(3):
        zofia.send(a_file(300, seed=seed))
    session.commit()
    first = handed_out[:2]
    handed_out.clear()
    monkeypatch.setattr(completing, "MOST_AT_ONCE", 2)

    run_once(app, "hand_out_whole_uploads")

    assert handed_out == first


def test_a_worker_takes_in_one_large_file_at_a_time_and_then_the_next(
    app, tus, cast, session, roof, handed_out, monkeypatch
):
    slow = Slow(open_store(settings().media_url))
    monkeypatch.setattr(finishing, "open_store", lambda _url: slow)
    zofia = tus(cast.zofia)
    for seed in range(2):
        zofia.send(a_file(300, seed=seed))
    session.commit()
    first, second = list(handed_out)
    handed_out.clear()
    thread = Thread(target=work, args=(app, [first]))
    thread.start()
    try:
        until(lambda: slow.taking == 1)
        work(app, [second])  # comes back at once: its thread is free for photos
        assert slow.taking == 1
        assert handed_out == []
    finally:
        slow.may.set()
        thread.join()

    assert states(session) == [MediaState.RECEIVED, MediaState.ARRIVING]
    assert handed_out == [second]
    session.commit()
    work(app, [second])
    assert states(session) == [MediaState.RECEIVED, MediaState.RECEIVED]


def test_a_large_file_that_cannot_be_taken_in_does_not_keep_the_next_one_out(
    app, tus, cast, session, handed_out, monkeypatch
):
    def crash(*_args, **_facts):
        raise SystemError("the power went out")

    zofia = tus(cast.zofia)
    for seed in range(2):
        zofia.send(a_file(300, seed=seed))
    session.commit()
    first, second = list(handed_out)
    handed_out.clear()
    with monkeypatch.context() as broken:
        broken.setattr(finishing, "recognise", crash)
        with pytest.raises(SystemError):
            work(app, [first])

    assert handed_out == [second]
    work(app, [second])
    assert handed_out == [second]  # and not the first over and over: that is the clock's
    assert states(session) == [MediaState.ARRIVING, MediaState.RECEIVED]
