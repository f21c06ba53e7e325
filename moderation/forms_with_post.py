"""The small form of what comms adds to a post."""

from dataclasses import asdict
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import BooleanField, Field, HiddenField, StringField, TextAreaField
from wtforms.validators import Length, StopValidation

from moderation.with_post import OPEN_FOR_IT, WithPost, may_have_location, of_post
from takeover.people.models import Person, Role
from takeover.plain import without_controls
from takeover.posts.captions import MOST_CHARACTERS, MOST_HASHTAGS, broken_rules, tidy
from takeover.posts.digest import digest_of
from takeover.posts.models import Post, PostKind
from takeover.posts.rules import is_open

LONGEST_ID = 40


class WithPostForm(FlaskForm):
    had: WithPost = WithPost()
    """What the post has; whoever empties the number alone takes its location away."""

    digest = HiddenField()  # of what was looked at
    first_comment = TextAreaField(
        lazy_gettext("First comment"),
        description=lazy_gettext("Written by the account as soon as the post is out."),
        filters=[without_controls],
    )
    comments_off = BooleanField(lazy_gettext("Switch comments off"))
    location_name = StringField(
        lazy_gettext("Location"),
        [Length(max=120, message=lazy_gettext("Shorten it to 120 characters."))],
        description=lazy_gettext("What the place is called, for the author and your colleagues."),
        filters=[without_controls],
    )
    location_id = StringField(
        lazy_gettext("Number of the location’s page"),
        description=lazy_gettext(
            "The number of its page on Facebook: open the page there, then “About” and “Page "
            "transparency”. Empty: no location."
        ),
        filters=[lambda text: without_controls(text).strip()],
    )

    def validate_first_comment(self, field: Field) -> None:
        if broken_rules(tidy(field.data or "")):
            raise StopValidation(
                _(
                    "Instagram takes up to %(characters)s characters, %(tags)s hashtags and 20 "
                    "mentions. Shorten it.",
                    characters=MOST_CHARACTERS,
                    tags=MOST_HASHTAGS,
                )
            )

    def validate_location_id(self, field: Field) -> None:
        text = field.data or ""
        if not text and self._names_another_place:
            raise StopValidation(
                _("A location goes out by its number. Write it here, or empty the name as well.")
            )
        if text and not (text.isascii() and text.isdigit() and len(text) <= LONGEST_ID):
            raise StopValidation(_("Write the number alone, for example 108424279189115."))

    @property
    def _names_another_place(self) -> bool:
        name = " ".join((self.location_name.data or "").split())
        return bool(name) and name != self.had.location_name

    @property
    def wanted(self) -> WithPost:
        return WithPost(
            first_comment=self.first_comment.data or "",
            comments_off=bool(self.comments_off.data),
            location_id=self.location_id.data or "",
            location_name=" ".join((self.location_name.data or "").split()),
        )


def _is_story(post: Post) -> bool:
    return post.kind is PostKind.STORY


def form_for(
    post: Post,
    *,
    session: Session,
    reader: Person,
    at: datetime,
    sent: WithPostForm | None = None,
) -> WithPostForm | None:
    """For who may add something to it, as it stands or as it was sent; None for everybody else."""
    decides = Role.APPROVER in reader.roles and post.author_id != reader.id
    may = decides and is_open(post.week, at=at)
    has_some = of_post(post) != WithPost()  # of a story, from when it was to be in the feed
    if not may or post.state not in OPEN_FOR_IT or (_is_story(post) and not has_some):
        return None
    form = sent or WithPostForm(formdata=None, data=asdict(of_post(post)))
    form.digest.data = digest_of(post)  # of what the page shows now
    if not (post.location_id or may_have_location(post, session=session)):
        del form.location_id, form.location_name
    return form
