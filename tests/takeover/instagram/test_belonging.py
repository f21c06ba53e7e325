"""What lies ready or is published belongs to a door and an account: nothing is done by others."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from moderation.settling import say_there
from takeover.clock import now
from takeover.instagram.models import Alarm, Publication
from takeover.instagram.publisher import (
    UPLOADED,
    Look,
    OnAccount,
    Ours,
    OutcomeUnknown,
    Reason,
    StillProcessing,
)
from takeover.posts.digest import digest_of
from takeover.posts.models import PostState
from tests.cast import NOW
from tests.takeover.instagram.test_publishing import Door
from tests.takeover.instagram.test_waiting import MINUTE, SECOND, clock, connected, posts_at, turn

__all__ = ["clock", "connected", "turn"]


class Official(Door):
    """It names its account in what it makes ready, and sends nothing that another one made."""

    def __init__(self, account, **facts):
        super().__init__(**facts)
        self.account, self.given, self.tended = account, [], []

    def prepare(self, outgoing, handle, keep):
        self.handles.append(dict(handle))
        self.given.append(len(outgoing.items))
        made = {**handle, "ig_user": self.account, UPLOADED: True}
        keep(made)
        return made

    def publish(self, outgoing, handle):
        if handle.get("ig_user") != self.account:
            raise Ours("nothing was prepared for this account", reason=Reason.WRONG_ACCOUNT)
        return super().publish(outgoing, handle)

    def permalink_of(self, on):
        return on.permalink

    def has_comment(self, on, text):
        return False

    def comment(self, on, text):
        self.tended.append(on.media_id)


def connect(session, connection, clock):
    """Another account, by the same door."""
    clock.shift(MINUTE)
    connection.connected_at = now()
    session.commit()


def test_what_lies_ready_on_another_account_is_made_ready_anew(
    session, cast, turn, clock, connected
):
    (post,) = posts_at(session, cast, NOW + 10 * MINUTE)
    turn(Official("111"))
    assert session.get(Publication, post.id).prepared_at

    connect(session, connected, clock)
    clock.move_to(post.slot_at)
    door = Official("222")
    turn(door)

    assert (post.state, door.sent, door.given) == (PostState.PUBLISHED, 1, [1])
    assert connected.stopped_at is None


def test_what_our_own_set_up_kept_from_leaving_was_not_sent(session, cast, turn, clock, connected):
    (post,) = posts_at(session, cast, NOW)
    turn(Door(trouble=Ours("the session is gone", reason=Reason.TOKEN)))
    assert post.state is PostState.APPROVED

    connect(session, connected, clock)
    connected.stopped_at = None
    session.commit()
    door = Official("222")
    turn(door)

    assert (post.state, door.sent, door.looked) == (PostState.PUBLISHED, 1, 0)


def test_what_instagram_was_not_done_with_is_asked_after_every_few_seconds(
    session, cast, turn, clock
):
    class NotYet(Door):
        def publish(self, outgoing, handle):
            self.sent += 1
            if self.sent == 1:
                raise StillProcessing("9007")
            return OnAccount(media_id="1", permalink="https://instagram.example/p/1")

        def find(self, outgoing, handle, *, sent_at):
            self.looked += 1
            if now() < NOW + 30 * SECOND:
                raise StillProcessing("the container is in progress")
            return Look(found=None, ready=True)

    (post,) = posts_at(session, cast, NOW)
    door = NotYet()
    while post.state is not PostState.PUBLISHED and now() < NOW + timedelta(hours=1):
        turn(door)
        clock.shift(SECOND)

    assert (post.state, door.sent) == (PostState.PUBLISHED, 2)
    assert now() <= NOW + MINUTE
    assert session.get(Publication, post.id).tries == 1


@pytest.mark.parametrize("comment", ["#hi", ""])
def test_nothing_is_written_under_a_number_that_a_person_gave(
    session, cast, turn, clock, connected, comment
):
    connected.publisher = "graph"
    (post,) = posts_at(session, cast, NOW)
    post.first_comment = comment
    post.approved_digest = digest_of(post)
    door = Official("111", trouble=OutcomeUnknown("lost"))
    turn(door)
    address = "https://www.instagram.com/p/DRabcdefghi/"
    say_there(session, post.id, address=address, by=cast.amir, at=now())

    for _ in range(3):
        clock.shift(MINUTE)
        turn(door)

    assert door.tended == []
    alarms = session.scalars(select(Alarm.kind).order_by(Alarm.id)).all()
    assert ("not_tended" in alarms) is bool(comment)
