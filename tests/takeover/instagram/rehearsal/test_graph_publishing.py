"""The Graph API of the rehearsal: from files on the web to posts on the account."""

from datetime import timedelta
from typing import Any

import pytest
import requests
import time_machine

from takeover.clock import now
from takeover.instagram.rehearsal.behaviour import NotABehaviour
from takeover.instagram.rehearsal.server import Rehearsal
from tests.takeover.instagram.graph.shelf import Shelf
from tests.takeover.instagram.rehearsal.conftest import Graph, code_of


def published(graph: Graph, **given: Any) -> str:
    made = graph.container(**given)
    assert graph.status(made["id"]) == "FINISHED"
    return str(graph.publish(made["id"])["id"])


# --- what goes out


def test_a_photo_is_fetched_and_published_as_it_is(
    graph: Graph, web: Shelf, rehearsal: Rehearsal
) -> None:
    made = graph.container(
        image_url=web.url + "/photo.jpg", caption="Hé #a", alt_text="Red", location_id="77"
    )
    assert rehearsal.account.posts() == []
    assert graph.status(made["id"]) == "FINISHED"

    id = graph.publish(made["id"])["id"]

    [post] = rehearsal.account.posts()
    assert post.photo.data == web.files["/photo.jpg"][0]
    assert (post.caption, post.alt_text, post.location) == ("Hé #a", "Red", "77")
    assert graph.status(made["id"]) == "PUBLISHED"
    fields = "id,caption,alt_text,media_type,media_product_type,permalink,shortcode,timestamp"
    node = graph.get(id, fields=fields)
    assert node["permalink"] == f"{rehearsal.url}/p/{post.code}/"
    assert node["timestamp"].endswith("+0000")
    assert {node[name] for name in ("caption", "alt_text")} == {"Hé #a", "Red"}
    assert (node["media_type"], node["media_product_type"]) == ("IMAGE", "FEED")


def test_a_carousel_keeps_the_order_of_its_children(
    graph: Graph, web: Shelf, rehearsal: Rehearsal
) -> None:
    children = [
        graph.container(image_url=web.url + "/photo.jpg", is_carousel_item="true", alt_text="One"),
        graph.container(
            video_url=web.url + "/clip.mp4", is_carousel_item="true", media_type="VIDEO"
        ),
    ]
    ids = ",".join(child["id"] for child in children)
    id = published(graph, media_type="CAROUSEL", children=ids, caption="Both")
    [post] = rehearsal.account.posts()
    assert [item.data for item in post.items] == [
        web.files["/photo.jpg"][0], web.files["/clip.mp4"][0],
    ]  # fmt: skip
    node = graph.get(id, fields="media_type,children{id,media_type}")
    assert node["media_type"] == "CAROUSEL_ALBUM"
    assert [child["media_type"] for child in node["children"]["data"]] == ["IMAGE", "VIDEO"]


def test_a_reel_has_its_cover(graph: Graph, web: Shelf, rehearsal: Rehearsal) -> None:
    id = published(
        graph,
        media_type="REELS",
        video_url=web.url + "/clip.mp4",
        cover_url=web.url + "/tall.jpg",
        share_to_feed="true",
        caption="Moving",
    )
    [post] = rehearsal.account.posts()
    assert post.cover.data == web.files["/tall.jpg"][0]
    assert graph.get(id, fields="media_product_type")["media_product_type"] == "REELS"
    assert "/reel/" in graph.get(id, fields="permalink")["permalink"]


def test_a_story_is_listed_among_stories_for_a_day(graph: Graph, web: Shelf) -> None:
    id = published(graph, media_type="STORIES", image_url=web.url + "/tall.jpg")
    assert graph.listed("media") == []
    assert [story["id"] for story in graph.listed("stories")] == [id]
    with time_machine.travel(now() + timedelta(hours=25)):
        assert graph.listed("stories") == []
        assert code_of(graph.get(id)) == (100, 33)


def test_parameters_may_be_json(graph: Graph, web: Shelf) -> None:
    asked = {"image_url": web.url + "/photo.jpg", "user_tags": [{"username": "x", "x": 0, "y": 1}]}
    made = requests.post(
        f"{graph.url}/{graph.account.ig_id}/media", json=asked, headers=graph.headers, timeout=5
    )
    assert made.json()["id"]


