"""Uploads that stand still are ended, and files that are nobody's any more are removed."""

import os
from datetime import timedelta

import time_machine
from sqlalchemy import select

from takeover.clock import now
from takeover.media.models import MediaState
from takeover.media.uploads.models import Upload
from takeover.media.uploads.parts import Parts
from takeover.schedule import run_once
from tests.cast import NOW
from tests.takeover.media.uploads.speaking import a_file
from tests.takeover.media.uploads.waiting import taken_out_meanwhile, the_media


def test_an_upload_that_stands_still_is_ended_and_says_so(tus, cast, session, folder, tidy):
    zofia = tus(cast.zofia)
    path = zofia.begin(100)
    zofia.patch(path, 0, a_file(50))

    tidy(days=2, hours=23)
    assert the_media(session).state is MediaState.ARRIVING
    tidy(days=3, minutes=1)

    media = the_media(session)
    assert media.state is MediaState.REFUSED
    assert media.refusal == "This file never arrived whole. Choose it again."
    assert [move.to_state for move in media.history] == ["arriving", "refused"]
    assert list(folder.iterdir()) == []
    assert zofia.ask("HEAD", path).status_code in {404, 410}
    assert zofia.patch(path, 50, a_file(50)).status_code in {404, 410}


def test_an_upload_that_goes_on_is_waited_for(tus, cast, session, tidy):
    zofia = tus(cast.zofia)
    path = zofia.begin(100)
    with time_machine.travel(NOW + timedelta(days=2), tick=True):
        zofia.patch(path, 0, a_file(50))

    tidy(days=4)

    assert the_media(session).state is MediaState.ARRIVING


def test_an_upload_whose_file_a_power_cut_took_is_ended_at_once(tus, cast, session, folder, tidy):
    path = tus(cast.zofia).begin(100)
    (folder / path.rpartition("/")[2]).unlink()

    tidy()

    assert the_media(session).state is MediaState.REFUSED
    assert the_media(session).refusal == "This file never arrived whole. Choose it again."
    assert list(folder.iterdir()) == []


def test_asking_how_far_it_is_keeps_no_upload_alive(tus, cast, session, tidy):
    zofia = tus(cast.zofia)
    path = zofia.begin(100)
    with time_machine.travel(NOW + timedelta(days=2), tick=True):
        zofia.ask("HEAD", path)

    tidy(days=3, minutes=1)

    assert the_media(session).state is MediaState.REFUSED


def test_a_finished_upload_is_forgotten_after_a_day(tus, cast, session, tidy):
    zofia = tus(cast.zofia)
    path = zofia.send(a_file(100))

    tidy(hours=23)
    assert zofia.offset(path) == 100
    tidy(days=1, minutes=1)

    assert session.scalars(select(Upload)).all() == []
    assert the_media(session).state is MediaState.RECEIVED


def test_the_parts_of_a_withdrawn_post_are_removed(tus, cast, session, folder, tidy):
    zofia = tus(cast.zofia)
    zofia.patch(zofia.begin(100), 0, a_file(50))
    the_media(session).move(MediaState.CANCELLED, by=cast.zofia, at=now())

    tidy()

    assert session.scalars(select(Upload)).all() == []
    assert list(folder.iterdir()) == []


def touch(folder) -> None:
    """Files are as old as the test says, not the machine."""
    for path in folder.iterdir():
        os.utime(path, (now().timestamp(), now().timestamp()))


def test_files_without_an_upload_are_removed_and_nothing_else(tus, cast, folder, tidy):
    zofia = tus(cast.zofia)
    kept = zofia.begin(100)
    Parts(str(folder)).begin(metadata="")
    (folder / "README").write_text("not ours")
    touch(folder)

    tidy(days=2)

    left = {path.name for path in folder.iterdir()}
    token = kept.rpartition("/")[2]
    assert left == {token, f"{token}.metadata", "README"}


def test_what_killed_processes_left_is_removed_a_day_later(tus, cast, folder, tidy):
    tus(cast.zofia).begin(100)
    kept = {path.name for path in folder.iterdir()}
    for name in ("video-ab12_xyz", "form-ab12_xyz", "holiday-video", "video-of-mine.mp4"):
        (folder / name).write_text("x")
    (folder / "video-afolder").mkdir()
    (folder / "video-alink").symlink_to(folder / "holiday-video")
    kept |= {"holiday-video", "video-of-mine.mp4", "video-afolder", "video-alink"}
    touch(folder)

    tidy(hours=23)
    assert {path.name for path in folder.iterdir()} - kept == {"video-ab12_xyz", "form-ab12_xyz"}
    tidy(days=1, minutes=1)

    assert {path.name for path in folder.iterdir()} == kept


def test_files_that_are_just_begun_are_left_alone(app, folder, tidy):
    Parts(str(folder)).begin(metadata="")
    touch(folder)

    run_once(app, "tidy_uploads")

    assert len(list(folder.iterdir())) == 2


def test_a_whole_upload_that_nobody_can_take_in_any_more_is_ended(
    tus, cast, session, folder, handed_out, tidy
):
    path = tus(cast.zofia).send(a_file(300))
    (folder / f"{path.rpartition('/')[2]}.metadata").unlink()

    tidy()

    assert the_media(session).refusal == "This file never arrived whole. Choose it again."
    assert list(folder.iterdir()) == []


def test_an_upload_that_is_taken_out_of_its_post_while_it_is_ended_was_not_refused(
    app, tus, cast, session, folder, tidy
):
    """Only PostgreSQL can fail this: on SQLite whoever takes it out lets nobody else write."""
    zofia = tus(cast.zofia)
    zofia.patch(zofia.begin(100), 0, a_file(50))
    media_id = the_media(session).id
    session.commit()

    with taken_out_meanwhile(app, media_id):
        tidy(days=3, minutes=1)

    assert the_media(session).state is MediaState.CANCELLED
    assert session.scalars(select(Upload)).all() == []
    assert list(folder.iterdir()) == []
