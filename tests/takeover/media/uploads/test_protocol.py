"""Any client of tus 1.0.0 is understood, and told what is wrong."""

from dataclasses import dataclass, replace
from io import BytesIO

import pytest
from sqlalchemy import select

from takeover.clock import now
from takeover.db import db
from takeover.media.models import Media, MediaState
from takeover.media.uploads.parts import OutOfTurn, Part, Parts
from tests.takeover.media.uploads.speaking import (
    CONTENT_TYPE,
    PLACE,
    a_file,
    in_words,
    sum_of,
)


def the_media(session) -> Media:
    return session.scalars(select(Media)).one()


def test_anybody_may_ask_what_is_spoken_here(tus, cast):
    answer = tus().ask("OPTIONS", PLACE, Tus_Resumable=None)

    assert answer.status_code == 204
    assert answer.headers["Tus-Resumable"] == answer.headers["Tus-Version"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) == {
        "creation",
        "creation-with-upload",
        "termination",
        "expiration",
        "checksum",
    }
    assert answer.headers["Tus-Max-Size"] == "1100000000"
    assert set(answer.headers["Tus-Checksum-Algorithm"].split(",")) == {"sha1", "sha256", "md5"}


def test_a_file_comes_in_pieces(tus, cast, roof, folder, session):
    zofia, data = tus(cast.zofia), a_file(1000)

    path = zofia.begin(len(data), Upload_Metadata=in_words(filename="été.jpg", post="7"))
    assert the_media(session).state is MediaState.ARRIVING
    first = zofia.patch(path, 0, data[:300])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "300")
    assert "Upload-Expires" in first.headers
    assert zofia.offset(path) == 300
    second = zofia.patch(path, 300, data[300:])

    media = the_media(session)
    assert (second.status_code, second.headers["Upload-Offset"]) == (204, "1000")
    assert media.state is MediaState.RECEIVED
    assert media.bytes == 1000
    assert [move.to_state for move in media.history] == ["arriving", "received"]
    assert roof.arrived == [media.id]
    welcomed, told, by = roof.welcomed[0]
    assert (welcomed.id, told, by.id) == (
        media.id,
        {"filename": "été.jpg", "post": "7"},
        cast.zofia.id,
    )
    assert session.scalars(select(Media.name)).one() == "été.jpg"
    assert list(folder.iterdir()) == []


def test_the_address_is_right_behind_a_proxy_that_adds_a_path(tus, cast, app, monkeypatch):
    zofia = tus(cast.zofia)
    behind = replace(app.extensions["settings"], public_url="https://example.com/group/week")
    monkeypatch.setitem(app.extensions, "settings", behind)

    assert zofia.begin(10).startswith("/group/week/media/uploads/")


def test_it_is_expected_once_others_can_see_it(tus, cast, roof, app, monkeypatch):
    seen = []

    def look(media_id):
        with db.engine.connect() as other:
            seen.append(other.scalar(select(Media.id).where(Media.id == media_id)) == media_id)

    hooks = replace(app.extensions["upload_hooks"], expected=look)
    monkeypatch.setitem(app.extensions, "upload_hooks", hooks)

    tus(cast.zofia).begin(1000)

    assert seen == [True]


def test_what_is_known_of_an_upload_is_told_and_kept_by_nobody(tus, cast):
    zofia, told = tus(cast.zofia), in_words(filename="a.jpg", filetype="image/jpeg")
    path = zofia.begin(10, Upload_Metadata=told)

    answer = zofia.ask("HEAD", path)

    assert answer.status_code == 200
    assert answer.headers["Upload-Offset"] == "0"
    assert answer.headers["Upload-Length"] == "10"
    assert answer.headers["Upload-Metadata"] == told
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Upload-Expires"].endswith("GMT")


def test_a_finished_upload_says_that_all_has_come(tus, cast, roof):
    zofia = tus(cast.zofia)
    path = zofia.send(a_file(50))

    assert zofia.offset(path) == 50
    again = zofia.patch(path, 50, b"")
    assert (again.status_code, again.headers["Upload-Offset"]) == (204, "50")
    assert zofia.patch(path, 0, b"x").status_code == 409
    assert len(roof.arrived) == 1


def test_an_upload_may_begin_with_its_first_bytes(tus, cast, session):
    zofia, data = tus(cast.zofia), a_file(100)

    some = zofia.ask("POST", PLACE, data[:40], Upload_Length=100, Content_Type=CONTENT_TYPE)
    assert (some.status_code, some.headers["Upload-Offset"]) == (201, "40")
    whole = zofia.ask("POST", PLACE, data, Upload_Length=100, Content_Type=CONTENT_TYPE)
    assert (whole.status_code, whole.headers["Upload-Offset"]) == (201, "100")

    assert session.scalars(select(Media.state).order_by(Media.id)).all() == [
        MediaState.ARRIVING,
        MediaState.RECEIVED,
    ]


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_bytes_are_taken_only_as_they_were_sent(tus, cast, algorithm):
    zofia, data = tus(cast.zofia), a_file(100)
    path = zofia.begin(100)
    right = sum_of(data, algorithm)

    broken = zofia.patch(path, 0, data[:-1] + b"?", Upload_Checksum=right)
    assert broken.status_code == 460
    assert zofia.offset(path) == 0
    assert zofia.patch(path, 0, data, Upload_Checksum=right).status_code == 204
    assert zofia.offset(path) == 100


