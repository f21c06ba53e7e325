"""Files are lent to Instagram as long as their post may go out, and to nobody after that."""

from datetime import timedelta

import pytest

from takeover.clock import now
from takeover.instagram.lending import find_lent, lend
from takeover.media.renditions import RenditionKind
from takeover.posts.drafting import withdraw
from takeover.posts.models import Picture, PostState
from tests.preparing import an_approved_post, ready_media


@pytest.fixture
def post(session, cast):
    return an_approved_post(session, cast)


@pytest.fixture
def address(session, post):
    rendition = post.pictures[0].media.rendition(RenditionKind.FEED)
    lent = lend(rendition, post_id=post.id, session=session, at=now())
    session.commit()
    return f"/pub/{lent.token}.jpg"


def test_what_may_go_out_is_lent(browse, session, post, address):
    assert browse().fetch(address).status_code == 200
    for state in (PostState.PUBLISHING, PostState.UNCERTAIN):
        post.move(state, by=None, at=now())
        session.commit()
        assert browse().fetch(address).status_code == 200


def test_what_its_author_takes_out_is_lent_no_more(browse, session, cast, post, address):
    withdraw(post, by=cast.zofia, at=now())
    session.commit()

    assert browse().fetch(address).status_code == 404


@pytest.mark.parametrize("state", [PostState.FAILED, PostState.MISSED, PostState.CHANGES_REQUESTED])
def test_what_does_not_go_out_is_lent_no_more(browse, session, cast, post, address, state):
    post.move(state, by=cast.amir, at=now())
    session.commit()

    assert browse().fetch(address).status_code == 404


def test_without_its_authors_consent_nothing_is_lent(browse, session, post, address):
    post.week.consent.withdrawn_at = now()
    session.commit()

    assert browse().fetch(address).status_code == 404


def test_what_was_taken_out_of_the_post_since_is_lent_no_more(browse, session, cast, post, address):
    session.delete(post.pictures[0])
    session.add(Picture(post_id=post.id, media=ready_media(session, cast.zofia, text="B")))
    session.commit()

    assert browse().fetch(address).status_code == 404


def test_what_was_lent_is_forgotten_after_its_day(session, address):
    token = address.split("/")[-1].removesuffix(".jpg")

    assert find_lent(session, token, at=now()) is not None
    assert find_lent(session, token, at=now() + timedelta(hours=26)) is None
