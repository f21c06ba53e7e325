"""What has come as a whole is taken in, once, whatever happened meanwhile."""

import os
import stat
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from threading import Thread

from sqlalchemy import select

from takeover.i18n import in_language_of
from takeover.media.erasing import forget_files
from takeover.media.models import Media, MediaState
from takeover.media.store import open_store
from takeover.media.uploads import finishing
from takeover.web import settings
from tests.takeover.media.uploads.speaking import a_file
from tests.takeover.media.uploads.waiting import Slow, taken_out_meanwhile, the_media, until


def crash(*_args, **_options):
    raise SystemError("the power went out")


def test_the_original_is_kept_as_it_came(tus, cast, session):
    data = a_file(200_000)
    tus(cast.zofia).send(data)

    media = the_media(session)
    assert media.format == "jpeg"
    assert media.sha256 == sha256(data).hexdigest()
    assert open_store(settings().media_url).get(media.original_key) == data


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


def test_parts_are_for_the_server_alone(tus, cast, folder):
    tus(cast.zofia).begin(10)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_a_picture_that_is_taken_out_of_its_post_while_it_is_taken_in_stays_out(
    app, tus, cast, session, roof, monkeypatch
):
    """Only PostgreSQL can fail this: on SQLite whoever takes it out lets nobody else write."""
    zofia, data = tus(cast.zofia), a_file(300)
    path = zofia.begin(len(data))
    media_id, store = the_media(session).id, open_store(settings().media_url)
    session.commit()
    with ExitStack() as meanwhile:

        @dataclass
        class Slowly(Slow):
            def take(self, path, **told):
                meanwhile.enter_context(taken_out_meanwhile(app, media_id))
                return self.store.take(path, **told)

        monkeypatch.setattr(finishing, "open_store", lambda _url: Slowly(store))
        assert zofia.patch(path, 0, data).status_code == 204

    session.expire_all()
    assert the_media(session).state is MediaState.CANCELLED
    assert roof.arrived == []
