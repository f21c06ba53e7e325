"""What people do about posts in this test, by the verbs of the pages, and what follows from it.

The rules are said here once more, in other words than the code's: what may be out, and when.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from moderation import placing, reviewing, settling, steering
from rota.answering import step_down
from takeover.db import db
from takeover.instagram import looking_after
from takeover.instagram.doubts import MayStillCome, NotUncertain
from takeover.instagram.models import Connection, Takedown
from takeover.instagram.taking_down import (
    AskedAlready,
    NotOnAccount,
    NotTakenDown,
    ask_to_take_down,
    say_still_there,
    say_taken_down,
)
from takeover.media.renditions import RenditionKind
from takeover.media.store import open_store
from takeover.people.models import Person
from takeover.posts.digest import digest_of
from takeover.posts.drafting import edit, submit, take_back, withdraw
from takeover.posts.finding import lock_post
from takeover.posts.models import Post, PostState
from takeover.posts.rules import ConsentWithdrawn, GoingOutNow, WeekHasEnded
from takeover.posts.said_gone import Seen
from takeover.programmes import pausing
from takeover.states import MoveNotAllowed
from takeover.web import settings
from takeover.weeks.models import Consent
from tests.takeover.instagram.any_order.profile import Clock, Profile

BEGINS = datetime(2026, 11, 22, 23, tzinfo=UTC)  # Zofia's week, on a clock in Paris
ENDS = datetime(2026, 11, 29, 23, tzinfo=UTC)
GRACE = timedelta(hours=3)
FAR = [timedelta(minutes=1), timedelta(minutes=20), timedelta(hours=5), timedelta(days=3)]

NOT_NOW = (
    AskedAlready, ConsentWithdrawn, GoingOutNow, MayStillCome, MoveNotAllowed, NotOnAccount,
    NotTakenDown, NotUncertain, WeekHasEnded, looking_after.NotStopped, pausing.AlreadyPaused,
    pausing.NotPaused, placing.NotToBePlaced, reviewing.ConsentGone, reviewing.DecidedAlready,
    reviewing.NoSlotLeft, steering.AccountStopped, steering.InThePast, steering.NotApproved,
    steering.OutsideTheirWeek, steering.Paused, steering.QuotaUsedUp, steering.SlotTaken,
)  # fmt: skip
"""What people may be told instead of its being done."""


@dataclass
class Wanted:
    """What people want of a post."""

    approved: tuple[str, ...] | None = None  # what it shows; None: nobody approves of it now
    slot: datetime | None = None
    is_altered: bool = False  # in the database, by nobody who may
    is_to_go: bool = False  # from the account


@dataclass
class Wishes:
    posts: dict[int, Wanted]
    consents: bool = True
    is_paused: bool = False
    resumed_at: datetime = BEGINS

    def why_not(self, post_id: int, shown: tuple[str, ...], at: datetime) -> str:
        """Why a post that shows this may not go out at that instant; empty where it may."""
        post = self.posts[post_id]
        said = {
            "everything is paused": self.is_paused,
            "its author does not consent": not self.consents,
            "nobody approves of it": post.approved is None,
            "it is not what was approved": post.approved not in (None, shown),
            "it is not its author's week": not BEGINS <= at < ENDS,
        }
        if post.slot is not None:
            said["it is not its time"] = at < post.slot
            said["it is too late"] = at > post.slot + GRACE
            said["a pause held it up"] = post.slot <= self.resumed_at
        return next((why for why, is_so in said.items() if is_so), "")


@dataclass
class People:
    """Each does one thing, in a transaction of their own, or is told that it cannot be done."""

    ids: dict[str, int]
    programme_id: int
    clock: Clock
    wishes: Wishes
    profile: Profile = field(init=False)

    def do(self, what: str, whose: int = 0, **facts) -> None:
        wanted = sorted(self.wishes.posts)
        with db.sessionmaker() as session:
            try:
                getattr(self, what)(session, wanted[whose % len(wanted)], **facts)
                session.commit()
            except NOT_NOW:
                session.rollback()

    def _facts(self, session, who):
        return {"by": session.get(Person, self.ids[who]), "at": self.clock.wall}

    def _steer(self, session, who="amir"):
        return {"session": session, **self._facts(session, who)}

    def approve(self, session, post_id):
        post, wanted = lock_post(session, post_id), self.wishes.posts[post_id]
        reviewing.approve(post, digest_seen=digest_of(post), **self._steer(session))
        (picture,) = post.pictures
        jpeg = open_store(settings().media_url).get(picture.media.rendition(RenditionKind.FEED).key)
        wanted.approved = (str(post.id), post.caption, picture.alt_text, jpeg)
        wanted.slot, wanted.is_altered = post.slot_at, False

    def write_anew(self, session, post_id):
        post, who = lock_post(session, post_id), self._facts(session, "zofia")
        take_back(post, **who)
        edit(post, caption=f"Sparks, at {self.clock.wall.isoformat()}", **who)
        submit(post, **who)
        self.wishes.posts[post_id].approved = None

    def withdraw(self, session, post_id):
        withdraw(lock_post(session, post_id), **self._facts(session, "zofia"))
        self.wishes.posts[post_id].approved = None

    def stop(self, session, post_id):
        reviewing.stop(lock_post(session, post_id), reason="No", **self._steer(session))
        self.wishes.posts[post_id].approved = None

    def step_down(self, session, post_id):
        consent = session.scalars(select(Consent)).one()
        step_down(consent, **self._steer(session, "zofia"))
        self.wishes.consents = False

    def alter(self, session, post_id):
        """Past all verbs: only the digest can tell."""
        post, wanted = lock_post(session, post_id), self.wishes.posts[post_id]
        if wanted.approved and post.state in {PostState.APPROVED, PostState.FAILED}:
            post.caption, wanted.is_altered = "Buy shares", True

    def move(self, session, post_id, far=0):
        post, slot = placing.lock_to_place(session, post_id), self.clock.wall + FAR[far]
        steering.move_to(post, slot, seen=post.slot_at, all_the_same=True, **self._steer(session))
        self.wishes.posts[post_id].slot = slot

    def swap(self, session, post_id):
        other_id = next(one for one in sorted(self.wishes.posts) if one != post_id)
        one, other = steering.lock_both(session, post_id, other_id)
        seen = (one.slot_at, other.slot_at)
        steering.swap(one, other, seen=seen, **self._steer(session))
        mine, theirs = self.wishes.posts[post_id], self.wishes.posts[other_id]
        mine.slot, theirs.slot = theirs.slot, mine.slot

    def publish_now(self, session, post_id):
        post = placing.lock_to_place(session, post_id)
        moved = steering.publish_now(post, seen=post.slot_at, **self._steer(session))
        self.wishes.posts[post_id].slot = moved.slot

    def place_again(self, session, post_id):
        post = placing.lock_to_place(session, post_id)
        self.wishes.posts[post_id].slot = placing.place_next(post, **self._steer(session))

    def pause(self, session, post_id):
        programme = pausing.lock_programme(session, self.programme_id)
        pausing.pause(programme, reason="", **self._steer(session))
        self.wishes.is_paused = True

    def resume(self, session, post_id):
        programme = pausing.lock_programme(session, self.programme_id)
        pausing.resume(programme, **self._steer(session))
        self.wishes.is_paused, self.wishes.resumed_at = False, self.clock.wall

    def ask_to_take_down(self, session, post_id):
        ask_to_take_down(lock_post(session, post_id), reason="", **self._steer(session))
        self.wishes.posts[post_id].is_to_go = True

    def take_down_by_hand(self, session, post_id):
        if session.get(Takedown, post_id) is not None:
            say_taken_down(lock_post(session, post_id), seen=Seen.UNKNOWN, **self._steer(session))
            for out in self.profile.outs_of(post_id):
                out.is_up = False

    def find_it_still_there(self, session, post_id):
        """It was there all along."""
        post = lock_post(session, post_id)
        say_still_there(post, seen=Seen.UNKNOWN, **self._steer(session))
        for out in self.profile.outs_of(post_id):
            out.is_up = True

    def look_on_profile(self, session, post_id):
        """Who says how it is has looked, when nothing was on its way any more."""
        if self.profile.is_coming(post_id):
            return
        if outs := self.profile.outs_of(post_id):
            where = outs[0].on.permalink
            settling.say_there(session, post_id, address=where, **self._facts(session, "amir"))
        else:
            seen = str(session.get(Post, post_id).history[-1].id)
            settling.say_not_there(session, post_id, seen=seen, **self._facts(session, "amir"))

    def look_after_account(self, session, post_id):
        connection = session.scalars(select(Connection)).one()
        looking_after.go_on(connection, seen=connection.stopped_at, **self._steer(session))