# --- what it does not take


def test_photos_instagram_would_not_fetch_or_take(
    graph: Graph, web: Shelf, jpeg: Any, rehearsal: Rehearsal
) -> None:
    web.files |= {
        "/a.png": (jpeg(format="PNG"), "image/jpeg"),
        "/a.webp": (jpeg(format="WEBP"), "image/jpeg"),
        "/a.mpo": (jpeg(format="MPO", save_all=True, append_images=()), "image/jpeg"),
        "/wide.jpg": (jpeg(1080, 400), "image/jpeg"),
        "/narrow.jpg": (jpeg(300, 300), "image/jpeg"),
        "/large.jpg": (jpeg() + b"\0" * 8_000_000, "image/jpeg"),
        "/half.jpg": (jpeg()[:-500], "image/jpeg"),
        "/typed.jpg": (jpeg(), "text/html"),
    }
    refused = {
        "/a.png": (36001, 2207005), "/a.webp": (36001, 2207005), "/half.jpg": (36001, 2207005),
        "/narrow.jpg": (36001, 2207005), "/wide.jpg": (36003, 2207009),
        "/large.jpg": (36000, 2207004), "/typed.jpg": (9004, 2207052),
        "/missing.jpg": (9004, 2207052), "/é.jpg": (100, 0),
    }  # fmt: skip
    for path, code in refused.items():
        assert code_of(graph.container(image_url=web.url + path)) == code, path
    redirecting = f"{rehearsal.url}/p/B1/"
    rehearsal.wire.add(path="^/p/B1/$", status=302)
    moved = graph.container(image_url=redirecting)
    assert code_of(moved) == (9004, 2207052)
    assert "302" in moved["error"]["error_user_msg"]
    assert code_of(graph.container(image_url="http://127.0.0.1:9/a.jpg")) == (9004, 2207052)


def test_clips_instagram_would_not_take_fail_and_say_so(
    graph: Graph, web: Shelf, make_clip: Any
) -> None:
    refused = {
        "short": make_clip(2),
        "table of contents last": make_clip(ways={"movflags": "disable_chpl"}),
        "edit list": make_clip(ways={"use_editlist": "1"}),
        "slow": make_clip(rate=12),
        "fast": make_clip(rate=75),
        "too many columns": make_clip(size=(1940, 200)),
        "codec": make_clip(codec="mpeg4"),
        "colours": make_clip(pix_fmt="yuv444p"),
        "cut": make_clip()[:-4000],
        "not a clip": b"hello" * 100,
    }
    for why, data in refused.items():
        web.files["/bad.mp4"] = (data, "video/mp4")
        made = graph.container(media_type="REELS", video_url=web.url + "/bad.mp4")
        answer = graph.get(made["id"], fields="status_code,status")
        assert answer["status_code"] == "ERROR", why
        assert "2207026" in answer["status"], why
        assert code_of(graph.publish(made["id"])) == (24, 2207008)


def test_a_story_clip_is_shorter_than_a_reel(graph: Graph, web: Shelf, make_clip: Any) -> None:
    web.files["/long.mp4"] = (make_clip(61), "video/mp4")
    for kind, status in (("REELS", "FINISHED"), ("STORIES", "ERROR")):
        made = graph.container(media_type=kind, video_url=web.url + "/long.mp4")
        assert graph.status(made["id"]) == status


def test_a_clip_that_cannot_be_fetched_fails_later(graph: Graph, web: Shelf) -> None:
    made = graph.container(media_type="REELS", video_url=web.url + "/missing.mp4")
    assert "2207052" in graph.get(made["id"], fields="status")["status"]


