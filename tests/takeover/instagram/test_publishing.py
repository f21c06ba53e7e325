"""Once, in their week, approved and unaltered, or not at all."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select, update

from moderation.reviewing import approve
from rota.answering import step_down
from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.db import db
from takeover.instagram import jobs
from takeover.instagram.doors import find_connection, publisher_for
from takeover.instagram.doubts import NotUncertain, settle
from takeover.instagram.due import accounts_with_work, next_due
from takeover.instagram.holding import LostHold, let_go, take_hold
from takeover.instagram.models import Connection, Publication, SandboxPost
from takeover.instagram.publisher import (
    AccountNeedsPerson,
    Look,
    OnAccount,
    OutcomeUnknown,
    Quota,
    Reason,
    StillProcessing,
    TheirsForGood,
    TheirsForNow,
)
from takeover.instagram.publishing import prepare
from takeover.instagram.publishing import send as send_held
from takeover.instagram.quota import QuotaWatch
from takeover.instagram.sandbox import SandboxPublisher
from takeover.instagram.working import Work
from takeover.media.renditions import RenditionKind
from takeover.media.store import open_store
from takeover.posts.digest import digest_of
from takeover.posts.drafting import submit, take_back
from takeover.posts.models import PostState
from takeover.programmes.models import Programme
from takeover.schedule import run_once
from takeover.web import settings
from takeover.weeks.giving import take_back as take_week_back
from tests.cast import NOW
from tests.locks import is_free
from tests.preparing import an_approved_post

pytestmark = pytest.mark.each_database

LEASE = timedelta(minutes=5)
PUBLISHED = PostState.PUBLISHED


class Door:
    """A publisher that does as it is told, and counts what it was asked."""

    account = ""

    def __init__(
        self,
        *,
        trouble=None,
        at="publish",
        found=None,
        ready=False,
        meanwhile=None,
        quota=None,
    ):
        self.limit = quota
        self.trouble, self.at, self.found, self.ready = trouble, at, found, ready
        self.meanwhile = meanwhile or (lambda: None)
        self.sent = self.looked = 0
        self.handles, self.looked_by = [], []

    def prepare(self, outgoing, handle, keep):
        self.handles.append(dict(handle))
        self.meanwhile()
        if self.trouble and self.at == "prepare":
            raise self.trouble
        return {"client_id": "17", **handle}

    def publish(self, outgoing, handle):
        self.sent += 1
        if self.trouble:
            raise self.trouble
        return OnAccount(media_id=f"m-{self.sent}", permalink="https://instagram.example/p/1")

    def find(self, outgoing, handle, *, sent_at):
        self.looked += 1
        self.looked_by.append(dict(handle))
        return Look(found=self.found, ready=self.ready)

    def quota(self):
        return self.limit


@pytest.fixture
def tick(app, session):
    """One turn of the clock, its work done at once."""

    def turn(job="publish"):
        session.commit()
        run_once(app, job)
        session.expire_all()

    return turn


@pytest.fixture
def look_now(session, tick):
    """A turn of the clock after the instant at which doubts are looked into next."""

    def turn():
        session.commit()
        session.execute(
            update(Publication)
            .where(Publication.next_try_at.is_not(None))
            .values(next_try_at=now())
        )
        tick()

    return turn


def on_the_account(session):
    session.commit()
    return list(session.scalars(select(SandboxPost).order_by(SandboxPost.id)))


def working(session, post, door, *, at=None, store=None):
    """A worker that has just taken hold of the post's account."""
    session.commit()
    hold = take_hold(session, post.programme_id, lease=LEASE, at=at or now())
    assert hold is not None
    connection = find_connection(session, post.programme_id)
    return Work(
        session=session,
        hold=hold,
        publisher=door,
        connected_at=connection.connected_at if connection else None,
        door="sandbox",
        store=store or open_store(settings().media_url),
        clock=now,
        lease=LEASE,
    )


def send(session, post, door, *, at=None):
    work = working(session, post, door, at=at)
    send_held(work, post.id)
    let_go(session, work.hold)
    session.expire_all()
    return session.get(Publication, post.id)


def in_other_words(session, cast, post):
    """Taken back by its author, and approved anew for the same instant."""
    take_back(post, by=cast.zofia, at=now())
    post.caption = "Other words"
    submit(post, by=cast.zofia, at=now())
    approve(post, session=session, digest_seen=digest_of(post), by=cast.amir, at=now())
    post.slot_at = NOW
    session.commit()


