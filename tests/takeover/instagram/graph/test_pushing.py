"""A clip's bytes are pushed from its file: never held whole, and from where they broke off."""

import tempfile
import threading
import tracemalloc
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from takeover.instagram.graph.client import GraphClient, Patience
from takeover.instagram.graph.credentials import Addresses, Credentials
from takeover.instagram.graph.pushing import push
from takeover.instagram.publisher import (
    Reason,
    StillProcessing,
    TheirsForGood,
    TheirsForNow,
)

MEGABYTE = 1024 * 1024


def test_it_goes_on_where_instagram_has_come_to(publisher, reel, clip, rehearsal, kept):
    rehearsal.wire.add(path="ig-api-upload", status=503, body="Later")
    with pytest.raises(TheirsForNow):
        publisher.prepare(reel, {}, kept)
    [container] = rehearsal.account.containers.all()
    container.received += clip[:1000]

    publisher.publish(reel, publisher.prepare(reel, kept.last, kept))

    assert rehearsal.account.posts()[0].items[0].data == clip
    assert len(rehearsal.account.containers.all()) == 1


@pytest.mark.parametrize("fault", [{"drop_after": True}, {"cut": True}, {"body": "rubbish"}])
def test_an_upload_whose_answer_was_lost_is_not_sent_again(
    fault, publisher, reel, clip, rehearsal, kept
):
    rehearsal.wire.add(path="ig-api-upload", **fault)
    with pytest.raises(TheirsForNow):
        publisher.prepare(reel, {}, kept)

    publisher.publish(reel, publisher.prepare(reel, kept.last, kept))

    assert rehearsal.account.posts()[0].items[0].data == clip
    assert len(rehearsal.wire.log("upload")) == 1


def test_what_may_be_tried_again_is_with_the_same_container(publisher, reel, rehearsal, kept):
    refused = {"debug_info": {"retriable": True, "type": "x", "message": "Later"}}
    rehearsal.wire.add(path="ig-api-upload", status=400, body=refused)
    with pytest.raises(TheirsForNow):
        publisher.prepare(reel, {}, kept)

    publisher.prepare(reel, kept.last, kept)
    assert len(rehearsal.account.containers.all()) == 1


@pytest.mark.parametrize("status", [401, 403, 408, 429])
def test_a_refusal_that_says_nothing_of_the_clip_costs_no_container(
    status, publisher, reel, rehearsal, kept
):
    rehearsal.wire.add(path="ig-api-upload", status=status, body="Not now")
    with pytest.raises(TheirsForNow):
        publisher.prepare(reel, {}, kept)

    publisher.prepare(reel, kept.last, kept)
    assert len(rehearsal.account.containers.all()) == 1


def test_what_may_not_needs_a_new_one_but_not_for_ever(publisher, reel, rehearsal, kept):
    refused = {"debug_info": {"retriable": False, "type": "x", "message": "No"}}
    rehearsal.wire.add(path="ig-api-upload", status=400, body=refused)
    publisher.prepare(reel, {}, kept)
    assert len(rehearsal.account.containers.all()) == 2

    rehearsal.wire.add(path="ig-api-upload", status=400, body=refused, times=9)
    with pytest.raises(TheirsForGood) as failed:
        publisher.prepare(replace(reel, post_id=9), {}, kept)
    assert failed.value.reason is Reason.UPLOAD
    assert len(rehearsal.account.containers.all()) == 2 + 3


def test_the_key_goes_to_nobody_else(publisher, reel, rehearsal, shelf, kept):
    for uri in (f"{shelf.url}/steal", "https://rupload.facebook.com@evil.example/x", "", "//x", 5):
        rehearsal.wire.add(path=r"\d+/media$", body={"id": "17950000000000001", "uri": uri})
        with pytest.raises(TheirsForNow):
            publisher.prepare(reel, {}, kept)
    assert shelf.fetched == ["/7-0-cover.jpg"] * 5
    assert rehearsal.wire.log("upload") == []


class Swallower(BaseHTTPRequestHandler):
    """Takes bytes as Instagram does, and keeps only how many there were."""

    taken = 0
    stop_at: int | None = None

    def do_POST(self):
        offset, left = int(self.headers["offset"]), int(self.headers["Content-Length"])
        assert self.headers["Authorization"] == "OAuth key"
        assert offset == Swallower.taken
        assert offset + left == int(self.headers["file_size"])
        while left:
            if Swallower.stop_at is not None and Swallower.taken >= Swallower.stop_at:
                Swallower.stop_at = None
                self.close_connection = True
                return
            block = self.rfile.read(min(left, 64 * 1024))
            left -= len(block)
            Swallower.taken += len(block)
        self.answer(b'{"success": true}')

    def do_GET(self):
        phase = b'{"uploading_phase": {"bytes_transferred": %d}}' % Swallower.taken
        self.answer(b'{"id": "1", "video_status": %s}' % phase)

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Keep quiet."""


@pytest.fixture
def swallower():
    Swallower.taken, Swallower.stop_at = 0, None
    server = ThreadingHTTPServer(("127.0.0.1", 0), Swallower)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def client_to(url, **patience):
    credentials = Credentials(host="facebook", ig_user_id="1", user_token="key")
    limits = {"connect": 1, "read": 1} | patience
    return GraphClient(credentials, Addresses(graph=url, rupload=url), Patience(**limits))


def big_file(megabytes):
    file = tempfile.TemporaryFile()  # noqa: SIM115  # it ends with the test
    file.truncate(megabytes * MEGABYTE)
    return file


def test_a_large_clip_is_never_held_whole(swallower):
    with big_file(60) as file:
        tracemalloc.start()
        push(
            file,
            "1",
            f"{swallower}/ig-api-upload/v26.0/1",
            client=client_to(swallower),
            begun=False,
        )
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert Swallower.taken == 60 * MEGABYTE
    assert peak < 2 * MEGABYTE


def test_a_line_that_breaks_loses_no_try_as_long_as_it_gets_on(swallower):
    Swallower.stop_at = 20 * MEGABYTE
    client, uri = client_to(swallower), "https://rupload.facebook.com/ig-api-upload/v26.0/1"
    with big_file(40) as file:
        with pytest.raises(StillProcessing):
            push(file, "1", uri, client=client, begun=False)
        assert 20 * MEGABYTE <= Swallower.taken < 40 * MEGABYTE

        push(file, "1", uri, client=client, begun=True)
    assert Swallower.taken == 40 * MEGABYTE


def test_it_stops_in_time_to_go_on_later(swallower):
    client, uri = client_to(swallower, upload=0), f"{swallower}/ig-api-upload/v26.0/1"
    with big_file(1) as file, pytest.raises(Exception, match=r"Graph: .*HTTP 0"):
        push(file, "1", uri, client=client, begun=False)
