"""What has come as a whole is taken in, once, whatever happened meanwhile."""

import os
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Event, Lock, Thread

import pytest
import time_machine
from sqlalchemy import select

from takeover.clock import now
from takeover.i18n import in_language_of
from takeover.media.erasing import forget_files
from takeover.media.models import Media, MediaState
from takeover.media.store import Store, open_store
from takeover.media.uploads import completing, finishing
from takeover.media.uploads.models import Upload
from takeover.media.uploads.parts import Parts
from takeover.schedule import run_once
from takeover.web import settings
from tests.cast import NOW
from tests.takeover.media.uploads.speaking import a_file


@pytest.fixture
def tidy(app, session):
    """The clock's turn, so long after the test began."""

    def turn(**later) -> None:
        session.commit()
        with time_machine.travel(now() + timedelta(**later)):
            run_once(app, "hand_out_whole_uploads")
            run_once(app, "tidy_uploads")
        session.expire_all()

    return turn


def the_media(session) -> Media:
    return session.scalars(select(Media)).one()


def crash(*_args, **_options):
    raise SystemError("the power went out")


def test_the_original_is_kept_as_it_came(tus, cast, session):
    data = a_file(200_000)
    tus(cast.zofia).send(data)

    media = the_media(session)
    assert media.format == "jpeg"
    assert media.sha256 == sha256(data).hexdigest()
    assert open_store(settings().media_url).get(media.original_key) == data


@dataclass
class Slow:
    """A store that is far away: it takes a file only once it may."""

    store: Store
    may: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)
    taking: int = 0

    def take(self, path, **told):
        with self.lock:
            self.taking += 1
        assert self.may.wait(10)
        return self.store.take(path, **told)

    def exists(self, key):
        return self.store.exists(key)


def test_who_asks_while_it_is_taken_in_is_told_at_once_and_takes_nothing_in(
    tus, cast, session, roof, monkeypatch
):
    slow, data = Slow(open_store(settings().media_url)), a_file(1000)
    monkeypatch.setattr(finishing, "open_store", lambda _url: slow)
    zofia = tus(cast.zofia)
    path = zofia.begin(len(data))
    others = [tus(cast.zofia) for _ in range(3)]
    session.commit()  # or the others would wait for us
    sending = Thread(target=zofia.patch, args=(path, 0, data))
    sending.start()
    try:
        until(lambda: slow.taking == 1)
        offsets: list[int] = []
        asking = [Thread(target=lambda one=one: offsets.append(one.offset(path))) for one in others]
        for one in asking:
            one.start()
        for one in asking:
            one.join(5)
        assert offsets == [1000] * 3
    finally:
        slow.may.set()
        sending.join()

    assert slow.taking == 1
    session.expire_all()
    assert the_media(session).state is MediaState.RECEIVED
    assert roof.arrived == [the_media(session).id]


def until(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.002)


def test_what_is_erased_the_moment_it_is_taken_in_is_put_back(tus, cast, session, monkeypatch):
    """No row named it when whoever erases files looked."""
    store = open_store(settings().media_url)

    @dataclass
    class Swept(Slow):
        def take(self, path, **told):
            key = self.store.take(path, **told)
            if not self.taking:
                self.store.delete(key)
            self.taking += 1
            return key

    monkeypatch.setattr(finishing, "open_store", lambda _url: Swept(store))
    tus(cast.zofia).send(a_file(700))

    assert store.get(the_media(session).original_key) == a_file(700)


def test_what_came_long_ago_and_is_taken_in_now_is_not_erased_as_old(
    tus, cast, session, folder, monkeypatch
):
    """Whoever erases files nobody names leaves alone what is new."""
    zofia, data = tus(cast.zofia), a_file(800)
    path = zofia.begin(len(data))
    part = folder / path.rpartition("/")[2]
    part.write_bytes(data)
    at = datetime.fromtimestamp(part.stat().st_mtime, UTC)  # by the machine's clock
    os.utime(part, (0, 0))
    store, found = open_store(settings().media_url), []

    @dataclass
    class Watched(Slow):
        def take(self, path, **told):
            key = self.store.take(path, **told)
            found.append(forget_files([key], store=self.store, at=at))
            return key

    monkeypatch.setattr(finishing, "open_store", lambda _url: Watched(store))
    zofia.offset(path)

    assert found == [0]
    assert store.get(the_media(session).original_key) == data


