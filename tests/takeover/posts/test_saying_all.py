"""What an author reads of their post: all that is wrong, of which file, and what happens next."""

import pytest

from takeover.clock import now
from takeover.media.models import Media, MediaState
from takeover.media.uploads.models import Upload
from takeover.posts.arranging import add_picture
from takeover.posts.drafting import draft
from takeover.posts.models import Shape, Surface
from takeover.posts.shaping import choose
from takeover.posts.submitting import ask_to_submit
from tests.clips import a_ready_clip
from tests.preparing import a_draft, media_of, ready_media
from tests.shapes import drafted


@pytest.fixture
def zofia(browse, cast):
    return browse(cast.zofia)


def refused(session, cast, post, *, name, why):
    media = Media(
        owner_id=cast.zofia.id, state=MediaState.ARRIVING, bytes=4711, name=name, received_at=now()
    )
    session.add(media)
    session.flush()
    media.begin(by=cast.zofia, at=now())
    add_picture(post, media, by=cast.zofia, at=now())
    if name:
        facts = {"bytes": 4711, "created_at": now(), "expires_at": now()}
        session.add(Upload(token=name, media=media, **facts))
    media.refused_as = why  # as rows from before have it: a sentence
    media.move(MediaState.REFUSED, by=None, at=now())
    session.commit()


def lines_of(page):
    """The sentences on top, with where each leads."""
    summary = page.tree.find(".//*[@id='error-summary']")
    return [(a.get("href"), " ".join(" ".join(a.itertext()).split())) for a in summary.iter("a")]


def test_all_that_stands_against_submitting_is_said_at_once_each_at_its_place(cast, session, zofia):
    long, short = a_ready_clip(session, cast.zofia, seconds=94), ready_media(session, cast.zofia)
    post = drafted(session, cast, long, short, caption="")
    choose(post, Surface.STORY, Shape.OWN, by=cast.zofia, at=now())
    for picture in post.pictures:  # a worker would make it once more, in that shape
        picture.media.move(MediaState.READY, by=None, at=now())
    session.commit()
    alt = {f"picture-{post.pictures[1].id}-alt_text": "y" * 1001}

    page = zofia.get(f"/posts/{post.id}/edit").submit("Submit", caption="x" * 2201, **alt)

    assert page.status == 422
    said = dict(lines_of(page))
    assert "2201 characters" in said["#caption"]
    assert "Remove the others" in said["#surface-0"]
    assert "a story shows up to 1 min" in said[f"#picture-{post.pictures[0].id}"]
    assert "1 min 34 s long" in said[f"#picture-{post.pictures[0].id}"]
    assert "1001 characters" in said[f"#picture-{post.pictures[1].id}-alt_text"]
    assert all(target[1:] in page.html for target in said)


def test_a_post_of_nothing_lacks_a_caption_and_a_picture(cast, session, zofia):
    post = draft(cast.week, session=session, by=cast.zofia, at=now())
    session.commit()

    page = zofia.get(f"/posts/{post.id}/edit").submit("Submit")

    assert [target for target, _ in lines_of(page)] == ["#photos", "#caption"]


def test_the_post_page_too_says_all_that_is_wrong(cast, session, zofia):
    post = drafted(session, cast, a_ready_clip(session, cast.zofia, seconds=1000), caption="")

    page = zofia.get(f"/posts/{post.id}").submit("Submit")

    assert page.status == 422
    assert page.says("Write a caption first")
    assert page.says("This clip is 16 min 40 s long; up to 15 min are shown. Trim it.")


def test_a_clip_too_long_and_a_story_of_several_say_so_before_anybody_submits(cast, session, zofia):
    clip, photo = a_ready_clip(session, cast.zofia, seconds=70), ready_media(session, cast.zofia)
    post = drafted(session, cast, clip, photo, caption="Both")
    sentence = "1\u00a0min 10\u00a0s long; among several, up to 1\u00a0min are shown. Trim it."
    assert sentence in zofia.get(f"/posts/{post.id}/edit").html
    assert sentence in zofia.fetch(f"/posts/{post.id}/arriving").text
    assert shown_story_error(zofia, post) is False

    choose(post, Surface.STORY, Shape.OWN, by=cast.zofia, at=now())
    session.commit()

    assert shown_story_error(zofia, post) is True


