"""A post's state in words: for its author with what happens next, for comms with what to do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from takeover.media.models import UNDER_WAY, Media, MediaState
from takeover.plain import one_line
from takeover.posts.ahead import Ahead, Next
from takeover.posts.models import Post, PostKind, PostMove, PostState
from takeover.posts.rules import is_open
from takeover.posts.said_gone import Seen, is_mere_word
from takeover.posts.taken_out import TakenOut, how_taken_out
from takeover.posts.trouble import STOPPED_BY, trouble_of, words_of_event
from takeover.posts.turned_up import TurnedUp, is_there_all_the_same, turned_up

S = PostState

# A word and a tone (see docs/design.md) for each state.
STATES = {
    S.DRAFT: (lazy_gettext("Draft"), "calm"),
    S.SUBMITTED: (lazy_gettext("Waiting for comms"), "waiting"),
    S.CHANGES_REQUESTED: (lazy_gettext("Changes asked"), "attention"),
    S.REJECTED: (lazy_gettext("Not published"), "stopped"),
    S.APPROVED: (lazy_gettext("Approved"), "good"),
    S.PUBLISHING: (lazy_gettext("Going out now"), "waiting"),
    S.UNCERTAIN: (lazy_gettext("Being checked"), "waiting"),
    S.FAILED: (lazy_gettext("Did not go out"), "stopped"),
    S.MISSED: (lazy_gettext("Missed"), "stopped"),
    S.PUBLISHED: (lazy_gettext("On the account"), "good"),
    S.TAKEN_DOWN: (lazy_gettext("Taken down"), "calm"),
    S.WITHDRAWN: (lazy_gettext("Withdrawn"), "calm"),
}

KINDS = {
    PostKind.PHOTO: lazy_gettext("Photo"),
    PostKind.CAROUSEL: lazy_gettext("Carousel"),
    PostKind.REEL: lazy_gettext("Reel"),
    PostKind.STORY: lazy_gettext("Story"),
}

TOO_LATE = "too late"
"""Why a post was missed while its week still runs."""

UNDECIDED = frozenset({S.DRAFT, S.SUBMITTED, S.CHANGES_REQUESTED})
"""What could still become something, as long as its week runs."""

SOON, LATER = 2, 15  # seconds between two looks at something that moves
ABOUT_TO = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Told:
    """What its author reads of a post. `look_again` is in seconds; 0 where nothing moves."""

    word: str
    tone: str
    next: str
    look_again: int = 0
    is_arriving: bool = False
    """Something of it is still on its author's phone."""


def told(post: Post, *, at: datetime, ahead: Ahead | None) -> Told:
    """The state of a post, and what happens next, for its author. `ahead`: see `what_is_ahead`."""
    if ahead is None and is_there_all_the_same(post):
        return _all_the_same(post)
    if post.state in UNDECIDED and not is_open(post.week, at=at):
        return Told(_("Week over"), "stopped", _why_over(post))
    if post.may_be_edited and (about_picture := _while_preparing(post)) is not None:
        return about_picture
    if ahead is not None:
        return _until_it_goes_out(post, ahead, at)
    return Told(*word_of(post, at=at), _next(post, at), _look_again(post, at))


def word_of(post: Post, *, at: datetime) -> tuple[str, str]:
    """A word and a tone for what became of it, where all readers have the same."""
    if post.has_run_out(at):
        return _("Was on the account"), "calm"
    if post.is_to_be_taken_down:
        return _("To be taken down"), "waiting"
    if is_mere_word(post, at=at):
        return _("Said to be gone"), "waiting"
    word, tone = STATES[post.state]
    return str(word), tone


def _all_the_same(post: Post) -> Told:
    words = _("It was sent before it was taken back, and has turned up on Instagram.")
    if turned_up(post) is TurnedUp.FOUND:
        words += " " + _("Comms has been told.")
    return Told(_("On the account all the same"), "waiting", words, LATER)


def _why_over(post: Post) -> str:
    if not post.week.consent.stands:
        return _("You have stepped down, so nothing of yours goes out.")
    return _("Your week was over before it could go out.")