@pytest.mark.parametrize(
    "given",
    [
        {}, {"media_type": "PHOTO"}, {"media_type": "VIDEO", "video_url": "v"},
        {"image_url": "p", "colour": "red"}, {"image_url": "p", "thumb_offset": "1"},
        {"image_url": "p", "is_carousel_item": "true", "caption": "x"},
        {"media_type": "REELS"}, {"media_type": "REELS", "video_url": "v", "alt_text": "x"},
        {"media_type": "REELS", "video_url": "v", "upload_type": "resumable"},
        {"media_type": "REELS", "video_url": "v", "user_tags": '[{"username":"a","x":0,"y":0}]'},
        {"media_type": "STORIES", "image_url": "p", "caption": "x"},
        {"media_type": "CAROUSEL", "children": "1"}, {"media_type": "CAROUSEL", "children": "1,2"},
        {"media_type": "CAROUSEL", "children": ",".join("12345678901")},
        {"image_url": "p", "alt_text": "x" * 1001}, {"image_url": "p", "user_tags": "[{}]"},
        {"image_url": "p", "user_tags": '[{"username":"a"}]'},
        {"image_url": "p", "user_tags": '[{"username":"a","x":2,"y":0}]'},
        {"image_url": "p", "collaborators": '["a","b","c","d"]'},
        {"image_url": "p", "caption": "#a " * 31}, {"image_url": "p", "caption": "@a " * 21},
    ],
)  # fmt: skip
def test_parameters_that_make_no_sense_are_code_100(
    graph: Graph, web: Shelf, given: dict[str, str]
) -> None:
    places = {"p": web.url + "/photo.jpg", "v": web.url + "/clip.mp4"}
    assert code_of(graph.container(**{k: places.get(v, v) for k, v in given.items()}))[0] == 100


def test_a_caption_is_counted_as_instagram_counts(graph: Graph, web: Shelf) -> None:
    photo = web.url + "/photo.jpg"
    assert graph.container(image_url=photo, caption="🔧" * 1100)["id"]
    assert code_of(graph.container(image_url=photo, caption="🔧" * 1100 + "x")) == (36004, 2207010)


# --- containers


def test_a_container_is_in_progress_as_long_as_was_asked(
    graph: Graph, web: Shelf, rehearsal: Rehearsal
) -> None:
    rehearsal.behaviour.set(processing_polls=2)
    made = graph.container(image_url=web.url + "/photo.jpg")["id"]
    assert code_of(graph.publish(made)) == (9007, 2207027)
    assert [graph.status(made) for _ in range(3)] == ["IN_PROGRESS", "IN_PROGRESS", "FINISHED"]
    assert graph.publish(made)["id"]


def test_a_container_fails_as_was_asked(graph: Graph, web: Shelf, rehearsal: Rehearsal) -> None:
    rehearsal.behaviour.set(processing_error=2207032)
    made = graph.container(image_url=web.url + "/photo.jpg")["id"]
    assert graph.status(made) == "ERROR"
    assert code_of(graph.publish(made)) == (24, 2207008)


def test_a_container_lasts_a_day(graph: Graph, web: Shelf, rehearsal: Rehearsal) -> None:
    old = graph.container(image_url=web.url + "/photo.jpg")["id"]
    gone = graph.container(image_url=web.url + "/photo.jpg")["id"]
    rehearsal.account.containers.find(gone).expired = True
    assert [graph.status(id) for id in (old, gone)] == ["FINISHED", "EXPIRED"]
    with time_machine.travel(now() + timedelta(hours=24)):
        assert graph.status(old) == "EXPIRED"
        assert code_of(graph.publish(old)) == (24, 2207008)


def test_only_whole_posts_are_published(graph: Graph, web: Shelf) -> None:
    child = graph.container(image_url=web.url + "/photo.jpg", is_carousel_item="true")["id"]
    assert code_of(graph.publish(child))[0] == 100
    assert code_of(graph.publish("1")) == (24, 2207008)
    assert code_of(graph.publish("")) == (100, 0)


def test_children_must_be_ready(graph: Graph, web: Shelf, rehearsal: Rehearsal) -> None:
    rehearsal.behaviour.set(processing_polls=1)
    photo = web.url + "/photo.jpg"
    ids = [graph.container(image_url=photo, is_carousel_item="true")["id"] for _ in "12"]
    asked = {"media_type": "CAROUSEL", "children": ",".join(ids)}
    assert code_of(graph.container(**asked)) == (9007, 2207027)
    for id in ids:
        graph.status(id)
    assert graph.container(**asked)["id"]