def test_it_publishes_a_due_post_once_with_its_words_and_its_very_bytes(session, cast, tick):
    post = an_approved_post(session, cast, caption="Sparks fly", slot_at=NOW)
    approved = post.pictures[0].media.rendition(RenditionKind.FEED)

    for _ in range(3):
        tick()

    (seen,) = on_the_account(session)
    (photo,) = seen.items
    assert (seen.caption, photo.alt_text) == ("Sparks fly", "A welder behind a shower of sparks")
    assert photo.picture == open_store(settings().media_url).get(approved.key)
    session.refresh(post)
    assert post.state is PostState.PUBLISHED
    assert post.permalink == f"http://localhost/sandbox/a_week_at_nordwerk#post-{seen.id}"


def test_it_waits_for_the_slot(session, cast, tick):
    post = an_approved_post(session, cast)

    tick()
    assert on_the_account(session) == []

    with time_machine.travel(post.slot_at + timedelta(seconds=1)):
        tick()
    assert len(on_the_account(session)) == 1


def test_it_publishes_nothing_before_the_authors_week(session, cast, tick):
    an_approved_post(session, cast, slot_at=NOW)

    with time_machine.travel(cast.week.begins - timedelta(seconds=1)):
        tick()

    assert on_the_account(session) == []


def test_a_post_whose_week_is_over_is_missed_not_published(session, cast, tick):
    post = an_approved_post(session, cast)

    with time_machine.travel(cast.week.ends):
        tick()

    assert on_the_account(session) == []
    assert post.state is PostState.MISSED


def test_it_publishes_nothing_of_a_week_that_was_taken_back(session, cast, tick):
    post = an_approved_post(session, cast, slot_at=NOW)
    take_week_back(cast.week, by=cast.lea, at=now(), even_begun=True)
    session.commit()

    tick()

    assert on_the_account(session) == []
    assert post.state is PostState.MISSED


def test_it_publishes_nothing_after_the_author_withdrew_consent(session, cast, tick):
    post = an_approved_post(session, cast, slot_at=NOW)
    step_down(cast.consent, session=session, by=cast.zofia, at=now())
    session.commit()

    tick()

    assert on_the_account(session) == []
    assert post.state is PostState.WITHDRAWN


def test_consent_is_asked_again_at_the_instant_of_sending(session, cast):
    post = an_approved_post(session, cast, slot_at=NOW)

    def withdraw_consent():
        cast.consent.withdrawn_at = now()
        session.commit()

    door = Door(meanwhile=withdraw_consent)
    send(session, post, door)

    assert door.sent == 0
    assert post.state is PostState.WITHDRAWN


def test_it_publishes_nothing_unapproved(session, cast, tick):
    post = an_approved_post(session, cast, slot_at=NOW)
    take_back(post, by=cast.zofia, at=now())
    session.commit()

    tick()

    assert on_the_account(session) == []
    assert post.state is PostState.DRAFT


@pytest.mark.parametrize("change", ["caption", "alt text", "picture"])
def test_it_publishes_nothing_that_was_changed_after_approval(session, cast, tick, change):
    post = an_approved_post(session, cast, slot_at=NOW)
    picture = post.pictures[0]
    if change == "caption":
        post.caption = "Buy shares"
    elif change == "alt text":
        picture.alt_text = "Buy shares"
    else:
        picture.media.rendition(RenditionKind.FEED).sha256 = "0" * 64
    session.commit()

    tick()

    assert on_the_account(session) == []
    assert post.state is PostState.FAILED


def test_it_publishes_no_file_that_was_altered_in_the_store(session, cast, tick):
    post = an_approved_post(session, cast, slot_at=NOW)
    store = open_store(settings().media_url)
    key = post.pictures[0].media.rendition(RenditionKind.FEED).key
    whole = store.get(key)
    path = store.folder / key
    path.chmod(0o600)
    path.write_bytes(whole + b"!")
    try:
        tick()
    finally:
        path.write_bytes(whole)

    assert on_the_account(session) == []
    assert post.state is PostState.FAILED


