"""What has no words to be told by is settled by being the only one for a while, or by a person."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from takeover.clock import now
from takeover.instagram.doubts import settle
from takeover.instagram.models import Alarm, Publication
from takeover.instagram.publisher import (
    CannotTell,
    Look,
    OnAccount,
    OutcomeUnknown,
    StillProcessing,
)
from takeover.posts.models import PostState
from tests.cast import NOW
from tests.preparing import ready_media
from tests.shapes import a_story, approved
from tests.takeover.instagram.test_publishing import LEASE, Door
from tests.takeover.instagram.test_sent_before import placed_again
from tests.takeover.instagram.test_waiting import clock, posts_at, turn

__all__ = ["clock", "turn"]

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
ONE, OTHER = (OnAccount(media_id=f"s-{n}", permalink=f"https://x/s/{n}/") for n in (1, 2))


class Wordless(Door):
    """It lists these; which of them is ours it cannot say."""

    shown: tuple[OnAccount, ...] = ()

    def find(self, outgoing, handle, *, sent_at):
        self.looked += 1
        if not self.shown:
            raise OutcomeUnknown("not listed yet")
        return Look(found=None, alike=self.shown)


@pytest.fixture
def doubted(session, cast, turn):
    """A post whose answer was lost, and the door to look by."""

    def made(*shown):
        (post,) = posts_at(session, cast, NOW)
        door = Wordless(trouble=OutcomeUnknown("lost"))
        door.shown = shown
        turn(door)
        assert post.state is PostState.UNCERTAIN
        return post, door

    return made


def go(clock, turn, door, lasting):
    until = now() + lasting
    while now() < until:
        clock.shift(5 * SECOND)
        turn(door)


def test_the_only_one_for_a_minute_is_taken_for_it(session, doubted, turn, clock):
    post, door = doubted(ONE)

    go(clock, turn, door, 45 * SECOND)
    assert post.state is PostState.UNCERTAIN

    go(clock, turn, door, MINUTE)
    assert post.state is PostState.PUBLISHED
    assert session.get(Publication, post.id).media_id == ONE.media_id


@pytest.mark.parametrize("then", [(ONE, OTHER), (OTHER,)], ids=["beside it", "in its place"])
def test_where_another_was_seen_as_well_a_person_says(session, doubted, turn, clock, then):
    post, door = doubted(ONE)
    go(clock, turn, door, 30 * SECOND)

    door.shown = then
    go(clock, turn, door, 2 * MINUTE)
    door.shown = (ONE,)
    go(clock, turn, door, 15 * MINUTE)

    assert post.state is PostState.UNCERTAIN
    assert "uncertain" in session.scalars(select(Alarm.kind).order_by(Alarm.id)).all()


def test_of_two_of_ours_in_doubt_neither_takes_what_may_be_the_others(
    session, cast, doubted, turn, clock
):
    post, door = doubted(ONE)
    (other,) = posts_at(session, cast, now() + SECOND)  # with the same words
    clock.shift(2 * SECOND)
    turn(door)
    assert other.state is PostState.UNCERTAIN

    go(clock, turn, door, 15 * MINUTE)

    assert [post.state, other.state] == [PostState.UNCERTAIN] * 2


def test_what_a_person_did_not_take_for_it_is_not_taken_later(session, cast, doubted, turn, clock):
    cast.programme.spacing = 0
    post, door = doubted(ONE)
    go(clock, turn, door, 30 * SECOND)
    assert post.state is PostState.UNCERTAIN
    clock.shift(LEASE)
    settle(session, post.id, found=None, by=cast.amir, at=now())

    clock.move_to(placed_again(session, cast, post))
    seeing = Wordless()
    seeing.shown = (ONE,)
    turn(seeing)

    assert (post.state, seeing.sent) == (PostState.PUBLISHED, 1)
    assert session.get(Publication, post.id).media_id == "m-1"


def test_a_story_that_instagram_refused_goes_out_though_others_are_there(
    session, cast, turn, clock
):
    story = approved(session, cast, a_story(session, cast, ready_media(session, cast.zofia)))

    class Listing(Door):
        def find(self, outgoing, handle, *, sent_at):
            self.looked += 1
            raise CannotTell("one of its kind is listed")

    door = Listing(trouble=StillProcessing("not ready"))
    turn(door)
    door.trouble = None
    clock.shift(MINUTE)
    turn(door)

    assert (story.state, door.looked, door.sent) == (PostState.PUBLISHED, 1, 2)
