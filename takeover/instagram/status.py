"""`flask publish status`: every post that is on its way to an account, or there."""

import json
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover.db import db
from takeover.instagram.models import Publication
from takeover.posts.models import Post, PostState

ON_ITS_WAY = (
    PostState.APPROVED,
    PostState.PUBLISHING,
    PostState.UNCERTAIN,
    PostState.FAILED,
    PostState.MISSED,
    PostState.PUBLISHED,
)

publish = AppGroup("publish", help="What goes out, and what went out.")


@publish.command("status")
@click.option("--json", "as_json", is_flag=True, help="One list, for another program.")
def status(as_json: bool) -> None:
    """List every post on its way or published."""
    found = statuses(db.session)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for one in found:
        words = (str(one[name] or "") for name in ("id", "state", "tries", "permalink", "reason"))
        click.echo("\t".join(words))


def statuses(session: Session) -> list[dict[str, Any]]:
    found = session.execute(
        select(Post, Publication)
        .outerjoin(Publication, Publication.post_id == Post.id)
        .where(Post.state.in_(ON_ITS_WAY))
        .order_by(Post.id)
    )
    return [_described(post, publication) for post, publication in found]


def _described(post: Post, publication: Publication | None) -> dict[str, Any]:
    return {
        "id": post.id,
        "caption": post.caption,
        "state": post.state.value,
        "tries": publication.tries if publication else 0,
        "media_id": publication.media_id if publication else None,
        "permalink": post.permalink,
        "reason": (publication.trouble if publication else "") or post.last_word,
    }
