"""From a sent form to a post: pictures are kept first, so that nothing sent is ever lost."""

import re
from datetime import datetime, timedelta
from os import SEEK_END
from pathlib import Path
from typing import IO, Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import Field

from takeover.media.changing import cancel
from takeover.media.full import DiskFull
from takeover.media.intake import take_in
from takeover.media.models import Media
from takeover.media.refusals import Refused
from takeover.media.store import Store
from takeover.media.uploads.limits import TooMuch, require_room
from takeover.people.models import Person
from takeover.posts import captions
from takeover.posts.arranging import (
    MOST_PICTURES,
    TooManyPictures,
    add_picture,
    place_picture,
    remove_picture,
)
from takeover.posts.forms import AltForm, PostForm
from takeover.posts.models import EDITABLE, Picture, Post, PostState, Shape, Surface
from takeover.posts.shaping import choose, settle
from takeover.posts.words import with_name
from takeover.weeks.models import Week

Words = dict[int, AltForm]
"""The forms of the pictures' words, by the pictures' ids."""

IMPATIENCE = timedelta(minutes=10)
"""The same form after that means another post."""

_REMOVE = re.compile(r"remove-(\d{1,9})")
_PLACE = re.compile(r"place-(\d{1,9})-(\d{1,2})")


def keep_files(
    form: PostForm,
    *,
    room: int,
    quota: int,
    session: Session,
    store: Store,
    spool: Path,
    by: Person,
    at: datetime,
) -> list[Media]:
    """Those that came with the form and can be used, `room` at most; of the others it says why.

    `quota`: megabytes a person may send in seven days. Commits before and after each file, so that
    nothing is locked while its bytes move; who has no room is told so before they do.
    """
    kept: list[Media] = []
    for sent in form.photos.data or []:
        if not sent or not sent.filename:
            continue
        if len(kept) >= room:
            _complain_of_too_many(form)
            break
        try:
            require_room(session, of=by, size=_size(sent.stream), quota=quota, at=at)
            session.commit()
            media = take_in(
                sent.stream, spool=spool, session=session, store=store, quota=quota,
                name=sent.filename, by=by, at=at,
            )  # fmt: skip
        except (Refused, TooMuch, DiskFull) as refusal:
            form.complain("photos", with_name(sent.filename, str(refusal)))
        else:
            kept.append(media)
        session.commit()
    return kept


def let_go(kept: list[Media], *, by: Person, at: datetime) -> None:
    """Of files that have found no post."""
    for media in kept:
        cancel(media, by=by, at=at)


def add_all(post: Post, kept: list[Media], form: PostForm, *, by: Person, at: datetime) -> None:
    """As many as a post holds; of the rest the form says why. Raises what `add_picture` does
    otherwise."""
    for number, media in enumerate(kept):
        try:
            add_picture(post, media, by=by, at=at)
        except TooManyPictures:
            _complain_of_too_many(form)
            let_go(kept[number:], by=by, at=at)
            return


def _size(stream: IO[bytes]) -> int:
    size = stream.seek(0, SEEK_END)
    stream.seek(0)
    return size


def _complain_of_too_many(form: PostForm) -> None:
    sentence = _(
        "A post holds up to %(most)d photos and videos. Remove one to add another.",
        most=MOST_PICTURES,
    )
    form.complain("photos", sentence)


def words_of(post: Post, sent: Any) -> Words:
    """The words of its pictures as `sent`, or as they are where they were not."""
    return {
        picture.id: AltForm(
            sent, data={"alt_text": picture.alt_text}, prefix=f"picture-{picture.id}-"
        )
        for picture in post.pictures
    }


def alt_texts(words: Words) -> dict[int, str]:
    """Those that were sent: a picture that came meanwhile has none."""
    return {
        id: form.alt_text.data or ""
        for id, form in words.items()
        if form.alt_text.raw_data is not None
    }


def alt_texts_as_typed(post: Post, words: Words, sent: Any) -> dict[int, str]:
    """Those that are to be kept. As with the caption, what another page has changed meanwhile
    stays, and its field says so where it was changed here too."""
    typed = alt_texts(words)
    return {
        picture.id: _as_typed(
            typed[picture.id],
            now=picture.alt_text,
            seen=sent.getlist(f"was_{words[picture.id].alt_text.name}"),
            field=words[picture.id].alt_text,
        )
        for picture in post.pictures
        if picture.id in typed
    }