def test_a_second_publish_is_what_was_chosen(
    graph: Graph, web: Shelf, rehearsal: Rehearsal
) -> None:
    posts = {}
    for choice in ("new", "error", "same"):
        rehearsal.behaviour.set(republish=choice)
        made = graph.container(image_url=web.url + "/photo.jpg")["id"]
        first, second = graph.publish(made), graph.publish(made)
        posts[choice] = (first.get("id") == second.get("id"), "error" in second)
    assert posts == {"new": (False, False), "error": (False, True), "same": (True, False)}
    assert len(rehearsal.account.posts()) == 4
    with pytest.raises(NotABehaviour):
        rehearsal.behaviour.set(republish="perhaps")


def test_the_quota_is_counted_and_kept(graph: Graph, web: Shelf, rehearsal: Rehearsal) -> None:
    rehearsal.behaviour.set(quota_total=3, quota_used=1)
    for _ in range(2):
        published(graph, image_url=web.url + "/photo.jpg")
    limit = f"{graph.account.ig_id}/content_publishing_limit"
    assert graph.get(limit, fields="quota_usage,config")["data"] == [
        {"quota_usage": 3, "config": {"quota_total": 3, "quota_duration": 86400}}
    ]
    made = graph.container(image_url=web.url + "/photo.jpg")["id"]
    assert code_of(graph.publish(made)) == (9, 2207042)
    with time_machine.travel(now() + timedelta(hours=25)):
        assert graph.get(limit)["data"] == [{"quota_usage": 1}]
    assert len(rehearsal.account.posts()) == 2


def test_containers_are_counted_too(graph: Graph, web: Shelf, rehearsal: Rehearsal) -> None:
    rehearsal.behaviour.set(containers_per_day=1)
    assert graph.container(image_url=web.url + "/photo.jpg")["id"]
    assert code_of(graph.container(image_url=web.url + "/photo.jpg"))[0] == 4


# --- bytes


def push(made: Any, graph: Graph, data: bytes, offset: int, size: int) -> requests.Response:
    token = graph.headers["Authorization"].removeprefix("Bearer ")
    headers = {"Authorization": f"OAuth {token}", "offset": str(offset), "file_size": str(size)}
    return requests.post(made["uri"], data=data, headers=headers, timeout=5)


def test_a_clip_may_be_pushed_in_pieces(graph: Graph, rehearsal: Rehearsal, clip: bytes) -> None:
    made = graph.container(media_type="REELS", upload_type="resumable", caption="Pushed")
    assert graph.status(made["id"]) == "IN_PROGRESS"
    assert push(made, graph, clip[:1000], 0, len(clip)).json()["success"]
    state = graph.get(made["id"], fields="video_status")["video_status"]
    assert state["uploading_phase"]["bytes_transferred"] == 1000

    wrong = push(made, graph, clip, 0, len(clip))
    assert wrong.status_code == 400
    assert wrong.json()["debug_info"]["retriable"] is True

    assert push(made, graph, clip[1000:], 1000, len(clip)).json()["success"]
    assert graph.status(made["id"]) == "FINISHED"
    graph.publish(made["id"])
    assert rehearsal.account.posts()[0].items[0].data == clip


def test_bytes_need_a_key_and_their_size(graph: Graph, clip: bytes) -> None:
    made = graph.container(media_type="REELS", upload_type="resumable")
    bare = requests.post(made["uri"], data=clip, headers=graph.headers, timeout=5)
    assert code_of(bare.json()) == (104, 0)
    assert push(made, graph, clip, 0, 10).json()["debug_info"]["retriable"] is False
    assert push({"uri": made["uri"] + "9"}, graph, clip, 0, len(clip)).status_code == 400


def test_instagrams_own_login_takes_no_bytes_and_no_places(by_instagram: Graph, web: Shelf) -> None:
    asked = by_instagram.container(media_type="REELS", upload_type="resumable")
    assert "video_url is required" in asked["error"]["message"]
    photo = {"image_url": web.url + "/photo.jpg"}
    assert code_of(by_instagram.container(**photo, location_id="7"))[0] == 100
    assert by_instagram.container(**photo)["id"]


def test_captions_are_dropped_when_asked(graph: Graph, web: Shelf, rehearsal: Rehearsal) -> None:
    rehearsal.behaviour.set(drops_captions=True)
    id = published(graph, image_url=web.url + "/photo.jpg", caption="Lost")
    assert "caption" not in graph.get(id, fields="caption")
