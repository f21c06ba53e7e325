"""What belongs to a post once it is out: its address, which its author is told, its first comment,
and no others where none are wanted."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from takeover.instagram.alarms import alarm_of_post
from takeover.instagram.belonging import why_out_of_reach
from takeover.instagram.ending import OF_ACCOUNT
from takeover.instagram.models import Publication
from takeover.instagram.publisher import (
    AccountNeedsPerson,
    OnAccount,
    Ours,
    OutcomeUnknown,
    PublishingError,
    Reason,
    TheirsForNow,
)
from takeover.instagram.recording import tell_altered
from takeover.instagram.slowing_down import heed, waits_until
from takeover.instagram.tended_by_hand import to_follow
from takeover.instagram.working import Work, held_post, is_held_up
from takeover.posts.events import TENDING_WAITS, note, note_wait
from takeover.posts.models import Post, PostState, Surface
from takeover.posts.telling import tell_published
from takeover.programmes.pausing import lock_programme

log = logging.getLogger(__name__)

MOST_TRIES = 5
BETWEEN = timedelta(minutes=1)


class _Later(Exception):
    """A pause is in the way."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is still to be done."""

    out_of_reach: Reason | None  # None: it can be done from here
    on: OnAccount
    caption: str
    comment: str
    was_sent: bool  # the comment may have been written
    closing: bool

    @property
    def nothing_more(self) -> bool:
        return not self.missing

    @property
    def missing(self) -> str:
        """Besides its address."""
        return " ".join(["comment"] * bool(self.comment) + ["closing"] * self.closing)


def tend(work: Work, post_id: int) -> None:
    """Write the comment before comments are closed: after that nobody can. Raises LostHold."""
    try:
        wanted = _wanted(work, post_id)
        if wanted.out_of_reach is not None:
            _let_be(work, post_id, wanted, why=wanted.out_of_reach)
            return
        if not wanted.on.permalink:
            _find_address(work, post_id, wanted)
        _see_to_comments(work, post_id, wanted)
        if wanted.on.permalink or not wanted.nothing_more:
            _finish(work, post_id)
    except _Later:
        _post, publication = _held(work, post_id)
        publication.tend_at = work.clock() + BETWEEN
        work.session.commit()
    except PublishingError as error:
        heed(work, error, post_id)
        _note_trouble(work, post_id, error)
    except Exception as error:  # a broken answer: nobody foresaw it
        log.exception("tending broke off", extra={"post_id": post_id})
        _note_trouble(work, post_id, PublishingError(type(error).__name__))


def _wanted(work: Work, post_id: int) -> _Wanted:
    wanted = _wanted_of(work, *_held(work, post_id))
    work.session.commit()
    return wanted


def _wanted_of(work: Work, post: Post, publication: Publication) -> _Wanted:
    comment, closing = to_follow(post, publication)
    return _Wanted(
        out_of_reach=why_out_of_reach(work, publication),
        on=OnAccount(media_id=publication.media_id or "", permalink=post.permalink),
        caption=post.caption if post.surface is not Surface.STORY else "",
        comment=comment,
        was_sent=publication.comment_sent_at is not None,
        closing=closing,
    )


def _find_address(work: Work, post_id: int, wanted: _Wanted) -> None:
    """Its author is told also where it is not known: they can see the post here."""
    address = work.publisher.permalink_of(wanted.on)
    is_altered = bool(address) and not _shows_its_words(work, wanted)
    post, publication = _held(work, post_id)
    post.permalink = address
    if is_altered:
        tell_altered(post, session=work.session, at=work.clock())
    tell_published(post, session=work.session, address=address, at=work.clock())
    publication.tend_tries += not address
    if wanted.nothing_more:
        _say_when_next(work, post, publication)
    work.session.commit()


def _shows_its_words(work: Work, wanted: _Wanted) -> bool:
    return not wanted.caption or work.publisher.shows(wanted.on, wanted.caption)


def _let_be(work: Work, post_id: int, wanted: _Wanted, *, why: Reason) -> None:
    """By another door, or on another account, only a person can do what is still wanted. While no
    way leads to any, it may be back in a moment."""
    if wanted.nothing_more:
        post, publication = _held(work, post_id)
        publication.tend_at = None
        _tell_without_address(work, post)
        work.session.commit()
    elif why is Reason.NOT_CONNECTED:
        _note_trouble(work, post_id, TheirsForNow("no way there", wait=BETWEEN, reason=why))
    else:
        _note_trouble(work, post_id, PublishingError("out of reach", reason=why))


