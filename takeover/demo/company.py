"""Halbrane, a company that does not exist: its people, their twelve weeks, what they show.

Weeks are counted from the running one: -1 is the last, 0 is free, so that a visitor gives it.
Every caption says what its photo shows; the photos' makers are named in photos/ATTRIBUTION.md.
"""

from dataclasses import dataclass
from enum import StrEnum

from takeover.people.models import Role

SLUG = "a-week-at-halbrane"
NAME = "A week in a life of…"
ACCOUNT = "a_week_at_halbrane"
ZONE = "Europe/Paris"
# A post goes out as soon as it is approved: whoever tries the demo sees it within seconds.
SLOT_TIMES: list[str] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Somebody who works for the programme; `countries` are those HR nominates for."""

    name: str
    email: str
    role: Role
    job: str
    country: str
    workplace: str
    timezone: str = ZONE
    countries: tuple[str, ...] = ()


class Told(StrEnum):
    """How far a post has come when the demo begins."""

    PUBLISHED = "published"
    APPROVED = "approved"  # it waits for its author's week
    SUBMITTED = "submitted"
    SENT_BACK = "sent back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A photo or video and its words. In a past week it is submitted on `day` (0: Monday) at
    `time`; in one to come, `hours_ago`."""

    photo: str  # a file of demo/photos
    caption: str
    alt_text: str
    also: tuple[tuple[str, str], ...] = ()  # further files of a carousel, each with its alt text
    told: Told = Told.SUBMITTED
    day: int = 0
    time: str = "12:00"
    hours_ago: float = 3
    wish: str = ""  # what an approver asked for first
    first_caption: str = ""  # what it said before that


class Answer(StrEnum):
    """How far a nomination has come when the demo begins."""

    NOMINATED = "nominated"
    INVITED = "invited"
    YES = "yes"
    NO = "no"
    WITHDRAWN = "withdrawn"
    STEPPED_DOWN = "stepped down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Character:
    """Somebody proposed, with what has become of it."""

    name: str
    email: str
    country: str
    job: str
    workplace: str
    reason: str
    language: str = "en"
    timezone: str = ZONE
    answer: Answer = Answer.YES
    week: int | None = None
    shots: tuple[Shot, ...] = ()


STAFF = (
    Staff(
        name="Camille Renard",
        email="camille.renard@halbrane.example",
        role=Role.HR,
        job="HR business partner",
        country="FR",
        workplace="Lyon",
        countries=("FR", "IT", "MA", "PT", "TN"),
    ),
    Staff(
        name="Agnieszka Dudek",
        email="agnieszka.dudek@halbrane.example",
        role=Role.HR,
        job="Head of HR, Central and Northern Europe",
        country="PL",
        workplace="Gdynia",
        timezone="Europe/Warsaw",
        countries=("CZ", "DE", "GB", "PL", "SE", "TR"),
    ),
    Staff(
        name="Lee Seo-yeon",
        email="seoyeon.lee@halbrane.example",
        role=Role.HR,
        job="HR manager, Asia",
        country="KR",
        workplace="Changwon",
        timezone="Asia/Seoul",
        countries=("IN", "JP", "KR"),
    ),
    Staff(
        name="Mariana Duarte",
        email="mariana.duarte@halbrane.example",
        role=Role.HR,
        job="HR manager, Latin America",
        country="BR",
        workplace="Joinville",
        timezone="America/Sao_Paulo",
        countries=("BR", "MX"),
    ),
    Staff(
        name="Sophie Keller",
        email="sophie.keller@halbrane.example",
        role=Role.LEAD,
        job="Programme lead, communications",
        country="FR",
        workplace="Lyon",
    ),
    Staff(
        name="Daniel Mensah",
        email="daniel.mensah@halbrane.example",
        role=Role.APPROVER,
        job="Social media editor",
        country="FR",
        workplace="Lyon",
    ),
    Staff(
        name="Ingrid Solberg",
        email="ingrid.solberg@halbrane.example",
        role=Role.APPROVER,
        job="Communications officer",
        country="NO",
        workplace="Bergen",
        timezone="Europe/Oslo",
    ),
    Staff(
        name="Olivier Chastain",
        email="olivier.chastain@halbrane.example",
        role=Role.LEGAL,
        job="Legal counsel",
        country="FR",
        workplace="Lyon",
    ),
    Staff(
        name="Tan Mei Ling",
        email="meiling.tan@halbrane.example",
        role=Role.ADMINISTRATOR,
        job="Systems administrator",
        country="SG",
        workplace="Singapore",
        timezone="Asia/Singapore",
    ),
)
