"""All pictures of a post get its shape, whoever makes the first one ready, before comms has it."""

import pytest
from sqlalchemy import select

from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.media.models import Media, MediaState
from takeover.media.preparing import prepare_media
from takeover.posts.arranging import add_picture
from takeover.posts.drafting import draft
from takeover.posts.models import PostState, Shape, Surface
from takeover.posts.shaping import choose, settle, shapes_of
from takeover.posts.submitting import ask_to_submit, fulfil_waiting, prepare_for_posts
from tests.clips import a_ready_clip
from tests.preparing import media_of, ready_media

pytestmark = pytest.mark.each_database


@pytest.fixture
def carousel(session, cast):
    """A tall photo that nobody has looked at yet, and a wide one that is ready."""
    tall = media_of(session, cast.zofia, text="tall", size=(1080, 1350))
    wide = ready_media(session, cast.zofia, text="wide", size=(1500, 800))
    post = draft(cast.week, tall, wide, session=session, by=cast.zofia, at=now(), caption="Two")
    session.commit()
    return post


def ratios(post):
    return [round(picture.media.width / picture.media.height, 2) for picture in post.pictures]


@pytest.fixture
def idle_workers(app, monkeypatch):
    handed = []
    monkeypatch.setattr(app.extensions["work"], "run", lambda task, *args: handed.append(args))
    return handed


def test_a_first_picture_that_the_clock_had_made_gives_its_shape_before_comms_gets_the_post(
    session, cast, carousel
):
    ask_to_submit(carousel, by=cast.zofia, at=now())
    session.commit()
    prepare_media(carousel.pictures[0].media_id)  # as the clock hands it out

    fulfil_waiting()

    session.expire_all()
    assert carousel.state is PostState.SUBMITTED
    assert ratios(carousel) == [0.8, 0.8]


def test_the_wish_is_kept_while_its_pictures_get_the_shape(session, cast, carousel, idle_workers):
    ask_to_submit(carousel, by=cast.zofia, at=now())
    session.commit()
    prepare_media(carousel.pictures[0].media_id)

    fulfil_waiting()

    session.expire_all()
    assert carousel.state is PostState.DRAFT
    assert carousel.submit_asked_at is not None
    assert carousel.pictures[1].media.state is MediaState.RECEIVED
    assert idle_workers


def test_who_submits_before_the_shape_is_given_need_not_press_again(
    browse, session, cast, carousel
):
    prepare_media(carousel.pictures[0].media_id)

    browse(cast.zofia).get(f"/posts/{carousel.id}").submit("Submit")

    assert carousel.state is PostState.SUBMITTED
    assert ratios(carousel) == [0.8, 0.8]


def test_a_shape_that_is_lost_is_on_the_record(session, cast):
    clip = a_ready_clip(session, cast.zofia)
    post = draft(cast.week, clip, session=session, by=cast.zofia, at=now())
    choose(post, Surface.FEED, Shape.TALL, by=cast.zofia, at=now())
    add_picture(post, ready_media(session, cast.zofia), by=cast.zofia, at=now())

    settle(post, at=now())
    session.commit()

    assert post.shape is Shape.OWN
    shaped = select(AuditEntry).where(AuditEntry.action == "post_shaped").order_by(AuditEntry.id)
    assert [entry.by_id for entry in session.scalars(shaped)] == [cast.zofia.id, None]


def test_a_shape_of_videos_may_be_chosen_while_it_is_not_known_whether_it_is_one(session, cast):
    media = Media(owner_id=cast.zofia.id, state=MediaState.ARRIVING, bytes=9, received_at=now())
    session.add(media)
    session.flush()
    post = draft(cast.week, media, session=session, by=cast.zofia, at=now())

    choose(post, Surface.FEED, Shape.TALL, by=cast.zofia, at=now())

    assert post.shape is Shape.TALL
    media.format = "mp4"
    settle(post, at=now())
    assert post.shape is Shape.TALL


def test_a_photo_that_came_as_a_tall_one_gets_its_own_shape(session, cast):
    media = media_of(session, cast.zofia, size=(900, 800))
    media.format, form = "", media.format
    post = draft(cast.week, media, session=session, by=cast.zofia, at=now())
    choose(post, Surface.FEED, Shape.TALL, by=cast.zofia, at=now())
    media.format = form
    session.commit()

    prepare_for_posts(media.id)

    session.expire_all()
    assert Shape.TALL not in shapes_of(post)
    assert post.shape is Shape.OWN
    assert ratios(post) == [1.12]
