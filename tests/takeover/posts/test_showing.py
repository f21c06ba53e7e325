"""How an author sees their post before anybody else does."""

from takeover.clock import now
from takeover.media.changing import refuse
from takeover.media.models import MediaState
from takeover.media.videos.refusals import ClipUnreadable
from tests.clips import a_ready_clip
from tests.preparing import ready_media
from tests.shapes import a_carousel, a_reel, a_story, drafted


def own_page(browse, cast, post):
    return browse(cast.zofia).get(f"/posts/{post.id}")


def slides(page):
    return [e for e in page.tree.iter("li") if "ig-slide" in (e.get("class") or "")]


def test_a_carousel_is_a_strip_that_is_turned_by_links_alone(browse, cast, session):
    page = own_page(browse, cast, a_carousel(session, cast))

    strip = next(e for e in page.tree.iter("div") if "ig-strip" in (e.get("class") or ""))
    assert strip.get("tabindex") == "0"
    ids = [slide.get("id") for slide in slides(page)]
    assert len(set(ids)) == 4
    turns = [
        [(a.get("aria-label"), a.get("href")) for a in slide.iter("a")] for slide in slides(page)
    ]
    assert turns[0] == [("Next photo or video", f"#{ids[1]}")]
    assert turns[1] == [
        ("Previous photo or video", f"#{ids[0]}"),
        ("Next photo or video", f"#{ids[2]}"),
    ]
    assert turns[3] == [("Previous photo or video", f"#{ids[2]}")]
    described = [e.get("alt") for slide in slides(page) for e in slide.iter("img")]
    assert described == [f"Picture number {n}" for n in (1, 2, 3, 4)]


def test_a_reel_plays_with_its_cover_and_says_that_it_is_silent(browse, cast, session):
    page = own_page(browse, cast, a_reel(session, cast, repeats=2))

    (video,) = page.tree.iter("video")
    assert video.get("playsinline") is not None
    assert video.get("preload") == "metadata"
    zofia = browse(cast.zofia)
    assert zofia.fetch(video.get("src")).mimetype == "video/mp4"
    assert zofia.fetch(video.get("poster")).mimetype == "image/jpeg"
    assert page.says("It turns")
    assert page.says("This clip is very short; it plays 2 times.")
    assert page.says("This clip has no sound.")


def test_a_story_shows_no_caption(browse, cast, session):
    media = ready_media(session, cast.zofia)

    page = own_page(browse, cast, a_story(session, cast, media, caption="Never mind"))

    assert not page.says("Never mind")


def test_what_is_not_ready_has_a_calm_place_with_its_progress(browse, cast, session):
    clip = a_ready_clip(session, cast.zofia)
    post = drafted(session, cast, ready_media(session, cast.zofia), clip, caption="Soon")
    clip.move(MediaState.RECEIVED, by=None, at=now())
    clip.progress = 40
    session.commit()

    page = own_page(browse, cast, post)

    assert list(page.tree.iter("video")) == []
    assert page.says("Being prepared 40 %")
    (place,) = (e for e in page.tree.iter("div") if e.get("id") == f"picture-of-{clip.id}")
    again = browse(cast.zofia).fetch(place.get("hx-get"), headers={"HX-Request": "true"})
    assert place.get("hx-select").lstrip("#") in again.text


def test_a_refused_picture_is_never_shown(browse, cast, session):
    clip = a_ready_clip(session, cast.zofia)
    post = drafted(session, cast, clip, caption="No")
    clip.move(MediaState.RECEIVED, by=None, at=now())
    refuse(clip, ClipUnreadable(), at=now())
    session.commit()

    page = own_page(browse, cast, post)

    assert page.says("This one cannot be used")
    assert f"/media/{clip.id}/" not in page.html


def test_a_post_without_pictures_can_be_looked_at(browse, cast, session):
    page = own_page(browse, cast, drafted(session, cast, caption="Words first"))

    assert page.says("No photo or video yet")


def test_the_week_shows_what_each_picture_is_the_first_of(browse, cast, session):
    a_carousel(session, cast, count=2)
    a_reel(session, cast, seconds=9)
    a_story(session, cast, ready_media(session, cast.zofia, text="s"))

    page = browse(cast.zofia).get("/my-week")

    assert page.says("2 photos and videos")
    assert page.says("Video, 0:09 long")
    assert "Story" in page.links


def test_a_clip_that_does_not_fill_the_screen_is_said_to_have_borders(browse, cast, session):
    wide = a_reel(session, cast, size=(1280, 720))
    page = own_page(browse, cast, wide)
    assert page.says("Shown whole, with borders.")

    wide.pictures[0].media.width, wide.pictures[0].media.height = 1080, 1920
    session.commit()

    assert not own_page(browse, cast, wide).says("Shown whole, with borders")


def test_of_several_it_is_said_which_have_borders(browse, cast, session):
    post = a_carousel(session, cast)
    assert not own_page(browse, cast, post).says("Shown whole, with borders")

    post.pictures[1].media.padded = post.pictures[3].media.padded = True
    session.commit()

    assert own_page(browse, cast, post).says("Shown whole, with borders: number 2, 4.")


def test_what_was_made_anew_has_another_address(browse, cast, session):
    media = ready_media(session, cast.zofia)
    post = drafted(session, cast, media, caption="Twice")

    def address():
        (shown,) = own_page(browse, cast, post).tree.iter("img")
        return shown.get("src")

    before = address()
    assert address() == before
    media.renditions[0].sha256 = "f" * 64
    session.commit()

    assert address() != before
    assert browse(cast.zofia).fetch(address()).mimetype.startswith("image/")