def words_are_right(form: PostForm, words: Words) -> bool:
    """Whether the words can be kept so; all that is against it is said at the fields."""
    for rule in captions.broken_rules(captions.tidy(form.caption.data or "")):
        form.complain("caption", _told(rule))
    for alt in words.values():
        try:
            captions.check_alt_text(captions.tidy(alt.alt_text.data or ""))
        except captions.AltTextTooLong as rule:
            sentence = _(
                "The description has %(length)d characters; Instagram takes up to %(most)d. "
                "Shorten it.",
                length=rule.length,
                most=captions.MOST_ALT_CHARACTERS,
            )
            alt.alt_text.errors = [*alt.alt_text.errors, sentence]
    return not form.caption.errors and not any(alt.alt_text.errors for alt in words.values())


def shape_as_chosen(post: Post, form: PostForm, sent: Any, *, by: Person, at: datetime) -> None:
    """Raises what `choose` does. What was not sent, or not touched, stays as it is: `sent` says
    what the page was shown with, more than once where it cannot know which was saved."""
    surface, shape = _touched("surface", form, sent), _touched("shape", form, sent)
    if surface in set(Surface) or shape in set(Shape):
        choose(
            post,
            Surface(surface) if surface in set(Surface) else post.surface,
            Shape(shape) if shape in set(Shape) else post.shape,
            by=by,
            at=at,
        )


def _touched(name: str, form: PostForm, sent: Any) -> str | None:
    value: str | None = form[name].data if form[name].raw_data else None
    return None if set(sent.getlist(f"was_{name}")) == {value} else value


def caption_as_typed(post: Post, form: PostForm, sent: Any) -> str:
    """The caption that is to be kept. Where another page has changed it as well as this one, the
    form says so, and how it stands now."""
    typed = form.caption.data or ""
    return _as_typed(typed, now=post.caption, seen=sent.getlist("was_caption"), field=form.caption)


def _as_typed(typed: str, *, now: str, seen: list[str], field: Field) -> str:
    typed, seen = captions.tidy(typed), [captions.tidy(one) for one in seen]
    if not seen or now in seen or typed == now:
        return typed
    if typed != seen[0]:  # the others may have been saved, and were typed all the same
        sentence = _(
            "It was changed on another page meanwhile, and reads there: “%(caption)s” What you "
            "typed here is not lost: save once more to keep it instead.",
            caption=now,
        )
        field.errors = [*field.errors, sentence]
    return now


def arrange(post: Post, wish: str, *, by: Person, at: datetime) -> None:
    """Remove or move the picture that the pressed button names; other buttons do nothing here.

    Raises what `remove_picture` does.
    """
    if (found := _REMOVE.fullmatch(wish)) and (picture := _picture(post, found[1])):
        remove_picture(post, picture, by=by, at=at)
    if (found := _PLACE.fullmatch(wish)) and (picture := _picture(post, found[1])):
        place_picture(post, picture, int(found[2]), by=by, at=at)
    settle(post, at=at)


def _picture(post: Post, id: str) -> Picture | None:
    return next((picture for picture in post.pictures if picture.id == int(id)), None)


def _told(rule: captions.CaptionRule) -> str:
    if isinstance(rule, captions.CaptionTooLong):
        return _(
            "The caption has %(length)d characters; Instagram takes up to %(most)d. Shorten it.",
            length=rule.length,
            most=captions.MOST_CHARACTERS,
        )
    if isinstance(rule, captions.TooManyHashtags):
        return _(
            "The caption has %(count)d hashtags; Instagram takes up to %(most)d. Remove some.",
            count=rule.count,
            most=captions.MOST_HASHTAGS,
        )
    return _(
        "The caption mentions %(count)d accounts; Instagram takes up to %(most)d. Remove some.",
        count=rule.count,
        most=captions.MOST_MENTIONS,
    )


def same_post(
    session: Session, week: Week, kept: list[Media], caption: str, *, at: datetime
) -> Post | None:
    """The post that this form made already: a second tap on the button means the first."""
    if not kept:
        return None
    session.execute(select(Week.id).where(Week.id == week.id).with_for_update())
    return session.scalar(
        select(Post)
        .join(Picture, Picture.post_id == Post.id)
        .join(Media, Picture.media_id == Media.id)
        .where(
            Post.week_id == week.id,
            Post.state.in_(EDITABLE | {PostState.SUBMITTED}),
            Post.created_at > at - IMPATIENCE,
            Post.caption == captions.tidy(caption),
            Media.sha256 == kept[0].sha256,
        )
        .limit(1)
    )
