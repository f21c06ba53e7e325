"""The rehearsal of Instagram: it checks what it is sent, and fails when it is told to."""

import threading
from contextlib import suppress
from typing import Any

import pytest
import requests
from instagrapi import Client
from instagrapi.exceptions import ClientError, LoginRequired, MediaNotFound
from PIL import Image

from takeover.instagram.private.way import Elsewhere
from takeover.instagram.rehearsal.account import Account
from takeover.instagram.rehearsal.faults import NotAFault
from takeover.instagram.rehearsal.photos import PhotoRefused, look_at
from takeover.instagram.rehearsal.posts import shortcode
from takeover.instagram.rehearsal.server import Rehearsal, create_rehearsal, running


@pytest.fixture
def client(rehearsal: Rehearsal, sleeps: list[float]) -> Client:
    """instagrapi's own client with nothing of ours but the address."""
    client = Client(settings=rehearsal.account.session(), request_timeout=0)
    client.private.mount("https://i.instagram.com/", Elsewhere(rehearsal.url))
    return client


def told(rehearsal: Rehearsal, what: str) -> Any:
    return requests.get(f"{rehearsal.url}/_rehearsal/{what}", timeout=5).json()


def ordered(rehearsal: Rehearsal, **fault: Any) -> int:
    url = f"{rehearsal.url}/_rehearsal/faults"
    return requests.post(url, json=fault, timeout=5).status_code


# --- what it makes of photos


def test_it_takes_photos_within_instagrams_limits(jpeg: Any) -> None:
    for size in ((320, 320), (1080, 1350), (1080, 566), (1080, 1080)):
        data = jpeg(*size)
        photo = look_at(data)
        assert (photo.width, photo.height, photo.data) == (*size, data)


