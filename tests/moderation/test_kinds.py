"""What comms sees of carousels, reels and stories, and of what is on its way to the queue."""

from moderation.reviewing import request_changes
from takeover.clock import now
from takeover.media.models import MediaState
from takeover.media.preparing import prepare_media
from takeover.posts.arranging import remove_picture
from takeover.posts.digest import digest_of
from takeover.posts.drafting import submit
from takeover.posts.models import PostState
from takeover.posts.shaping import settle
from takeover.posts.submitting import ask_to_submit
from tests.clips import a_ready_clip
from tests.preparing import ready_media
from tests.shapes import a_carousel, a_reel, a_story, approved, drafted


def review(browse, cast, post):
    return browse(cast.amir).get(f"/queue/{post.id}")


def being_prepared(session, cast, *, progress, caption="Soon"):
    """A clip and a photo; the photo is ready."""
    clip = a_ready_clip(session, cast.zofia)
    post = drafted(session, cast, clip, ready_media(session, cast.zofia), caption=caption)
    again = settle(post, at=now())
    session.commit()
    for media_id in again:
        prepare_media(media_id)
    session.expire_all()
    clip.move(MediaState.RECEIVED, by=None, at=now())
    clip.progress = progress
    ask_to_submit(post, by=cast.zofia, at=now())
    session.commit()
    return post


def test_every_picture_of_a_carousel_is_shown_large_with_its_words(browse, cast, session):
    post = a_carousel(session, cast)

    page = review(browse, cast, post)

    shown = [e.get("src").partition("?")[0] for e in page.tree.iter("img")]
    assert shown == [f"/media/{picture.media_id}/feed" for picture in post.pictures]
    for number in (1, 2, 3, 4):
        assert page.says(f"Picture number {number}")
        assert page.says(f"{number} of 4")
    assert page.says("Goes out as Carousel")


def test_a_single_photo_with_borders_is_said_to_have_them(browse, cast, session):
    post = drafted(session, cast, ready_media(session, cast.zofia), caption="Wide")
    submit(post, by=cast.zofia, at=now())
    session.commit()
    assert not review(browse, cast, post).says("Shown whole, with borders.")

    post.pictures[0].media.padded = True
    session.commit()

    assert review(browse, cast, post).says("Shown whole, with borders.")


def test_what_its_author_changes_now_is_not_shown_until_it_is_sent_again(browse, cast, session):
    post = a_reel(session, cast)
    facts = {"session": session, "digest_seen": digest_of(post), "by": cast.amir, "at": now()}
    request_changes(post, reason="Shorter, please", **facts)
    session.commit()

    page = review(browse, cast, post)

    assert page.says("Shorter, please")
    assert page.says("With its author")
    assert not list(page.tree.iter("img"))
    assert not list(page.tree.iter("video"))


def test_a_reel_plays_and_its_cover_is_seen(browse, cast, session):
    page = review(browse, cast, a_reel(session, cast, repeats=3))

    (video,) = page.tree.iter("video")
    assert video.get("controls") is not None
    assert video.get("aria-label") == "Picture number 1"
    amir = browse(cast.amir)
    assert amir.fetch(video.get("src")).mimetype == "video/mp4"
    cover = next(e for e in page.tree.iter("img") if e.get("alt") == "The cover")
    assert video.get("poster") == cover.get("src")
    assert amir.fetch(cover.get("src")).mimetype == "image/jpeg"
    assert page.says("This clip is very short; it plays 3 times.")
    assert page.says("This clip has no sound.")


def test_who_decides_sees_the_frame_that_goes_out(browse, cast, session):
    def frames(post):
        page = review(browse, cast, post)
        shown = [e for name in ("img", "video") for e in page.tree.iter(name)]
        return {e.get("class") for e in shown}

    assert frames(a_reel(session, cast, size=(1280, 720))) == {"photo screen"}
    assert frames(a_story(session, cast, ready_media(session, cast.zofia))) == {"photo screen"}
    assert frames(a_carousel(session, cast)) == {"photo"}


def test_of_a_clip_with_sound_that_plays_once_nothing_is_said(browse, cast, session):
    page = review(browse, cast, a_reel(session, cast, has_audio=True))

    assert not page.says("This clip")


def test_a_storys_caption_is_not_shown_to_those_who_decide_what_goes_out(browse, cast, session):
    media = a_ready_clip(session, cast.zofia)

    page = review(browse, cast, a_story(session, cast, media, caption="Never mind"))

    assert page.says("A story")
    assert not page.says("Never mind")


def test_the_queue_says_how_many_pictures_and_how_long_a_clip(browse, cast, session):
    a_carousel(session, cast, count=3)
    a_reel(session, cast, seconds=72.4)
    a_story(session, cast, a_ready_clip(session, cast.zofia, text="story", seconds=5))

    page = browse(cast.amir).get("/queue")

    for words in ("3 photos and videos", "Video, 1:12 long", "Story. Video, 0:05 long"):
        assert page.says(words)


def test_a_post_whose_first_picture_was_removed_still_waits_in_the_queue(browse, cast, session):
    photos = [ready_media(session, cast.zofia, text=f"Photo {n}") for n in range(3)]
    post = drafted(session, cast, *photos, caption="Two of three")
    remove_picture(post, post.pictures[0], by=cast.zofia, at=now())
    submit(post, by=cast.zofia, at=now())
    session.commit()

    page = browse(cast.amir).get("/queue")

    assert page.says("Two of three")
    assert page.says("2 photos and videos")
    assert f"/media/{photos[1].id}/thumbnail" in page.html


def test_what_is_still_being_prepared_is_announced_and_offers_nothing(browse, cast, session):
    post = being_prepared(session, cast, progress=30)

    page = browse(cast.amir).get("/queue")

    assert page.says("Nothing waits")
    assert page.says("Being prepared")
    assert page.says("Zofia Kowalczyk Carousel 65 %")
    assert f"/queue/{post.id}" not in page.html
    assert f"/media/{post.pictures[0].media_id}" not in page.html


def test_where_nothing_is_on_its_way_nothing_is_said_of_it(browse, cast, session):
    a_carousel(session, cast)
    drafted(session, cast, ready_media(session, cast.zofia), caption="A mere draft")

    assert not browse(cast.amir).get("/queue").says("Being prepared")


def test_a_story_without_a_caption_has_a_name_to_open_it_by(browse, cast, session):
    media = ready_media(session, cast.zofia, text="a story")
    post = approved(session, cast, a_story(session, cast, media))

    assert browse(cast.amir).get("/posts").links["Story"] == f"/queue/{post.id}"


def test_a_post_that_lost_all_its_pictures_can_still_be_opened(browse, cast, session):
    post = a_carousel(session, cast, count=2)
    post.move(PostState.CHANGES_REQUESTED, by=cast.amir, at=now(), why="Others, please")
    for picture in list(post.pictures):
        remove_picture(post, picture, by=cast.zofia, at=now())
    session.commit()

    assert review(browse, cast, post).status == 200