def _while_preparing(post: Post) -> Told | None:
    states = {picture.media.state for picture in post.pictures}
    if MediaState.REFUSED in states:
        return Told(_("Choose another photo or video"), "attention", refusal_of(post))
    if any(picture.media.is_on_its_way for picture in post.pictures):
        words = _("Open it on the phone you sent it from, and it goes on where it was.")
        return Told(_("Not all of it has arrived"), "attention", words, LATER, is_arriving=True)
    if post.submit_asked_at is not None:
        words = _("We are making it ready. Then comms gets the post by itself.")
        return Told(_("On its way to comms"), "waiting", words, SOON)
    if UNDER_WAY & states:
        return Told(_("Draft"), "waiting", _("We are making it ready."), SOON)
    return None


def refusal_of(post: Post) -> str:
    """Why its pictures cannot be used, in the reader's language, a paragraph each with its file's
    name where that is known; empty where all can."""
    refused = [p.media for p in post.pictures if p.media.refusal]
    return "\n\n".join(with_name(media.name, media.refusal) for media in refused)


def with_name(name: str | None, sentence: str) -> str:
    """What is said of a file; of one whose name is empty, or cannot be seen, as it is."""
    shown = one_line(name)
    return f"{shown}: {sentence}" if shown else sentence


def _until_it_goes_out(post: Post, ahead: Ahead, at: datetime) -> Told:
    # What needs comms asks nothing of its author.
    tone = "waiting" if ahead.tone == "attention" else ahead.tone
    words = ahead.for_author or ahead.words
    return Told(ahead.word, tone, words, until_next_look(post, ahead, at=at))


def until_next_look(post: Post, ahead: Ahead, *, at: datetime) -> int:
    """In seconds, at what is approved."""
    nearly = post.slot_at is not None and post.slot_at - at < ABOUT_TO
    moves = ahead.next is Next.NOW or (ahead.next is Next.ON_TIME and nearly)
    return SOON if moves else LATER


def _next(post: Post, at: datetime) -> str:
    words = {
        S.DRAFT: _("Submit it when you are happy with it."),
        S.SUBMITTED: _("Comms looks at it next. You need do nothing."),
        S.CHANGES_REQUESTED: post.last_word,
        S.REJECTED: post.last_word,
        S.PUBLISHING: _("It will be on the account in a moment."),
        S.UNCERTAIN: _("Instagram did not answer clearly. Comms looks; you need do nothing."),
        S.FAILED: _why_it_stopped(post),
        S.MISSED: _("It could not go out in time. Comms may give it another time.")
        if post.last_word == TOO_LATE and is_open(post.week, at=at)
        else _why_over(post),
        S.PUBLISHED: _out(post, at),
        S.TAKEN_DOWN: _("Comms says that it is no longer on the account.")
        if is_mere_word(post, at=at)
        else _("It is no longer on the account."),
        S.WITHDRAWN: _why_taken_out(post),
    }
    return words.get(post.state, "")


def _out(post: Post, at: datetime) -> str:
    """Of what is on the account, or was."""
    if post.has_run_out(at):
        return _("A story is on the account for 24 hours.")
    if post.is_to_be_taken_down:
        return _("It is on the account until that is done. You need do nothing.")
    return _("Everybody can see it.")


def _why_taken_out(post: Post) -> str:
    if post.state is not S.WITHDRAWN:
        return ""
    return {
        TakenOut.BY_AUTHOR: _("You took it out. It does not go out."),
        TakenOut.STEPPED_DOWN: _("You have stepped down, so nothing of yours goes out."),
        TakenOut.WITH_WEEK: _("Your week was taken back, so it does not go out."),
    }[how_taken_out(post, post.history[-1])]


def _why_it_stopped(post: Post) -> str:
    """Of a post that did not go out."""
    since = post.history[-1].at
    reasons = [e.facts["reason"] for e in post.events if e.what == STOPPED_BY and e.at >= since]
    if not reasons:
        return _("Something stopped it on the way. Comms looks at it; you need do nothing.")
    return trouble_of(str(reasons[-1])).words_for_author


def title(post: Post) -> str:
    """What a list calls it: how its caption begins, or what it is. Stories need no caption."""
    return post.caption or str(KINDS[post.kind])


def _look_again(post: Post, at: datetime) -> int:
    if post.state is S.PUBLISHING:
        return SOON
    is_with_comms = post.state in {S.SUBMITTED, S.UNCERTAIN, S.FAILED, S.MISSED}
    is_going = post.is_to_be_taken_down and not post.has_run_out(at)
    return LATER if is_with_comms or is_going else 0