def test_an_upload_whose_first_bytes_are_wrong_begins_with_none(tus, cast):
    answer = tus(cast.zofia).ask(
        "POST",
        PLACE,
        b"wrong",
        Upload_Length=100,
        Upload_Checksum=sum_of(b"right"),
        Content_Type=CONTENT_TYPE,
    )

    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "0")


@pytest.mark.parametrize("told", [{}, {"Upload_Checksum": sum_of(b"x" * 101)}])
def test_an_upload_that_begins_with_too_many_bytes_does_not_begin(
    tus, cast, session, roof, folder, told
):
    told = {"Upload_Length": 100, "Content_Type": CONTENT_TYPE} | told
    answer = tus(cast.zofia).ask("POST", PLACE, b"x" * 101, **told)

    assert answer.status_code == 413
    assert roof.welcomed == []
    assert session.scalars(select(Media)).all() == []
    assert list(folder.glob("*")) == []


@pytest.mark.parametrize(
    ("told", "offset"), [({}, "100"), ({"Upload_Checksum": sum_of(b"x" * 101)}, "0")]
)
def test_an_upload_that_begins_with_too_many_uncounted_bytes_is_known_to_its_client(
    tus, cast, session, told, offset
):
    """A body that does not say how long it is: its client learns where the upload goes on."""
    answer = with_body(
        tus(cast.zofia), "POST", PLACE, BytesIO(b"x" * 101), Upload_Length=100, **told
    )

    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, offset)
    assert tus(cast.zofia).ask("HEAD", answer.headers["Location"]).status_code == 200


def test_an_upload_that_fails_at_its_first_bytes_is_known_to_its_client(
    tus, cast, session, monkeypatch
):
    def busy(*_args, **_told):
        raise OutOfTurn

    monkeypatch.setattr(Part, "append", busy)
    told = {"Upload_Length": 100, "Content_Type": CONTENT_TYPE}
    answer = tus(cast.zofia).ask("POST", PLACE, a_file(50), **told)

    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "0")


@dataclass
class Endless:
    """A body without an end, and how much of it was read."""

    read_so_far: int = 0

    def read(self, size):
        self.read_so_far += size
        return bytes(size)


@pytest.mark.parametrize("length", [None, 500_000_000])
def test_a_body_with_a_checksum_is_not_written_aside_without_end(tus, cast, length):
    zofia, body = tus(cast.zofia), Endless()
    path = zofia.begin(1_000_000_000)

    answer = with_body(
        zofia, "PATCH", path, body, length, Upload_Offset=0, Upload_Checksum=sum_of(b"")
    )

    assert (answer.status_code, answer.mimetype) == (413, "text/plain")
    assert answer.text == "A body with Upload-Checksum may have 67108864 bytes; send it in pieces."
    assert body.read_so_far <= (0 if length else 64 * 1024 * 1024 + 1)
    assert zofia.offset(path) == 0


def test_a_body_with_a_checksum_is_not_read_where_another_request_was_quicker(
    tus, cast, monkeypatch
):
    """It wrote between this one's look at the offset and its first byte."""
    zofia, body = tus(cast.zofia), Endless()
    path = zofia.begin(1000)
    looked = iter([0, 10, 10, 10])
    monkeypatch.setattr(Parts, "size", lambda _self, _token: next(looked))

    answer = with_body(
        zofia, "PATCH", path, body, 900, Upload_Offset=0, Upload_Checksum=sum_of(b"")
    )

    assert (answer.status_code, body.read_so_far) == (409, 0)


def with_body(client, method, path, body, length=None, **headers):
    """As a server hands it over; `length` in bytes, if the client says it."""
    told = {"Tus_Resumable": "1.0.0", "Content_Type": CONTENT_TYPE} | headers
    if length is None:
        told |= {"Transfer_Encoding": "chunked"}
    return client.browser.client.open(
        path,
        method=method,
        headers={name.replace("_", "-"): str(value) for name, value in told.items()},
        environ_overrides={
            "wsgi.input": body,
            "wsgi.input_terminated": True,
            "CONTENT_LENGTH": str(length or ""),
        },
    )


