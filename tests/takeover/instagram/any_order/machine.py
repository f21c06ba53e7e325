"""Does what people, workers, Instagram and clocks do, in any order, and compares the rows with what
is out for all to see."""

from datetime import datetime
from types import SimpleNamespace

import time_machine
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)
from sqlalchemy import select

from takeover.db import db
from takeover.instagram import jobs
from takeover.instagram.models import (
    AccountHold,
    Alarm,
    Connection,
    Publication,
    Takedown,
)
from takeover.posts.models import Post, PostMove
from takeover.programmes.models import Programme
from takeover.schedule import run_once
from tests.cast import NOW
from tests.databases import copy
from tests.takeover.instagram.any_order.draws import MEANWHILE, SCRIPT, SECONDS, WHAT, WHOSE
from tests.takeover.instagram.any_order.people import ENDS, FAR, People, Wanted, Wishes
from tests.takeover.instagram.any_order.profile import (
    LEASE,
    TROUBLES,
    Answer,
    Clock,
    Dies,
    Profile,
)

MOVES = {
    None: {"draft"},
    "draft": {"submitted", "withdrawn"},
    "submitted": {"draft", "approved", "withdrawn"},
    "changes_requested": {"submitted", "withdrawn"},
    "approved": {
        "draft", "changes_requested", "publishing", "uncertain", "failed", "missed", "withdrawn",
    },
    "publishing": {"approved", "published", "uncertain", "failed"},
    "uncertain": {"approved", "published", "failed"},
    "failed": {"approved", "missed", "withdrawn"},
    "missed": {"approved", "publishing", "withdrawn"},
    "published": {"taken_down"},
    "taken_down": {"published"},
}  # fmt: skip
CERTAINLY_NOT_OUT = {*MOVES, "withdrawn"} - {
    "publishing", "uncertain", "published", "taken_down",
}  # fmt: skip
WITH_ITS_AUTHOR = {"draft", "submitted", "changes_requested", "withdrawn"}

TURNS = 4  # in which nothing is done, until nothing is to be done: one for each post, and one more


