"""Carousels, reels and stories: on the sandbox account, to the byte, and nowhere by halves."""

import pytest
from sqlalchemy import select

from takeover.instagram.models import SandboxChunk, SandboxItem, SandboxPost
from takeover.instagram.sandbox import CHUNK
from takeover.media.renditions import RenditionKind
from takeover.media.store import open_store
from takeover.posts.models import PostState
from takeover.web import settings
from tests.clips import a_ready_clip, an_mp4
from tests.preparing import ready_media
from tests.shapes import a_carousel, a_reel, a_story, approved, submitted

FEED = "/sandbox/a_week_at_nordwerk"


def published(session, post, kind):
    data = post.pictures[0].media.rendition(kind)
    return open_store(settings().media_url).get(data.key)


def on_the_account(session):
    return session.scalars(select(SandboxPost)).one()


def videos_of(page):
    return list(page.tree.iter("video"))


def test_a_carousel_goes_out_whole_and_in_its_order(session, cast, tick):
    post = approved(session, cast, a_carousel(session, cast))
    store = open_store(settings().media_url)
    wanted = [store.get(p.media.rendition(RenditionKind.FEED).key) for p in post.pictures]

    tick()

    there = on_the_account(session)
    assert there.kind == "carousel"
    assert [item.picture for item in there.items] == wanted
    assert [item.alt_text for item in there.items] == [f"Picture number {n}" for n in (1, 2, 3, 4)]
    assert post.state is PostState.PUBLISHED


def test_a_reel_goes_out_to_the_byte_with_its_cover(browse, session, cast, tick):
    post = approved(session, cast, a_reel(session, cast))
    clip = published(session, post, RenditionKind.FEED)
    cover = published(session, post, RenditionKind.COVER)

    tick()

    assert post.state is PostState.PUBLISHED
    assert on_the_account(session).kind == "reel"
    (video,) = videos_of(browse(cast.zofia).get(FEED))
    answer = browse(cast.zofia).fetch(video.get("src"))
    assert answer.data == clip
    assert answer.mimetype == "video/mp4"
    assert browse(cast.zofia).fetch(video.get("poster")).data == cover


def test_a_long_clip_is_kept_and_played_in_parts(browse, session, cast, tick):
    clip = a_ready_clip(session, cast.zofia, text="long")
    movie = an_mp4("long") + bytes(range(256)) * (CHUNK // 100)
    store, feed = open_store(settings().media_url), clip.rendition(RenditionKind.FEED)
    feed.key = store.put(movie, suffix=".mp4")
    feed.sha256 = feed.key.partition("/")[2].partition(".")[0]
    approved(session, cast, submitted(session, cast, clip, caption="Long"))

    tick()

    item = session.scalars(select(SandboxItem)).one()
    assert len(session.scalars(select(SandboxChunk.number)).all()) > 2
    path, zofia = f"/sandbox/video/{item.id}", browse(cast.zofia)
    assert zofia.fetch(path).data == movie
    for start, end in ((0, 9), (CHUNK - 5, CHUNK + 4), (CHUNK, 2 * CHUNK), (len(movie) - 3, None)):
        wanted = f"bytes={start}-{'' if end is None else end}"
        part = zofia.fetch(path, headers={"Range": wanted})
        assert part.status_code == 206
        assert part.data == movie[start : None if end is None else end + 1]
    assert zofia.fetch(path, headers={"Range": "bytes=99999999999-"}).status_code == 416


def test_a_story_goes_out_without_a_caption_and_is_shown_with_none(browse, session, cast, tick):
    media = a_ready_clip(session, cast.zofia)
    post = approved(session, cast, a_story(session, cast, media, caption="Never mind"))

    tick()

    assert post.state is PostState.PUBLISHED
    there = on_the_account(session)
    assert (there.kind, there.caption) == ("story", "")
    page = browse(cast.zofia).get(FEED)
    assert len(videos_of(page)) == 1
    assert not page.says("Never mind")


def test_the_profile_shows_a_carousels_pictures_each_with_its_place(browse, session, cast, tick):
    approved(session, cast, a_carousel(session, cast))
    tick()

    page = browse(cast.zofia).get(FEED)

    for place in ("1 of 4", "4 of 4", "4 photos and videos"):
        assert page.says(place)
    described = [e.get("alt") for e in page.tree.iter("img")]
    assert [f"Picture number {n}" in described for n in (1, 2, 3, 4)] == [True] * 4


@pytest.mark.parametrize("kind", [RenditionKind.FEED, RenditionKind.COVER])
def test_a_clip_altered_since_its_approval_does_not_go_out(session, cast, tick, kind):
    post = approved(session, cast, a_reel(session, cast))
    store = open_store(settings().media_url)
    key = post.pictures[0].media.rendition(kind).key
    (store.folder / key).write_bytes(b"something else")

    tick()

    assert session.scalars(select(SandboxPost)).all() == []
    assert post.state is PostState.FAILED


def test_another_cover_than_the_approved_one_does_not_go_out(session, cast, tick):
    post = approved(session, cast, a_reel(session, cast))
    other = a_ready_clip(session, cast.zofia, text="other").rendition(RenditionKind.COVER)
    cover = post.pictures[0].media.rendition(RenditionKind.COVER)
    cover.key, cover.sha256 = other.key, other.sha256

    tick()

    assert session.scalars(select(SandboxPost)).all() == []
    assert post.state is PostState.FAILED


def test_there_is_no_video_where_there_is_a_photo(browse, session, cast, tick):
    approved(session, cast, submitted(session, cast, ready_media(session, cast.zofia), caption="A"))
    tick()
    item = session.scalars(select(SandboxItem)).one()

    assert browse(cast.zofia).fetch(f"/sandbox/video/{item.id}").status_code == 404
    assert browse(cast.zofia).fetch("/sandbox/video/99").status_code == 404
    assert browse().fetch(f"/sandbox/video/{item.id}").status_code == 403
