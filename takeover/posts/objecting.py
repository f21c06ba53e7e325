"""What stands against submitting, in sentences: all of it at once, each at its place."""

from flask_babel import gettext as _

from takeover.posts import captions
from takeover.posts.forms import PostForm
from takeover.posts.models import Post
from takeover.posts.rules import CaptionMissing
from takeover.posts.shaping import ClipTooLong, StoryTakesOne
from takeover.posts.showing import why_not
from takeover.posts.submitting import what_stands_against


def complain_of_all(post: Post, form: PostForm) -> bool:
    """Whether anything stands against submitting it with the words that were typed; the form says
    so. Of a clip its card does."""
    found = what_stands_against(post, caption=captions.tidy(form.caption.data or ""))
    for rule in found:
        if isinstance(rule, CaptionMissing):
            form.complain("caption", _("Write a caption first; then submit."))
        elif isinstance(rule, StoryTakesOne):
            form.complain("surface", why_not(rule))
        elif not isinstance(rule, ClipTooLong) and not form.photos.errors:
            form.complain("photos", why_not(rule))
    return bool(found)


def objections(post: Post, rule: Exception) -> str:
    """A line for each, where its words cannot be changed; at least that rule's own."""
    against = what_stands_against(post, caption=post.caption)
    same = any(type(one) is type(rule) for one in against)
    return "\n".join(why_not(one) for one in (against if same else [rule]))