def test_nobody_waits_for_the_post_while_its_files_are_read(session, cast):
    """From a bucket that takes minutes."""
    post = an_approved_post(session, cast, slot_at=NOW)
    post_id, real, engine, free = post.id, open_store(settings().media_url), db.engine, []

    class Slow:
        def get(self, key):
            free.append(is_free(engine, post_id))
            return real.get(key)

    work = working(session, post, Door(), store=Slow())
    send_held(work, post_id)
    let_go(session, work.hold)

    session.expire_all()
    assert (free, post.state) == ([True], PostState.PUBLISHED)


def test_what_it_reads_lies_where_there_is_room(session, cast, tick, monkeypatch):
    an_approved_post(session, cast, slot_at=NOW)
    spools = []

    def noted(url, *, spool=None):
        spools.append(spool)
        return open_store(url, spool=spool)

    monkeypatch.setattr(jobs, "open_store", noted)
    tick()

    assert spools == [Path(settings().uploads_path)]


def test_two_clocks_on_one_database_publish_it_once(session, cast, tick):
    """Both have seen the post due; one of them gets hold of the account."""
    an_approved_post(session, cast, slot_at=NOW)

    first = take_hold(session, cast.programme.id, lease=LEASE, at=now())
    second = take_hold(session, cast.programme.id, lease=LEASE, at=now())
    tick()

    assert first is not None
    assert second is None
    assert on_the_account(session) == []


def test_a_worker_that_dies_before_sending_leaves_a_post_that_goes_out_later(session, cast, tick):
    post = an_approved_post(session, cast, slot_at=NOW)

    class Dies(BaseException):
        pass

    with pytest.raises(Dies):
        send(session, post, Door(trouble=Dies(), at="prepare"))
    session.rollback()
    tick()
    assert on_the_account(session) == []  # its lease still runs

    with time_machine.travel(NOW + LEASE + timedelta(seconds=1)):
        tick()

    assert len(on_the_account(session)) == 1
    assert post.state is PostState.PUBLISHED


def test_a_worker_that_dies_after_sending_leaves_an_uncertain_post_never_sent_again(
    session, cast, tick
):
    post = an_approved_post(session, cast, slot_at=NOW)

    class Dies(BaseException):
        pass

    with pytest.raises(Dies):
        send(session, post, Door(trouble=Dies()))
    session.rollback()

    with time_machine.travel(NOW + LEASE + timedelta(seconds=1)):
        tick()
        tick()

    assert on_the_account(session) == []
    assert post.state is PostState.UNCERTAIN


def test_an_uncertain_post_that_is_found_on_the_account_is_published(session, cast, tick, look_now):
    post = an_approved_post(session, cast, slot_at=NOW)
    sandbox = publisher_for(session, post.programme_id)[1]

    send(session, post, LosesTheAnswer(sandbox, OutcomeUnknown("the answer was lost")))
    assert post.state is PostState.UNCERTAIN

    look_now()

    assert post.state is PostState.PUBLISHED
    assert len(on_the_account(session)) == 1


def test_an_uncertain_post_that_is_not_found_waits_for_a_person(session, cast, tick, look_now):
    post = an_approved_post(session, cast, slot_at=NOW)
    send(session, post, Door(trouble=OutcomeUnknown("the answer was lost")))

    look_now()
    tick()

    assert post.state is PostState.UNCERTAIN
    assert on_the_account(session) == []

    later = now() + LEASE
    settle(session, post.id, found=None, by=cast.amir, at=later)
    assert post.state is PostState.FAILED
    with pytest.raises(NotUncertain):
        settle(session, post.id, found=None, by=cast.amir, at=later)


@pytest.mark.parametrize(
    ("trouble", "state", "sent"),
    [
        (TheirsForNow("429"), PostState.APPROVED, False),
        (TheirsForGood("ratio"), PostState.FAILED, False),
        (AccountNeedsPerson("challenge"), PostState.APPROVED, False),
        (OutcomeUnknown("timeout"), PostState.UNCERTAIN, True),
    ],
)
def test_each_trouble_has_its_state(session, cast, trouble, state, sent):
    post = an_approved_post(session, cast, slot_at=NOW)

    publication = send(session, post, Door(trouble=trouble))

    assert post.state is state
    assert (publication.sent_at is not None) is sent
    assert publication.trouble == str(trouble)


