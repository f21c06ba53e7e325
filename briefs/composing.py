"""The template of the brief, and composing it for one person and their week."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from babel import Locale
from babel.dates import get_day_names, get_timezone_location
from babel.lists import format_list
from flask_babel import format_date, get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from briefs.models import Brief
from takeover import audit
from takeover.audit import Actor
from takeover.i18n import DEFAULT_LANGUAGE, LANGUAGES, in_language_of, week_span
from takeover.programmes.models import Programme
from takeover.weeks.models import Week

# A change of any word below is a new version: a brief says which one it was composed of.
VERSION = "2026-11"

WHOLE_WEEK = range(7)


@dataclass(frozen=True, slots=True)
class Content:
    """What `Brief.content` holds: finished words in the ambassador's language."""

    title: str
    lead: str
    headings: dict[str, str]  # of the lists below, by their names
    introduction: list[str]
    rhythm: list[str]
    ideas: list[str]
    dos: list[str]
    donts: list[str]
    never: list[str]
    doubt: str


def compose(week: Week, *, session: Session, by: Actor | None, at: datetime) -> Brief:
    """The brief of that week, in its ambassador's language, of today's template."""
    spoken = week.person.language
    language = spoken if spoken in LANGUAGES else DEFAULT_LANGUAGE
    with in_language_of(language):
        content = _content(week)
    brief = Brief(
        week=week,
        language=language,
        template_version=VERSION,
        content=asdict(content),
        composed_at=at,
    )
    session.add(brief)
    audit.record(brief, "brief_composed", by=by, at=at, version=VERSION, language=language)
    return brief


def _content(week: Week) -> Content:
    programme = week.programme
    return Content(
        title=_("%(name)s, this is your week", name=week.person.name.partition(" ")[0]),
        lead=_(
            "From %(first)s to %(last)s, @%(account)s shows what your days are made of. "
            "Ten minutes here, and you know all you need.",
            first=_day(week.starts_on),
            last=_day(week.ends_on),
            account=programme.account,
        ),
        headings={
            "ideas": _("Ideas for your posts"),
            "dos": _("Do"),
            "donts": _("Please do not"),
            "never": _("Never show or tell"),
            "rhythm": _("How a post goes out"),
        },
        introduction=_introduction(week),
        rhythm=_rhythm(programme),
        ideas=_ideas(week),
        dos=_dos(),
        donts=_donts(),
        never=_never(),
        doubt=_(
            "Not even in the background, on a screen, or on a badge. When in doubt, leave it out, "
            "or send it with a question: we look at every post before anybody else does."
        ),
    )


def _introduction(week: Week) -> list[str]:
    return [
        _(
            "“%(programme)s” lends the account to one colleague a week. This week of "
            "%(span)s is yours: your place, your eye, your words. People follow it to meet "
            "somebody real, not an advertisement.",
            programme=week.programme.name,
            span=week_span(week.starts_on, week.ends_on),
        ),
        _(
            "One photo a day is plenty. Take it with your own phone, write a line or two as you "
            "would to a friend, and send it to us. You never need the account’s password."
        ),
    ]


def _rhythm(programme: Programme) -> list[str]:
    steps = [
        _("You send a photo with its words when it suits you, even before your week begins."),
        _(
            "Somebody of the communications team looks at it, usually the same day. They approve "
            "it, or tell you what to change. Nobody rewrites you behind your back."
        ),
    ]
    if programme.slot_times:
        steps.append(
            _(
                "What is approved goes out by itself, %(days)s, at %(times)s (%(zone)s time).",
                days=_days(programme),
                times=_times(programme),
                zone=_zone(programme),
            )
        )
    else:
        steps.append(
            _(
                "What is approved goes out by itself as soon as it is approved, %(days)s.",
                days=_days(programme),
            )
        )
    return steps


def _ideas(week: Week) -> list[str]:
    job, workplace = week.person.job, week.person.workplace
    ideas = [
        _("The first coffee, the way to work, the light at the hour you begin."),
        _("The tool you would never lend, and what it has been through."),
        _("Somebody who taught you something. Ask them first."),
        _("The view from your place at ten in the morning."),
        _("Something about your trade that nobody outside knows."),
        _("An event, a visit, a first time, something that failed and then worked."),
        _("What you do when you are not at work, if you like to tell."),
    ]
    if job:
        ideas.insert(0, _("Your job in one picture: “%(job)s”, on an ordinary day.", job=job))
    if workplace:
        ideas.append(_("%(workplace)s as only those know it who are there.", workplace=workplace))
    return ideas


def _dos() -> list[str]:
    return [
        _("Write as you speak, in the language you like best."),
        _("Ask everybody who can be recognised, before you send the photo."),
        _("Wear what your workplace asks for: helmet, glasses, gloves. People notice."),
        _("Look at the background before you press the button."),
        _("Describe the photo in one sentence for those who cannot see it."),
        _("Answer kindly, or not at all; tell us about a comment that troubles you."),
    ]


def _donts() -> list[str]:
    return [
        _("Do not stage a scene, or say what you do not think."),
        _("Do not take photos while you drive, or where phones are not allowed."),
        _("Do not name or tag anybody who has not agreed, and never their children."),
        _("Do not use music, pictures or texts that others have made."),
        _("Do not speak about politics, religion, or other companies in our name."),
        _("Do not promise anything: products, prices, dates, jobs."),
    ]


def _never() -> list[str]:
    return [
        _("Confidential papers, screens, whiteboards, plans, and anything marked as such"),
        _("Financial figures: sales, orders, costs, margins, anything not published yet"),
        _("Industrial processes, machines and their settings, prototypes, products to come"),
        _("Customers and suppliers: their names, their parts, their visits"),
        _("Personal data: badges, rosters, health, addresses, number plates, who is absent"),
        _("Safety and security: access codes, cameras, locks, accidents, investigations"),
    ]


def _day(of: date) -> str:
    return format_date(of, "EEEE d MMMM")


def _days(programme: Programme) -> str:
    days = sorted(set(programme.slot_days))
    if len(days) == len(WHOLE_WEEK):
        return _("every day")
    names = get_day_names("wide", locale=_locale())
    return format_list([names[day] for day in days], locale=_locale())


def _times(programme: Programme) -> str:
    return format_list([f"{time:%H:%M}" for time in programme.times], locale=_locale())


def _zone(programme: Programme) -> str:
    return get_timezone_location(programme.timezone, locale=_locale(), return_city=True)


def _locale() -> Locale:
    return get_locale() or Locale.parse(DEFAULT_LANGUAGE)
