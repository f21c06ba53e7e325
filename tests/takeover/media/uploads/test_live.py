"""The real server, as it is deployed, and clients that nobody of ours has written."""

import time
from contextlib import closing, suppress
from hashlib import sha256
from io import BytesIO
from random import Random
from threading import Thread

import pytest
from sqlalchemy import select
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError, TusUploadFailed

from takeover.media.models import Media, MediaState
from takeover.media.store import open_store
from tests.takeover.media.uploads.speaking import PLACE, a_file, answer_of

DEATHS = 10


@pytest.fixture
def client(server, cast, cookie):
    """The public client, in which Zofia is signed in."""
    return TusClient(server.address + PLACE, headers={"Cookie": cookie(cast.zofia)})


@pytest.fixture
def data():
    return a_file(3_000_000)


def taken_in(session, server) -> bytes:
    """The one file that was taken in, once."""
    session.rollback()
    media = session.scalars(select(Media)).one()
    assert [move.to_state for move in media.history][:2] == ["arriving", "received"]
    original = open_store(str(server.folder / "media")).get(media.original_key)
    assert media.sha256 == sha256(original).hexdigest()
    session.commit()
    return original


def until(condition) -> None:
    give_up = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.002)


@pytest.mark.parametrize("checksum", [False, True])
@pytest.mark.parametrize("chunk", [700_000, 2**30])
def test_the_public_client_sends_a_file(client, server, session, data, chunk, checksum):
    told = {"filename": "été.jpg", "filetype": "image/jpeg"}

    uploader = client.uploader(
        file_stream=BytesIO(data), chunk_size=chunk, metadata=told, upload_checksum=checksum
    )
    uploader.upload()

    assert taken_in(session, server) == data
    assert session.scalars(select(Media.name)).one() == "été.jpg"
    assert uploader.get_offset() == len(data)


def test_the_public_client_resumes(client, server, session, data):
    first = client.uploader(file_stream=BytesIO(data), chunk_size=1_000_000)
    first.upload_chunk()

    second = client.uploader(file_stream=BytesIO(data), url=first.url)
    assert second.offset == 1_000_000
    second.upload()

    assert taken_in(session, server) == data


def test_the_public_client_is_told_that_it_may_not(client, server, cast, cookie, data):
    cookie_of_stranger = cookie(cast.stranger)
    stranger = TusClient(server.address + PLACE, headers={"Cookie": cookie_of_stranger})
    begun = client.uploader(file_stream=BytesIO(data), chunk_size=1000)
    begun.upload_chunk()

    with pytest.raises(TusCommunicationError):
        stranger.uploader(file_stream=BytesIO(data)).upload()
    with pytest.raises(TusCommunicationError):
        stranger.uploader(file_stream=BytesIO(data), url=begun.url)
    with pytest.raises(TusCommunicationError):
        TusClient(server.address + PLACE).uploader(file_stream=BytesIO(data)).upload()


def test_a_server_that_dies_again_and_again_loses_no_byte(server, wire, client, session):
    data, random = a_file(12_000_000, seed=7), Random(7)
    path = wire.begin(len(data))
    file, last = server.growing(path), 0
    for _ in range(DEATHS):
        offset = wire.offset(path)
        assert offset >= last
        connection = wire.patch(path, offset, len(data) - offset)
        connection.send(data[offset : offset + random.randint(200_000, 900_000)])
        until(lambda before=offset: file.stat().st_size > before)
        server.kill()
        connection.close()
        last = file.stat().st_size
        assert offset < last < len(data)
        server.start()

    url = server.address + path
    client.uploader(file_stream=BytesIO(data), url=url, chunk_size=5_000_000).upload()

    assert sha256(taken_in(session, server)).digest() == sha256(data).digest()


def test_a_connection_that_is_cut_keeps_what_came(server, wire, session):
    data = a_file(1_000_000)
    path = wire.begin(len(data))
    connection = wire.patch(path, 0, len(data))
    connection.send(data[:600_001])
    connection.close()

    until(lambda: wire.offset(path) == 600_001)
    rest = wire.patch(path, 600_001, len(data) - 600_001)
    rest.send(data[600_001:])

    assert answer_of(rest).status == 204
    assert taken_in(session, server) == data


def test_a_client_that_hangs_holds_up_nobody_and_spoils_nothing(server, wire, session):
    """A phone lost its network: its request sleeps on a dead connection, and wakes up later."""
    data = a_file(1_000_000)
    path = wire.begin(len(data))
    stale = wire.patch(path, 0, len(data))
    stale.send(data[:200_000])
    until(lambda: wire.offset(path) >= 131_072)

    offset = wire.offset(path)
    fresh = wire.patch(path, offset, len(data) - offset)
    fresh.send(data[offset:700_000])
    until(lambda: wire.offset(path) > 600_000)
    stale.send(b"?" * 300_000)
    refused = stale.getresponse()
    fresh.send(data[700_000:])

    assert refused.status == 409
    stale.close()
    assert answer_of(fresh).status == 204
    assert taken_in(session, server) == data


def test_two_clients_never_mix_their_bytes(server, wire, session):
    data = a_file(4_000_000)
    path = wire.begin(len(data))
    statuses = []

    def send() -> None:
        with closing(wire.patch(path, 0, len(data))) as connection, suppress(OSError):
            connection.send(data)  # or is refused before all of it is sent
            statuses.append(answer_of(connection).status)

    clients = [Thread(target=send) for _ in range(2)]
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    offset = wire.offset(path)
    if offset < len(data):
        rest = wire.patch(path, offset, len(data) - offset)
        rest.send(data[offset:])
        assert answer_of(rest).status == 204

    assert statuses.count(204) <= 1
    assert taken_in(session, server) == data


def test_many_who_finish_one_upload_take_it_in_once(server, wire, session):
    data = a_file(500_000)
    path = wire.begin(len(data))
    server.growing(path).write_bytes(data)  # its process died over the last byte
    asking = [Thread(target=wire.offset, args=[path]) for _ in range(6)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()

    assert taken_in(session, server) == data
    assert wire.offset(path) == len(data)


def test_a_body_of_unknown_length_is_taken_as_far_as_it_fits(server, wire, session):
    data = a_file(300_000)
    path = wire.begin(len(data))
    connection = wire.open(
        "PATCH",
        path,
        None,
        Upload_Offset=0,
        Transfer_Encoding="chunked",
        Content_Type="application/offset+octet-stream",
    )
    for start in range(0, len(data), 100_000):
        piece = data[start : start + 100_000]
        connection.send(b"%x\r\n%b\r\n" % (len(piece), piece))
    connection.send(b"0\r\n\r\n")

    assert answer_of(connection).status == 204
    assert taken_in(session, server) == data


def test_stopping_an_upload_ends_the_request_that_sends_it(server, wire, session):
    path = wire.begin(1_000_000)
    sending = wire.patch(path, 0, 1_000_000)
    sending.send(a_file(200_000))
    until(lambda: wire.offset(path) > 100_000)

    assert wire.ask("DELETE", path).status == 204
    sending.send(bytes(300_000))

    assert sending.getresponse().status == 410
    sending.close()
    session.rollback()
    assert session.scalars(select(Media.state)).one() is MediaState.CANCELLED
    assert not server.growing(path).exists()


def test_a_client_is_told_what_went_wrong(client, data, server):
    uploader = client.uploader(file_stream=BytesIO(data), chunk_size=1_000_000)
    uploader.upload_chunk()
    uploader.offset = 5

    with pytest.raises(TusUploadFailed) as failure:
        uploader.upload_chunk()
    assert failure.value.status_code == 409
