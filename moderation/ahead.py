"""What each approved post does next, in words: for comms' pages and for its author's."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from moderation.going_out import Outlook, Wait, outlook_of
from moderation.with_post import refuses_locations
from takeover.db import db
from takeover.instagram.publisher import Reason
from takeover.posts.ahead import Ahead, Next
from takeover.posts.held_up import ids_held_up
from takeover.posts.models import Post, PostState
from takeover.posts.trouble import trouble_of
from takeover.programmes.clocks import clock_of

LATE = timedelta(minutes=1)
"""By then what nothing stands in the way of is on the account."""


def ahead_of(posts: Sequence[Post], at: datetime) -> dict[int, Ahead]:
    """By the posts' ids, of those that are approved and have a time; each programme is asked
    about once."""
    return in_words(posts, outlooks_of(posts, session=db.session, at=at))


def outlooks_of(
    posts: Iterable[Post], *, session: Session, at: datetime, may_connect: bool = False
) -> dict[int, Outlook]:
    """By the ids of the programmes of those that are approved. `may_connect`: whoever reads it."""
    waiting = [post for post in posts if post.state is PostState.APPROVED]
    programmes = {post.programme_id: post.week.programme for post in waiting}
    held_up = ids_held_up(session, at=at) if waiting else frozenset()
    return {
        id: outlook_of(one, session=session, at=at, may_connect=may_connect, held_up=held_up)
        for id, one in programmes.items()
    }


def in_words(posts: Iterable[Post], outlooks: Mapping[int, Outlook]) -> dict[int, Ahead]:
    """By the posts' ids; `outlooks` by those of their programmes."""
    waiting = [post for post in posts if post.state is PostState.APPROVED]
    found = ((post.id, ahead(post, outlooks[post.programme_id])) for post in waiting)
    return {id: one for id, one in found if one is not None}


def said_of(post: Post, *, at: datetime) -> str:
    """What whoever has just given it a time reads."""
    found = ahead_of([post], at).get(post.id)
    if found is None or found.next is Next.ON_TIME:
        when = clock_of(post.week.programme, post.slot_at or at)
        return _("It goes out %(when)s.", when=when)
    return found.words


def would_be_ahead(post: Post, slot: datetime, *, session: Session, at: datetime) -> Ahead:
    """Of one that is not approved: as if it were, with that time, which is to come."""
    return _at(slot, post, outlook_of(post.week.programme, session=session, at=at))


def ahead(post: Post, outlook: Outlook) -> Ahead | None:
    """None where it has no time, or is not approved."""
    if post.state is not PostState.APPROVED or post.slot_at is None:
        return None
    if post.id in outlook.held_up:
        return _held_up() if outlook.account.is_paused else _to_be_placed()
    return _at(post.slot_at, post, outlook)


def _at(slot: datetime, post: Post, outlook: Outlook) -> Ahead:
    at = outlook.line.at
    if post.location_id and refuses_locations(outlook.account.connection):
        return _would_fail()
    wait = outlook.wait_for(post, slot)
    if wait is not None and wait.is_for_account:
        return _shut(wait)
    if wait is not None and wait.is_in_vain:
        return _waits(wait)
    if outlook.account.is_paused:
        return _paused(post, max(slot, wait.until) if wait and wait.until else slot)
    if wait is not None:
        return _waits(wait)
    if slot > at:
        return _on_time(post, slot)
    return _late() if slot + LATE <= at else _now()


def _held_up() -> Ahead:
    return Ahead(
        next=Next.HELD_UP,
        word=_("Held up by a pause"),
        tone="attention",
        words=_("Its time came while everything was paused."),
        for_author=_("Nothing goes out just now. What you sent is kept."),
    )


def _to_be_placed() -> Ahead:
    return Ahead(
        next=Next.TO_BE_PLACED,
        word=_("Waits for another time"),
        tone="attention",
        words=_("Its time came while everything was paused. Give it another one."),
        for_author=_("Its time came while everything was paused. Comms gives it another one."),
        may_go_now=True,
    )


def _would_fail() -> Ahead:
    return Ahead(
        next=Next.WOULD_FAIL,
        word=_("Cannot go out yet"),
        tone="attention",
        words=_("%(why)s.", why=str(trouble_of(Reason.PLACE).why)),
        for_author=_("Comms sees to its location first; you need do nothing."),
    )


def _shut(wait: Wait) -> Ahead:
    return Ahead(
        next=Next.SHUT,
        word=_("Waits for the account"),
        tone="attention",
        words=wait.words,
        for_author=_("Nothing goes out just now. Comms sees to the account; you need do nothing."),
    )


def _paused(post: Post, slot: datetime) -> Ahead:
    when = clock_of(post.week.programme, slot)
    return Ahead(
        next=Next.PAUSED,
        word=_("Paused"),
        tone="waiting",
        words=_("Goes out %(when)s, if the pause is over by then.", when=when),
    )


def _waits(wait: Wait) -> Ahead:
    return Ahead(
        next=Next.WAITS,
        word=_("Waits too long") if wait.is_in_vain else _("Waits"),
        tone="attention" if wait.is_in_vain else "waiting",
        words=wait.words,
        for_author=wait.for_author,
        until=wait.until,
        may_go_now=wait.may_go_now,
    )


def _on_time(post: Post, slot: datetime) -> Ahead:
    return Ahead(
        next=Next.ON_TIME,
        word=_("Goes out %(when)s", when=clock_of(post.week.programme, slot)),
        tone="good",
        words=_("Approved. It goes out by itself."),
        may_go_now=True,
    )


def _now() -> Ahead:
    return Ahead(
        next=Next.NOW,
        word=_("Going out now"),
        tone="waiting",
        words=_("It will be on the account in a moment."),
    )


def _late() -> Ahead:
    return Ahead(
        next=Next.LATE,
        word=_("Approved, and late"),
        tone="attention",
        words=_("It is late, and goes out as soon as the account takes it."),
        for_author=_(
            "It is late, and goes out as soon as the account takes it. You need do nothing."
        ),
        may_go_now=True,
    )