def test_what_instagram_cannot_take_now_is_tried_again_later_but_not_for_ever(session, cast):
    post = an_approved_post(session, cast, slot_at=NOW)
    trouble = TheirsForNow("no", wait=timedelta(minutes=3), reason=Reason.UPLOAD)
    door = Door(trouble=trouble, at="prepare")
    at = NOW

    for _ in range(4):
        with time_machine.travel(at):
            publication = send(session, post, door)
            assert post.state is PostState.APPROVED
            assert next_due(session, post.programme_id, at=now()) is None
        assert post.events[-1].facts["until"] == publication.next_try_at.isoformat()
        at = publication.next_try_at + timedelta(seconds=1)
    with time_machine.travel(at):
        send(session, post, door)

    assert post.state is PostState.FAILED
    assert door.sent == 0


def test_what_is_still_being_processed_costs_no_try(session, cast):
    post = an_approved_post(session, cast, slot_at=NOW)
    door = Door(trouble=StillProcessing("IN_PROGRESS"), at="prepare")

    for _ in range(9):
        publication = send(session, post, door)

    assert (post.state, publication.tries) == (PostState.APPROVED, 0)
    assert NOW + timedelta(seconds=4) < publication.next_try_at < NOW + timedelta(seconds=9)


def test_what_is_not_ready_when_it_is_sent_is_sent_again_a_moment_later(session, cast):
    """Instagram says so, and has published nothing."""
    post = an_approved_post(session, cast, slot_at=NOW)

    publication = send(session, post, Door(trouble=StillProcessing("9007")))

    assert (post.state, publication.sent_at) == (PostState.APPROVED, None)
    assert publication.next_try_at is not None


@pytest.mark.parametrize("reason", [Reason.QUOTA, Reason.RATE_LIMITED])
def test_an_account_that_is_busy_costs_the_post_no_try(session, cast, reason):
    post = an_approved_post(session, cast, slot_at=NOW)
    door = Door(trouble=TheirsForNow("busy", reason=reason), at="prepare")

    for _ in range(7):
        publication = send(session, post, door)

    assert (post.state, publication.tries) == (PostState.APPROVED, 0)


def test_nothing_is_sent_past_the_accounts_quota(session, cast):
    posts = [
        an_approved_post(session, cast, caption=text, slot_at=NOW - timedelta(minutes=minutes))
        for minutes, text in enumerate(["One", "Two", "Three"])
    ]
    door = Door(quota=Quota(used=48, total=50))
    work = working(session, posts[0], door)
    work = replace(work, quota=QuotaWatch(door, now))

    for post in posts:
        send_held(work, post.id)

    session.expire_all()
    assert [post.state for post in posts] == [PUBLISHED, PUBLISHED, PostState.APPROVED]
    assert session.get(Publication, posts[2].id).next_try_at > now()


def test_what_may_have_gone_out_counts_for_the_quota(session, cast):
    posts = [
        an_approved_post(session, cast, caption=text, slot_at=NOW - timedelta(minutes=minutes))
        for minutes, text in enumerate(["One", "Two"])
    ]
    door = Door(quota=Quota(used=49, total=50), trouble=OutcomeUnknown("timeout"))
    work = working(session, posts[0], door)
    work = replace(work, quota=QuotaWatch(door, now))

    for post in posts:
        send_held(work, post.id)

    assert door.sent == 1


def test_a_quota_that_cannot_be_read_holds_up_nothing(session, cast):
    class Silent(Door):
        def quota(self):
            raise OutcomeUnknown("the quota could not be read")

    post = an_approved_post(session, cast, slot_at=NOW)
    door = Silent()
    work = replace(working(session, post, door), quota=QuotaWatch(door, now))

    send_held(work, post.id)

    session.expire_all()
    assert post.state is PostState.PUBLISHED


def test_what_its_author_takes_back_while_it_fails_stays_theirs(session, cast):
    post = an_approved_post(session, cast, slot_at=NOW)

    def taken_back():
        take_back(post, by=cast.zofia, at=now())
        session.commit()

    send(session, post, Door(trouble=TheirsForGood("ratio"), at="prepare", meanwhile=taken_back))

    assert post.state is PostState.DRAFT


def test_an_account_that_needs_a_person_gets_nothing_more(session, cast):
    session.add(
        Connection(
            programme=cast.programme, publisher="instagrapi", sealed_session=b"", connected_at=NOW
        )
    )
    one = an_approved_post(session, cast, caption="One", slot_at=NOW)
    two = an_approved_post(session, cast, caption="Two", slot_at=NOW - timedelta(minutes=1))

    send(session, one, Door(trouble=AccountNeedsPerson("challenge")))

    assert accounts_with_work(session, at=now() + timedelta(hours=1)) == []
    assert two.state is PostState.APPROVED


