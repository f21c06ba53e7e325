"""Each kind of post, from its bytes to the stand-in's profile."""

import io
import json
from dataclasses import replace
from typing import Any

import pytest

from takeover.instagram.private.publisher import PrivatePublisher
from takeover.instagram.publisher import Kind, Outgoing, Photo, Video
from takeover.instagram.rehearsal.posts import Post
from takeover.instagram.rehearsal.server import Rehearsal
from tests.takeover.instagram.private.conftest import configures, prepared, publish


def bytes_of(item: Photo | Video) -> bytes:
    if isinstance(item, Photo):
        return item.jpeg
    item.mp4.seek(0)
    return item.mp4.read()


def only_post(rehearsal: Rehearsal) -> Post:
    [there] = rehearsal.account.posts()
    return there


def test_each_kind_arrives_once_and_to_the_byte(
    publisher: PrivatePublisher, post: Outgoing, rehearsal: Rehearsal
) -> None:
    found = publish(publisher, post)

    there = only_post(rehearsal)
    assert (there.kind, there.caption) == (post.kind, post.caption)
    assert [item.data for item in there.items] == [bytes_of(item) for item in post.items]
    assert [item.alt_text for item in there.items] == [item.alt_text for item in post.items]
    assert found.media_id == f"{there.pk}_{rehearsal.account.pk}"
    assert found.permalink == rehearsal.url + there.path(rehearsal.account.username)
    assert configures(rehearsal) == 1


def test_a_clip_shows_the_cover_that_was_approved(
    publisher: PrivatePublisher, posts: dict[str, Outgoing], rehearsal: Rehearsal
) -> None:
    for name, position in (("reel", 0), ("carousel", 1)):
        publish(publisher, posts[name])
        there, wanted = rehearsal.account.posts()[0].items[position], posts[name].items[position]
        assert isinstance(wanted, Video)
        assert there.cover.data == wanted.cover


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("photo", ["upload_photo", "configure"]),
        ("carousel", [
            "upload_photo", "ask_video", "upload_video", "upload_photo", "upload_photo",
            "configure_sidecar",
        ]),
        ("reel", [
            "upload_settings", "ask_video", "upload_video", "upload_photo", "configure_to_clips",
        ]),
        ("story photo", ["upload_photo", "configure_to_story"]),
        ("story clip", ["ask_video", "upload_video", "configure_to_story"]),
    ],
)  # fmt: skip
def test_nothing_else_is_asked_of_instagram(
    publisher: PrivatePublisher,
    posts: dict[str, Outgoing],
    rehearsal: Rehearsal,
    name: str,
    asked: list[str],
) -> None:
    publish(publisher, posts[name])
    assert [line.what for line in rehearsal.wire.log()] == ["current_user", *asked]


def test_everything_is_uploaded_before_and_nothing_of_it_is_seen(
    publisher: PrivatePublisher, post: Outgoing, rehearsal: Rehearsal
) -> None:
    handle = json.loads(json.dumps(prepared(publisher, post)))
    before = len(rehearsal.wire.log())
    assert rehearsal.account.posts() == []

    publisher.publish(post, handle)

    assert len(rehearsal.wire.log()) == before + 1


def test_a_file_is_read_piece_by_piece(
    publisher: PrivatePublisher,
    posts: dict[str, Outgoing],
    rehearsal: Rehearsal,
    clip: bytes,
    jpeg: Any,
) -> None:
    sizes: list[int] = []

    class Watched(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            sizes.append(-1 if size is None else size)
            return super().read(size)

    video = Video(mp4=Watched(clip), cover=jpeg(360, 640), alt_text="")
    publish(publisher, replace(posts["reel"], items=(video,)))
    assert only_post(rehearsal).items[0].data == clip
    assert sizes
    assert all(0 < size <= 1024 * 1024 for size in sizes)


def test_a_place_goes_with_the_post_but_not_with_a_story(
    publisher: PrivatePublisher, posts: dict[str, Outgoing], rehearsal: Rehearsal
) -> None:
    for name in ("photo", "carousel", "reel", "story photo", "story clip"):
        publish(publisher, replace(posts[name], location_id="110843418940484"))
        there = rehearsal.account.posts()[0]
        wanted = '{"facebook_places_id":"110843418940484","external_source":"facebook_places"}'
        assert there.location == ("" if there.kind is Kind.STORY else wanted)


def test_a_carousel_of_the_apps_most_items(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal, jpeg: Any
) -> None:
    items = tuple(Photo(jpeg=jpeg(seed=n), alt_text=str(n)) for n in range(20))
    publish(publisher, replace(outgoing, kind=Kind.CAROUSEL, items=items))
    assert [item.data for item in only_post(rehearsal).items] == [item.jpeg for item in items]