def test_it_refuses_every_other_photo(jpeg: Any) -> None:
    whole = jpeg()
    exif = Image.Exif()
    exif[0x010F] = "A phone"
    refused = {
        "allowed": whole + b"\0" * 8_000_000,
        "whole JPEG": whole[: len(whole) // 2],
        "whole": jpeg(format="PNG"),
        "JPEG": b"",
        "320": jpeg(319, 319),
        "1.91:1": jpeg(1080, 540),
        "4:5": jpeg(800, 1010),
        "metadata: exif": jpeg(exif=exif.tobytes()),
        "metadata: xmp": jpeg(xmp=b"<x:xmpmeta/>"),
    }
    for why, data in refused.items():
        with pytest.raises(PhotoRefused, match=why):
            look_at(data)


def test_a_shortcode_is_the_number_in_instagrams_letters() -> None:
    # A known pair: https://www.instagram.com/p/B1LbfVPlwIA/ is media 2110901750722920960.
    assert shortcode(2110901750722920960) == "B1LbfVPlwIA"


# --- the private API, as instagrapi uses it


def test_instagrapis_own_client_can_publish_read_and_delete(
    client: Client, rehearsal: Rehearsal, jpeg: Any, tmp_path: Any
) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(jpeg(1080, 1080))

    media = client.photo_upload(path, "Hello", upload_id="1700000000001")

    [post] = rehearsal.account.posts()
    assert (post.caption, post.upload_id, post.code) == ("Hello", "1700000000001", media.code)
    assert post.photo.data != path.read_bytes()  # the library encoded it again
    assert [m.code for m in client.user_medias_v1(client.user_id, 5)] == [media.code]
    assert client.media_info_v1(media.pk).caption_text == "Hello"
    assert client.account_info().username == rehearsal.account.username
    picture = requests.get(str(media.thumbnail_url), timeout=5)
    assert picture.content == post.photo.data

    assert client.media_delete(media.id)
    assert rehearsal.account.posts() == []
    with pytest.raises(MediaNotFound):
        client.media_info_v1(media.pk)


def test_the_same_upload_published_twice_makes_two_posts(
    client: Client, rehearsal: Rehearsal, jpeg: Any
) -> None:
    rehearsal.account.keep_upload("5", jpeg())
    for _ in range(2):
        client.photo_configure("5", 640, 640, "Twice")
    assert len({post.pk for post in rehearsal.account.posts()}) == 2


def test_publishing_needs_an_upload_and_its_true_size(
    client: Client, rehearsal: Rehearsal, jpeg: Any
) -> None:
    with pytest.raises(ClientError, match="media_needs_reupload"):
        client.photo_configure("5", 640, 640, "Nothing was uploaded")
    rehearsal.account.keep_upload("5", jpeg())
    with pytest.raises(ClientError, match="size"):
        client.photo_configure("5", 1080, 640, "Of another size")
    assert rehearsal.account.posts() == []


def test_nobody_gets_in_without_the_session(client: Client, rehearsal: Rehearsal) -> None:
    rehearsal.account.sign_out()
    with pytest.raises(LoginRequired):
        client.account_info()
    url = f"{rehearsal.url}/api/v1/accounts/current_user/"
    for value in ("", "Bearer IGT:2:rubbish", "Bearer IGT:2:e30=", "Bearer IGT:2:W10="):
        answer = requests.get(url, headers={"Authorization": value}, timeout=5)
        assert answer.status_code == 403


def test_signing_in_is_refused_and_told(stage: Rehearsal) -> None:
    stage.reset()
    for path in (
        "api/v1/accounts/login/", "api/v1/qe/sync/", "api/v1/launcher/sync/", "graphql_www",
        "api/v1/bloks/async_action/com.bloks.www.caa.login.oauth.token.fetch.async/",
    ):  # fmt: skip
        assert requests.post(f"{stage.url}/{path}", timeout=5).status_code == 400
    assert len(stage.wire.log("sign_in")) == 5
    unknown = requests.post(f"{stage.url}/api/v1/media/configure_to_nothing/", timeout=5)
    assert unknown.status_code == 404
    assert len(stage.wire.log("unknown")) == 1
    assert stage.account.posts() == []


# --- the pages


def test_the_profile_shows_the_posts_safely(rehearsal: Rehearsal, jpeg: Any) -> None:
    photo = rehearsal.account.keep_upload("5", jpeg())
    post = rehearsal.account.publish(
        photo, upload_id="5", caption="<b>bold</b>", alt_text='A "quoted" thing'
    )
    profile = requests.get(f"{rehearsal.url}/{rehearsal.account.username}/", timeout=5)
    assert "&lt;b&gt;bold" in profile.text
    assert f"/_rehearsal/photos/{post.pk}.jpg" in profile.text
    alone = requests.get(f"{rehearsal.url}/p/{post.code}/", timeout=5)
    assert "&#34;quoted&#34;" in alone.text
    for path in ("somebody/", "p/Bnothing/", "_rehearsal/photos/1.jpg"):
        assert requests.get(f"{rehearsal.url}/{path}", timeout=5).status_code == 404


# --- faults and the control plane


def test_the_control_plane_tells_what_happened(rehearsal: Rehearsal, jpeg: Any) -> None:
    photo = rehearsal.account.keep_upload("5", jpeg())
    rehearsal.account.publish(photo, upload_id="5", caption="Hello", alt_text="A photo")
    [post] = told(rehearsal, "posts")
    assert (post["caption"], post["alt_text"], post["upload_id"]) == ("Hello", "A photo", "5")
    assert (post["bytes"], post["width"], len(post["sha256"])) == (len(photo.data), 640, 64)

    requests.get(f"{rehearsal.url}/api/v1/feed/user/1/", timeout=5)
    assert told(rehearsal, "log") == [
        {"what": "feed", "method": "GET", "path": "/api/v1/feed/user/1/"}
    ]
    assert requests.post(f"{rehearsal.url}/_rehearsal/reset", timeout=5).status_code == 204
    assert told(rehearsal, "posts") == told(rehearsal, "log") == []


def test_a_fault_happens_as_often_as_it_was_asked(rehearsal: Rehearsal) -> None:
    ordered(rehearsal, path="^/api/v1/feed", status=503, body="Later", times=2)
    url = f"{rehearsal.url}/api/v1/feed/user/1/"
    answers = [requests.get(url, timeout=5) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 503, 403]
    assert answers[0].text == "Later"
    assert [fault["times"] for fault in told(rehearsal, "faults")] == [0]


def test_a_fault_that_means_nothing_is_refused(rehearsal: Rehearsal) -> None:
    for fault in ({"path": "("}, {"status": 500}, {"path": "x", "colour": "red"}, {"path": 5}):
        with pytest.raises(NotAFault):
            rehearsal.wire.add(**fault)
        assert ordered(rehearsal, **fault) == 400
    assert rehearsal.wire.faults() == []


@pytest.mark.parametrize(
    ("fault", "done", "said"),
    [
        ({"status": 500}, 0, 500), ({"drop_before": True}, 0, None),
        ({"status_after": 500}, 1, 500), ({"drop_after": True}, 1, None), ({"cut": True}, 1, None),
        ({"body": "rubbish"}, 1, 200), ({"delay": 0.01}, 1, 200),
    ],
    ids=str,
)  # fmt: skip
def test_a_fault_says_whether_the_post_is_made(
    client: Client,
    rehearsal: Rehearsal,
    jpeg: Any,
    fault: dict[str, Any],
    done: int,
    said: int | None,
) -> None:
    rehearsal.account.keep_upload("5", jpeg())
    rehearsal.wire.add(path="configure", **fault)
    size = '{"source_width":640,"source_height":640}'
    status = None
    with suppress(requests.RequestException):
        status = requests.post(
            f"{rehearsal.url}/api/v1/media/configure/",
            data={"signed_body": f'SIGNATURE.{{"upload_id":"5","extra":{size}}}'},
            headers={"Authorization": client.authorization},
            timeout=5,
        ).status_code
    assert status == said
    assert len(rehearsal.account.posts()) == done


# --- serving


def test_it_stops_cleanly_even_while_something_waits() -> None:
    before = threading.active_count()
    with running(Account(username="elsewhere")) as rehearsal:
        rehearsal.wire.add(path="feed", delay=60)
        url = f"{rehearsal.url}/api/v1/feed/user/1/"
        waiting = threading.Thread(target=lambda: requests.get(url, timeout=5))
        waiting.start()
        while not rehearsal.wire.log():
            pass
    waiting.join(timeout=5)
    assert not waiting.is_alive()
    assert threading.active_count() <= before + 1
    with pytest.raises(requests.ConnectionError):
        requests.get(rehearsal.url, timeout=1)


def test_it_is_a_plain_wsgi_application() -> None:
    app = create_rehearsal(Account(username="wsgi", full_name="A & B"))
    assert "A &amp; B" in app.test_client().get("/wsgi/").text
