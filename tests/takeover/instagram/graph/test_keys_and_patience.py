"""Keys stay in headers and with Instagram; and nobody keeps us waiting."""

import logging
import socket
import threading
import time
import traceback
from contextlib import contextmanager

import pytest

from takeover import logs
from takeover.instagram.graph.answers import GraphError
from takeover.instagram.graph.client import GraphClient, Patience
from takeover.instagram.graph.credentials import Addresses, Credentials, addresses_for
from takeover.instagram.graph.ends import ends_of
from takeover.instagram.publisher import OnAccount, OutcomeUnknown, PublishingError, TheirsForNow

USER, PAGE = "EAAuser5ecret", "EAApage5ecret"
REPEATS = {
    "error": {
        "message": f"Malformed access token {USER}",
        "code": 190,
        "error_user_msg": f"Your key {PAGE} is no good.",
        "fbtrace_id": f"?{USER}",
    }
}
FAULTS = {
    "refused": {"status": 400, "body": REPEATS},
    "broken": {"status": 500, "body": REPEATS},
    "dropped": {"drop_before": True},
    "cut": {"cut": True},
    "late": {"delay": 1},
    "rubbish": {"body": USER},
    "sent elsewhere": {"status": 302},
}


def everything_in(error):
    """What a log, a page or a service for errors could show of it, and of what it came from."""
    seen = []
    while error is not None:
        seen += [str(error), repr(error), repr(vars(error)), *map(repr, error.args)]
        for frame, _line in traceback.walk_tb(error.__traceback__):
            if "/tests/" not in frame.f_code.co_filename:
                seen += map(repr, frame.f_locals.values())
        error = error.__cause__ or error.__context__
    return "\n".join(seen)


@pytest.fixture
def keyed(rehearsal, door, short_of_patience):
    """The door with known keys, which the stand-in knows too."""
    known = rehearsal.accounts.tokens._all
    for secret in (USER, PAGE):
        token = known.pop(rehearsal.token())
        token.secret = secret
        known[secret] = token
    ig_user = rehearsal.account.ig_id
    return door(
        credentials=Credentials(
            host="facebook", ig_user_id=ig_user, user_token=USER, page_token=PAGE
        ),
        patience=short_of_patience,
    )


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("path", [r"/\d+/media$", "ig-api-upload", r"/179\d+$", "media_publish$"])
def test_no_key_is_in_an_error_an_address_or_a_log(
    path, fault, keyed, reel, rehearsal, kept, caplog
):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="urllib3")
    rehearsal.wire.add(path=path, **fault)

    with pytest.raises(PublishingError) as raised:
        keyed.publish(reel, keyed.prepare(reel, {}, kept))

    shown = everything_in(raised.value) + caplog.text + repr(kept.handles)
    assert "urllib3" in caplog.text
    assert USER not in shown
    assert PAGE not in shown


def test_a_key_that_meta_takes_in_an_address_alone_is_in_no_log(app, rehearsal, caplog):
    logs.init_app(app)
    caplog.set_level(logging.DEBUG)
    secret = rehearsal.token()

    assert ends_of(secret, versioned=f"{rehearsal.url}/v26.0", asker=secret)

    assert secret not in caplog.text


def test_credentials_that_are_shown_do_not_show_the_keys():
    credentials = Credentials(host="facebook", ig_user_id="1", user_token=USER, page_token=PAGE)

    assert "5ecret" not in repr(credentials)


def test_it_writes_with_the_pages_key_and_reads_with_the_users(keyed, photo, rehearsal, kept):
    tokens = rehearsal.accounts.tokens
    tokens.find(PAGE).scopes = frozenset({"instagram_content_publish", "instagram_manage_comments"})
    tokens.find(USER).scopes = frozenset({"instagram_basic", "instagram_manage_contents"})

    on = keyed.publish(photo, keyed.prepare(photo, {}, kept))
    assert keyed.permalink_of(on)
    keyed.close_comments(on)
    keyed.take_down(on)

    assert rehearsal.account.posts() == []


