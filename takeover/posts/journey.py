"""Where an ambassador is on their way: from their yes to the end of their week."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from babel.dates import format_date
from flask import Flask, current_app
from flask_babel import get_timezone, ngettext
from flask_babel import gettext as _

from takeover.i18n import day, locale_code, week_span
from takeover.posts.models import Post, PostState
from takeover.weeks import words
from takeover.weeks.giving import today_of
from takeover.weeks.models import Consent, Week

Place = Literal["done", "now", "next"]


@dataclass(frozen=True, slots=True)
class Step:
    word: str
    place: Place
    at: str = ""
    detail: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class BriefNews:
    """What the author's way needs to know of their brief."""

    url: str
    read_at: datetime | None


BriefOf = Callable[[Week], BriefNews | None]


def init_app(app: Flask, *, brief_of: BriefOf) -> None:
    """`brief_of` answers None while there is no brief. Briefs lie above: the roof joins them."""
    app.extensions["brief_of_week"] = brief_of


def brief_news(week: Week) -> BriefNews | None:
    find = cast(BriefOf | None, current_app.extensions.get("brief_of_week"))
    return find(week) if find else None


def steps(
    consent: Consent | None, week: Week | None, posts: Sequence[Post], *, at: datetime
) -> list[Step]:
    """Their way, in order. What they can do next is now, and so is a week that is on."""
    way = [_yes(consent), _given(week)]
    if week is None:
        return _with_one_now(way)
    brief = _brief(brief_news(week))
    way += ([brief] if brief else []) + [_first_post(posts, at)]
    if week.ends <= at:  # what was not done is left out
        done = [step for step in way if step.place == "done"]
        return [*done, _the_week(week, at), Step(_("Thank you for your week"), "now")]
    return [
        *_with_one_now(way),
        _the_week(week, at),
        Step(_("Thank you for your week"), "next"),
    ]


def _yes(consent: Consent | None) -> Step:
    if consent is None:
        return Step(_("You say yes"), "next")
    return Step(_("You said yes"), "done", at=_day_of(consent.given_at))


def _given(week: Week | None) -> Step:
    if week is None:
        return Step(_("You get a week"), "next", detail=_("Comms chooses it and writes to you."))
    return Step(
        _("You have a week"),
        "done",
        at=_day_of(week.given_at),
        detail=week_span(week.starts_on, week.ends_on),
    )


def _brief(brief: BriefNews | None) -> Step | None:
    if brief is None:
        return None
    if brief.read_at is None:
        return Step(_("Read your brief"), "next", url=brief.url)
    return Step(_("You read the brief"), "done", at=_day_of(brief.read_at), url=brief.url)


def _first_post(posts: Sequence[Post], at: datetime) -> Step:
    sent = [post for post in posts if post.submitted_at is not None]
    if not sent:
        return Step(_("Make your first post"), "next")
    out = sum(post.state is PostState.PUBLISHED and not post.has_run_out(at) for post in posts)
    detail = ngettext("%(num)d is on the account", "%(num)d are on the account", out) if out else ""
    word = ngettext("You sent a post", "You sent %(num)d posts", len(sent))
    return Step(word, "done", detail=detail)


def _the_week(week: Week, at: datetime) -> Step:
    if week.ends <= at:
        return Step(_("Your week"), "done", detail=week_span(week.starts_on, week.ends_on))
    if week.begins > at:
        detail = _("It begins %(when)s.", when=words.begins(week))
        return Step(_("Your week"), "next", detail=detail)
    if words.ends_today(week, at=at):
        detail = _("It ends today, at %(time)s.", time=words.hour_it_ends(week))
    else:
        detail = _("It is on, until %(day)s.", day=words.ends(week))
    return Step(_("Your week"), "now", detail=detail)


def _day_of(instant: datetime) -> str:
    return day(instant.astimezone(get_timezone()).date())


def _with_one_now(way: list[Step]) -> list[Step]:
    """What they do is in their hands: the first that is not done is now."""
    first = next((i for i, step in enumerate(way) if step.place == "next"), None)
    return [
        Step(step.word, "now", step.at, step.detail, step.url) if i == first else step
        for i, step in enumerate(way)
    ]


@dataclass(frozen=True, slots=True)
class Day:
    short: str
    number: int
    full: str
    place: Literal["past", "today", "next"]
    posts: int


def days(week: Week, posts: Sequence[Post], *, at: datetime) -> list[Day]:
    """Its seven days on the account's clock, each with how many posts went or go out."""
    zone, today = week.programme.zone, today_of(week.programme, at=at)
    going = [post.published_at or post.slot_at for post in posts if post.state in _GOING_OUT]
    dates = [instant.astimezone(zone).date() for instant in going if instant is not None]
    language = locale_code()
    return [
        Day(
            short=format_date(date, "ccc", locale=language),
            number=date.day,
            full=format_date(date, "full", locale=language),
            place="today" if date == today else "past" if date < today else "next",
            posts=dates.count(date),
        )
        for date in (week.starts_on + timedelta(days=offset) for offset in range(7))
    ]


_GOING_OUT = frozenset(
    {PostState.APPROVED, PostState.PUBLISHING, PostState.UNCERTAIN, PostState.PUBLISHED}
)