def test_the_same_file_may_come_twice(tus, cast, session, roof):
    zofia = tus(cast.zofia)
    zofia.send(a_file(500))
    zofia.send(a_file(500))

    first, second = session.scalars(select(Media).order_by(Media.id)).all()
    assert first.original_key == second.original_key
    assert roof.arrived == [first.id, second.id]


def test_what_is_no_picture_is_refused_in_the_language_of_its_reader(
    tus, cast, session, folder, roof
):
    noe, data = tus(cast.noe), b"%PDF-1.7 not a picture"

    path = noe.send(data)

    media = the_media(session)
    assert media.state is MediaState.REFUSED
    assert media.refusal.startswith("This is a document.")
    with in_language_of("fr"):
        assert media.refusal.startswith("C’est un document.")
    assert noe.offset(path) == len(data)
    assert roof.arrived == []
    assert list(folder.iterdir()) == []


def test_a_picture_may_not_weigh_what_a_film_may(tus, cast, session, folder):
    zofia = tus(cast.zofia)
    path = zofia.begin(50_000_000)
    token = path.rpartition("/")[2]
    with (folder / token).open("wb") as file:
        file.write(a_file(49))
        file.truncate(49_999_999)

    assert zofia.patch(path, 49_999_999, b"!").status_code == 204

    assert the_media(session).refusal.startswith("This file has 50 MB; we can take up to 40.")


def test_a_crash_before_it_was_taken_in_is_mended_when_the_client_asks(
    tus, cast, session, roof, monkeypatch
):
    zofia = tus(cast.zofia)
    path = whole_but_not_taken_in(zofia, monkeypatch)
    assert the_media(session).state is MediaState.ARRIVING

    assert zofia.offset(path) == 300
    assert zofia.offset(path) == 300

    assert the_media(session).state is MediaState.RECEIVED
    assert len(roof.arrived) == 1


def test_a_crash_before_it_was_taken_in_is_mended_by_the_clock(
    tus, cast, session, roof, monkeypatch, tidy
):
    whole_but_not_taken_in(tus(cast.zofia), monkeypatch)

    tidy()
    tidy()

    assert the_media(session).state is MediaState.RECEIVED
    assert roof.arrived == [the_media(session).id]


def whole_but_not_taken_in(client, monkeypatch) -> str:
    path = client.begin(300)
    with monkeypatch.context() as broken:
        broken.setattr(finishing, "recognise", crash)
        assert client.patch(path, 0, a_file(300)).status_code == 500
    return path


def test_a_crash_between_the_store_and_the_record_is_mended(
    tus, cast, session, roof, folder, monkeypatch, tidy
):
    zofia = tus(cast.zofia)
    path = zofia.begin(300)
    with monkeypatch.context() as broken:
        broken.setattr(finishing, "_lock_whole", crash)
        assert zofia.patch(path, 0, a_file(300)).status_code == 500

    tidy()

    media = the_media(session)
    assert open_store(settings().media_url).get(media.original_key) == a_file(300)
    assert roof.arrived == [media.id]
    assert list(folder.iterdir()) == []


@pytest.fixture
def handed_out(monkeypatch) -> list[tuple[str, int]]:
    """What a worker is to do, of files too large for a request; nobody does it."""
    told: list[tuple[str, int]] = []
    monkeypatch.setattr(completing, "AT_ONCE", 299)
    monkeypatch.setattr(
        completing, "hand_out", lambda task, row_id: told.append((task.name, row_id))
    )
    return told


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


def test_the_names_of_a_new_upload_are_on_the_disk_before_a_row_names_it(
    tus, cast, folder, roof, monkeypatch
):
    synced = []

    def fsync(handle):
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            synced.append(sorted(os.listdir(handle)))

    monkeypatch.setattr(os, "fsync", fsync)
    path = tus(cast.zofia).begin(100)

    token = path.rpartition("/")[2]
    assert synced == [[token, f"{token}.metadata"]]


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


def test_parts_are_for_the_server_alone(tus, cast, folder):
    tus(cast.zofia).begin(10)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
