"""The app's API of the rehearsal, with the real client: every kind of post, and what follows."""

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from instagrapi import Client
from instagrapi.exceptions import ClientError
from instagrapi.mixins import album, clip, video

from takeover.instagram.private.way import Elsewhere
from takeover.instagram.publisher import Kind
from takeover.instagram.rehearsal.server import Rehearsal
from tests.takeover.instagram.rehearsal.conftest import Graph


class WithCovers(Client):
    """The library takes no cover for the clips of an album, and would want MoviePy for one."""

    cover: Path

    def video_rupload(self, path: Path, thumbnail: Any = None, **how: Any) -> Any:
        return super().video_rupload(path, thumbnail or self.cover, **how)


@pytest.fixture
def client(rehearsal: Rehearsal, sleeps: list[float], monkeypatch: Any, files: Any) -> Client:
    calm = SimpleNamespace(**vars(time) | {"sleep": sleeps.append})
    for module in (album, clip, video):
        monkeypatch.setattr(module, "time", calm)
    client = WithCovers(settings=rehearsal.account.session(), request_timeout=0)
    client.cover = files["cover"]
    client.private.mount("https://i.instagram.com/", Elsewhere(rehearsal.url))
    return client


@pytest.fixture
def files(tmp_path: Path, jpeg: Any, make_clip: Any) -> dict[str, Path]:
    made = {
        "photo": ("photo.jpg", jpeg(1080, 1080)),
        "tall": ("tall.jpg", jpeg(1080, 1920)),
        "cover": ("cover.jpg", jpeg(1080, 1920, seed=3)),
        "clip": ("clip.mp4", make_clip()),
    }
    for name, data in made.values():
        (tmp_path / name).write_bytes(data)
    return {what: tmp_path / name for what, (name, _) in made.items()}


def test_the_client_publishes_an_album(
    client: Client, rehearsal: Rehearsal, files: dict[str, Path]
) -> None:
    media = client.album_upload([files["photo"], files["clip"], files["photo"]], "Three")
    [post] = rehearsal.account.posts()
    assert (post.kind, post.caption, post.code) == (Kind.CAROUSEL, "Three", media.code)
    assert [type(item).__name__ for item in post.items] == ["Photo", "Video", "Photo"]
    assert [resource.media_type for resource in media.resources] == [1, 2, 1]
    assert post.items[1].data == files["clip"].read_bytes()


def test_the_client_publishes_a_reel(
    client: Client, rehearsal: Rehearsal, files: dict[str, Path]
) -> None:
    media = client.clip_upload(
        files["clip"], "Moving", thumbnail=files["cover"], extra_data={"disable_comments": 1}
    )
    [post] = rehearsal.account.posts()
    assert (post.kind, media.product_type, media.media_type) == (Kind.REEL, "clips", 2)
    assert not post.comments_enabled
    assert post.cover is not None
    assert requests.get(str(media.video_url), timeout=5).content == post.items[0].data
    assert requests.get(str(media.thumbnail_url), timeout=5).content == post.cover.data


def test_a_clip_is_configured_when_it_is_transcoded(
    client: Client, rehearsal: Rehearsal, files: dict[str, Path]
) -> None:
    rehearsal.behaviour.set(transcode_polls=2)
    client.clip_upload(files["clip"], "Moving", thumbnail=files["cover"])
    assert len(rehearsal.wire.log("configure_to_clips")) == 3
    client.album_upload([files["photo"], files["clip"]], "Two")
    assert len(rehearsal.wire.log("configure_sidecar")) == 3
    assert len(rehearsal.account.posts()) == 2


