"""From a sent form to a post: the picture is kept first, so that nothing sent is ever lost."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover.media.intake import take_in
from takeover.media.models import Media, MediaState
from takeover.media.photos.opening import MOST_BYTES
from takeover.media.refusals import Refused, TooHeavy
from takeover.media.store import Store
from takeover.people.models import Person
from takeover.posts import captions
from takeover.posts.forms import PostForm
from takeover.posts.models import Picture, Post, PostState
from takeover.weeks.models import Week

LARGEST_ID = 2**31 - 1


def picture_of(
    form: PostForm, *, session: Session, store: Store, by: Person, at: datetime
) -> Media | None:
    """The picture sent with the form, or kept from an earlier try; None, and why is said there."""
    sent: Any = form.photo.data
    if not sent or not sent.filename:
        return own_media(session, by, form.media.data)
    sent.stream.seek(0, 2)
    size = sent.stream.tell()
    sent.stream.seek(0)
    try:
        if size > MOST_BYTES:  # before it is in memory
            raise TooHeavy(size=size, most=MOST_BYTES)
        return take_in(sent.stream.read(), session=session, store=store, by=by, at=at)
    except Refused as refusal:
        form.complain("photo", str(refusal))
        return None


def own_media(session: Session, person: Person, media_id: str | None) -> Media | None:
    """A picture they sent before and that may still be used."""
    if not media_id or not media_id.isdecimal() or int(media_id) > LARGEST_ID:
        return None
    return session.scalar(
        select(Media).where(
            Media.id == int(media_id),
            Media.owner_id == person.id,
            Media.state != MediaState.REFUSED,
        )
    )


def words_are_right(form: PostForm, *, to_submit: bool) -> bool:
    """Whether the words can go out so; all that is against it is said at the fields."""
    caption = captions.tidy(form.caption.data or "")
    if to_submit and not caption:
        form.complain("caption", _("Write a caption first; then submit."))
    for rule in captions.broken_rules(caption):
        form.complain("caption", _told(rule))
    try:
        captions.check_alt_text(captions.tidy(form.alt_text.data or ""))
    except captions.AltTextTooLong as rule:
        form.complain(
            "alt_text",
            _(
                "The description has %(length)d characters; Instagram takes up to %(most)d. "
                "Shorten it.",
                length=rule.length,
                most=captions.MOST_ALT_CHARACTERS,
            ),
        )
    return not form.caption.errors and not form.alt_text.errors


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


def same_post(session: Session, week: Week, media: Media, caption: str) -> Post | None:
    """The post that this form made already: a second tap on the button means the first."""
    session.execute(select(Week.id).where(Week.id == week.id).with_for_update())
    return session.scalar(
        select(Post)
        .join(Picture, Picture.post_id == Post.id)
        .join(Media, Picture.media_id == Media.id)
        .where(
            Post.week_id == week.id,
            Post.state != PostState.WITHDRAWN,
            Post.caption == captions.tidy(caption),
            Media.sha256 == media.sha256,
        )
        .limit(1)
    )
