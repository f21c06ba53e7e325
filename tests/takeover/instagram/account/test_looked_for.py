"""What a page asks Instagram, when somebody says what became of a post: soon over, and what it says
of the whole account is kept to by everybody."""

import json

import pytest
from sqlalchemy import select

from takeover.clock import now
from takeover.instagram import official_door
from takeover.instagram.connecting import connect
from takeover.instagram.graph.client import Patience
from takeover.instagram.models import Alarm, Connection, Publication, Takedown
from takeover.instagram.slowing_down import waits_until
from takeover.posts.models import PostState
from tests.cast import NOW
from tests.preparing import an_approved_post
from tests.takeover.instagram.account.conftest import ACCOUNT

NUMBER = "17900000000000001"
LIMITED = {"error": {"code": 80002, "message": "slow down", "type": "OAuthException"}}
DEAD = {"error": {"code": 190, "error_subcode": 463, "message": "x", "type": "OAuthException"}}


@pytest.fixture
def post(session, cast, meta):
    """Published on the account that is connected; a person has to take it down."""
    account = meta.accounts.get(ACCOUNT)
    keys = {"host": "facebook", "ig_user_id": account.ig_id, "user_token": meta.token(ACCOUNT)}
    connect(
        cast.programme,
        session=session,
        publisher="graph",
        saved=json.dumps(keys),
        by=cast.lea,
        at=now(),
    )
    post = an_approved_post(session, cast, slot_at=NOW)
    post.move(PostState.PUBLISHING, by=None, at=now())
    post.permalink, post.published_at = "https://www.instagram.com/p/x/", NOW
    post.move(PostState.PUBLISHED, by=None, at=now())
    handle = {"ig_user": account.ig_id}
    session.add_all(
        (
            Publication(post_id=post.id, door="graph", handle=handle, media_id=NUMBER),
            Takedown(post_id=post.id, asked_at=NOW, asked_by_id=cast.amir.id, by_hand=True),
        )
    )
    session.commit()
    return post


def say_gone(browser, post):
    return browser.get(f"/posts/{post.id}/take-down").submit("It is gone")


@pytest.mark.parametrize("body", [LIMITED, DEAD], ids=["limited", "a dead key"])
def test_what_it_hears_of_the_whole_account_is_kept_to(browse, session, cast, meta, post, body):
    meta.wire.add(path=NUMBER, status=400, body=body, times=3)
    amir = browse(cast.amir)

    for _ in range(3):
        assert say_gone(amir, post).says("The app could not look there itself.")

    assert len(meta.wire.log()) == 1
    session.expire_all()
    is_stopped = session.scalars(select(Connection)).one().stopped_at is not None
    waits = waits_until(session, cast.programme.id, at=now()) is not None
    assert (waits, is_stopped) == (body is LIMITED, body is DEAD)
    assert session.scalars(select(Alarm.kind)).all() == (["stopped"] if is_stopped else [])


def test_it_ends_soon_however_much_the_account_lists(browse, cast, meta, post, monkeypatch):
    monkeypatch.setattr(official_door, "SOON", Patience(connect=3, read=5, whole=0))

    page = say_gone(browse(cast.amir), post)

    assert page.says("The app could not look there itself.")
    assert meta.wire.log() == []