def test_the_real_addresses_are_where_nobody_says_otherwise():
    by_facebook, by_instagram = (
        addresses_for(Credentials(host=host, ig_user_id="1", user_token=USER))
        for host in ("facebook", "instagram")
    )

    assert by_facebook.graph == "https://graph.facebook.com"
    assert by_instagram.graph == "https://graph.instagram.com"
    assert by_facebook.rupload == "https://rupload.facebook.com"


@contextmanager
def a_server_that(behaves):
    """Takes connections, and lets `behaves` do as it likes with each, until it is told to stop."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)

        def serve():
            while not stop.is_set():
                try:
                    connection, _ = listening.accept()
                except TimeoutError:
                    continue
                with connection:
                    behaves(connection, stop)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        stop.set()
        thread.join()


def stalls(_connection, stop):
    stop.wait(10)


def drips(connection, stop):
    """A byte of its answer every tenth of a second: never silent, and never done."""
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
    for _ in range(100):
        if stop.wait(0.1):
            return
        try:
            connection.sendall(b" ")
        except OSError:
            return


def floods(connection, stop):
    """An answer of 50 MB."""
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n")
    try:
        while not stop.is_set():
            connection.sendall(b" " * 65536)
    except OSError:
        return


@pytest.mark.parametrize("behaves", [stalls, drips, floods])
def test_nobody_keeps_us_waiting(behaves, door, photo, kept, short_of_patience):
    handle = door().prepare(photo, {}, kept)

    with a_server_that(behaves) as url:
        publisher = door(graph_url=url, patience=short_of_patience)
        began = time.monotonic()
        with pytest.raises(TheirsForNow):
            publisher.prepare(photo, {}, kept)
        with pytest.raises(OutcomeUnknown):
            publisher.publish(photo, handle)
        assert publisher.permalink_of(OnAccount(media_id="1", permalink="")) == ""
        assert time.monotonic() - began < 3


def test_an_answer_that_is_too_long_is_none(publisher, photo, rehearsal, kept):
    rehearsal.wire.add(path=r"\d+/media$", body={"id": "1", "and": "x" * 5_000_000})

    with pytest.raises(TheirsForNow):
        publisher.prepare(photo, {}, kept)
    assert kept.handles == []


def test_nobody_is_followed_elsewhere(publisher, photo, rehearsal, kept):
    for status in (301, 302, 303, 307, 308):
        rehearsal.wire.add(path=r"\d+/media$", status=status)
        with pytest.raises(TheirsForNow):
            publisher.prepare(photo, {}, kept)

    assert len(rehearsal.wire.log()) == 5


def test_nothing_leaves_a_second_time_by_itself(publisher, photo, rehearsal, kept):
    for fault in ({"drop_before": True}, {"status": 503}, {"status": 429}, {"status": 408}):
        rehearsal.wire.clear()
        handle = publisher.prepare(photo, {}, kept)
        rehearsal.wire.add(path="media_publish$", **fault)
        with pytest.raises(OutcomeUnknown):
            publisher.publish(photo, handle)
        assert len(rehearsal.wire.log("media_publish")) == 1


def test_a_file_of_passwords_does_not_take_the_keys_place(
    keyed, photo, rehearsal, kept, tmp_path, monkeypatch
):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))

    assert keyed.prepare(photo, {}, kept)["containers"]


@pytest.mark.parametrize("uri", ["https://evil.example/ig-api-upload/v26.0/1", "http://[", ""])
def test_the_key_for_uploads_goes_to_meta_alone(uri):
    real = Addresses(graph="http://127.0.0.1:9", rupload="https://rupload.facebook.com")
    client = GraphClient(
        Credentials(host="facebook", ig_user_id="1", user_token=USER), real, Patience()
    )

    try:
        place = client._upload_place(uri)
    except GraphError:
        return
    assert place == "https://rupload.facebook.com/ig-api-upload/v26.0/1"