def test_a_worker_whose_lease_ran_out_learns_that_it_lost_the_account(session, cast):
    post = an_approved_post(session, cast, slot_at=NOW)
    door = Door()
    work = working(session, post, door, at=NOW - LEASE)
    assert take_hold(session, post.programme_id, lease=LEASE, at=NOW)

    with pytest.raises(LostHold):
        send_held(work, post.id)

    assert door.sent == 0


def test_a_worker_that_loses_the_account_while_it_makes_ready_sends_nothing(session, cast):
    post = an_approved_post(session, cast, slot_at=NOW)
    programme_id = post.programme_id

    def somebody_else_takes_it():
        take_hold(session, programme_id, lease=LEASE, at=NOW + 2 * LEASE)

    door = Door(meanwhile=somebody_else_takes_it)
    work = working(session, post, door)

    with pytest.raises(LostHold):
        send_held(work, post.id)

    assert door.sent == 0


def test_a_post_is_made_ready_a_quarter_of_an_hour_before_its_slot(session, cast, tick):
    post = an_approved_post(session, cast, slot_at=NOW + timedelta(minutes=15))

    tick()

    session.commit()
    handle = session.get(Publication, post.id).handle
    assert handle["client_id"]
    assert (post.state, on_the_account(session)) == (PostState.APPROVED, [])
    with time_machine.travel(post.slot_at):
        tick()
    session.refresh(post)
    assert post.state is PostState.PUBLISHED
    assert session.scalars(select(SandboxPost.client_id)).all() == [handle["client_id"]]


def test_what_was_made_ready_of_other_words_is_made_anew(session, cast):
    post = an_approved_post(session, cast, slot_at=NOW)
    door = Door()
    work = working(session, post, door)
    prepare(work, post.id)
    session.expire_all()

    in_other_words(session, cast, post)
    send_held(work, post.id)

    assert door.handles == [{}, {}]
    assert door.sent == 1


def test_what_gets_other_words_while_it_is_made_ready_is_not_sent_in_the_former(session, cast):
    post = an_approved_post(session, cast, slot_at=NOW)

    door = Door(meanwhile=lambda: in_other_words(session, cast, post))
    send(session, post, door)

    assert (door.sent, post.state) == (0, PostState.APPROVED)
    door.meanwhile = lambda: None
    send(session, post, door)
    assert door.handles == [{}, {}]
    assert (door.sent, post.state) == (1, PUBLISHED)


def test_what_is_missed_while_it_is_made_ready_is_not_sent(session, cast):
    post = an_approved_post(session, cast, slot_at=NOW)

    def too_late():
        post.move(PostState.MISSED, by=None, at=now(), why="too late")
        session.commit()

    door = Door(meanwhile=too_late)
    send(session, post, door)

    assert (door.sent, post.state) == (0, PostState.MISSED)


def test_nobody_pauses_between_the_last_look_at_it_and_the_record_that_it_leaves(session, cast):
    post = an_approved_post(session, cast, slot_at=NOW)
    programme_id, engine, asked, last = post.programme_id, db.engine, [], []

    def clock():
        asked.append(is_free(engine, programme_id, Programme))
        return now()

    class Watched(Door):
        def publish(self, outgoing, handle):
            last.extend((asked[-1], is_free(engine, programme_id, Programme)))
            return super().publish(outgoing, handle)

    work = replace(working(session, post, Watched()), clock=clock)
    send_held(work, post.id)

    assert last == [False, True]


def test_what_was_turned_down_and_is_approved_with_other_words_goes_out_in_them(session, cast):
    post = an_approved_post(session, cast, slot_at=NOW)
    send(session, post, Door(trouble=TheirsForNow("busy")))

    in_other_words(session, cast, post)
    door = Door()
    send(session, post, door)

    (handle,) = door.handles
    assert "client_id" not in handle  # nothing of the other words
    assert door.looked == 1  # by what was sent of them, before anything is sent again
    assert door.looked_by[0]["client_id"] == "17"
    assert post.state is PUBLISHED


