"""One run: workers come and go until nothing moves any more."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select

from takeover.db import db
from takeover.instagram.doubts import settle
from takeover.instagram.models import AccountHold, Connection, Publication
from takeover.instagram.publisher import OnAccount
from takeover.people.models import Person
from takeover.posts.models import Post, PostState
from tests.torture.checking import Seen, shown, wrong
from tests.torture.nursery import Ended
from tests.torture.plans import Plan
from tests.torture.posts import TWIN
from tests.torture.world import World

MOST_WORKERS = 400
LEAST = timedelta(seconds=1)  # the clock ticks once a second
LONGEST = timedelta(minutes=1)
LONG_AFTER = timedelta(hours=4)
MOVING = (PostState.APPROVED, PostState.PUBLISHING, PostState.UNCERTAIN)


@dataclass(slots=True)
class Run:
    """What became of one; `wrong` is empty where all is well."""

    plan: Plan
    workers: int = 0
    ends: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


class _Frozen:
    """A worker that hangs, and goes on at its time."""

    def __init__(self, pid: int, until: datetime) -> None:
        self.pid, self.until = pid, until


def go(world: World, plan: Plan) -> Run:
    run = Run(plan)
    due = posts_of(world, plan)
    world.begin(plan.door, due)
    world.stage.behaviour.set(**plan.behaviour)
    for fault in plan.faults:
        world.stage.wire.add(**fault)
    driver = _Driver(world, plan, due, run)
    driver.until_quiet()
    if plan.persons:
        world.stage.wire.clear_faults()
        driver.let_persons_act()
    before = shown(world, plan.door)
    driver.long_after()
    if shown(world, plan.door) != before:
        run.wrong.append("something went out after all was quiet")
    run.steps = world.nursery.steps()
    run.seen, found = wrong(world, plan, due)
    run.wrong += found
    if trouble := world.nursery.trouble():
        run.wrong.append(f"a worker broke: {trouble}")
    return run


def posts_of(world: World, plan: Plan) -> list[int]:
    ids = {kind: list(posts) for kind, posts in world.cast.by_kind.items()}
    twin = ids["photo"].pop()
    return [twin if kind == TWIN else ids[kind].pop(0) for kind in plan.kinds]


class _Driver:
    def __init__(self, world: World, plan: Plan, due: list[int], run: Run) -> None:
        self._world, self._plan, self._due, self._run = world, plan, due, run
        self._frozen: list[_Frozen] = []
        self._minute_passed = False

    def until_quiet(self) -> None:
        for _ in range(MOST_WORKERS):
            jobs = ("turn_away", "publish") if self._minute_passed else ("publish",)
            self._minute_passed = False
            self._work(*jobs)
            self._world.later.let_happen()
            following = self._next()
            if following is None:
                if self._frozen:
                    self._thaw(self._frozen[0].until)
                    continue
                return
            self._move_to(following)
        self._run.wrong.append("it comes to no end")

    def let_persons_act(self) -> None:
        """Each thing that waits for a person is looked after, truthfully."""
        for _ in range(6):
            if not self._act():
                return
            self.until_quiet()

    def long_after(self) -> None:
        if self._frozen:
            self._thaw(self._world.shared.now + LONG_AFTER)
        self._world.shared.move_on(LONG_AFTER.total_seconds())
        self._world.later.let_happen()
        self._work("turn_away", "publish")

    def _work(self, *jobs: str) -> None:
        nursery, plan, run = self._world.nursery, self._plan, self._run
        ended, pid = nursery.work(jobs, kills=plan.kills, freezes=plan.freezes)
        run.workers += 1
        run.ends.append(ended)
        if ended is Ended.FROZEN:
            until = self._world.shared.now + timedelta(seconds=plan.frozen_for)
            self._frozen.append(_Frozen(pid, until))

    def _move_to(self, instant: datetime) -> None:
        """As the clocks do, whose other job has its turn every minute."""
        shared = self._world.shared
        instant = max(instant, shared.now + LEAST)
        self._thaw(instant)
        coming = self._world.later.next()
        if coming is not None and coming < instant:
            instant = coming
        passed = instant - shared.now
        shared.move_to(instant)
        self._world.later.let_happen()
        self._minute_passed = self._minute_passed or passed >= LONGEST

    def _thaw(self, instant: datetime) -> None:
        for frozen in [one for one in self._frozen if one.until <= instant]:
            self._frozen.remove(frozen)
            self._world.shared.move_to(frozen.until)
            ended = self._world.nursery.wake(frozen.pid)
            self._run.ends.append(f"woken, {ended}")
            if ended is Ended.FROZEN:
                self._frozen.append(_Frozen(frozen.pid, frozen.until + timedelta(seconds=60)))

    def _next(self) -> datetime | None:
        """When something is to be done next; None where nothing moves any more."""
        at = self._world.shared.now
        with self._world.app.app_context():
            session = db.session
            stopped = session.scalar(select(func.max(Connection.stopped_at))) is not None
            held = session.execute(
                select(func.max(AccountHold.lease_until), func.max(AccountHold.wait_until))
            ).one()
            rows = session.execute(
                select(Post.state, Post.slot_at, Publication.next_try_at)
                .outerjoin(Publication, Publication.post_id == Post.id)
                .where(Post.id.in_(self._due), Post.state.in_(MOVING))
            ).all()
            session.rollback()
        instants = [_when(*row, stopped=stopped, at=at) for row in rows]
        wanted = min((instant for instant in instants if instant is not None), default=None)
        if wanted is None:
            return self._world.later.next()
        return max(instant for instant in (wanted, *held) if instant is not None)

    def _act(self) -> bool:
        """Whether there was anything to do."""
        world, at = self._world, self._world.shared.now
        acted = False
        with world.app.app_context():
            session = db.session
            if session.scalar(select(func.max(Connection.stopped_at))) is not None:
                session.rollback()
                world.reconnect()
                acted = True
            lea = session.scalars(select(Person).where(Person.email.like("lea@%"))).one()
            for post_id in self._due:
                acted |= self._act_on(post_id, lea, at)
            session.rollback()
        return acted

    def _act_on(self, post_id: int, lea: Person, at: datetime) -> bool:
        session = db.session
        post = session.get_one(Post, post_id, populate_existing=True)
        if post.state is PostState.UNCERTAIN:
            publication = session.get_one(Publication, post_id, populate_existing=True)
            waits = publication.next_try_at is None
            session.rollback()
            if waits:
                there = [one for one in shown(self._world, self._plan.door) if one.post == post_id]
                found = OnAccount(media_id=there[0].media_id, permalink="") if there else None
                settle(session, post_id, found=found, at=at, by=lea)
            return waits
        if post.state in (PostState.FAILED, PostState.MISSED):
            slot = at + timedelta(minutes=1, microseconds=post_id)
            post.slot_at = slot
            publication = session.get(Publication, post_id)
            if publication is not None:
                publication.tries, publication.next_try_at = 0, None
            post.move(PostState.APPROVED, by=lea, at=at)
            session.commit()
            return True
        session.rollback()
        return False


def _when(
    state: PostState, slot_at: datetime, next_try_at: datetime | None, *, stopped: bool,
    at: datetime,
) -> datetime | None:  # fmt: skip
    if state is PostState.PUBLISHING:
        return at
    if state is PostState.UNCERTAIN:
        return next_try_at
    if stopped:
        return None
    return max(slot_at, next_try_at or slot_at)
