"""The person's own answer, and taking a yes back."""

import hashlib
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from rota.models import Nomination, NominationState
from rota.planning import clear, tell_leads
from takeover import audit
from takeover.i18n import in_language_of
from takeover.people.adding import give_role
from takeover.people.models import Person, Role
from takeover.programmes.models import Programme
from takeover.weeks.giving import take_back
from takeover.weeks.models import Consent, Week

VERSION = "2026-11.2"


class WordsChanged(Exception):
    """They read other words than those of today: show them these."""


def consent_words(programme: Programme, language: str) -> str:
    """What a yes is said to, in that language. A change of these words is a new VERSION."""
    with in_language_of(language):
        return "\n\n".join(
            (
                _(
                    "I take part in “%(programme)s” of my own free will. For each week that I am "
                    "given, I prepare photos and words for the Instagram account @%(account)s. "
                    "Nothing appears before our communications team has approved it. What appears "
                    "are my photos with my own words, and anybody can see and copy them. My name "
                    "is not added.",
                    programme=programme.name,
                    account=programme.account,
                ),
                _(
                    "I may stop at any time and need give no reason: what is waiting then stops at "
                    "once. What is on the account already stays there until I ask our "
                    "communications team to remove it; they do that by hand, on Instagram. To ask "
                    "for it, or to ask anything else, I answer one of the e-mails I get about the "
                    "programme: the team that invited me reads it."
                ),
                _(
                    "My name, e-mail address, country, job and workplace, my photos as I sent "
                    "them, my words, this yes and a record of who decided what are kept, also "
                    "after I stop; none of it is deleted automatically. The copies of my photos "
                    "that others see hold no note of where, when or with what they were taken."
                ),
                _("Saying no, or stopping, has no consequence for my work."),
            )
        )


def seal(words: str, *, language: str) -> str:
    """What a form carries to say which words were read."""
    return hashlib.sha256("\n".join((VERSION, language, words)).encode()).hexdigest()


def words_read(programme: Programme, *, language: str, seal_seen: str) -> str:
    """The words somebody read, by their seal. Raises WordsChanged where they are others now."""
    words = consent_words(programme, language)
    if seal(words, language=language) != seal_seen:
        raise WordsChanged
    return words


def accept(
    nomination: Nomination, *, session: Session, words: str, language: str, at: datetime
) -> Consent:
    """Their yes to exactly these words, in whose language we write to them from now on.

    `nomination` must be locked. Raises MoveNotAllowed where they answered before.
    """
    person = nomination.person
    nomination.move(NominationState.ACCEPTED, by=person, at=at)
    consent = Consent(
        person_id=person.id,
        programme_id=nomination.programme_id,
        words=words,
        version=VERSION,
        language=language,
        given_at=at,
    )
    session.add(consent)
    audit.record(consent, "consent_given", by=person, at=at, version=VERSION, language=language)
    give_role(person, Role.AMBASSADOR, by=person, at=at)
    person.language = language
    return consent


def decline(nomination: Nomination, *, at: datetime) -> None:
    """Their no. It has no reason, and none is asked. `nomination` must be locked.

    Raises MoveNotAllowed.
    """
    nomination.move(NominationState.DECLINED, by=nomination.person, at=at)


def step_down(consent: Consent, *, session: Session, by: Person, at: datetime) -> None:
    """Take the yes back: nothing of theirs goes out from this instant, and their weeks are free."""
    session.refresh(consent, with_for_update=True)  # nobody gives them a week meanwhile
    if consent.withdrawn_at is not None:
        return
    consent.withdrawn_at = at
    audit.record(consent, "consent_withdrawn", by=by, at=at)
    weeks = list(session.scalars(_weeks_of(consent)))
    for week in weeks:
        clear(week, session=session, by=by, at=at)
    freed = [week for week in weeks if week.ends > at]
    for week in freed:
        take_back(week, by=by, at=at, even_begun=True)
    for nomination in session.scalars(_accepted(consent)):
        nomination.move(NominationState.STEPPED_DOWN, by=by, at=at)
    if weeks:  # one may be free again, and what is published may have to come down
        tell_leads(consent, freed, session=session, at=at)


def consents_of(session: Session, person: Person) -> list[tuple[Consent, Programme]]:
    """Each of theirs, those that stand first, with its programme."""
    rows = session.execute(
        select(Consent, Programme)
        .join(Programme, Consent.programme_id == Programme.id)
        .where(Consent.person_id == person.id)
        .order_by(Consent.withdrawn_at.is_not(None), Consent.given_at.desc())
    )
    return [(consent, programme) for consent, programme in rows]


def _weeks_of(consent: Consent) -> Select[Week]:
    return (
        select(Week)
        .where(Week.consent_id == consent.id, Week.taken_back_at.is_(None))
        .order_by(Week.starts_on)
    )


def _accepted(consent: Consent) -> Select[Nomination]:
    return select(Nomination).where(
        Nomination.person_id == consent.person_id,
        Nomination.programme_id == consent.programme_id,
        Nomination.state == NominationState.ACCEPTED,
    )
