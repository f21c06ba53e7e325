"""Languages and time zones: what a person reads, in their words and on their clock."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.dates import format_interval
from flask import Flask, has_request_context, request
from flask_babel import Babel, force_locale, format_date, format_datetime, get_locale, get_timezone

# Only languages that are complete; a check holds that.
LANGUAGES = {"en": "English", "fr": "Français"}
DEFAULT_LANGUAGE = "en"

# The countries people are nominated of: ISO 3166-1 alpha-2, without what CLDR adds for itself.
_NOT_COUNTRIES = frozenset(
    {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO", "AC", "CP", "DG", "EA", "IC", "TA", "CQ"}
)

babel = Babel()


def init_app(
    app: Flask,
    *,
    language_of_person: Callable[[], str | None],
    zone_of_person: Callable[[], str | None],
) -> None:
    """`language_of_person` and `zone_of_person` answer None where nobody is signed in."""

    def language() -> str:
        return language_of_person() or _language_asked_for()

    def zone() -> str:
        return zone_of_person() or "UTC"

    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    babel.init_app(
        app, default_locale=DEFAULT_LANGUAGE, locale_selector=language, timezone_selector=zone
    )
    app.jinja_env.filters.update(
        moment=moment, day=day, week_span=week_span, country=country_name, language=LANGUAGES.get
    )
    app.jinja_env.globals.update(locale_code=locale_code, languages=LANGUAGES)


def _language_asked_for() -> str:
    if not has_request_context():
        return DEFAULT_LANGUAGE
    theirs = request.accept_languages.best_match(list(LANGUAGES)) or DEFAULT_LANGUAGE
    return language_chosen(otherwise=theirs)


def language_chosen(*, otherwise: str) -> str:
    """The language somebody chose on a page they read without signing in."""
    # Of the address alone: this is asked for error pages too, where a form may be past reading.
    chosen = request.args.get("language")
    known = chosen if chosen in LANGUAGES else otherwise
    return known if known in LANGUAGES else DEFAULT_LANGUAGE


def locale_code() -> str:
    """The language of this page, for its `lang` attribute."""
    return str(_locale().language)


def _locale() -> Locale:
    return get_locale() or Locale.parse(DEFAULT_LANGUAGE)


@contextmanager
def in_language_of(language: str) -> Iterator[None]:
    """Everything inside is said in that language, or in English where we do not speak it."""
    with force_locale(language if language in LANGUAGES else DEFAULT_LANGUAGE):
        yield


def moment(at: datetime, zone: str | None = None) -> str:
    """`Tue 24 Nov, 12:15`, on the reader's clock, or on that of the zone named."""
    local = at.astimezone(ZoneInfo(zone)) if zone else at.astimezone(get_timezone())
    return format_datetime(local, "EEE d MMM, HH:mm", rebase=False)


def day(of: date) -> str:
    return format_date(of, "EEE d MMM y", rebase=False)


def week_span(first: date, last: date) -> str:
    """`23 – 29 Nov 2026`."""
    locale = _locale()
    # Our own patterns put the day first, as most of the world does; so does this English.
    return format_interval(
        first, last, "yMMMd", locale="en_GB" if locale.language == "en" else locale
    )


def country_name(code: str) -> str:
    """The country of an ISO 3166-1 alpha-2 code, in the reader's language."""
    return str(_locale().territories.get(code, code))


def countries() -> list[tuple[str, str]]:
    """Every country, as (code, name), by name in the reader's language."""
    names = _locale().territories
    known = [
        (code, name)
        for code, name in names.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    ]
    return sorted(known, key=lambda pair: pair[1])


def zones() -> list[str]:
    """The time zones a person may choose, by name."""
    named = (z for z in available_timezones() if "/" in z and not z.startswith("Etc/"))
    return [*sorted(named), "UTC"]
