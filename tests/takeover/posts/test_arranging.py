"""The pictures of a post: which, in which order, in which shape."""

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.media.models import Media, MediaState
from takeover.media.recipe import Box
from takeover.media.renditions import RenditionKind
from takeover.media.store import open_store
from takeover.posts.arranging import (
    MOST_PICTURES,
    TooManyPictures,
    add_picture,
    place_picture,
    remove_picture,
)
from takeover.posts.drafting import submit, withdraw
from takeover.posts.models import PostKind, PostState, Shape, Surface
from takeover.posts.rules import CaptionMissing, NotEditable, NotReady, NotYourMedia, PictureMissing
from takeover.posts.shaping import (
    ClipTooLong,
    CropTooSmall,
    ShapeNotAllowed,
    StoryTakesOne,
    choose,
    crop,
    settle,
    shapes_of,
    to_be_made,
    trim,
)
from takeover.posts.submitting import ask_to_submit, prepare_for_posts
from takeover.web import settings
from tests.preparing import a_draft, a_submitted_post, media_of, ready_media


@pytest.fixture
def post(session, cast):
    return a_draft(session, cast)


@pytest.fixture
def add(session, cast, post):
    def one_more(text, **options):
        return add_picture(
            post, ready_media(session, cast.zofia, text=text, **options), by=cast.zofia, at=now()
        )

    return one_more


def made_ready(session, post):
    """What a worker does, until nothing is left to do."""
    session.commit()
    while waiting := to_be_made(post):
        for media_id in waiting:
            prepare_for_posts(media_id)
        session.expire_all()


def published(media):
    data = open_store(settings().media_url).get(media.rendition(RenditionKind.FEED).key)
    return Image.open(BytesIO(data))


def ratio_of(media):
    width, height = published(media).size
    return width / height


def actions(session):
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_pictures_stand_in_the_order_they_came(session, post, add):
    first, second, third = post.pictures[0], add("two"), add("three")
    session.commit()
    session.expire_all()

    assert post.pictures == [first, second, third]
    assert post.kind is PostKind.CAROUSEL


def test_a_picture_is_moved_to_another_place_and_it_is_on_the_record(session, cast, post, add):
    first, second, third = post.pictures[0], add("two"), add("three")

    place_picture(post, third, 0, by=cast.zofia, at=now())
    session.commit()
    session.expire_all()
    assert post.pictures == [third, first, second]

    place_picture(post, third, 99, by=cast.zofia, at=now())
    session.commit()
    session.expire_all()
    assert post.pictures == [first, second, third]
    assert actions(session).count("pictures_ordered") == 2


def test_moving_a_picture_to_where_it_stands_is_nothing(session, cast, post, add):
    add("two")

    place_picture(post, post.pictures[0], 0, by=cast.zofia, at=now())

    assert "pictures_ordered" not in actions(session)


def test_a_picture_that_is_taken_out_is_wanted_no_more(session, cast, post, add):
    second = add("two")

    remove_picture(post, second, by=cast.zofia, at=now())
    session.commit()

    assert len(post.pictures) == 1
    assert second.media.state is MediaState.CANCELLED
    assert "picture_removed" in actions(session)


def test_a_post_holds_ten_pictures_and_no_more(session, cast, post):
    shared = ready_media(session, cast.zofia)
    for _ in range(MOST_PICTURES - 1):
        add_picture(post, shared, by=cast.zofia, at=now())

    with pytest.raises(TooManyPictures):
        add_picture(post, shared, by=cast.zofia, at=now())


def test_nothing_of_a_post_changes_while_comms_has_it(session, cast):
    post = a_submitted_post(session, cast)
    picture, media = post.pictures[0], ready_media(session, cast.zofia)
    facts = {"by": cast.zofia, "at": now()}

    for change in (
        lambda: add_picture(post, media, **facts),
        lambda: remove_picture(post, picture, **facts),
        lambda: place_picture(post, picture, 1, **facts),
        lambda: choose(post, Surface.STORY, Shape.TALL, **facts),
        lambda: crop(post, picture, None, **facts),
        lambda: trim(post, picture, start=1, end=2, cover_at=None, **facts),
    ):
        with pytest.raises(NotEditable):
            change()


def test_somebody_elses_picture_has_no_place_in_a_post(session, cast, post):
    hers = ready_media(session, cast.noe)

    with pytest.raises(NotYourMedia):
        add_picture(post, hers, by=cast.zofia, at=now())


def test_all_pictures_of_a_carousel_get_the_shape_of_the_first(session, cast, post, add):
    """Else Instagram crops them to it."""
    wide = add("wide", size=(1500, 1000))
    tall = add("tall", size=(700, 1400))
    settle(post, at=now())
    made_ready(session, post)
    assert [round(ratio_of(p.media), 2) for p in post.pictures] == [1, 1, 1]

    place_picture(post, wide, 0, by=cast.zofia, at=now())
    settle(post, at=now())
    made_ready(session, post)

    assert [round(ratio_of(p.media), 2) for p in post.pictures] == [1.5, 1.5, 1.5]
    assert tall.media.padded
    assert not wide.media.padded


