"""Instagram as this test has it: what is out for all to see, and doors that answer as told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from takeover.instagram.publisher import (
    AccountNeedsPerson,
    CannotTakeDown,
    Look,
    OnAccount,
    Ours,
    OutcomeUnknown,
    Quota,
    Reason,
    StillProcessing,
    TheirsForGood,
    TheirsForNow,
)
from tests.cast import NOW

LEASE = timedelta(minutes=5)
LATE = 200  # seconds after which a post is out that was asked for: well within our patience
MOST_CALLS = 150  # in one turn of a worker; more is a worker that is never still


class Dies(BaseException):
    """The machine went away, and nothing of ours ran after it."""


# Nobody can know by these whether it was done.
UNCLEAR: dict[str, Callable[[], BaseException]] = {
    "lost": lambda: OutcomeUnknown("lost"),
    "lost, and a person wanted": lambda: OutcomeUnknown("lost", needs_person=True),
    "nonsense": lambda: KeyError("id"),
    "dies": Dies,
}
# By these it was not.
CLEAR: dict[str, Callable[[], BaseException]] = {
    "busy": lambda: TheirsForNow("busy"),
    "throttled": lambda: TheirsForNow("throttled", reason=Reason.RATE_LIMITED),
    "processing": lambda: StillProcessing("processing"),
    "refused": lambda: TheirsForGood("refused", reason=Reason.RATIO),
    "challenged": lambda: AccountNeedsPerson("challenged", reason=Reason.CHECKPOINT),
    "shut": lambda: Ours("shut"),
    "not by this door": lambda: CannotTakeDown("not by this door"),
}
TO_READ = ["", "lost", "nonsense", "dies", "busy", "challenged"]
TO_SEND = ["", *UNCLEAR, *(trouble for trouble in CLEAR if trouble != "not by this door")]
TROUBLES = {
    "prepare": TO_SEND,
    "quota": TO_READ,
    "publish": TO_SEND,
    "find": TO_READ,
    "take_down": [*TO_READ, "refused", "not by this door"],
}


@dataclass(frozen=True)
class Answer:
    """How the next call of that name ends, and what somebody does while it is under way."""

    call: str
    trouble: str = ""
    done: str = "no"  # or "yes" or "late", where the trouble does not say
    seconds: int = 0
    meanwhile: str = ""
    whose: int = 0


class Clock:
    """What the wall shows may be set back; what is on its way arrives all the same."""

    def __init__(self, show: Callable[[datetime], None]):
        self.wall, self._show, self._coming = NOW, show, []

    def go(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self._show(self.wall)
        self._coming = [(left - seconds, arrive) for left, arrive in self._coming]
        for left, arrive in self._coming:
            if left <= 0:
                arrive()
        self._coming = [one for one in self._coming if one[0] > 0]

    def set_back(self, seconds: float) -> None:
        self.wall -= timedelta(seconds=seconds)
        self._show(self.wall)

    def after(self, seconds: float, arrive: Callable[[], None]) -> None:
        self._coming.append((seconds, arrive))


@dataclass
class Out:
    """A post that anybody can see, or could before it was taken down."""

    post_id: int
    at: datetime
    on: OnAccount
    is_up: bool = True


@dataclass
class Container:
    """What lies ready, out of sight."""

    words: tuple[str, ...]
    out: Out | None = None
    is_coming: bool = False


@dataclass
class Profile:
    clock: Clock
    why_not: Callable[[int, tuple[str, ...]], str]  # may this go out now? Empty: yes
    may_go_down: Callable[[int], bool]
    meanwhile: Callable[[str, int], None]
    wrongs: list[str] = field(default_factory=list)
    outs: list[Out] = field(default_factory=list)
    containers: list[Container] = field(default_factory=list)
    script: list[Answer] = field(default_factory=list)
    at_work: list[datetime] = field(default_factory=list)  # since when each worker has the account
    opened: int = 0
    calls: int = 0
    total: int = 50
    is_official: bool = True  # says of a container whether it was published
    is_reachable: bool = True
    is_dead: bool = False  # the worker of this instant

    def open(self) -> "Door":
        if not self.is_reachable:
            raise Ours("no account is connected", reason=Reason.NOT_CONNECTED)
        if any(self.clock.wall < since + LEASE for since in self.at_work):
            self.wrongs.append("two workers have the account")
        self.at_work.append(self.clock.wall)
        self.opened += 1
        return Door(self, self.opened)

    def outs_of(self, post_id: int) -> list[Out]:
        return [out for out in self.outs if out.post_id == post_id]

    def is_coming(self, post_id: int) -> bool:
        return any(c.is_coming and c.words[0] == str(post_id) for c in self.containers)

    @property
    def used(self) -> int:
        a_day_ago = self.clock.wall - timedelta(days=1)
        return sum(out.at > a_day_ago for out in self.outs) + sum(
            container.is_coming for container in self.containers
        )

    def put_up(self, container: Container) -> Out:
        post_id, number = int(container.words[0]), len(self.outs) + 1
        if self.outs_of(post_id):
            self.wrongs.append(f"post {post_id} is out twice")
        where = f"http://localhost/sandbox/a_week_at_nordwerk#post-{number}"
        out = Out(
            post_id, self.clock.wall, OnAccount(media_id=f"sandbox-{number}", permalink=where)
        )
        container.out, container.is_coming = out, False
        self.outs.append(out)
        return out

    def next_answer(self, call: str) -> Answer:
        self.calls += 1
        if self.calls > MOST_CALLS:
            self.wrongs.append("a worker is never still")
            self.is_dead = True
            raise Dies
        found = next((one for one in self.script if one.call == call), Answer(call))
        self.script = [one for one in self.script if one is not found]
        return found

    def happen(self, answer: Answer) -> None:
        self.clock.go(answer.seconds)
        if answer.meanwhile:
            self.meanwhile(answer.meanwhile, answer.whose)
        if answer.trouble == "dies":
            self.is_dead = True
        if answer.trouble:
            raise {**UNCLEAR, **CLEAR}[answer.trouble]()


class Door:
    """A publisher, as one worker has it."""

    account = ""

    def __init__(self, profile: Profile, number: int):
        self.profile, self.number = profile, number
        self.left: int | None = None  # as far as this worker was told, and asked for since

    def prepare(self, outgoing, handle, keep):
        profile, answer = self.profile, self.profile.next_answer("prepare")
        if "container" not in handle:
            (photo,) = outgoing.items
            words = (str(outgoing.post_id), outgoing.caption, photo.alt_text, photo.jpeg)
            profile.containers.append(Container(words))
            handle = {**handle, "container": len(profile.containers) - 1}
            keep(handle)
        profile.happen(answer)
        if profile.containers[handle["container"]].out:
            raise OutcomeUnknown("it is published")
        return handle

    def quota(self):
        answer, used = self.profile.next_answer("quota"), self.profile.used
        self.left = None
        self.profile.happen(answer)
        self.left = self.profile.total - used
        return Quota(used=used, total=self.profile.total)

    def publish(self, outgoing, handle):
        profile, answer = self.profile, self.profile.next_answer("publish")
        container = profile.containers[handle["container"]]
        if self.number != profile.opened:
            profile.wrongs.append("it is sent by a worker that another one has followed")
        if why := profile.why_not(outgoing.post_id, container.words):
            profile.wrongs.append(f"post {outgoing.post_id} is sent although {why}")
        if self.left is not None and self.left <= 0:
            profile.wrongs.append("it is sent though the quota is known to be used up")
        if profile.used >= profile.total:
            raise TheirsForNow("as many as may", reason=Reason.QUOTA)
        done = "no" if answer.trouble in CLEAR else answer.done if answer.trouble else "yes"
        self.left = self.left if self.left is None or done == "no" else self.left - 1
        if done == "yes":
            profile.put_up(container)
        elif done == "late":
            container.is_coming = True
            profile.clock.after(LATE, lambda: profile.put_up(container))
        profile.happen(answer)
        return container.out.on

    def find(self, outgoing, handle, *, sent_at):
        profile, answer = self.profile, self.profile.next_answer("find")
        container = profile.containers[handle["container"]]
        out = container.out if container.out and container.out.is_up else None
        ready = profile.is_official and container.out is None
        profile.happen(answer)
        return Look(found=out and out.on, ready=ready)

    def permalink_of(self, on):
        return on.permalink

    def shows(self, on, caption):
        return True

    def take_down(self, on):
        profile, answer = self.profile, self.profile.next_answer("take_down")
        there = [out for out in profile.outs if out.on.media_id == on.media_id]
        if not there or not profile.may_go_down(there[0].post_id):
            profile.wrongs.append(f"nobody asked for {on.media_id} to be taken down")
        if not answer.trouble or (answer.trouble in UNCLEAR and answer.done != "no"):
            for out in there:
                out.is_up = False
        profile.happen(answer)