def test_what_lies_ready_is_not_made_again(session, cast):
    post = an_approved_post(session, cast, slot_at=NOW)
    door = Door()
    work = working(session, post, door)

    prepare(work, post.id)
    send_held(work, post.id)

    assert door.handles == [{}]
    assert door.sent == 1


def test_what_lay_ready_for_long_is_asked_about_again(session, cast):
    post = an_approved_post(session, cast, slot_at=NOW)
    door = Door()
    prepare(working(session, post, door), post.id)

    with time_machine.travel(NOW + timedelta(minutes=31)):
        send_held(working(session, post, door), post.id)

    assert door.handles == [{}, {"client_id": "17"}]
    assert door.sent == 1


@pytest.fixture
def lose_the_file():
    """Take a post's file out of the store; it is back after the test."""
    taken = []

    def lose(post):
        key = post.pictures[0].media.rendition(RenditionKind.FEED).key
        path = open_store(settings().media_url).folder / key
        taken.append((path, path.read_bytes()))
        path.unlink()

    yield lose
    for path, data in taken:
        path.write_bytes(data)


class LosesTheAnswer(Door):
    """It is on the account, and we do not know."""

    def __init__(self, sandbox, trouble):
        super().__init__(trouble=trouble)
        self.sandbox = sandbox

    def prepare(self, outgoing, handle, keep):
        return self.sandbox.prepare(outgoing, handle, keep)

    def publish(self, outgoing, handle):
        self.sandbox.publish(outgoing, handle)
        raise self.trouble


def test_a_post_whose_file_is_gone_fails_and_does_not_hold_up_the_others(
    session, cast, tick, lose_the_file
):
    gone = an_approved_post(session, cast, caption="Gone", slot_at=NOW - timedelta(minutes=1))
    here = an_approved_post(session, cast, caption="Here", slot_at=NOW)
    lose_the_file(gone)

    tick()
    assert here.state is PostState.PUBLISHED
    assert gone.state is PostState.APPROVED
    for minutes in (16, 20, 30, 60):
        with time_machine.travel(NOW + timedelta(minutes=minutes)):
            tick()

    assert gone.state is PostState.FAILED
    assert session.get(Publication, gone.id).trouble == "NotStored"


def test_what_nobody_foresaw_after_sending_is_unknown(session, cast):
    post = an_approved_post(session, cast, slot_at=NOW)

    send(session, post, Door(trouble=KeyError("id of Zofia")))

    assert post.state is PostState.UNCERTAIN
    assert session.get(Publication, post.id).trouble == "KeyError"


def test_after_a_long_power_cut_it_still_looks_before_a_person_has_to(
    session, cast, tick, look_now
):
    class PowerCut(BaseException):
        pass

    post = an_approved_post(session, cast, slot_at=NOW)
    with pytest.raises(PowerCut):
        send(
            session, post, LosesTheAnswer(publisher_for(session, post.programme_id)[1], PowerCut())
        )
    session.rollback()

    with time_machine.travel(NOW + timedelta(hours=3)):
        tick()
        look_now()

    assert post.state is PostState.PUBLISHED
    assert len(on_the_account(session)) == 1


def test_an_uncertain_post_that_cannot_be_looked_for_hides_no_other(session, cast, tick, look_now):
    sandbox = publisher_for(session, cast.programme.id)[1]
    posts = [
        an_approved_post(session, cast, caption="One", slot_at=NOW - timedelta(minutes=1)),
        an_approved_post(session, cast, caption="Two", slot_at=NOW),
    ]
    for post in posts:
        send(session, post, LosesTheAnswer(sandbox, OutcomeUnknown("the answer was lost")))
    session.get(Publication, posts[0].id).handle = {}

    look_now()

    assert [post.state for post in posts] == [PostState.UNCERTAIN, PostState.PUBLISHED]


def test_an_uncertain_post_is_found_though_its_file_is_lost(
    session, cast, tick, lose_the_file, look_now
):
    post = an_approved_post(session, cast, slot_at=NOW)
    sandbox = publisher_for(session, cast.programme.id)[1]
    send(session, post, LosesTheAnswer(sandbox, OutcomeUnknown("the answer was lost")))
    lose_the_file(post)

    look_now()

    assert post.state is PostState.PUBLISHED


