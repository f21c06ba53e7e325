"""Finding posts, each for those who may see them."""

from datetime import datetime

from sqlalchemy import and_, literal, not_, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload, object_session, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from takeover.media.uploads.models import Upload
from takeover.people.models import Person
from takeover.posts.models import (
    EDITABLE,
    STORY_LASTS,
    Picture,
    Post,
    PostEvent,
    PostState,
    Surface,
)
from takeover.posts.turned_up import TurnedUp, is_there_all_the_same
from takeover.weeks.models import Week


def lock_post(session: Session, post_id: int, *options: ORMOption) -> Post | None:
    """The post as it is now, held until the transaction ends: nobody else can move it."""
    return session.scalar(
        select(Post)
        .where(Post.id == post_id)
        .with_for_update(of=Post)
        .options(*options)
        .execution_options(populate_existing=True)
    )


def posts_of_week(session: Session, week: Week) -> list[Post]:
    """All but the withdrawn, unless they are on the account; the latest first, each with its
    history."""
    has_turned_up = Post.events.any(PostEvent.what == TurnedUp.FOUND)
    found = session.scalars(
        select(Post)
        .where(Post.week_id == week.id, or_(Post.state != PostState.WITHDRAWN, has_turned_up))
        .options(joinedload(Post.week))
        .options(selectinload(Post.history), selectinload(Post.events))
        .order_by(Post.created_at.desc(), Post.id.desc())
    )
    return [p for p in found if p.state is not PostState.WITHDRAWN or is_there_all_the_same(p)]


def latest_out(session: Session, *, at: datetime, before: Post | None, most: int) -> list[Post]:
    """What is on the accounts, the latest first; those that went out before that one."""
    has_run_out = and_(Post.surface == Surface.STORY, Post.published_at <= at - STORY_LASTS)
    found = select(Post).where(Post.state == PostState.PUBLISHED, not_(has_run_out))
    if before is not None and before.published_at is not None:
        out, id = literal(before.published_at, Post.published_at.type), literal(before.id)
        found = found.where(tuple_(Post.published_at, Post.id) < tuple_(out, id))
    found = found.options(joinedload(Post.week).joinedload(Week.programme), joinedload(Post.author))
    found = found.options(selectinload(Post.events))
    found = found.order_by(Post.published_at.desc(), Post.id.desc()).limit(most)
    return list(session.scalars(found))


def own_post(session: Session, person: Person, post_id: int) -> Post | None:
    return session.scalar(select(Post).where(Post.id == post_id, Post.author_id == person.id))


def lock_own_post(session: Session, person: Person, post_id: int) -> Post | None:
    """As `lock_post`, for its author alone."""
    if own_post(session, person, post_id) is None:
        return None
    return lock_post(session, post_id)


def uploads_of(post: Post) -> dict[int, Upload]:
    """The uploads by which its media come or came, by the media's ids."""
    session = object_session(post)
    if session is None:
        return {}
    ids = [picture.media_id for picture in post.pictures]
    return {u.media_id: u for u in session.scalars(select(Upload).where(Upload.media_id.in_(ids)))}


AUTHORS_ALONE = EDITABLE | {PostState.WITHDRAWN}
"""What comms saw of such a post may have been changed since."""


def was_submitted(session: Session, media_id: int) -> bool:
    """Whether that picture is in a post that comms was sent, and that its author has not again."""
    return bool(
        session.scalar(
            select(
                select(Post.id)
                .join(Picture, Picture.post_id == Post.id)
                .where(
                    Picture.media_id == media_id,
                    Post.submitted_at.is_not(None),
                    Post.state.not_in(AUTHORS_ALONE),
                )
                .exists()
            )
        )
    )