def _tell_without_address(work: Work, post: Post) -> None:
    """Its author can see it here."""
    if not post.permalink:
        tell_published(post, session=work.session, address="", at=work.clock())


def _finish(work: Work, post_id: int) -> None:
    post, publication = _held(work, post_id)
    _say_when_next(work, post, publication)
    work.session.commit()


def _say_when_next(work: Work, post: Post, publication: Publication) -> None:
    """For its address alone it is asked again, and not for ever."""
    again = not post.permalink and publication.tend_tries < MOST_TRIES
    publication.tend_at = work.clock() + BETWEEN * publication.tend_tries if again else None


def _see_to_comments(work: Work, post_id: int, wanted: _Wanted) -> None:
    """Where the first comment is given up, comments are switched off all the same. Raises _Later,
    and what the door does."""
    given_up = None
    if wanted.comment:
        try:
            _write_comment(work, post_id, wanted)
        except PublishingError as error:
            if _comes_again(work, post_id, error) or _is_of_account(error):
                raise
            given_up = error
    if wanted.closing:
        _close_comments(work, post_id, wanted)
    if given_up is not None:
        raise given_up


def _comes_again(work: Work, post_id: int, error: PublishingError) -> bool:
    tries = work.session.get_one(Publication, post_id, populate_existing=True).tend_tries
    work.session.rollback()
    return _passes(error) and tries + 1 < MOST_TRIES


def _passes(error: PublishingError) -> bool:
    return isinstance(error, TheirsForNow | OutcomeUnknown)


def _is_of_account(error: PublishingError) -> bool:
    """Whether anything else asked of it would fail as well, or make it worse."""
    return isinstance(error, AccountNeedsPerson | Ours) or error.reason in OF_ACCOUNT


def _write_comment(work: Work, post_id: int, wanted: _Wanted) -> None:
    """Once: what may have been written is looked for before it is written again. Raises _Later."""
    if not wanted.was_sent or not work.publisher.has_comment(wanted.on, wanted.comment):
        if not _commit_to_writing(work, post_id):
            return
        work.publisher.comment(wanted.on, wanted.comment)
    post, publication = _held(work, post_id)
    publication.commented_at = work.clock()
    note(post, "comment_written", at=work.clock())
    work.session.commit()


def _commit_to_writing(work: Work, post_id: int) -> bool:
    """Whether its author's consent still allows it. Raises _Later while the programme is paused,
    or where the account is not opened by these keys any more."""
    lock_programme(work.session, work.hold.programme_id)  # whoever stops it comes before, or after
    post, publication = _held(work, post_id)
    if is_held_up(work, work.clock()):
        work.session.rollback()
        raise _Later
    stands = post.week.consent.stands
    if stands:
        publication.comment_sent_at = work.clock()
    else:
        note(post, "comment_left_out", at=work.clock())
    work.session.commit()
    return stands


def _close_comments(work: Work, post_id: int, wanted: _Wanted) -> None:
    work.publisher.close_comments(wanted.on)
    post, publication = _held(work, post_id)
    publication.comments_closed_at = work.clock()
    note(post, "comments_closed", at=work.clock())
    work.session.commit()


def _note_trouble(work: Work, post_id: int, error: PublishingError) -> None:
    work.session.rollback()
    at, reason = work.clock(), error.reason.value
    post, publication = _held(work, post_id)
    wanted = _wanted_of(work, post, publication)
    publication.tend_tries += 1
    if _passes(error) and publication.tend_tries < MOST_TRIES:
        left_alone = waits_until(work.session, post.programme_id, at=at) or at
        until = max(at + _wait_after(error) * publication.tend_tries, left_alone)
        publication.tend_at = until
        if not wanted.nothing_more:
            note_wait(post, TENDING_WAITS, at=at, reason=reason, said=error.said, until=until)
    else:
        publication.tend_at = None
        _tell_without_address(work, post)
        if not wanted.nothing_more:
            note(post, "not_tended", at=at, reason=reason, missing=wanted.missing)
            alarm_of_post("not_tended", post, session=work.session, reason=reason, at=at)
    work.session.commit()


def _wait_after(error: PublishingError) -> timedelta:
    return error.wait if isinstance(error, TheirsForNow) else BETWEEN


def _held(work: Work, post_id: int) -> tuple[Post, Publication]:
    """Raises LostHold."""
    post, publication = held_post(work, post_id)
    if post.state is not PostState.PUBLISHED:
        raise PublishingError("it is not on the account any more")
    return post, publication