class AnyOrder(RuleBasedStateMachine):
    def __init__(self, app, ready, monkeypatch):
        super().__init__()
        copy(ready.posts, ready.used)
        self.app, self.is_over = app, False
        self.travel = time_machine.travel(NOW, tick=False)
        self.clock = Clock(self.travel.start().move_to)
        wishes = Wishes({post_id: Wanted() for post_id in ready.ids})
        self.people = People(ready.people, ready.programme_id, self.clock, wishes)
        self.wishes, self.profile = wishes, self._profile()
        self.people.profile = self.profile
        let_go = jobs.let_go if not hasattr(jobs.let_go, "kept") else jobs.let_go.kept
        monkeypatch.setattr(jobs, "let_go", _unless_dead(let_go, self.profile))
        monkeypatch.setattr(jobs, "publisher_for", lambda *_: ("sandbox", self.profile.open()))
        monkeypatch.setattr(jobs, "time", SimpleNamespace(sleep=self.clock.go))
        monkeypatch.setattr(jobs, "hand_out", lambda task, row_id: task.run(row_id))

    def _profile(self):
        return Profile(
            self.clock,
            why_not=lambda post_id, shown: self.wishes.why_not(post_id, shown, self.clock.wall),
            may_go_down=lambda post_id: self.wishes.posts[post_id].is_to_go,
            meanwhile=self._meanwhile,
        )

    def _meanwhile(self, what, whose):
        """What goes wrong here the worker would take for an answer of Instagram's."""
        try:
            self._work() if what == "work" else self.people.do(what, whose)
        except Exception as error:
            self.profile.wrongs.append(f"{what}: {error!r}")

    @initialize(
        total=st.sampled_from([2, 50]),
        is_official=st.booleans(),
        has_times=st.sampled_from([False, False, True]),
        spacing=st.sampled_from([0, 0, 15]),
    )
    def begin(self, total, is_official, has_times, spacing):
        self.profile.total, self.profile.is_official = total, is_official
        with db.sessionmaker.begin() as session:
            programme = session.get(Programme, self.people.programme_id)
            programme.spacing = spacing
            if not has_times:
                programme.slot_times = []
        for number in range(3):
            self.people.do("approve", number)

    @rule(what=WHAT, whose=WHOSE)
    def somebody(self, what, whose):
        self.people.do(what, whose)

    @rule(whose=WHOSE, far=st.integers(0, len(FAR) - 1))
    def move(self, whose, far):
        self.people.do("move", whose, far=far)

    @rule(
        whose=WHOSE,
        trouble=st.sampled_from(["lost", "nonsense", "dies", *TROUBLES["publish"][1:]]),
        done=st.sampled_from(["yes", "no", "late"]),
    )
    def publish_in_trouble(self, whose, trouble, done):
        self.people.do("publish_now", whose)
        self.work([Answer("publish", trouble=trouble, done=done)])

    @rule(
        whose=WHOSE, call=st.sampled_from(["prepare", "quota", "publish"]),
        seconds=SECONDS, meanwhile=MEANWHILE,
    )  # fmt: skip
    def publish_interrupted(self, whose, call, seconds, meanwhile):
        self.people.do("publish_now", whose)
        self.work([Answer(call, seconds=seconds, meanwhile=meanwhile, whose=whose)])

    @rule(script=SCRIPT)
    def work(self, script):
        self.profile.script = script
        self._work()

    @rule(script=SCRIPT, whose=WHOSE)
    def work_when_it_is_due(self, script, whose):
        self._go_to_slot(whose)
        self.work(script)

    @rule()
    def work_without_a_way_to_the_account(self):
        self.profile.is_reachable = False
        self._work()
        self.profile.is_reachable = True

    @rule(seconds=st.sampled_from([1, 30, 300, 960, 3600, 10800, 86400]))
    def time_passes(self, seconds):
        self.clock.go(seconds)

    @rule(seconds=st.integers(1, 90))
    def wall_clock_is_set_back(self, seconds):
        self.clock.set_back(seconds)

    @rule()
    def turn_away(self):
        run_once(self.app, "turn_away")

    def _go_to_slot(self, whose):
        slot = self.wishes.posts[sorted(self.wishes.posts)[whose]].slot
        if slot is not None and slot > self.clock.wall:
            self.clock.go((slot - self.clock.wall).total_seconds())

    def _work(self):
        """A turn of the clock and of a worker, which may die in it."""
        profile = self.profile
        profile.calls, others = 0, len(profile.at_work)
        try:
            run_once(self.app, "publish")
        except Dies:
            profile.is_dead = False
        finally:
            del profile.at_work[others:]
            if not others:
                profile.script = []

    def nothing_was_done_that_may_not_be(self):
        self._check(not self.profile.wrongs, self.profile.wrongs)

    @invariant()
    def rows_say_what_is_so(self):
        self.nothing_was_done_that_may_not_be()
        with db.sessionmaker() as session:
            for post in session.scalars(select(Post).order_by(Post.id)):
                state, outs = post.state.value, self.profile.outs_of(post.id)
                is_up = any(out.is_up for out in outs)
                if state in CERTAINLY_NOT_OUT:
                    self._check(not outs, f"{state}, and out")
                if state == "taken_down":
                    self._check(outs and not is_up, f"{state}, and not so")
                if state == "published":
                    self._check(outs and post.permalink == outs[0].on.permalink, "another's place")
                    is_to_go = self.wishes.posts[post.id].is_to_go
                    self._check(is_up or is_to_go, "published, and not there")

    def they_move_as_drawn(self):
        at = {}
        with db.sessionmaker() as session:
            for move in session.scalars(select(PostMove).order_by(PostMove.id)):
                now, to = move.from_state, move.to_state
                self._check(at.get(move.post_id) == now and to in MOVES[now], f"{now} to {to}")
                at[move.post_id] = to

    def _check(self, is_so, what):
        self.is_over = self.is_over or not is_so
        assert is_so, what

    def teardown(self):
        try:
            if not self.is_over:
                self._come_to_rest()
        finally:
            db.session.close()
            self.travel.stop()

    def _come_to_rest(self):
        """Nobody does anything any more, and Instagram answers well."""
        self.profile.total, self.rests_since = 50, self.clock.wall
        sure = self._sure_to_go_out()
        quiet = 0
        for _ in range(200):
            self._work()
            coming = self._next_instant()
            quiet = 0 if coming or self.profile.calls else quiet + 1
            if quiet > TURNS:
                break
            self.clock.go((coming - self.clock.wall).total_seconds() if coming else 1)
        else:
            self._check(False, "never still")
        self.clock.go(max((ENDS - self.clock.wall).total_seconds(), 0) + 60)
        self._work()
        self.turn_away()
        self.rows_say_what_is_so()
        self.they_move_as_drawn()
        with db.sessionmaker() as session:
            for post in session.scalars(select(Post).order_by(Post.id)):
                self._check_end(session, post, is_sure=post.id in sure)

    def _sure_to_go_out(self):
        """Those that nothing speaks against, and whose time is still to come."""
        with db.sessionmaker() as session:
            approved = session.scalars(select(Post.id).where(Post.state == "approved"))
            stopped = session.scalars(select(Connection)).one().stopped_at
            ids = [] if stopped else list(approved)
        posts = {post_id: self.wishes.posts[post_id] for post_id in ids}
        return {
            post_id
            for post_id, post in posts.items()
            if self.clock.wall < post.slot < ENDS
            and not post.is_altered
            and not self.wishes.why_not(post_id, post.approved, post.slot)
        }

    def _next_instant(self) -> datetime | None:
        """When something is to be done next; the wall clock shows less."""
        with db.sessionmaker() as session:
            columns = (
                Post.slot_at,
                Publication.next_try_at,
                Takedown.next_try_at,
                AccountHold.wait_until,
            )
            known = {at for column in columns for at in session.scalars(select(column)) if at}
        known |= {self.rests_since + LEASE * number for number in range(1, 4)}  # of the dead
        return min((at for at in known if at > self.clock.wall), default=None)

    def _check_end(self, session, post, *, is_sure):
        state, wanted = post.state.value, self.wishes.posts[post.id]
        every = session.scalars(select(Alarm))
        alarms = {
            one.kind for one in every if post.id in (one.post_id, *one.facts.get("posts", ()))
        }
        by_hand = any(move.to_state == "failed" and move.by_id for move in post.history)
        is_stopped = session.scalars(select(Connection)).one().stopped_at is not None
        is_well = {
            "published": not wanted.is_to_go or "take_down" in alarms or is_stopped,
            "taken_down": wanted.is_to_go,
            "uncertain": "uncertain" in alarms or is_stopped,
            "missed": by_hand or bool(alarms & {"missed", "missed_several", "failed"}),
            **dict.fromkeys(WITH_ITS_AUTHOR, wanted.approved is None or not self.wishes.consents),
        }
        self._check(is_well.get(state, False), f"{state} in the end, and nobody knows why")
        self._check(not is_sure or state == "published", f"{state}, and nothing spoke against it")


def _unless_dead(let_go, profile):
    def act(session, hold):
        if not profile.is_dead:
            let_go(session, hold)

    act.kept = let_go
    return act
