"""What is sent by tus finds its post."""

import pytest
from sqlalchemy import select

from rota.answering import step_down
from takeover.clock import now
from takeover.media.models import MediaState
from takeover.people.adding import give_role
from takeover.people.models import Role
from takeover.posts.arranging import MOST_PICTURES, add_picture
from takeover.posts.models import Post, PostState, Shape, Surface
from takeover.posts.shaping import choose
from tests.preparing import a_draft, a_photo, a_submitted_post, ready_media
from tests.takeover.media.uploads.speaking import Tus, in_words


@pytest.fixture
def zofia(browse, cast):
    return Tus(browse(cast.zofia))


def send(tus, text, **metadata):
    return tus.send(a_photo(text), Upload_Metadata=in_words(filename=f"{text}.jpg", **metadata))


def test_a_file_sent_for_a_post_is_its_next_picture_and_made_ready(zofia, cast, session):
    post = a_draft(session, cast)

    send(zofia, "two", post=str(post.id))

    session.expire_all()
    assert [p.media.state for p in post.pictures] == [MediaState.READY, MediaState.READY]


def test_a_picture_has_its_place_before_its_first_byte_has_come(zofia, cast, session):
    post = a_draft(session, cast)

    zofia.begin(1000, Upload_Metadata=in_words(post=str(post.id)))

    session.expire_all()
    assert [p.media.state for p in post.pictures] == [MediaState.READY, MediaState.ARRIVING]


def test_it_gets_the_shape_of_the_post_at_once(zofia, cast, session):
    post = a_draft(session, cast)
    choose(post, Surface.FEED, Shape.LANDSCAPE, by=cast.zofia, at=now())

    send(zofia, "two", post=str(post.id))

    session.expire_all()
    media = post.pictures[1].media
    assert round(media.width / media.height, 2) == 1.91


def test_a_file_sent_for_no_post_begins_a_draft(zofia, session):
    send(zofia, "alone")

    (post,) = session.scalars(select(Post))
    assert post.state is PostState.DRAFT
    assert [p.media.state for p in post.pictures] == [MediaState.READY]


def test_a_post_that_waited_for_it_goes_to_comms_by_itself(zofia, cast, session, browse):
    post = a_draft(session, cast)
    path = zofia.begin(len(a_photo("late")), Upload_Metadata=in_words(post=str(post.id)))
    page = zofia.browser.get(f"/posts/{post.id}/edit").submit("Submit")
    assert page.says("Not all of it has arrived")
    assert page.follow("Go on sending").path == f"/posts/{post.id}/edit"
    assert browse(cast.amir).get("/queue").says("Nothing waits")

    zofia.patch(path, 0, a_photo("late"))

    session.expire_all()
    assert post.state is PostState.SUBMITTED


def test_an_upload_that_is_stopped_leaves_the_post(zofia, cast, session):
    post = a_draft(session, cast)
    path = zofia.begin(1000, Upload_Metadata=in_words(post=str(post.id)))

    assert zofia.ask("DELETE", path).status_code == 204

    session.expire_all()
    assert [p.media.state for p in post.pictures] == [MediaState.READY]


@pytest.mark.parametrize("post", ["4711", "-1", "none", "٣", "9" * 40, ""])
def test_a_post_that_is_not_there_takes_nothing(zofia, cast, post):
    answer = zofia.create(1000, Upload_Metadata=in_words(post=post))

    assert answer.status_code == 403
    assert answer.text == "This post takes no more photos or videos now."


def test_somebody_elses_post_takes_nothing(browse, cast, session):
    post = a_draft(session, cast)
    give_role(cast.noe, Role.AMBASSADOR, by=None, at=now())
    session.commit()

    answer = Tus(browse(cast.noe)).create(1000, Upload_Metadata=in_words(post=str(post.id)))

    assert answer.status_code == 403


def test_a_post_that_is_with_comms_takes_nothing(zofia, cast, session):
    post = a_submitted_post(session, cast)

    answer = zofia.create(1000, Upload_Metadata=in_words(post=str(post.id)))

    assert answer.status_code == 403


def test_the_eleventh_is_told_that_ten_is_all(zofia, cast, session):
    post = a_draft(session, cast)
    media = ready_media(session, cast.zofia)
    for _ in range(MOST_PICTURES - 1):
        add_picture(post, media, by=cast.zofia, at=now())
    session.commit()

    answer = zofia.create(1000, Upload_Metadata=in_words(post=str(post.id)))

    assert answer.status_code == 403
    assert answer.text == "A post holds up to 10 photos and videos."


@pytest.mark.parametrize("who", ["amir", "lea", "hanna"])
def test_who_has_no_week_sends_nothing(browse, cast, who):
    answer = Tus(browse(getattr(cast, who))).create(1000)

    assert answer.status_code == 403
    assert answer.text == "You can send photos and videos once you have a week of your own."


def test_who_has_stepped_down_sends_nothing(zofia, cast, session):
    step_down(cast.consent, session=session, by=cast.zofia, at=now())

    assert zofia.create(1000).status_code == 403
