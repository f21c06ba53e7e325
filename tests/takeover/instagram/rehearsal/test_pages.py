"""What a person sees of the rehearsal, and the command that runs it."""

import os
import signal
import subprocess
import sys
from typing import Any

import pytest
import requests

from takeover.instagram.publisher import Kind
from takeover.instagram.rehearsal.logins import APP_ID, APP_SECRET
from takeover.instagram.rehearsal.photos import look_at, look_at_story
from takeover.instagram.rehearsal.posts import Post, Video
from takeover.instagram.rehearsal.server import Rehearsal
from takeover.instagram.rehearsal.videos import REEL
from takeover.instagram.rehearsal.videos import look_at as look_at_clip


@pytest.fixture
def posts(rehearsal: Rehearsal, jpeg: Any, make_clip: Any) -> dict[str, Post]:
    photo, tall = look_at(jpeg()), look_at_story(jpeg(1080, 1920))
    reel = look_at_clip(make_clip(), REEL)
    items: dict[Kind, tuple[Any, ...]] = {
        Kind.PHOTO: (photo,),
        Kind.CAROUSEL: (photo, reel, photo),
        Kind.REEL: (reel,),
        Kind.STORY: (tall,),
    }
    return {
        kind: rehearsal.account.show(kind, shown, upload_id="5", caption=f"<i>{kind}</i>")
        for kind, shown in items.items()
    }


def read(rehearsal: Rehearsal, path: str) -> str:
    answer = requests.get(rehearsal.url + path, timeout=5)
    assert answer.status_code == 200, path
    return answer.text


def test_a_profile_shows_the_grid_and_that_there_are_stories(
    rehearsal: Rehearsal, posts: dict[str, Post]
) -> None:
    name = rehearsal.account.username
    assert f'href="/{name}/"' in read(rehearsal, "/")
    profile = read(rehearsal, f"/{name}/")
    assert "avatar live" in profile
    for kind in (Kind.PHOTO, Kind.CAROUSEL, Kind.REEL):
        assert posts[kind].code in profile
    assert posts[Kind.STORY].code not in profile
    assert "<i>" not in profile
    for post in posts.values():
        picture = requests.get(f"{rehearsal.url}/_rehearsal/photos/{post.pk}.jpg", timeout=5)
        assert look_at_story(picture.content)


def test_each_post_has_a_page(rehearsal: Rehearsal, posts: dict[str, Post]) -> None:
    rehearsal.account.comment(posts[Kind.CAROUSEL], "Lovely <b>")
    carousel = read(rehearsal, f"/p/{posts[Kind.CAROUSEL].code}/")
    assert carousel.count("<figure>") == 3
    assert "Lovely &lt;b&gt;" in carousel
    reel = posts[Kind.REEL]
    assert "<video" in read(rehearsal, f"/reel/{reel.code}/")
    clip = f"{rehearsal.url}/_rehearsal/media/{reel.pk}/0/clip.mp4"
    part = requests.get(clip, headers={"Range": "bytes=0-9"}, timeout=5)
    assert isinstance(reel.items[0], Video)
    assert (part.status_code, part.content) == (206, reel.items[0].data[:10])
    assert requests.get(clip.replace("/0/", "/1/"), timeout=5).status_code == 404


def test_stories_are_watched_one_after_the_other(
    rehearsal: Rehearsal, posts: dict[str, Post], jpeg: Any
) -> None:
    name = rehearsal.account.username
    later = rehearsal.account.show(Kind.STORY, (look_at_story(jpeg()),), upload_id="6", caption="")
    first = read(rehearsal, f"/stories/{name}/")
    assert f"/stories/{name}/{later.pk}/" in first
    assert "Back to the profile" in read(rehearsal, f"/stories/{name}/{later.pk}/")
    for path in (f"/stories/{name}/1/", "/stories/nobody/", "/nobody/"):
        assert requests.get(rehearsal.url + path, timeout=5).status_code == 404


def test_nothing_on_a_page_comes_from_elsewhere(
    rehearsal: Rehearsal, posts: dict[str, Post]
) -> None:
    for path in ("/", f"/{rehearsal.account.username}/", f"/p/{posts[Kind.PHOTO].code}/"):
        assert "//" not in read(rehearsal, path).replace("<!doctype", "")
    assert "grid" in read(rehearsal, "/_rehearsal/static/rehearsal.css")


def test_everything_is_chosen_by_button(rehearsal: Rehearsal) -> None:
    def press(button: str, **form: Any) -> None:
        url = f"{rehearsal.url}/_rehearsal/choose/{button}"
        answer = requests.post(url, data=form, timeout=5)
        assert (answer.status_code, answer.url) == (200, rehearsal.url + "/_rehearsal/")

    press("mishap", mishap="twice", where="publishing", times=3)
    assert "media_publish" in read(rehearsal, "/_rehearsal/")
    press("nothing")
    assert rehearsal.wire.faults() == []
    press("behaviour", processing_polls=4, republish="same", drops_captions="on")
    assert (rehearsal.behaviour.processing_polls, rehearsal.behaviour.drops_captions) == (4, True)
    press("behaviour", processing_polls=4)
    assert not rehearsal.behaviour.drops_captions
    press("account", username=rehearsal.account.username, standing="personal")
    assert (str(rehearsal.account.standing), rehearsal.account.linked) == ("personal", False)
    session = rehearsal.account.session()
    press("expire", what="sessions")
    assert rehearsal.account.session() != session


def test_the_command_tells_how_to_use_it_and_stops_when_told(unused_port: int) -> None:
    command = [
        sys.executable, "-m", "flask", "--app", "wsgi", "rehearsal",
        "--port", str(unused_port), "--account", "@one", "--account", "two",
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as running:
        said = ""
        while "@two" not in said or "session-file" not in said.partition("@two")[2]:
            line = running.stdout.readline()
            assert line, said
            said += line
        url = f"http://127.0.0.1:{unused_port}"
        token = said.partition("@two")[2].partition("Page token")[2].split()[0]
        me = requests.get(
            f"{url}/v26.0/me", headers={"Authorization": f"Bearer {token}"}, timeout=5
        )
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=10) == 0
    assert me.json()["id"]
    for setting in ("INSTAGRAM_GRAPH_URL", "INSTAGRAM_RUPLOAD_URL", "INSTAGRAM_PRIVATE_URL"):
        assert f"{setting}={url}" in said
    for login in ("FACEBOOK", "INSTAGRAM"):
        assert f"{login}_APP_ID={APP_ID}" in said
        assert f"{login}_APP_SECRET={APP_SECRET}" in said
