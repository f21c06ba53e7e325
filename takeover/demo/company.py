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
    """A photo and its words. In a past week it is submitted on `day` (0: Monday) at `time`;
    in one to come, `hours_ago`."""

    photo: str
    caption: str
    alt_text: str
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

CAST = (
    Character(
        name="Inês Carvalho",
        email="ines.carvalho@mail.example",
        country="PT",
        job="Maintenance technician",
        workplace="Aveiro",
        timezone="Europe/Lisbon",
        reason="Keeps forty pumps running and photographs every sunrise on her way in.",
        week=-5,
        shots=(
            Shot(
                photo="first-light",
                day=0,
                time="07:05",
                told=Told.PUBLISHED,
                caption=(
                    "Bom dia! I am Inês, maintenance technician, and for seven days this account "
                    "is mine. Early shift starts at seven, so this is what I see every morning: "
                    "an empty road, the last street lamp, and a sky like this one. "
                    "I would not swap.\n\n#aweekinalife #earlyshift"
                ),
                alt_text=(
                    "A quiet road with a red cycle lane at first light, a street lamp still on."
                ),
            ),
            Shot(
                photo="evening-clouds",
                day=3,
                time="19:40",
                told=Told.PUBLISHED,
                caption=(
                    "All forty pumps running, telephone silent. Twelve hours later the sky does "
                    "its second show of the day. See you tomorrow."
                ),
                alt_text="Clouds lit orange by the evening sun above treetops and a few houses.",
            ),
        ),
    ),
    Character(
        name="Park Ji-ho",
        email="jiho.park@halbrane.example",
        country="KR",
        job="Test engineer",
        workplace="Changwon",
        timezone="Asia/Seoul",
        reason="Explains a thousand-hour endurance test so that a child understands it.",
        week=-4,
        shots=(
            Shot(
                photo="parfait",
                day=1,
                time="09:30",
                told=Told.PUBLISHED,
                caption=(
                    "안녕하세요, Ji-ho here. Our test bench passed one thousand hours without a "
                    "stop last night. The rule in our team: whoever guessed the hour worst buys "
                    "dessert. I guessed 600. This one is for the winner.\n\n#aweekinalife "
                    "#testengineer"
                ),
                alt_text="An ice-cream parfait with fruit in a tall glass on a café table.",
            ),
            Shot(
                photo="zebra-eels",
                day=5,
                time="08:15",
                told=Told.PUBLISHED,
                caption=(
                    "Saturday, aquarium, my daughter. She looked at the zebra eels and asked why "
                    "they wear our safety tape. I had no answer, so now I ask you."
                ),
                alt_text="Two zebra moray eels with brown and white stripes behind aquarium glass.",
            ),
        ),
    ),
    Character(
        name="Youssef El Amrani",
        email="youssef.elamrani@halbrane.example",
        country="MA",
        job="Buyer",
        workplace="Kénitra",
        timezone="Africa/Casablanca",
        language="fr",
        reason="Knows every supplier by first name; half of his job is on the road.",
        week=-3,
        shots=(
            Shot(
                photo="old-portal",
                day=0,
                time="10:20",
                told=Told.PUBLISHED,
                caption=(
                    "Salam, moi c’est Youssef, acheteur. Rendez-vous fournisseur à onze heures, "
                    "arrivé à neuf : le train avait de l’avance, cela existe ! Deux heures pour "
                    "une place vide, un portail de pierre et un ciel sans un "
                    "nuage.\n\n#aweekinalife"
                ),
                alt_text=(
                    "A stone portal with columns in a long wall, seen across an empty cobbled "
                    "square."
                ),
            ),
            Shot(
                photo="riverside",
                day=2,
                time="16:45",
                told=Told.PUBLISHED,
                caption=(
                    "Livrer par le fleuve, c’est quarante camions de moins sur la "
                    "route. Je suis allé voir les quais moi-même avant de signer. Temps gris, "
                    "bonne nouvelle quand même."
                ),
                alt_text="A path along a wide river under a grey sky, with a city on the far bank.",
                wish=(
                    "Good story! Please leave out the supplier’s name, the contract is not "
                    "signed yet."
                ),
                first_caption=(
                    "Livrer par le fleuve avec Dumoulin et fils, c’est quarante camions "
                    "de moins sur la route. Je suis allé voir les quais moi-même avant de signer."
                ),
            ),
        ),
    ),
    Character(
        name="Priya Nair",
        email="priya.nair@mail.example",
        country="IN",
        job="Site nurse",
        workplace="Pune",
        timezone="Asia/Kolkata",
        reason="Nine hundred people know her door. Nobody outside the plant knows we have a nurse.",
        week=-2,
        shots=(
            Shot(
                photo="pug-up-close",
                day=1,
                time="08:50",
                told=Told.PUBLISHED,
                caption=(
                    "Namaste! Priya, site nurse. Meet Motu, who visits the infirmary on Tuesdays. "
                    "Blood pressure in the waiting room goes down by ten points when he walks in. "
                    "That is not a study, but I have the notes.\n\n#aweekinalife #sitenurse"
                ),
                alt_text="The face of a happy pug from very close, tongue out.",
            ),
            Shot(
                photo="flower",
                day=4,
                time="14:10",
                told=Told.PUBLISHED,
                caption=(
                    "Behind the infirmary there were four metres of gravel. The night shift "
                    "brought pots, the day shift brought water. Today: the first bud."
                ),
                alt_text="A single red flower bud opening among green leaves with pink edges.",
            ),
        ),
    ),
    Character(
        name="Théo Garnier",
        email="theo.garnier@mail.example",
        country="FR",
        job="Apprentice machinist",
        workplace="Alençon",
        language="fr",
        reason="Deuxième année, premier de son atelier, et il sait raconter.",
        week=-1,
        shots=(
            Shot(
                photo="pen-on-paper",
                day=0,
                time="12:30",
                told=Told.PUBLISHED,
                caption=(
                    "Salut ! Théo, apprenti usineur, deuxième année. Mon maître d’apprentissage "
                    "dit : avant l’ordinateur, le papier quadrillé. Donc je dessine. Le stylo "
                    "gagne toujours contre la gomme.\n\n#aweekinalife #apprentissage"
                ),
                alt_text="The tip of a ballpoint pen on squared paper, very close.",
            ),
            Shot(
                photo="race-at-sunset",
                day=5,
                time="18:55",
                told=Told.PUBLISHED,
                caption=(
                    "Le club auto de l’usine m’a emmené à la course. Vingt-quatre heures, un "
                    "soleil pareil, et quelque part dans cette voiture un joint d’étanchéité de "
                    "chez nous. Pas le mien. Pas encore.\n\n#aweekinalife"
                ),
                alt_text=(
                    "A racing car on a track against the low sun, everything in gold and black."
                ),
            ),
        ),
    ),
    Character(
        name="Giulia Ferri",
        email="giulia.ferri@halbrane.example",
        country="IT",
        job="Logistics planner",
        workplace="Bergamo",
        timezone="Europe/Rome",
        reason="Three hundred lorries a week, and she never raises her voice.",
        week=1,
        shots=(
            Shot(
                photo="fog-at-the-hall",
                hours_ago=27,
                told=Told.SENT_BACK,
                caption=(
                    "Ciao! Giulia, logistics planner. In November the fog decides when the lorries "
                    "leave, not me. Hall 2 this morning at half past seven."
                ),
                alt_text="A car park in front of a grey hall that disappears in the fog.",
                wish=(
                    "What a mood! One thing: the parked car belongs to a visitor. Could you take "
                    "the picture again when it has gone, or from the other corner?"
                ),
            ),
            Shot(
                photo="stream",
                hours_ago=2,
                caption=(
                    "Lunch break rule in our office: ten minutes outside, whatever waits. Today "
                    "ten minutes by the stream behind the car park. The lorries did not notice."
                ),
                alt_text="A small stream running between round stones and dry grass in the sun.",
            ),
        ),
    ),
    Character(
        name="James Okonkwo",
        email="james.okonkwo@halbrane.example",
        country="GB",
        job="Project manager",
        workplace="London",
        timezone="Europe/London",
        reason="Brings a hospital’s cooling plant in on time and stays curious about everything.",
        week=2,
        shots=(
            Shot(
                photo="over-the-roofs",
                hours_ago=49,
                caption=(
                    "Hello from upstairs. James, project manager. If you want to find me, look for "
                    "the cooling units: they are always on the roof, and so am I. Best office in "
                    "the company, as long as it does not rain.\n\n#aweekinalife"
                ),
                alt_text="A view over city roofs and technical plant on a bright hazy day.",
            ),
            Shot(
                photo="train-across-the-water",
                hours_ago=22,
                caption=(
                    "My way home crosses our product twice a day. Somewhere under those carriages "
                    "sits a pump from Gdynia. I always wave. Nobody waves back."
                ),
                alt_text="A long commuter train passing behind a calm lake under grey clouds.",
            ),
        ),
    ),
    Character(
        name="Haruka Sato",
        email="haruka.sato@halbrane.example",
        country="JP",
        job="Sales engineer",
        workplace="Tokyo",
        timezone="Asia/Tokyo",
        reason="Turns a data sheet into a story, in three languages.",
        week=3,
        shots=(
            Shot(
                photo="temple-and-tower",
                hours_ago=8,
                caption=(
                    "はじめまして, Haruka, sales engineer. Between two customers I walk, always. "
                    "Old roof, red tower, blue sky: ten minutes here and the next presentation "
                    "writes itself.\n\n#aweekinalife"
                ),
                alt_text=(
                    "A temple with a dark curved roof, a red and white tower rising behind it."
                ),
            ),
        ),
    ),
    Character(
        name="Katharina Vogt",
        email="katharina.vogt@halbrane.example",
        country="DE",
        job="Quality engineer",
        workplace="Kassel",
        timezone="Europe/Berlin",
        reason="Says no more often than anybody else here, and everybody likes her for it.",
        week=4,
        shots=(
            Shot(
                photo="path-through-fields",
                hours_ago=51,
                told=Told.APPROVED,
                caption=(
                    "Guten Morgen! Katharina, quality engineer. Eleven kilometres by bicycle, "
                    "every day, this is kilometre six. By the time I arrive I have checked the "
                    "weather, the harvest and my patience.\n\n#aweekinalife"
                ),
                alt_text=(
                    "A narrow asphalt path between meadows and a harvested field under a blue sky."
                ),
            ),
        ),
    ),
    Character(
        name="Magdalena Wójcik",
        email="magda.wojcik@mail.example",
        country="PL",
        job="Welder",
        workplace="Gdynia",
        timezone="Europe/Warsaw",
        reason="Trains every new welder in the yard. Seams like printed.",
        week=6,
        shots=(
            Shot(
                photo="pug-in-profile",
                hours_ago=5,
                caption=(
                    "Cześć! Magda, welder. This is Fryderyk, who waits at home while I weld, and "
                    "inspects me when I come back. So far no complaint in writing."
                ),
                alt_text=(
                    "A pug with a purple collar sitting upright in a cushion, looking to the right."
                ),
            ),
        ),
    ),
    Character(
        name="Elif Demir",
        email="elif.demir@mail.example",
        country="TR",
        job="CNC operator",
        workplace="Bursa",
        timezone="Europe/Istanbul",
        reason="Runs three machines and the plant’s chess club.",
    ),
    Character(
        name="Rafael Souza",
        email="rafael.souza@mail.example",
        country="BR",
        job="Forklift driver",
        workplace="Joinville",
        timezone="America/Sao_Paulo",
        reason="The whole warehouse asked for him.",
        answer=Answer.INVITED,
    ),
    Character(
        name="Aurélie Petit",
        email="aurelie.petit@halbrane.example",
        country="FR",
        job="Research chemist",
        workplace="Lyon",
        language="fr",
        reason="Explique les élastomères avec des bonbons.",
        answer=Answer.INVITED,
    ),
    Character(
        name="Ana Lucía Herrera",
        email="ana.herrera@mail.example",
        country="MX",
        job="Foundry shift leader",
        workplace="Querétaro",
        timezone="America/Mexico_City",
        reason="First woman to lead a shift in our foundry.",
        answer=Answer.NOMINATED,
    ),
    Character(
        name="Salma Idrissi",
        email="salma.idrissi@mail.example",
        country="MA",
        job="Warehouse clerk",
        workplace="Kénitra",
        timezone="Africa/Casablanca",
        language="fr",
        reason="Photographe le week-end, expose en ville.",
        answer=Answer.NOMINATED,
    ),
    Character(
        name="Johan Lindqvist",
        email="johan.lindqvist@halbrane.example",
        country="SE",
        job="Design engineer",
        workplace="Västerås",
        timezone="Europe/Stockholm",
        reason="Draws every pump by hand before he models it.",
        answer=Answer.NO,
    ),
    Character(
        name="Petr Novák",
        email="petr.novak@mail.example",
        country="CZ",
        job="Toolmaker",
        workplace="Plzeň",
        timezone="Europe/Prague",
        reason="Forty years in the tool shop.",
        answer=Answer.WITHDRAWN,
    ),
    Character(
        name="Amal Ben Salah",
        email="amal.bensalah@mail.example",
        country="TN",
        job="Line leader",
        workplace="Sousse",
        timezone="Africa/Tunis",
        language="fr",
        reason="Fait tourner la ligne 4 avec le sourire.",
        answer=Answer.STEPPED_DOWN,
    ),
)
