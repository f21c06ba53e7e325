"""What a nomination's state is called, and what happens next, for whoever looks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from rota.finding import Shown
from rota.models import Nomination, NominationState
from takeover.i18n import moment, week_span
from takeover.people.models import Person, Role
from takeover.weeks.models import Week


@dataclass(frozen=True, slots=True)
class Standing:
    """A word, its tone (`parts.state`), and one sentence about what comes next."""

    word: str
    tone: str
    next: str
    may_invite: bool = False


def shown_words() -> dict[Shown, str]:
    return {
        Shown.TO_INVITE: _("Not invited yet"),
        Shown.INVITED: _("Invited"),
        Shown.UNANSWERED: _("No answer in time"),
        Shown.YES: _("Said yes"),
        Shown.NOT_TAKING_PART: _("Not taking part"),
        Shown.WITHDRAWN: _("Withdrawn"),
    }


def standing(
    nomination: Nomination,
    *,
    expires_at: datetime | None,
    seen_by: Person,
    at: datetime,
    week: Week | None = None,
) -> Standing:
    """`week` is the one they were given, if any; `expires_at` that of their last invitation."""
    leads = Role.LEAD in seen_by.roles
    match nomination.state:
        case NominationState.NOMINATED:
            return _nominated(leads=leads)
        case NominationState.INVITED:
            return _invited(expires_at, leads=leads, at=at)
        case NominationState.ACCEPTED:
            return _said_yes(week, leads=leads, at=at)
        case NominationState.DECLINED | NominationState.STEPPED_DOWN:
            return Standing(
                _("Not taking part"), "calm", _("Nothing more to do. Nobody is asked for a reason.")
            )
        case NominationState.WITHDRAWN:
            return Standing(
                _("Withdrawn"), "calm", _("Nothing more to do. They can be nominated again.")
            )


def steps(
    nomination: Nomination, *, seen_by: Person, at: datetime, week: Week | None
) -> list[dict[str, Any]]:
    """The way of a nomination, for `parts.timeline`. A no and a stepping down look the same."""
    state = nomination.state
    invited = _moved(nomination, NominationState.INVITED)
    nominated = _("Nominated by %(name)s", name=nomination.by.name)
    way = [_done(nominated, nomination.created_at)]
    if invited:
        way.append(_done(_("Invited"), invited))
    if state in (NominationState.DECLINED, NominationState.STEPPED_DOWN):
        return [*way, _done(_("Not taking part"), None)]
    if state is NominationState.WITHDRAWN:
        return [*way, _done(_("Withdrawn"), _moved(nomination, state))]
    if state is NominationState.NOMINATED:
        invite = _("Invite them") if Role.LEAD in seen_by.roles else _("An invitation")
        return [
            *way,
            _step(invite, "now"),
            _step(_("Their own yes or no"), "next"),
            _step(_("A week"), "next"),
        ]
    if state is NominationState.INVITED:
        return [
            *way,
            _step(_("Their own yes or no"), "now"),
            _step(_("A week"), "next"),
        ]
    way.append(_done(_("Said yes"), _moved(nomination, NominationState.ACCEPTED)))
    if week is None:
        return [*way, _step(_("A week"), "now")]
    span = week_span(week.starts_on, week.ends_on)
    if week.ends <= at:
        return [*way, _done(_("Had the week of %(span)s", span=span), None)]
    return [*way, _done(_("Has the week of %(span)s", span=span), None)]


def _nominated(*, leads: bool) -> Standing:
    if leads:
        return Standing(_("Not invited yet"), "attention", _("Invite them."), may_invite=True)
    return Standing(
        _("Not invited yet"),
        "waiting",
        _("The communications team reads it and decides whether to invite them."),
    )


def _invited(expires_at: datetime | None, *, leads: bool, at: datetime) -> Standing:
    if expires_at is not None and expires_at > at:
        return Standing(
            _("Invited"), "waiting", _("They answer for themselves, in their own time.")
        )
    if leads:
        return Standing(
            _("No answer in time"),
            "attention",
            _("Invite them again with a new link, or leave it at that."),
            may_invite=True,
        )
    return Standing(
        _("No answer in time"), "calm", _("The communications team may invite them once more.")
    )


def _said_yes(week: Week | None, *, leads: bool, at: datetime) -> Standing:
    if week is not None:
        span = week_span(week.starts_on, week.ends_on)
        if week.ends <= at:
            return Standing(_("Said yes"), "good", _("They had the week of %(span)s.", span=span))
        return Standing(_("Said yes"), "good", _("They have the week of %(span)s.", span=span))
    if leads:
        return Standing(_("Said yes"), "good", _("Give them a week in the rota."))
    return Standing(_("Said yes"), "good", _("The communications team gives them a week."))


def _moved(nomination: Nomination, to_state: NominationState) -> datetime | None:
    found = [move.at for move in nomination.history if move.to_state == to_state.value]
    return found[-1] if found else None


def _done(word: str, at: datetime | None) -> dict[str, Any]:
    when = moment(at) if at else None
    return {"word": word, "at": when, "place": "done", "detail": None, "url": None}


def _step(word: str, place: str) -> dict[str, Any]:
    return {"word": word, "at": None, "place": place, "detail": None, "url": None}
