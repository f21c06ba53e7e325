"""What is done to the posts of a run, and its name, by which it is done again."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.torture.posts import TWIN

DOORS = ("sandbox", "graph", "instagrapi")
KINDS = ("photo", "carousel", "reel", "story")
MOST_STEPS = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`kinds` are those of the posts, one after the other; steps are numbered from 1.

    `persons`: somebody looks after what waits for a person, until all is out.
    """

    door: str
    kinds: tuple[str, ...]
    kills: frozenset[int] = frozenset()
    freezes: frozenset[int] = frozenset()
    frozen_for: float = 0.0  # seconds
    faults: tuple[dict[str, Any], ...] = ()
    behaviour: dict[str, Any] = field(default_factory=dict)
    persons: bool = False
    seed: int | None = None

    @property
    def name(self) -> str:
        if self.seed is not None:
            return str(self.seed)
        kills = "+".join(map(str, sorted(self.kills))) or "none"
        return f"{self.door}/{','.join(self.kinds)}/{kills}"

    @property
    def is_honest(self) -> bool:
        """Nothing but workers that die."""
        return not (self.faults or self.freezes or self.behaviour)


def of(name: str, doors: tuple[str, ...] = DOORS) -> Plan:
    """By its name; raises ValueError."""
    if name.isdecimal():
        return random(int(name), doors)
    door, kinds, kills = name.split("/")
    steps = frozenset() if kills == "none" else frozenset(map(int, kills.split("+")))
    return Plan(door=door, kinds=tuple(kinds.split(",")), kills=steps)


def random(seed: int, doors: tuple[str, ...] = DOORS) -> Plan:
    chance = Random(seed)
    door = chance.choice(doors)
    kinds = tuple(chance.choice(KINDS) for _ in range(chance.choice((1, 1, 2, 3))))
    if kinds == ("photo", "photo") and chance.random() < 0.5:
        kinds = ("photo", TWIN)
    faults = () if door == "sandbox" else _faults(chance, door)
    twice = any(fault.get("twice") for fault in faults)
    return Plan(
        door=door,
        kinds=tuple(kind for n, kind in enumerate(kinds) if kinds[:n].count(kind) < 2),
        kills=frozenset(_steps(chance, chance.choice((0, 1, 1, 1, 2, 3)))),
        freezes=frozenset(_steps(chance, chance.choice((0, 0, 0, 1)))),
        frozen_for=chance.uniform(1, 800),
        faults=faults,
        behaviour={} if door == "sandbox" else _behaviour(chance, door, twice=twice),
        persons=chance.random() < 0.5,
        seed=seed,
    )


def _steps(chance: Random, count: int) -> list[int]:
    return [chance.randint(1, chance.choice((30, 80, MOST_STEPS))) for _ in range(count)]


def _graph_error(code: int, subcode: int = 0, **more: Any) -> dict[str, Any]:
    return {"error": {"message": "", "code": code, "error_subcode": subcode, **more}}


PLACES = {
    "graph": {
        "publish": ("POST", r"/media_publish$"),
        "create": ("POST", r"^/v\d+\.0/\d+/media$"),
        "upload": ("POST", r"^/ig-api-upload/"),
        "look": ("GET", r"^/v\d+\.0/"),
        "list": ("GET", r"/(media|stories)$"),
    },
    "instagrapi": {
        "publish": ("POST", r"/media/configure"),
        "upload": ("POST", r"^/rupload_ig"),
        "look": ("GET", r"^/api/v1/"),
        "list": ("GET", r"/feed/user/"),
    },
}
# Nothing is done, and it is not said so clearly; or it is done, and the answer says little of it.
ANYWHERE: tuple[dict[str, Any], ...] = (
    {"drop_before": True},
    {"drop_after": True},
    {"cut": True},
    {"stall": True},
    {"twice": True},
    {"twice": True, "drop_after": True},
    {"delay": 20.0},
    {"late": 30.0},
    {"late": 200.0},
    {"late": 400.0},
    {"status": 500, "body": _graph_error(2, is_transient=True)},
    {"status": 503, "body": "<html>Busy</html>"},
    {"status": 429},
    {"status_after": 502, "body": "<html>Bad Gateway</html>"},
    {"body": "<html>Sorry</html>"},
    {"body": '{"id": "17'},
    {"body": {"unexpected": True}},
    {"body": {}},
)
# Refusals that Instagram means: nothing is done.
REFUSALS: dict[str, tuple[dict[str, Any], ...]] = {
    "graph": (
        {"status": 400, "body": _graph_error(80002)},
        {"status": 400, "body": _graph_error(4)},
        {"status": 400, "body": _graph_error(4, 2207051)},
        {"status": 400, "body": _graph_error(25, 2207050)},
        {"status": 400, "body": _graph_error(190, 460)},
        {"status": 400, "body": _graph_error(9007, 2207027)},
        {"status": 403, "body": _graph_error(9, 2207042)},
        {"status": 400, "body": _graph_error(24, 2207008)},
        {"status": 400, "body": _graph_error(100, 33)},
        {"status": 400, "body": _graph_error(-2, 2207003)},
        {"status": 400, "body": _graph_error(36003, 2207009)},
    ),
    "instagrapi": (
        {"status": 400, "body": {"message": "challenge_required", "status": "fail",
                                 "challenge": {"api_path": "/challenge/1/abc/"}}},
        {"status": 403, "body": {"message": "login_required", "status": "fail"}},
        {"status": 400, "body": {"message": "feedback_required", "status": "fail"}},
    ),
}  # fmt: skip
# It is done, although Instagram says that it is not: so it has been seen.
LIES = ({"status_after": 403, "body": _graph_error(4, 2207051)},)


def _faults(chance: Random, door: str) -> tuple[dict[str, Any], ...]:
    made = []
    for _ in range(chance.choice((0, 1, 1, 2, 3, 4))):
        place = chance.choice(list(PLACES[door]) + ["publish"] * 2)
        kinds = ANYWHERE + REFUSALS[door] * (chance.random() < 0.5)
        if place == "publish" and door == "graph":
            kinds += LIES
        if place == "list":
            kinds += ({"body": {"data": []}}, {"body": {"items": [], "status": "ok"}})
        method, path = PLACES[door][place]
        made.append(
            {
                **chance.choice(kinds),
                "method": method,
                "path": path,
                "skip": chance.choice((0, 0, 0, 1, 2)),
                "times": chance.choice((1, 1, 1, 2, 3, 9)),
            }
        )
    return tuple(made)


def _behaviour(chance: Random, door: str, *, twice: bool) -> dict[str, Any]:
    chosen: dict[str, Any] = {
        "processing_polls": chance.choice((0, 0, 1, 4)),
        "hides_at": chance.random() < 0.3,
        "shown_after": chance.choice((0.0, 0.0, 5.0, 120.0)),
        "drops_captions": chance.random() < 0.05,
        # A second call of ours must show; one that the network doubled is not ours.
        "republish": chance.choice(("same", "error")) if twice else "new",
    }
    if door == "instagrapi":
        chosen["transcode_polls"] = chance.choice((0, 0, 2))
    return chosen