def test_a_clip_too_long_for_where_it_stands_is_never_called_ready(cast, session, zofia):
    clip = a_ready_clip(session, cast.zofia, seconds=75)
    post = drafted(session, cast, clip, caption="Long")
    card = f"/posts/{post.id}/pictures/{post.pictures[0].id}"
    assert "Ready" in zofia.fetch(card).text
    assert "1:15" in zofia.fetch(card).text

    choose(post, Surface.STORY, Shape.OWN, by=cast.zofia, at=now())
    clip.move(MediaState.READY, by=None, at=now())
    session.commit()

    assert "Ready" not in zofia.fetch(card).text
    assert "a story shows up to 1\u00a0min" in zofia.fetch(card).text


def shown_story_error(zofia, post):
    tree = zofia.get(f"/posts/{post.id}/edit").tree
    (place,) = (e for e in tree.iter("p") if e.get("data-story-takes-one") is not None)
    return place.get("hidden") is None


def test_each_refusal_names_its_file_and_stands_alone(cast, session, zofia):
    post = a_draft(session, cast)
    refused(session, cast, post, name="IMG_1.MOV", why="It is cut off.")
    refused(session, cast, post, name="notes.pdf", why="It is not a picture.")
    refused(session, cast, post, name="", why="It is empty.")
    lines = "IMG_1.MOV: It is cut off.\n\nnotes.pdf: It is not a picture.\n\nIt is empty."

    assert lines in zofia.get("/my-week").html
    assert lines in zofia.get(f"/posts/{post.id}").html
    cards = zofia.get(f"/posts/{post.id}/edit")
    assert cards.says("IMG_1.MOV It is cut off.")
    assert cards.says("notes.pdf It is not a picture.")
    card = zofia.fetch(f"/posts/{post.id}/pictures/{post.pictures[1].id}").text
    assert "IMG_1.MOV" in card


def test_what_waits_for_a_worker_is_said_to_wait_and_not_to_stand_at_nothing(cast, session, zofia):
    media = media_of(session, cast.zofia)
    post = drafted(session, cast, media, caption="Soon")
    waiting = "It has arrived, and waits its turn to be made ready."
    picture = post.pictures[0].id
    page = zofia.get(f"/posts/{post.id}/edit")
    assert page.says(waiting)
    assert zofia.get(f"/posts/{post.id}").says("Waits its turn to be prepared")
    (card,) = (e for e in page.tree.iter("div") if e.get("id") == f"picture-{picture}-now")
    assert zofia.fetch(card.get("hx-get")).status_code == 204

    media.claim = "somebody"
    session.commit()

    assert "We are making it ready: 0 %" in zofia.fetch(card.get("hx-get")).text
    assert zofia.get(f"/posts/{post.id}").says("Being prepared")


def test_a_submission_that_waits_for_its_pictures_is_part_of_what_happened(cast, session, zofia):
    post = drafted(session, cast, media_of(session, cast.zofia), caption="Soon")
    said = "You submitted it. Comms gets it as soon as all of it is ready."
    assert not zofia.get(f"/posts/{post.id}").says(said)

    ask_to_submit(post, by=cast.zofia, at=now())
    session.commit()

    assert zofia.get(f"/posts/{post.id}").says(said)


def test_the_composers_title_fits_what_can_be_done(cast, session, zofia):
    post = a_draft(session, cast)

    assert zofia.get("/my-week/new").title.startswith("New post")
    assert zofia.get(f"/posts/{post.id}/edit").title.startswith("Finish your post")


def test_the_page_knows_which_shapes_there_are_on_either_surface(cast, session, zofia):
    post = a_draft(session, cast)

    html = zofia.get(f"/posts/{post.id}/edit").html

    assert 'data-feed="own 4:5 1:1 1.91:1" data-story="own 9:16"' in html
