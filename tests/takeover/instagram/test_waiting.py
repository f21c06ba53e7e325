"""What has to wait waits as long as it must, holds up nobody else, and is not given up too soon."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from takeover.clock import now
from takeover.instagram import jobs, making_way
from takeover.instagram.graph.answers import GraphError
from takeover.instagram.graph.errors import on_publishing
from takeover.instagram.holding import let_go
from takeover.instagram.looking_after import go_on, look_anew
from takeover.instagram.models import AccountHold, Alarm, Connection, Publication, Takedown
from takeover.instagram.publisher import (
    PROCESSING,
    UPLOADED,
    Look,
    OnAccount,
    OutcomeUnknown,
    Quota,
    Reason,
    StillProcessing,
    TheirsForNow,
)
from takeover.instagram.publishing import send as send_held
from takeover.instagram.taking_down import ask_to_take_down
from takeover.mail.models import Message
from takeover.media.store import open_store
from takeover.posts.models import Post, PostState
from takeover.programmes.pausing import pause
from takeover.schedule import run_once
from takeover.web import settings
from tests.cast import NOW
from tests.preparing import an_approved_post
from tests.takeover.instagram.test_publishing import LEASE, Door, send, working

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def turn(app, session, monkeypatch, clock):
    """A turn of the clock with that door, its work done at once."""

    def turned(door, *, name="graph", job="publish"):
        monkeypatch.setattr(jobs, "publisher_for", lambda *_: (name, door))
        session.commit()
        run_once(app, job)
        session.expire_all()

    return turned


@pytest.fixture
def connected(session, cast):
    connection = Connection(
        programme=cast.programme, publisher="instagrapi", sealed_session=b"", connected_at=NOW
    )
    session.add(connection)
    session.commit()
    return connection


def posts_at(session, cast, *slots, **facts):
    return [
        an_approved_post(session, cast, caption=f"Number {number}", slot_at=slot, **facts)
        for number, slot in enumerate(slots)
    ]


def limited(minutes=30, **facts):
    return TheirsForNow("429", wait=minutes * MINUTE, reason=Reason.RATE_LIMITED, **facts)


# --- limits


def test_one_refusal_for_haste_holds_up_all_posts_of_the_account(session, cast, turn, clock):
    slot = NOW + 14 * MINUTE
    posts = posts_at(session, cast, *(slot + number * SECOND for number in range(4)))
    door = Door(trouble=limited(), at="prepare")

    for _ in range(20):
        clock.shift(MINUTE)
        turn(door)
    assert len(door.handles) == 1
    assert all(post.events[-1].facts["reason"] == "rate_limited" for post in posts)

    door.trouble = None
    clock.shift(12 * MINUTE)
    turn(door)
    assert {post.state for post in posts} == {PostState.PUBLISHED}


def test_one_limit_after_the_other_is_one_line_on_what_it_holds_up(session, cast, turn, clock):
    first, second = posts_at(session, cast, NOW, NOW + 30 * MINUTE)
    first.slot_at = NOW - MINUTE
    for _ in range(4):
        turn(Door(trouble=limited(40, is_asked=True), at="prepare"))
        clock.shift(40 * MINUTE + SECOND)

    (line,) = (event for event in second.events if event.what == "waits")
    until = session.get(AccountHold, cast.programme.id).wait_until
    assert line.facts["until"] == until.isoformat()


def test_comms_is_told_once_of_a_wait_that_lets_posts_be_missed(session, cast, turn, clock):
    first, second, later = posts_at(session, cast, NOW, NOW + 30 * MINUTE, NOW + 90 * MINUTE)
    door = Door(trouble=limited(4 * 60, is_asked=True), at="prepare")
    for _ in range(3):
        turn(door)
        clock.shift(MINUTE)

    (alarm,) = session.scalars(select(Alarm)).all()
    assert (alarm.kind, alarm.facts["posts"]) == ("in_vain", [first.id, second.id])
    letter = session.scalars(select(Message).where(Message.address == cast.amir.email)).one()
    assert letter.subject == "2 posts for @a_week_at_nordwerk wait too long"
    assert "until Wed 25 Nov, 15:00. 2 posts will be missed before that." in letter.text
    assert later.events[-1].what == "waits"

    first.slot_at, second.slot_at = NOW + 91 * MINUTE, NOW + 92 * MINUTE
    turn(door, job="turn_away")
    assert session.scalars(select(Alarm)).one().ended_at is not None


def test_nobody_is_told_of_a_wait_that_everything_lives_to_see_the_end_of(
    session, cast, turn, clock
):
    posts_at(session, cast, NOW)

    turn(Door(trouble=limited(180, is_asked=True), at="prepare"))

    assert session.scalars(select(Alarm)).all() == []


def test_the_apps_way_waits_longer_each_time_and_then_for_a_person(
    session, cast, turn, clock, connected
):
    cast.programme.grace = 24 * 60
    (post,) = posts_at(session, cast, NOW)
    door, waits = Door(trouble=limited(), at="prepare"), []

    for _ in range(3):
        turn(door, name="instagrapi")
        until = session.get(AccountHold, cast.programme.id).wait_until
        waits.append(until - now())
        clock.move_to(until + SECOND)
    assert waits == [30 * MINUTE, 120 * MINUTE, 720 * MINUTE]
    assert connected.stopped_at is None

    turn(door, name="instagrapi")

    assert connected.stopped_at is not None
    (alarm,) = session.scalars(select(Alarm).order_by(Alarm.id))
    assert (alarm.kind, alarm.facts["reason"]) == ("stopped", "slowed_down")
    assert post.state is PostState.APPROVED


def test_who_lets_the_account_go_on_lets_it_be_asked_again(session, cast, turn, clock, connected):
    posts_at(session, cast, NOW)
    turn(Door(trouble=limited(), at="prepare"), name="instagrapi")
    connected.stopped_at = now()

    go_on(connected, session=session, seen=connected.stopped_at, by=cast.lea, at=now())
    session.commit()

    assert session.get(AccountHold, cast.programme.id).wait_until is None


def test_the_time_that_instagram_names_is_taken_as_it_is(session, cast, turn, clock):
    cast.programme.grace = 24 * 60
    posts_at(session, cast, NOW)
    for minutes in (90, 90):
        turn(Door(trouble=limited(minutes, is_asked=True), at="prepare"))
        assert session.get(AccountHold, cast.programme.id).wait_until == now() + 90 * MINUTE
        clock.shift(91 * MINUTE)


def test_a_wait_that_instagram_names_for_a_post_is_not_multiplied(session, cast):
    (post,) = posts_at(session, cast, NOW)
    asked = TheirsForNow("no", wait=60 * MINUTE, is_asked=True, reason=Reason.UPLOAD)
    door = Door(trouble=asked, at="prepare")

    for _ in range(3):
        publication = send(session, post, door)

    assert publication.tries == 3
    assert publication.next_try_at <= now() + 60 * MINUTE


def test_a_limit_that_the_quota_runs_into_sends_nothing(session, cast, turn):
    class Limited(Door):
        def quota(self):
            raise limited()

    (post,) = posts_at(session, cast, NOW)
    door = Limited()
    turn(door)

    assert (door.sent, post.state) == (0, PostState.APPROVED)
    assert session.get(AccountHold, cast.programme.id).wait_until > now()


def test_a_doubt_is_not_looked_into_while_instagram_asks_to_be_left_alone(
    session, cast, turn, clock
):
    class Limited(Door):
        def find(self, outgoing, handle, *, sent_at):
            self.looked += 1
            raise limited()

    (post,) = posts_at(session, cast, NOW)
    door = Limited(trouble=OutcomeUnknown("lost"))
    turn(door)
    clock.shift(MINUTE)
    turn(door)
    assert session.get(AccountHold, cast.programme.id).wait_until == now() + 30 * MINUTE

    for _ in range(29):
        clock.shift(MINUTE)
        turn(door)
    assert door.looked == 1

    clock.shift(5 * MINUTE)
    turn(door)
    assert (door.looked, post.state) == (2, PostState.UNCERTAIN)
    assert [alarm.kind for alarm in session.scalars(select(Alarm))] == ["uncertain"]


@pytest.mark.parametrize("is_limited_before", [True, False])
def test_what_is_to_go_is_taken_down_by_hand_where_instagram_makes_us_wait(
    session, cast, turn, clock, is_limited_before
):
    class Limited(Door):
        asked = 0

        def take_down(self, on):
            self.asked += 1
            raise limited()

    out, _other = posts_at(session, cast, NOW, NOW + MINUTE)
    door = Limited()
    turn(door, name="sandbox")
    assert out.state is PostState.PUBLISHED
    if is_limited_before:
        clock.shift(2 * MINUTE)
        turn(Limited(trouble=limited(), at="prepare"), name="sandbox")

    ask_to_take_down(out, session=session, reason="", by=cast.amir, at=now())
    for _ in range(5):
        turn(door, name="sandbox")
        clock.shift(MINUTE)

    assert door.asked == (0 if is_limited_before else 1)
    assert session.get(Takedown, out.id).by_hand


@pytest.mark.parametrize("is_tried_before", [True, False])
def test_what_somebody_asked_to_take_down_before_a_limit_is_a_persons_task_at_once(
    session, cast, turn, clock, is_tried_before
):
    class Silent(Door):
        asked = 0

        def take_down(self, on):
            self.asked += 1
            raise TheirsForNow("no answer", wait=MINUTE, reason=Reason.NETWORK)

    def ask():
        post = session.get(Post, out_id)
        ask_to_take_down(post, session=session, reason="A face", by=cast.amir, at=now())
        session.commit()

    out, _other = posts_at(session, cast, NOW, NOW + 20 * MINUTE)
    out_id = out.id
    door = Silent()
    turn(door, name="sandbox")
    clock.shift(6 * MINUTE)
    if is_tried_before:
        ask()
    door.trouble, door.at = limited(24 * 60, is_asked=True), "prepare"
    door.meanwhile = ask if not is_tried_before else lambda: None

    for _ in range(3):
        turn(door, name="sandbox")
        clock.shift(MINUTE)

    assert session.get(AccountHold, cast.programme.id).wait_until > now() + 20 * 60 * MINUTE
    assert door.asked == is_tried_before
    assert session.get(Takedown, out_id).by_hand
    (alarm,) = session.scalars(select(Alarm).where(Alarm.kind == "take_down"))
    assert alarm.facts["reason"] == "rate_limited"


@pytest.mark.parametrize("where", ["on looking", "on publishing"])
def test_a_doubt_is_a_persons_when_patience_ends_however_long_instagram_is_to_be_left_alone(
    session, cast, turn, clock, where
):
    class Limited(Door):
        def find(self, outgoing, handle, *, sent_at):
            self.looked += 1
            if len(self.handles) == 1 and self.looked == 1 and where == "on looking":
                raise limited(12 * 60, is_asked=True)
            return Look(found=self.found)

    cast.programme.grace = 24 * 60
    (post,) = posts_at(session, cast, NOW)
    reason = Reason.RATE_LIMITED if where == "on publishing" else Reason.OTHER
    door = Limited(trouble=OutcomeUnknown("?", reason=reason, wait=timedelta(hours=12)))
    turn(door)
    clock.shift(6 * SECOND)
    turn(door)
    assert session.get(AccountHold, cast.programme.id).wait_until > now() + 11 * 60 * MINUTE
    looked = door.looked

    while now() <= NOW + timedelta(seconds=settings().publish_patience):
        assert not session.scalars(select(Alarm)).all()
        clock.shift(MINUTE)
        turn(door)
    assert [alarm.kind for alarm in session.scalars(select(Alarm))] == ["uncertain"]
    for _ in range(11):
        clock.shift(timedelta(hours=1))
        turn(door)
    assert (door.looked, post.state) == (looked, PostState.UNCERTAIN)

    door.found = OnAccount(media_id="m-9", permalink="https://www.instagram.com/p/9/")
    clock.shift(timedelta(hours=1))
    turn(door)
    assert (door.looked, post.state) == (looked + 1, PostState.PUBLISHED)
    assert [event.what for event in post.events].count("needs_person") == 1


def test_who_was_asked_about_a_doubt_is_not_asked_again_when_the_wait_is_over(
    session, cast, turn, clock
):
    (post,) = posts_at(session, cast, NOW)
    limit = OutcomeUnknown("429", reason=Reason.RATE_LIMITED, wait=timedelta(hours=2))
    door = Door(trouble=limit)

    for _ in range(30):
        turn(door)
        clock.shift(6 * MINUTE)

    assert (door.sent, door.looked, post.state) == (1, 1, PostState.UNCERTAIN)
    assert len(session.scalars(select(Alarm)).all()) == 1
    assert [event.what for event in post.events] == ["needs_person"]
    assert session.get(Publication, post.id).next_try_at is None


def test_a_timeline_names_the_instant_until_which_its_account_is_left_alone(
    session, cast, turn, clock, connected
):
    cast.programme.grace = 24 * 60
    (post,) = posts_at(session, cast, NOW)

    for hours in (0.5, 2, 12):
        turn(Door(trouble=limited(), at="prepare"), name="instagrapi")
        until = session.get(AccountHold, cast.programme.id).wait_until
        assert until == now() + timedelta(hours=hours)
        assert post.events[-1].facts["until"] == until.isoformat()
        clock.move_to(until + SECOND)
    told = len(post.events)
    turn(Door(trouble=limited(), at="prepare"), name="instagrapi")

    assert connected.stopped_at is not None
    assert len(post.events) == told  # nobody knows when it is tried again
    assert post.state is PostState.APPROVED


def test_the_wait_that_instagram_names_as_the_answer_to_publishing_is_taken_as_it_is(
    session, cast, turn, clock
):
    posts_at(session, cast, NOW)
    answer = GraphError("refused", code=4, status=400, wait=timedelta(hours=6))

    turn(Door(trouble=on_publishing(answer)))

    assert session.get(AccountHold, cast.programme.id).wait_until == now() + timedelta(hours=6)


def test_what_a_pause_holds_up_is_not_said_to_be_tried_again(session, cast, turn, clock):
    _out, held_up = posts_at(session, cast, NOW, NOW + 10 * MINUTE)

    def pause_everything():
        pause(cast.programme, session=session, reason="", by=cast.amir, at=now())
        session.commit()

    turn(Door(trouble=limited(), meanwhile=pause_everything, at="prepare"))

    assert session.get(AccountHold, cast.programme.id).wait_until > held_up.slot_at
    assert held_up.events == []


# --- outages


@pytest.mark.parametrize("reason", [Reason.NETWORK, Reason.TEMPORARY])
def test_an_outage_before_the_slot_costs_nothing_where_it_is_over_in_time(
    session, cast, turn, clock, reason
):
    (post,) = posts_at(session, cast, NOW + 13 * MINUTE)
    door = Door(trouble=TheirsForNow("down", wait=MINUTE, reason=reason), at="prepare")

    for _ in range(12 * 6):
        turn(door)
        clock.shift(10 * SECOND)
    assert post.state is PostState.APPROVED
    assert len(door.handles) <= 6  # with growing pauses

    door.trouble = None
    clock.move_to(post.slot_at)
    turn(door)
    assert post.state is PostState.PUBLISHED


def test_an_outage_at_the_slot_is_waited_out_until_it_is_too_late(session, cast, turn, clock):
    early, late = posts_at(session, cast, NOW, NOW + 200 * MINUTE)
    door = Door(trouble=TheirsForNow("down", wait=MINUTE, reason=Reason.NETWORK), at="prepare")

    for _ in range(170):
        turn(door)
        clock.shift(MINUTE)
    assert early.state is PostState.APPROVED
    assert len(door.handles) < 30

    clock.shift(20 * MINUTE)
    turn(door)
    turn(door, job="turn_away")
    assert early.state is PostState.MISSED
    door.trouble = None
    clock.move_to(late.slot_at)
    turn(door)
    assert late.state is PostState.PUBLISHED


def test_no_page_says_that_there_is_room_once_instagram_took_no_more(
    session, cast, turn, clock, connected
):
    connected.facts = {"quota": [12, 50], "quota_at": NOW.isoformat()}
    posts_at(session, cast, NOW)
    clock.shift(MINUTE)
    turn(Door(trouble=TheirsForNow("full", reason=Reason.QUOTA)), name="instagrapi")

    assert connected.facts == {"quota": [50, 50], "quota_at": (NOW + MINUTE).isoformat()}


def test_patience_with_a_doubt_ends_however_often_the_account_is_let_go_on(
    session, cast, turn, clock, connected
):
    posts_at(session, cast, NOW)
    door = Door(trouble=OutcomeUnknown("lost"))
    turn(door)
    for _ in range(3):
        clock.shift(4 * MINUTE)
        look_anew(cast.programme, session=session, at=now())
        turn(door)

    assert session.scalars(select(Alarm.kind)).all() == ["uncertain"]


def test_a_day_without_quota_leaves_all_tries_to_what_is_about_the_post(session, cast):
    (post,) = posts_at(session, cast, NOW)
    for _ in range(6):
        send(session, post, Door(trouble=TheirsForNow("full", reason=Reason.QUOTA)))

    publication = send(session, post, Door(trouble=TheirsForNow("bytes", reason=Reason.UPLOAD)))

    assert (post.state, publication.tries) == (PostState.APPROVED, 1)


# --- what Instagram is working on


def test_what_it_works_on_is_asked_for_less_and_less_often(session, cast, turn, clock):
    (post,) = posts_at(session, cast, NOW)
    door, pauses = Door(trouble=StillProcessing("IN_PROGRESS"), at="prepare"), []

    for _ in range(8):
        turn(door)
        until = session.get(Publication, post.id).next_try_at
        pauses.append((until - now()).seconds)
        clock.move_to(until)

    assert pauses == [5, 5, 10, 20, 40, 60, 60, 60]


def test_what_it_works_on_is_not_read_again(session, cast):
    (post,) = posts_at(session, cast, NOW)
    real, read = open_store(settings().media_url), []

    class Counting:
        def get(self, key):
            read.append(key)
            return real.get(key)

    class Busy(Door):
        def prepare(self, outgoing, handle, keep):
            keep({UPLOADED: True})
            raise StillProcessing("IN_PROGRESS")

    for _ in range(3):
        work = working(session, post, Busy(), store=Counting())
        send_held(work, post.id)
        let_go(session, work.hold)

    assert len(read) == 1


def test_what_it_is_never_done_with_is_given_anew_and_then_given_up(session, cast, turn, clock):
    (post,) = posts_at(session, cast, NOW)
    handles = []

    class Busy(Door):
        def prepare(self, outgoing, handle, keep):
            handles.append(dict(handle))
            keep({**handle, "container": "17"})
            raise StillProcessing("IN_PROGRESS")

    while post.state is PostState.APPROVED and now() < NOW + timedelta(hours=3):
        turn(Busy())
        clock.shift(MINUTE)

    assert post.state is PostState.FAILED
    assert session.get(Publication, post.id).reason == "still_processing"
    assert sum("container" not in handle for handle in handles) == 5


def test_what_is_ready_at_last_is_not_taken_for_long_afterwards(session, cast, turn, clock):
    (post,) = posts_at(session, cast, NOW + 10 * MINUTE)
    door = Door(trouble=StillProcessing("IN_PROGRESS"), at="prepare")
    turn(door)
    assert PROCESSING in session.get(Publication, post.id).handle

    door.trouble = None
    clock.shift(MINUTE)
    turn(door)

    assert PROCESSING not in session.get(Publication, post.id).handle


# --- others of the account


def test_a_post_that_nothing_comes_of_holds_up_no_other(session, cast, turn, monkeypatch):
    stuck, other = posts_at(session, cast, NOW - MINUTE, NOW)

    stuck_id = stuck.id

    def send_but(work, post_id):
        return post_id != stuck_id and send_held(work, post_id)

    monkeypatch.setattr(jobs, "send", send_but)
    turn(Door())

    assert [post.state for post in (stuck, other)] == [PostState.APPROVED, PostState.PUBLISHED]


def test_making_ready_makes_way_for_a_post_whose_slot_comes(
    session, cast, turn, clock, monkeypatch
):
    monkeypatch.setattr(making_way, "PHOTO_STEP", making_way.CLIP_STEP)
    other, clips = posts_at(session, cast, NOW + 13 * MINUTE, NOW + 14 * MINUTE)

    clips_id = clips.id

    class Slow(Door):
        def prepare(self, outgoing, handle, keep):
            done = handle.get("done", 0) if outgoing.post_id == clips_id else 9
            for step in range(done, 9):
                clock.shift(3 * MINUTE)
                keep({**handle, "done": step + 1})
            return {"client_id": "17", **handle}

    door = Slow()
    while now() <= other.slot_at + 3 * SECOND:
        turn(door)
        clock.shift(SECOND)

    assert other.state is PostState.PUBLISHED
    assert other.published_at - other.slot_at < MINUTE
    assert 2 <= session.get(Publication, clips.id).handle["done"] < 9
    clock.shift(MINUTE)
    turn(door)
    assert clips.state is PostState.PUBLISHED


def test_the_call_leaves_with_a_whole_lease_whatever_came_before(session, cast, clock):
    (post,) = posts_at(session, cast, NOW)
    left = []

    class Slow(Door):
        def prepare(self, outgoing, handle, keep):
            clock.shift(4 * MINUTE)
            keep({"client_id": "17"})
            return {"client_id": "17"}

        def quota(self):
            clock.shift(4 * MINUTE)
            return Quota(used=0, total=9)

        def publish(self, outgoing, handle):
            session.expire_all()
            left.append(session.get(AccountHold, cast.programme.id).lease_until - now())
            return super().publish(outgoing, handle)

    send(session, post, Slow())

    assert left == [LEASE]


def test_what_may_have_gone_out_counts_for_the_space_between_posts(session, cast, turn, clock):
    cast.programme.spacing = 15
    first, second = posts_at(session, cast, NOW, NOW + MINUTE)
    turn(Door(trouble=OutcomeUnknown("lost")))
    assert first.state is PostState.UNCERTAIN

    clock.shift(2 * MINUTE)
    door = Door()
    turn(door)
    assert (door.sent, second.state) == (0, PostState.APPROVED)

    clock.shift(14 * MINUTE)
    turn(door)
    assert second.state is PostState.PUBLISHED


def test_a_shorter_space_between_posts_holds_at_once_for_those_that_wait(
    session, cast, turn, clock
):
    cast.programme.spacing = 20
    _first, second = posts_at(session, cast, NOW, NOW + SECOND)
    door = Door()
    turn(door)
    clock.shift(2 * SECOND)
    turn(door)
    assert session.get(Publication, second.id).next_try_at == NOW + 20 * MINUTE

    cast.programme.spacing = 0
    turn(door, job="look_again")
    turn(door)

    assert second.state is PostState.PUBLISHED


def test_what_instagram_asked_to_wait_is_not_looked_at_again_by_that(session, cast, turn, clock):
    (post,) = posts_at(session, cast, NOW)
    turn(Door(trouble=TheirsForNow("busy", wait=9 * MINUTE, reason=Reason.TEMPORARY)))
    until = session.get(Publication, post.id).next_try_at

    turn(Door(), job="look_again")

    assert session.get(Publication, post.id).next_try_at == until > now()


def test_what_was_put_back_goes_out_as_soon_as_the_account_goes_on(
    session, cast, connected, turn, clock
):
    (post,) = posts_at(session, cast, NOW)
    connected.stopped_at = NOW
    session.add(Publication(post_id=post.id, handle={}, next_try_at=NOW + 5 * MINUTE))
    session.commit()

    go_on(connected, session=session, seen=connected.stopped_at, by=cast.lea, at=now())
    turn(Door())

    assert post.state is PostState.PUBLISHED
