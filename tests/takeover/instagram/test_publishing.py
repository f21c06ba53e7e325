"""Once, in their week, approved and unaltered, or not at all."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from rota.answering import step_down
from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.db import db
from takeover.instagram import jobs
from takeover.instagram.claiming import LostClaim, claim, settle_abandoned
from takeover.instagram.doors import publisher_for
from takeover.instagram.models import Connection, Publication, SandboxPost
from takeover.instagram.publisher import (
    AccountNeedsPerson,
    OnAccount,
    OutcomeUnknown,
    TheirsForGood,
    TheirsForNow,
)
from takeover.instagram.publishing import NotUncertain, publish, settle
from takeover.media.renditions import RenditionKind
from takeover.media.store import open_store
from takeover.posts.drafting import take_back
from takeover.posts.models import PostState
from takeover.schedule import run_once
from takeover.web import settings
from takeover.weeks.giving import take_back as take_week_back
from tests.cast import NOW
from tests.locks import is_free
from tests.preparing import an_approved_post

LEASE = timedelta(minutes=5)


class Door:
    """A publisher that does as it is told, and counts what it was asked."""

    def __init__(self, *, trouble=None, at="publish", found=None, meanwhile=None):
        self.trouble, self.at, self.found = trouble, at, found
        self.meanwhile = meanwhile or (lambda: None)
        self.sent = 0

    def prepare(self, outgoing):
        self.meanwhile()
        if self.trouble and self.at == "prepare":
            raise self.trouble
        return {"client_id": "17"}

    def publish(self, outgoing, handle):
        self.sent += 1
        if self.trouble:
            raise self.trouble
        return OnAccount(media_id="m-1", permalink="https://instagram.example/p/1")

    def find(self, outgoing, handle, *, sent_at):
        return self.found


@pytest.fixture
def tick(app, session):
    """One turn of the clock, its work done at once."""

    def turn(job="publish"):
        session.commit()
        run_once(app, job)
        session.expire_all()

    return turn


def on_the_account(session):
    session.commit()
    return list(session.scalars(select(SandboxPost).order_by(SandboxPost.id)))


def send(session, post, door, *, at=None):
    hold = claim(session, post.id, lease=LEASE, at=at or now())
    assert hold is not None
    publish(
        session,
        hold,
        publisher=door,
        store=open_store(settings().media_url),
        clock=now,
    )
    session.expire_all()
    return session.get(Publication, post.id)


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

    hold = claim(session, post_id, lease=LEASE, at=now())
    publish(session, hold, publisher=Door(), store=Slow(), clock=now)

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
    """Both have seen the post due; the claim lets one of them have it."""
    post = an_approved_post(session, cast, slot_at=NOW)

    first = claim(session, post.id, lease=LEASE, at=now())
    second = claim(session, post.id, lease=LEASE, at=now())

    assert first is not None
    assert second is None


def test_one_post_at_a_time_goes_to_one_account(session, cast):
    one = an_approved_post(session, cast, caption="One", slot_at=NOW)
    two = an_approved_post(session, cast, caption="Two", slot_at=NOW - timedelta(minutes=1))

    assert claim(session, one.id, lease=LEASE, at=now())
    assert claim(session, two.id, lease=LEASE, at=now()) is None
    assert two.state is PostState.APPROVED


def test_a_worker_that_dies_before_sending_leaves_a_post_that_goes_out_later(session, cast, tick):
    post = an_approved_post(session, cast, slot_at=NOW)
    claim(session, post.id, lease=LEASE, at=now())

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


def test_an_uncertain_post_that_is_found_on_the_account_is_published(session, cast, tick):
    post = an_approved_post(session, cast, slot_at=NOW)
    sandbox = publisher_for(session, post.programme_id)

    send(session, post, LosesTheAnswer(sandbox, OutcomeUnknown("the answer was lost")))
    assert post.state is PostState.UNCERTAIN

    tick("settle")

    assert post.state is PostState.PUBLISHED
    assert len(on_the_account(session)) == 1


def test_an_uncertain_post_that_is_not_found_waits_for_a_person(session, cast, tick):
    post = an_approved_post(session, cast, slot_at=NOW)
    send(session, post, Door(trouble=OutcomeUnknown("the answer was lost")))

    tick("settle")
    tick()

    assert post.state is PostState.UNCERTAIN
    assert on_the_account(session) == []

    settle(session, post.id, found=None, by=cast.amir, at=now())
    assert post.state is PostState.FAILED
    with pytest.raises(NotUncertain):
        settle(session, post.id, found=None, by=cast.amir, at=now())


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
    assert publication.lease_until is None
    assert publication.trouble == str(trouble)


def test_what_instagram_cannot_take_now_is_tried_again_later_but_not_for_ever(session, cast):
    post = an_approved_post(session, cast, slot_at=NOW)
    door = Door(trouble=TheirsForNow("429"), at="prepare")
    at = NOW

    for _ in range(4):
        with time_machine.travel(at):
            publication = send(session, post, door, at=now())
            assert post.state is PostState.APPROVED
            assert claim(session, post.id, lease=LEASE, at=now()) is None
        at = publication.next_try_at + timedelta(seconds=1)
    with time_machine.travel(at):
        send(session, post, door, at=now())

    assert post.state is PostState.FAILED
    assert door.sent == 0


def test_an_account_that_needs_a_person_gets_nothing_more(session, cast):
    session.add(
        Connection(
            programme=cast.programme, publisher="instagrapi", sealed_session=b"", connected_at=NOW
        )
    )
    one = an_approved_post(session, cast, caption="One", slot_at=NOW)
    two = an_approved_post(session, cast, caption="Two", slot_at=NOW - timedelta(minutes=1))

    send(session, one, Door(trouble=AccountNeedsPerson("challenge")))

    assert claim(session, two.id, lease=LEASE, at=now()) is None
    assert two.state is PostState.APPROVED


def test_a_worker_whose_lease_ran_out_learns_that_it_lost_the_post(session, cast):
    post = an_approved_post(session, cast, slot_at=NOW)
    hold = claim(session, post.id, lease=LEASE, at=now())
    settle_abandoned(session, post.id, at=NOW + LEASE + timedelta(minutes=1))
    door = Door()

    with pytest.raises(LostClaim):
        publish(
            session,
            hold,
            publisher=door,
            store=open_store(settings().media_url),
            clock=now,
        )
    assert door.sent == 0


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

    def prepare(self, outgoing):
        return self.sandbox.prepare(outgoing)

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


def test_a_post_that_workers_die_of_is_given_up(session, cast, tick):
    post = an_approved_post(session, cast, slot_at=NOW)
    at = NOW
    for _ in range(5):
        assert claim(session, post.id, lease=LEASE, at=at)
        at += LEASE + timedelta(seconds=1)
        settle_abandoned(session, post.id, at=at)

    assert post.state is PostState.FAILED


def test_after_a_long_power_cut_it_still_looks_before_a_person_has_to(session, cast, tick):
    class PowerCut(BaseException):
        pass

    post = an_approved_post(session, cast, slot_at=NOW)
    with pytest.raises(PowerCut):
        send(session, post, LosesTheAnswer(publisher_for(session, post.programme_id), PowerCut()))
    session.rollback()

    with time_machine.travel(NOW + timedelta(hours=3)):
        tick()
        tick("settle")

    assert post.state is PostState.PUBLISHED
    assert len(on_the_account(session)) == 1


def test_an_uncertain_post_that_cannot_be_looked_for_hides_no_other(session, cast, tick):
    sandbox = publisher_for(session, cast.programme.id)
    posts = [
        an_approved_post(session, cast, caption="One", slot_at=NOW - timedelta(minutes=1)),
        an_approved_post(session, cast, caption="Two", slot_at=NOW),
    ]
    for post in posts:
        send(session, post, LosesTheAnswer(sandbox, OutcomeUnknown("the answer was lost")))
    session.get(Publication, posts[0].id).handle = {}

    tick("settle")

    assert [post.state for post in posts] == [PostState.UNCERTAIN, PostState.PUBLISHED]


def test_an_uncertain_post_is_found_though_its_file_is_lost(session, cast, tick, lose_the_file):
    post = an_approved_post(session, cast, slot_at=NOW)
    sandbox = publisher_for(session, cast.programme.id)
    send(session, post, LosesTheAnswer(sandbox, OutcomeUnknown("the answer was lost")))
    lose_the_file(post)

    tick("settle")

    assert post.state is PostState.PUBLISHED


def test_a_stopped_account_is_not_looked_at_until_a_person_connects_it_again(session, cast, tick):
    door = Connection(
        programme=cast.programme, publisher="instagrapi", sealed_session=b"", connected_at=NOW
    )
    session.add(door)
    post = an_approved_post(session, cast, slot_at=NOW)
    trouble = OutcomeUnknown("challenge", needs_person=True)
    send(session, post, LosesTheAnswer(publisher_for(session, post.programme_id), trouble))

    tick("settle")
    assert post.state is PostState.UNCERTAIN
    with time_machine.travel(NOW + timedelta(days=1)):
        door.connected_at, door.stopped_at = now(), None
        tick("settle")

    assert post.state is PostState.PUBLISHED


def said_to_be_missing_and_tried_again(session, cast, post):
    settle(session, post.id, found=None, by=cast.amir, at=now())
    post.move(PostState.APPROVED, by=cast.amir, at=now())
    session.commit()


def test_what_a_person_did_not_see_is_looked_for_once_more_before_it_is_sent_again(
    session, cast, tick
):
    """Instagram got round to it after somebody had looked."""
    post = an_approved_post(session, cast, slot_at=NOW)
    sandbox = publisher_for(session, post.programme_id)
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


def test_a_failed_post_waits_for_nobody_once_its_week_is_over(session, cast, tick):
    post = an_approved_post(session, cast, slot_at=NOW)
    send(session, post, Door(trouble=TheirsForGood("ratio")))

    tick("settle")
    assert post.state is PostState.FAILED
    with time_machine.travel(cast.week.ends):
        tick("settle")

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
    for number in range(3):
        due = NOW - timedelta(hours=3 - number)
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
