"""What the author is told of their post, in their language, with a link that signs them in."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from takeover.mail.writing import write
from takeover.media.models import MediaState
from takeover.people.links import IN_A_MESSAGE, make_link
from takeover.people.mailing import address_of_link
from takeover.people.models import Person
from takeover.posts.models import Post
from takeover.posts.words import title
from takeover.web import public_address


def way_to(post: Post, *, session: Session, at: datetime) -> Callable[[], str]:
    """Makes the address that signs the author in and leads to the post."""

    def address() -> str:
        secret = make_link(
            session,
            post.author,
            by=None,
            at=at,
            lasts=IN_A_MESSAGE,
            goes_to=f"/posts/{post.id}",
        )
        return address_of_link(secret)

    return address


def tell_published(post: Post, *, session: Session, address: str, at: datetime) -> None:
    """Written in the transaction that records the publishing. `address`: on the account, where
    Instagram itself has told it; else empty, and their page here leads there."""
    write(
        session,
        "published",
        to=post.author,
        key=f"published-{post.id}",
        at=at,
        link=way_to(post, session=session, at=at),
        address=address,
        account=post.week.programme.account,
        programme=post.week.programme,
    )


def tell_taken_down(
    post: Post, *, session: Session, asked_by: int, said_by: str = "", at: datetime
) -> None:
    """Its author, and whoever asked for it. `said_by` is the name of whoever says that it is gone;
    empty where that was seen. After the post has moved: each time it goes is told."""
    people = {post.author_id: post.author, asked_by: session.get_one(Person, asked_by)}
    for person in people.values():
        is_author = person.id == post.author_id
        write(
            session,
            "taken_down",
            to=person,
            key=f"taken_down-{post.id}-{post.history[-1].id}-{person.id}",
            at=at,
            said_by=said_by,
            # Whoever may ask for it may see that page; an administrator sees no queue.
            link=way_to(post, session=session, at=at)
            if is_author
            else public_address(f"/posts/{post.id}/take-down"),
            title=title(post),
            account=post.week.programme.account,
            programme=post.week.programme,
        )


def tell_picture_refused(post: Post, *, session: Session, at: datetime) -> None:
    """Their submission waited for a picture that we turned out not to be able to use."""
    media = next(p.media for p in post.pictures if p.media.state is MediaState.REFUSED)
    write(
        session,
        "picture_refused",
        to=post.author,
        key=f"picture_refused-{post.id}-{media.id}",
        at=at,
        link=way_to(post, session=session, at=at),
        media=media,
        programme=post.week.programme,
    )