def test_an_upload_can_be_stopped(tus, cast, session, folder, roof):
    zofia = tus(cast.zofia)
    path = zofia.begin(100)
    zofia.patch(path, 0, a_file(50))

    assert zofia.ask("DELETE", path).status_code == 204

    assert the_media(session).state is MediaState.CANCELLED
    assert roof.stopped == [the_media(session).id]
    assert list(folder.iterdir()) == []
    assert zofia.ask("HEAD", path).status_code in {404, 410}
    assert zofia.patch(path, 50, b"x").status_code in {404, 410}
    assert zofia.ask("DELETE", path).status_code in {404, 410}


def test_what_has_come_is_not_stopped_any_more(tus, cast, session):
    zofia = tus(cast.zofia)
    path = zofia.send(a_file(50))

    assert zofia.ask("DELETE", path).status_code == 410
    assert the_media(session).state is MediaState.RECEIVED


def test_an_upload_whose_post_was_withdrawn_is_gone(tus, cast, session, roof):
    zofia = tus(cast.zofia)
    path = zofia.begin(50)
    the_media(session).move(MediaState.CANCELLED, by=cast.zofia, at=now())

    assert zofia.patch(path, 0, a_file(50)).status_code == 410
    assert zofia.ask("HEAD", path).status_code == 410
    assert roof.arrived == []


@pytest.mark.parametrize("method", ["PATCH", "HEAD", "DELETE"])
def test_a_method_may_be_named_in_a_header(tus, cast, method):
    zofia = tus(cast.zofia)
    path = zofia.begin(50)

    answer = zofia.ask(
        "POST",
        path,
        a_file(50),
        X_HTTP_Method_Override=method,
        Upload_Offset=0,
        Content_Type=CONTENT_TYPE,
    )

    assert answer.status_code == (200 if method == "HEAD" else 204)


def test_a_post_to_an_upload_means_nothing(tus, cast):
    zofia = tus(cast.zofia)

    assert zofia.ask("POST", zofia.begin(50)).status_code == 405


@pytest.mark.parametrize("version", [None, "0.2.2", "2.0.0"])
@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE"])
def test_another_version_is_not_spoken(tus, cast, session, version, method):
    zofia = tus(cast.zofia)
    path = PLACE if method == "POST" else zofia.begin(50)

    answer = zofia.ask(method, path, Upload_Length=50, Upload_Offset=0, Tus_Resumable=version)

    assert answer.status_code == 412
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert session.scalars(select(Media.state)).all() in ([], [MediaState.ARRIVING])


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"Upload_Length": None}, 400),
        ({"Upload_Length": "-1"}, 400),
        ({"Upload_Length": "1e3"}, 400),
        ({"Upload_Length": "9" * 30}, 400),
        ({"Upload_Length": "1100000001"}, 413),
        ({"Upload_Length": "0"}, 400),
        ({"Upload_Length": None, "Upload_Defer_Length": "1"}, 400),
        ({"Upload_Concat": "partial"}, 400),
        ({"Upload_Metadata": "filename ???"}, 400),
        ({"Upload_Metadata": "a YQ==,a YQ=="}, 400),
        ({"Upload_Checksum": "crc32 AAAA"}, 400),
        ({"Upload_Checksum": "sha1 é"}, 400),
    ],
)
def test_an_upload_that_cannot_be_does_not_begin(tus, cast, session, folder, told, status):
    answer = tus(cast.zofia).ask("POST", PLACE, **{"Upload_Length": 100} | told)

    assert answer.status_code == status
    assert answer.mimetype == "text/plain"
    assert answer.text
    assert session.scalars(select(Media)).all() == []
    assert list(folder.glob("*")) == []


def test_an_empty_file_is_told_so_at_once(tus, cast):
    assert tus(cast.zofia).create(0).text.startswith("This file is empty.")


@pytest.mark.parametrize(
    ("offset", "told", "status"),
    [
        (10, {}, 409),
        ("", {}, 400),
        ("-5", {}, 400),
        (None, {}, 400),
        (0, {"Content_Type": "application/octet-stream"}, 415),
        (0, {"Content_Type": None}, 415),
        (0, {"Upload_Checksum": "crc32 AAAA"}, 400),
        (0, {"Upload_Checksum": "sha1 ???"}, 400),
    ],
)
def test_bytes_that_fit_nowhere_are_not_taken(tus, cast, offset, told, status):
    zofia = tus(cast.zofia)
    path = zofia.begin(100)

    assert zofia.patch(path, offset, a_file(20), **told).status_code == status
    assert zofia.offset(path) == 0


def test_more_than_was_said_is_not_taken(tus, cast):
    zofia = tus(cast.zofia)
    path = zofia.begin(100)

    assert zofia.patch(path, 0, a_file(101)).status_code == 413
    assert zofia.offset(path) == 0


def test_a_name_that_no_database_keeps_is_no_trouble(tus, cast, session):
    tus(cast.zofia).begin(10, Upload_Metadata=in_words(filename="a\0" + "b" * 300))

    assert session.scalars(select(Media.name)).one() == "a" + "b" * 254