def test_the_client_publishes_stories(
    client: Client, rehearsal: Rehearsal, files: dict[str, Path], graph: Graph
) -> None:
    first = client.photo_upload_to_story(files["tall"])
    second = client.video_upload_to_story(files["clip"], thumbnail=files["cover"])
    assert {post.kind for post in rehearsal.account.posts()} == {Kind.STORY}
    stories = client.user_stories_v1(client.user_id)
    assert [story.pk for story in stories] == [first.pk, second.pk]
    assert client.user_medias_v1(client.user_id, 5) == []
    assert len(graph.listed("stories")) == 2
    assert client.story_delete(first.pk)
    assert client.media_delete(second.id)
    assert client.user_stories_v1(client.user_id) == []


def test_a_feed_clip_becomes_a_reel(
    client: Client, rehearsal: Rehearsal, files: dict[str, Path]
) -> None:
    client.video_upload(files["clip"], "Feed", thumbnail=files["cover"])
    assert rehearsal.account.posts()[0].kind is Kind.REEL


def test_clips_that_break_the_rules_are_refused(
    client: Client, rehearsal: Rehearsal, files: dict[str, Path], make_clip: Any
) -> None:
    files["clip"].write_bytes(make_clip(2))
    with pytest.raises(ClientError):
        client.clip_upload(files["clip"], "Short", thumbnail=files["cover"])
    files["clip"].write_bytes(make_clip(61))
    with pytest.raises(ClientError):
        client.video_upload_to_story(files["clip"], thumbnail=files["cover"])
    assert rehearsal.account.posts() == []


def test_comments_by_the_app(client: Client, rehearsal: Rehearsal, jpeg: Any) -> None:
    photo = rehearsal.account.keep_upload("5", jpeg())
    post = rehearsal.account.publish(photo, upload_id="5", caption="", alt_text="")
    id = f"{post.pk}_{rehearsal.account.pk}"
    written = client.media_comment(id, "First!")
    assert [comment.pk for comment in client.media_comments(id)] == [written.pk]
    data = client.with_action_data({"media_id": id})
    client.private_request(f"media/{id}/disable_comments/", data)
    with pytest.raises(ClientError):
        client.media_comment(id, "Late")
    client.private_request(f"media/{id}/enable_comments/", data)
    client.media_comment(id, "Again")
    assert [comment.text for comment in post.comments] == ["First!", "Again"]


def test_a_second_configure_is_what_was_chosen(
    client: Client, rehearsal: Rehearsal, jpeg: Any
) -> None:
    rehearsal.account.keep_upload("5", jpeg())
    client.photo_configure("5", 640, 640, "Once")
    rehearsal.behaviour.set(republish="same")
    client.photo_configure("5", 640, 640, "Once")
    rehearsal.behaviour.set(republish="error")
    with pytest.raises(ClientError):
        client.photo_configure("5", 640, 640, "Once")
    assert len(rehearsal.account.posts()) == 1


def test_a_session_opens_its_own_account_only(rehearsal: Rehearsal, jpeg: Any) -> None:
    other = rehearsal.accounts.add("another")
    client = Client(settings=other.session(), request_timeout=0)
    client.private.mount("https://i.instagram.com/", Elsewhere(rehearsal.url))
    assert client.account_info().username == "another"
    photo = rehearsal.account.keep_upload("5", jpeg())
    rehearsal.account.publish(photo, upload_id="5", caption="", alt_text="")
    answer = client.private_request(f"feed/user/{other.pk}/")
    assert answer["items"] == []
    with pytest.raises(ClientError):
        client.private_request(f"feed/user/{rehearsal.account.pk}/")
    rehearsal.reset()
    assert list(rehearsal.accounts) == [rehearsal.account]


def test_both_doors_show_the_same_posts(
    client: Client, rehearsal: Rehearsal, graph: Graph, files: dict[str, Path]
) -> None:
    media = client.photo_upload(files["photo"], "Seen by both", upload_id="1700000000001")
    [there] = graph.listed(fields="shortcode,caption,id")
    assert (there["shortcode"], there["caption"]) == (media.code, "Seen by both")
    graph.ask("DELETE", there["id"])
    assert client.user_medias_v1(client.user_id, 5) == []