def test_a_stopped_account_is_not_looked_at_until_a_person_connects_it_again(
    session, cast, look_now, monkeypatch
):
    door = Connection(
        programme=cast.programme, publisher="instagrapi", sealed_session=b"", connected_at=NOW
    )
    session.add(door)
    post = an_approved_post(session, cast, slot_at=NOW)
    sandbox = SandboxPublisher(db.sessionmaker, "http://localhost/sandbox")
    monkeypatch.setattr(jobs, "publisher_for", lambda *_: ("sandbox", sandbox))
    trouble = OutcomeUnknown("challenge", needs_person=True)
    send(session, post, LosesTheAnswer(sandbox, trouble))

    look_now()
    assert post.state is PostState.UNCERTAIN
    with time_machine.travel(NOW + timedelta(days=1)):
        door.connected_at, door.stopped_at = now(), None
        look_now()

    assert post.state is PostState.PUBLISHED


def said_to_be_missing_and_tried_again(session, cast, post):
    settle(session, post.id, found=None, by=cast.amir, at=now() + LEASE)
    post.move(PostState.APPROVED, by=cast.amir, at=now())
    session.commit()


def test_what_a_person_did_not_see_is_looked_for_once_more_before_it_is_sent_again(
    session, cast, tick
):
    """Instagram got round to it after somebody had looked."""
    post = an_approved_post(session, cast, slot_at=NOW)
    sandbox = publisher_for(session, post.programme_id)[1]
    send(session, post, LosesTheAnswer(sandbox, OutcomeUnknown("the answer was lost")))
    said_to_be_missing_and_tried_again(session, cast, post)

    tick()

    assert post.state is PostState.PUBLISHED
    assert len(on_the_account(session)) == 1


def test_what_was_never_there_is_sent_again_when_a_person_says_so(session, cast, tick):
    post = an_approved_post(session, cast, slot_at=NOW)
    send(session, post, Door(trouble=OutcomeUnknown("the request was lost")))
    said_to_be_missing_and_tried_again(session, cast, post)

    tick()

    assert post.state is PostState.PUBLISHED
    assert len(on_the_account(session)) == 1


def test_it_is_not_sent_again_while_nobody_can_look(session, cast):
    class Blind(Door):
        def find(self, outgoing, handle, *, sent_at):
            raise OutcomeUnknown("the account could not be read")

    post = an_approved_post(session, cast, slot_at=NOW)
    send(session, post, Door(trouble=OutcomeUnknown("the answer was lost")))
    said_to_be_missing_and_tried_again(session, cast, post)
    door = Blind()

    send(session, post, door)

    assert door.sent == 0
    assert post.state is PostState.APPROVED
    assert session.get(Publication, post.id).next_try_at > now()


def test_a_failed_post_waits_for_nobody_once_its_week_is_over(session, cast, tick, look_now):
    post = an_approved_post(session, cast, slot_at=NOW)
    send(session, post, Door(trouble=TheirsForGood("ratio")))

    look_now()
    assert post.state is PostState.FAILED
    with time_machine.travel(cast.week.ends):
        tick("turn_away")

    assert post.state is PostState.MISSED


def test_every_step_is_on_the_record(session, cast, tick):
    post = an_approved_post(session, cast, slot_at=NOW)
    tick()

    session.commit()
    steps = session.scalars(
        select(AuditEntry.to_state)
        .where(AuditEntry.object_kind == "posts", AuditEntry.object_id == post.id)
        .where(AuditEntry.to_state.is_not(None))
        .order_by(AuditEntry.id)
    )
    assert list(steps) == ["draft", "submitted", "approved", "publishing", "published"]


def test_after_an_outage_overdue_posts_go_out_one_by_one_not_in_a_flush(session, cast, tick):
    cast.programme.spacing = 15
    for number in range(3):
        due = NOW - timedelta(minutes=100 - number)
        an_approved_post(session, cast, caption=f"Number {number}", slot_at=due)

    tick()
    tick()
    assert [post.caption for post in on_the_account(session)] == ["Number 0"]

    with time_machine.travel(NOW + timedelta(minutes=16)):
        tick()
        tick()
    assert len(on_the_account(session)) == 2


def test_what_is_due_now_does_not_wait_for_what_just_went_out(session, cast, tick):
    an_approved_post(session, cast, caption="One", slot_at=NOW - timedelta(seconds=2))
    an_approved_post(session, cast, caption="Two", slot_at=NOW - timedelta(seconds=1))

    tick()
    tick()

    assert len(on_the_account(session)) == 2