def test_a_photo_alone_again_has_its_own_shape(session, cast, post, add):
    wide = add("wide", size=(1500, 1000))
    settle(post, at=now())
    made_ready(session, post)

    remove_picture(post, post.pictures[0], by=cast.zofia, at=now())
    settle(post, at=now())
    made_ready(session, post)

    assert round(ratio_of(wide.media), 2) == 1.5


def test_a_chosen_shape_is_filled_from_the_middle_and_cut_as_the_author_wants(session, cast, post):
    (picture,) = post.pictures
    choose(post, Surface.FEED, Shape.PORTRAIT, by=cast.zofia, at=now())
    made_ready(session, post)
    assert round(ratio_of(picture.media), 2) == 0.8
    assert not picture.media.padded
    before = picture.media.rendition(RenditionKind.FEED).sha256

    crop(post, picture, Box(0, 0, 0.8, 1), by=cast.zofia, at=now())
    made_ready(session, post)
    assert picture.media.rendition(RenditionKind.FEED).sha256 != before

    crop(post, picture, None, by=cast.zofia, at=now())
    made_ready(session, post)
    assert picture.media.padded


def test_pictures_of_their_own_shape_are_not_cut(cast, post):
    with pytest.raises(ShapeNotAllowed):
        crop(post, post.pictures[0], Box(0, 0, 0.8, 1), by=cast.zofia, at=now())


def test_a_part_too_small_to_look_good_cannot_be_chosen(session, cast, post):
    choose(post, Surface.FEED, Shape.SQUARE, by=cast.zofia, at=now())

    with pytest.raises(CropTooSmall):
        crop(post, post.pictures[0], Box(0, 0, 0.1, 0.1), by=cast.zofia, at=now())


def test_a_story_is_tall_and_shows_one_thing_and_needs_no_caption(session, cast, post, add):
    post.caption = ""
    choose(post, Surface.STORY, Shape.OWN, by=cast.zofia, at=now())
    made_ready(session, post)
    assert post.kind is PostKind.STORY
    assert round(ratio_of(post.pictures[0].media), 3) == round(9 / 16, 3)
    assert post.pictures[0].media.padded

    second = add("two")
    settle(post, at=now())
    made_ready(session, post)
    with pytest.raises(StoryTakesOne):
        submit(post, by=cast.zofia, at=now())

    remove_picture(post, second, by=cast.zofia, at=now())
    submit(post, by=cast.zofia, at=now())
    assert post.state is PostState.SUBMITTED


def test_a_shape_that_a_surface_does_not_show_becomes_the_pictures_own(cast, post):
    assert Shape.TALL not in shapes_of(post)

    choose(post, Surface.STORY, Shape.TALL, by=cast.zofia, at=now())
    assert post.shape is Shape.TALL

    choose(post, Surface.FEED, Shape.TALL, by=cast.zofia, at=now())
    assert post.shape is Shape.OWN


def test_a_post_needs_a_picture_and_words_before_comms_gets_it(session, cast, post):
    post.caption = ""
    with pytest.raises(CaptionMissing):
        ask_to_submit(post, by=cast.zofia, at=now())

    remove_picture(post, post.pictures[0], by=cast.zofia, at=now())
    with pytest.raises(PictureMissing):
        ask_to_submit(post, by=cast.zofia, at=now())


@pytest.mark.parametrize(
    ("surface", "seconds", "fits"),
    [
        (Surface.FEED, 899.0, True),
        (Surface.FEED, 901.0, False),
        (Surface.STORY, 59.0, True),
        (Surface.STORY, 61.0, False),
    ],
)
def test_a_clip_must_not_be_longer_than_instagram_shows_it_there(
    session, cast, post, surface, seconds, fits
):
    choose(post, surface, Shape.OWN, by=cast.zofia, at=now())
    made_ready(session, post)
    post.pictures[0].media.duration = seconds

    if fits:
        submit(post, by=cast.zofia, at=now())
        assert post.state is PostState.SUBMITTED
    else:
        with pytest.raises(ClipTooLong):
            submit(post, by=cast.zofia, at=now())


def test_a_post_waits_for_all_its_pictures(session, cast, post):
    arriving = Media(
        owner_id=cast.zofia.id, state=MediaState.ARRIVING, bytes=1000, received_at=now()
    )
    session.add(arriving)
    session.flush()
    add_picture(post, arriving, by=cast.zofia, at=now())

    with pytest.raises(NotReady):
        submit(post, by=cast.zofia, at=now())
    ask_to_submit(post, by=cast.zofia, at=now())

    assert post.state is PostState.DRAFT
    assert post.submit_asked_at is not None


def test_what_is_being_made_ready_is_stopped_when_its_post_is_withdrawn(session, cast, post):
    waiting = media_of(session, cast.zofia, text="another")
    add_picture(post, waiting, by=cast.zofia, at=now())

    withdraw(post, by=cast.zofia, at=now())
    session.commit()
    prepare_for_posts(waiting.id)

    session.expire_all()
    assert waiting.state is MediaState.CANCELLED
    assert waiting.renditions == []
    assert post.pictures[0].media.state is MediaState.READY