def what_happened(post: Post, move: PostMove) -> str:
    """One line of a post's history, for its author."""
    if move.to_state == S.DRAFT:
        return _("You took it back") if move.from_state else _("You began it")
    if move.to_state == S.APPROVED and move.from_state == S.PUBLISHING:
        return _("It could not go out yet and waits for another try")
    if move.to_state == S.APPROVED and move.from_state == S.UNCERTAIN:
        return _("It was not on the account, and waits for another try")
    if move.to_state == S.SUBMITTED and move.from_state in {S.APPROVED, S.FAILED, S.MISSED}:
        return _("Comms changed what goes out with it, and looks at it again")
    if move.to_state == S.APPROVED and move.from_state in {S.FAILED, S.MISSED}:
        return _("Comms gave it another slot")
    if move.to_state == S.MISSED and move.why == TOO_LATE:
        return _("It could not go out in time")
    if move.to_state == S.PUBLISHED and move.from_state == S.UNCERTAIN and move.by_id is not None:
        return _("Comms found it on the account")
    if move.to_state == S.PUBLISHED and move.from_state == S.TAKEN_DOWN:
        return _("It was found to be still on the account")
    if move.to_state == S.TAKEN_DOWN and move.by_id is not None and move.why != Seen.GONE:
        return _("Comms said that it is gone from the account")
    if move.to_state == S.WITHDRAWN:
        return {
            TakenOut.BY_AUTHOR: _("You took it out"),
            TakenOut.STEPPED_DOWN: _("It was stopped"),
            TakenOut.WITH_WEEK: _("Your week was taken back"),
        }[how_taken_out(post, move)]
    words = {
        S.SUBMITTED: _("You sent it to comms"),
        S.CHANGES_REQUESTED: _("Comms asked for changes"),
        S.REJECTED: _("Comms decided not to publish it"),
        S.APPROVED: _("Comms approved it"),
        S.PUBLISHING: _("It was on its way to the account"),
        S.UNCERTAIN: _("Instagram did not answer clearly"),
        S.FAILED: _("It did not go out"),
        S.MISSED: _("Your week ended before it could go out"),
        S.PUBLISHED: _("It appeared on the account"),
        S.TAKEN_DOWN: _("It was taken down from the account"),
    }
    return words[PostState(move.to_state)]


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    words: str
    why: str = ""
    is_over: bool = True


def what_has_happened(
    post: Post, in_words: Callable[[Post, PostMove], str] = what_happened
) -> list[Event]:
    """For its author: with what they asked for that waits for its pictures."""
    said = {S.CHANGES_REQUESTED, S.REJECTED}
    events = [
        Event(move.at, in_words(post, move), move.why if move.to_state in said else "")
        for move in post.history
    ]
    lines = ((event.at, words_of_event(event, post.week.programme)) for event in post.events)
    events += [Event(at, line) for at, line in lines if line]
    events.sort(key=lambda event: event.at)
    if post.submit_asked_at is not None:
        words = _("You submitted it. Comms gets it as soon as all of it is ready.")
        events.append(Event(post.submit_asked_at, words, is_over=False))
    return events


def waits_its_turn(media: Media) -> bool:
    """Whether it is here as a whole, and nobody has begun to make it ready."""
    is_here = media.state in UNDER_WAY and not media.is_on_its_way
    return is_here and media.claim is None and not media.progress


def sign_of_progress(media: Media) -> str:
    """Differs whenever its card says something else."""
    return f"{media.state.value}-{media.progress}{'-waits' if waits_its_turn(media) else ''}"


def last_change(post: Post, ahead: Ahead | None = None) -> str:
    """Differs whenever something has moved that its author should see."""
    sign = ahead.sign if ahead else ""
    media = ".".join(f"{p.media_id}{_stage(p.media)}" for p in post.pictures)
    asked = "asked" if post.submit_asked_at else ""
    last = post.history[-1].id if post.history else 0
    noted = post.events[-1].id if post.events else 0
    return f"{post.id}-{last}-{noted}-{media}-{asked}{sign}"


def _stage(media: Media) -> str:
    is_waiting = media.state is MediaState.ARRIVING and not media.is_on_its_way
    return "whole" if is_waiting else media.state.value
