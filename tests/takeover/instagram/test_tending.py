"""A post's first comment is written once, and comments are switched off where none are wanted."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from rota.answering import step_down
from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.instagram import jobs
from takeover.instagram.alarms import end_alarms
from takeover.instagram.belonging import SETTLED_BY_PERSON
from takeover.instagram.due import Errand, next_due
from takeover.instagram.holding import let_go, take_hold
from takeover.instagram.models import Alarm, Publication, SandboxPost
from takeover.instagram.publisher import (
    AccountNeedsPerson,
    Ours,
    OutcomeUnknown,
    Reason,
    TheirsForGood,
    TheirsForNow,
)
from takeover.instagram.slowing_down import waits_until
from takeover.instagram.tending import tend
from takeover.instagram.working import Work
from takeover.mail.models import Message
from takeover.posts.digest import digest_of
from takeover.posts.models import PostState, Surface
from takeover.programmes.clocks import clock_of
from takeover.programmes.pausing import pause, resume
from tests.cast import NOW
from tests.preparing import an_approved_post

LEASE = timedelta(minutes=5)
TEXT = "#aweekinalife #welding"


@pytest.fixture
def approved(session, cast):
    def make(**facts):
        post = an_approved_post(session, cast, slot_at=NOW)
        for name, value in facts.items():
            setattr(post, name, value)
        post.approved_digest = digest_of(post)
        session.commit()
        return post

    return make


class Door:
    """Counts what was written, and may lose an answer."""

    account = ""

    def __init__(self, trouble=None, *, is_there=False, addresses=(), shown=None):
        self.shown = shown  # instead of its caption
        self.trouble, self.is_there, self.addresses = trouble, is_there, list(addresses)
        self.written, self.closed = [], 0

    def permalink_of(self, on):
        return self.addresses.pop(0) if self.addresses else on.permalink

    def shows(self, on, caption):
        return self.shown is None or caption == self.shown

    def comment(self, on, text):
        self.written.append(text)
        if self.trouble:
            raise self.trouble

    def has_comment(self, on, text):
        return self.is_there

    def close_comments(self, on):
        self.closed += 1


def out(session, approved, *, permalink="https://example.com/p/1/", **facts):
    """A post that is on the account, and not yet tended."""
    post = approved(**facts)
    session.execute(Publication.__table__.delete())
    post.slot_at = NOW
    post.move(PostState.PUBLISHING, by=None, at=now())
    post.published_at, post.permalink = now(), permalink
    post.move(PostState.PUBLISHED, by=None, at=now())
    publication = Publication(post_id=post.id, door="d", handle={}, media_id="m-1", tend_at=now())
    session.add(publication)
    session.commit()
    return post, publication


def tended(session, post, door):
    hold = take_hold(session, post.programme_id, lease=LEASE, at=now())
    work = Work(
        session=session, hold=hold, publisher=door, door="d", store=None, clock=now, lease=LEASE
    )
    tend(work, post.id)
    let_go(session, hold)
    session.expire_all()


def test_a_post_gets_its_first_comment_and_then_no_others(session, approved, tick):
    post = approved(first_comment=TEXT, comments_off=True)

    tick()

    (seen,) = session.scalars(select(SandboxPost)).all()
    assert (seen.comments, seen.comments_closed) == ([TEXT], True)
    assert [event.what for event in post.events] == ["comment_written", "comments_closed"]
    assert next_due(session, post.programme_id, at=now()) is None


def test_what_was_approved_with_it_is_bound_to_the_approval(session, cast, approved, tick):
    post = approved(first_comment=TEXT)
    post.first_comment = "Buy shares"

    tick()

    assert post.state is PostState.FAILED
    assert session.scalars(select(SandboxPost)).all() == []


def test_a_post_without_any_of_it_is_left_alone(session, approved, tick):
    post = approved()

    tick()

    assert session.get(Publication, post.id).tend_at is None


def test_a_story_has_no_comments(session, approved, tick):
    post = approved(first_comment=TEXT, surface=Surface.STORY)

    tick()

    assert post.state is PostState.PUBLISHED
    assert session.get(Publication, post.id).tend_at is None


def test_a_comment_whose_answer_was_lost_is_looked_for_and_not_written_twice(session, approved):
    post, publication = out(session, approved, first_comment=TEXT)
    tended(session, post, Door(OutcomeUnknown("the answer was lost")))
    assert publication.commented_at is None
    due = next_due(session, post.programme_id, at=publication.tend_at)
    assert due.errand is Errand.TEND
    session.execute(Publication.__table__.update().values(tend_at=now()))
    again = Door(is_there=True)
    tended(session, post, again)

    assert again.written == []
    assert session.get(Publication, post.id).commented_at is not None


def test_what_instagram_refuses_is_told_once_and_the_post_stays(session, approved):
    post, publication = out(session, approved, first_comment=TEXT)

    tended(session, post, Door(TheirsForGood("permission")))

    assert publication.tend_at is None
    assert session.scalars(select(Alarm.kind)).all() == ["not_tended"]
    assert post.state is PostState.PUBLISHED


def test_what_may_pass_is_tried_again_later(session, approved):
    post, publication = out(session, approved, first_comment=TEXT)

    tended(session, post, Door(TheirsForNow("429", wait=timedelta(minutes=2))))

    assert now() < publication.tend_at < now() + timedelta(minutes=3)
    assert session.scalars(select(Alarm)).all() == []


def test_its_timeline_says_in_one_line_why_it_has_no_comment_yet_and_when_it_is_tried(
    browse, cast, session, approved
):
    post, publication = out(session, approved, first_comment=TEXT)
    for minutes in (7, 31):
        wait = TheirsForNow("500", wait=timedelta(minutes=minutes), reason=Reason.TEMPORARY)
        tended(session, post, Door(wait))

    page = browse(cast.amir).get(f"/queue/{post.id}")
    line = "Its first comment or the switch for comments failed: Instagram had trouble of its own"
    assert page.text.count(line) == 1
    assert page.says(f"trying again {clock_of(post.week.programme, publication.tend_at)}")


@pytest.mark.parametrize(
    ("trouble", "times"),
    [(TheirsForGood("permission", reason=Reason.PERMISSION), 1), (TheirsForNow("500"), 5)],
)
def test_comments_that_nobody_wants_are_switched_off_though_the_first_cannot_be_written(
    browse, cast, session, approved, trouble, times
):
    post, publication = out(session, approved, first_comment=TEXT, comments_off=True)
    door = Door(trouble)

    for number in range(times):
        assert (number, door.closed) == (number, 0)
        tended(session, post, door)

    assert (door.closed, publication.tend_at) == (1, None)
    page = browse(cast.amir).get(f"/queue/{post.id}")
    assert page.says("Comments were switched off")
    assert page.says("Its first comment was not written: ")
    assert session.scalars(select(Alarm.kind)).all() == ["not_tended"]


def test_what_could_not_be_written_is_on_its_page_until_somebody_has_done_it(
    browse, cast, session, approved
):
    post, publication = out(session, approved, first_comment=TEXT, comments_off=True)
    tended(session, post, Door(TheirsForGood("permission", reason=Reason.PERMISSION)))
    amir = browse(cast.amir)
    page = amir.get(f"/queue/{post.id}")
    assert page.says("Its first comment is not written")
    assert page.says("Our access to the account lacks a permission.")
    assert page.says(f"Write it on Instagram by hand: {TEXT}")
    assert not page.says("Switch comments off there.")  # they are

    for _ in range(2):
        done = page.submit("It is done")

    assert not done.says("Its first comment is not written")
    assert done.says("Comms saw to its comments by hand")
    session.expire_all()
    assert publication.commented_at is not None
    entries = select(AuditEntry.by_id).where(AuditEntry.action == "tended_by_hand")
    assert session.scalars(entries).all() == [cast.amir.id]
    end_alarms(session, at=now())
    assert session.scalars(select(Alarm.ended_at)).one() is not None


def test_an_account_that_waits_for_a_person_is_asked_for_nothing_more(session, approved):
    post, _publication = out(session, approved, first_comment=TEXT, comments_off=True)
    door = Door(AccountNeedsPerson("checkpoint", reason=Reason.CHECKPOINT))

    tended(session, post, door)

    assert door.closed == 0


def test_where_instagram_wants_to_be_left_alone_the_comment_is_said_to_come_after_that(
    browse, cast, session, approved
):
    post, publication = out(session, approved, first_comment=TEXT)

    tended(session, post, Door(OutcomeUnknown("429", reason=Reason.RATE_LIMITED)))

    until = waits_until(session, post.programme_id, at=now())
    assert until is not None
    assert publication.tend_at == until
    shown = clock_of(post.week.programme, until)
    assert browse(cast.amir).get(f"/queue/{post.id}").says(f"trying again {shown}")


def test_what_is_not_written_any_more_is_said_to_be_left(browse, cast, session, approved):
    post, _publication = out(session, approved, first_comment=TEXT)
    trouble = TheirsForNow("500", reason=Reason.TEMPORARY)
    tended(session, post, Door(trouble))
    amir = browse(cast.amir)

    amir.get(f"/posts/{post.id}/take-down").submit("Have it taken down by hand")

    assert amir.get(f"/queue/{post.id}").says("Its comments are not seen to any more")


def test_an_address_that_cannot_be_asked_for_is_no_trouble_of_a_comment(
    browse, cast, session, approved, monkeypatch
):
    post, publication = out(session, approved, permalink="")

    def refuse(self, on):
        raise TheirsForNow("429", wait=timedelta(minutes=1))

    monkeypatch.setattr(Door, "permalink_of", refuse)
    for _ in range(5):
        tended(session, post, Door())

    assert publication.tend_at is None
    assert session.scalars(select(Alarm)).all() == []
    assert not browse(cast.amir).get(f"/queue/{post.id}").says("Its first comment")
    assert session.scalars(select(Message).where(Message.kind == "published")).one()


def test_an_address_that_instagram_does_not_say_at_once_is_asked_for_again(session, approved):
    post, publication = out(session, approved, permalink="")
    door = Door(addresses=["", "https://example.com/p/2/"])

    tended(session, post, door)
    assert now() < publication.tend_at <= now() + timedelta(minutes=1)
    tended(session, post, door)

    assert (post.permalink, publication.tend_at) == ("https://example.com/p/2/", None)


def test_an_address_that_instagram_never_says_is_given_up_and_nobody_is_alarmed(session, approved):
    post, publication = out(session, approved, permalink="")

    for _ in range(5):
        tended(session, post, Door())

    assert publication.tend_at is None
    assert session.scalars(select(Alarm)).all() == []


def test_its_author_is_told_once_and_where_it_is_to_be_seen(session, approved):
    post, _publication = out(session, approved, permalink="")
    door = Door(addresses=["https://example.com/p/2/"])

    tended(session, post, door)
    tended(session, post, door)

    (message,) = session.scalars(select(Message).where(Message.kind == "published"))
    assert "https://example.com/p/2/" in message.text


def test_while_the_programme_is_paused_no_comment_is_written(session, cast, approved):
    post, publication = out(session, approved, first_comment=TEXT, comments_off=True)
    pause(cast.programme, session=session, reason="A rumour", by=cast.lea, at=now())
    door = Door()
    tended(session, post, door)
    assert (door.written, door.closed) == ([], 0)
    assert now() < publication.tend_at <= now() + timedelta(minutes=1)
    resume(cast.programme, session=session, by=cast.lea, at=now())

    tended(session, post, door)

    assert (door.written, door.closed, publication.tend_at) == ([TEXT], 1, None)


def test_nothing_more_is_written_for_somebody_whose_consent_is_withdrawn(
    browse, session, cast, approved
):
    post, publication = out(session, approved, first_comment=TEXT)
    step_down(cast.consent, session=session, by=cast.zofia, at=now())
    door = Door()

    tended(session, post, door)

    assert (door.written, publication.tend_at) == ([], None)
    page = browse(cast.amir).get(f"/queue/{post.id}")
    assert page.says("Its first comment is not written any more")


def test_where_all_is_done_already_nothing_is_left_to_do(session, approved):
    post, publication = out(session, approved)

    tended(session, post, Door())

    assert publication.tend_at is None


@pytest.mark.parametrize(("shown", "kinds"), [(None, []), ("", ["altered"])])
def test_a_post_whose_words_are_not_shown_is_an_alarm(session, approved, shown, kinds):
    post, _publication = out(session, approved, permalink="")

    tended(session, post, Door(addresses=["https://example.com/p/9/"], shown=shown))

    assert post.permalink == "https://example.com/p/9/"
    assert [event.what for event in post.events] == kinds
    assert [alarm.kind for alarm in session.scalars(select(Alarm).order_by(Alarm.id))] == kinds


def test_what_can_wait_is_left_when_it_has_taken_seconds_and_others_may_be_due(
    session, approved, tick, monkeypatch
):
    """A worker that tends a hundred posts of one account keeps no other account waiting."""
    post = approved(first_comment=TEXT)
    seconds = iter(range(0, 100, 3))
    monkeypatch.setattr(jobs, "monotonic", lambda: next(seconds))

    tick()
    assert post.state is PostState.PUBLISHED
    assert session.get(Publication, post.id).commented_at is None
    monkeypatch.undo()
    tick()

    assert session.get(Publication, post.id).commented_at is not None


def out_of_reach(session, publication):
    """The programme has another account by now."""
    publication.handle = {"ig_user": "17841400000000001"}
    session.commit()


@pytest.mark.parametrize("wanted", [{"comments_off": True}, {"first_comment": TEXT}])
def test_what_went_out_another_way_has_its_comments_seen_to_by_a_person(session, approved, wanted):
    post, publication = out(session, approved, permalink="", **wanted)
    out_of_reach(session, publication)
    door = Door()

    tended(session, post, door)

    assert (door.written, door.closed, publication.tend_at) == ([], 0, None)
    (alarm,) = session.scalars(select(Alarm))
    assert (alarm.kind, alarm.facts["reason"]) == ("not_tended", "elsewhere")
    assert [event.what for event in post.events] == ["not_tended"]
    assert session.scalar(select(Message.id).where(Message.kind == "published"))


def test_of_what_went_out_another_way_and_wants_nothing_more_nobody_is_told(session, approved):
    post, publication = out(session, approved, permalink="")
    out_of_reach(session, publication)

    tended(session, post, Door())

    assert publication.tend_at is None
    assert session.scalars(select(Alarm)).all() == []
    assert session.scalar(select(Message.id).where(Message.kind == "published"))


class Ways:
    """What leads to the account: nothing, or a door."""

    def __init__(self, monkeypatch):
        self.door = None
        monkeypatch.setattr(jobs, "publisher_for", self)

    def __call__(self, *_):
        if self.door is None:
            raise Ours("no account is connected", reason=Reason.NOT_CONNECTED)
        return "d", self.door


@pytest.fixture
def ways(monkeypatch):
    return Ways(monkeypatch)


def test_comments_are_switched_off_when_the_account_is_back_a_minute_later(
    session, approved, tick, ways
):
    _post, publication = out(session, approved, comments_off=True)

    with time_machine.travel(now(), tick=False) as clock:
        tick()
        assert publication.tend_at is not None
        ways.door = Door()
        clock.shift(timedelta(minutes=1))
        tick()

    assert (ways.door.closed, publication.tend_at) == (1, None)
    assert session.scalars(select(Alarm)).all() == []


def test_where_the_account_stays_away_a_person_is_told_once_that_comments_are_open(
    session, approved, tick, ways
):
    _post, publication = out(session, approved, comments_off=True, permalink="")

    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(40):
            tick()
            clock.shift(timedelta(minutes=1))

    assert publication.tend_at is None
    (alarm,) = session.scalars(select(Alarm))
    assert (alarm.kind, alarm.facts["reason"]) == ("not_tended", "not_connected")
    assert session.scalar(select(Message.id).where(Message.kind == "published"))


def test_what_only_a_person_has_seen_is_not_asked_for_by_a_number_that_may_be_another_posts(
    session, approved
):
    post, publication = out(session, approved, first_comment=TEXT)
    publication.handle = {SETTLED_BY_PERSON: True}
    session.commit()
    door = Door()

    tended(session, post, door)

    assert (door.written, publication.tend_at) == ([], None)
    assert session.scalars(select(Alarm)).one().facts["reason"] == "seen_by_person"
