"""`flask publish status`: every post that is on its way to an account, there, or was there."""

import json
from datetime import datetime
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover.db import db
from takeover.instagram.models import Publication
from takeover.posts.models import Post, PostState
from takeover.programmes.models import Programme

SINCE_APPROVAL = (
    PostState.APPROVED,
    PostState.PUBLISHING,
    PostState.UNCERTAIN,
    PostState.FAILED,
    PostState.MISSED,
    PostState.PUBLISHED,
    PostState.TAKEN_DOWN,
)
COLUMNS = {
    "POST": "id",
    "PROGRAMME": "programme",
    "STATE": "state",
    "DUE": "due_at",
    "TRIES": "tries",
    "NEXT TRY": "next_try_at",
    "WHERE": "permalink",
    "REASON": "reason",
}

publish = AppGroup("publish", help="What goes out, and what went out.")


@publish.command("status")
@click.option("--json", "as_json", is_flag=True, help="One list, for another program.")
def status(as_json: bool) -> None:
    """List every post that was approved: on its way, published, taken down, or come to grief.

    Columns are apart by tabs, instants in UTC.
    """
    found = statuses(db.session)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    click.echo("\t".join(COLUMNS))
    for one in found:
        click.echo("\t".join(_on_one_line(one[name]) for name in COLUMNS.values()))


def statuses(session: Session) -> list[dict[str, Any]]:
    found = session.execute(
        select(Post, Programme, Publication)
        .join(Programme, Programme.id == Post.programme_id)
        .outerjoin(Publication, Publication.post_id == Post.id)
        .where(Post.state.in_(SINCE_APPROVAL))
        .order_by(Post.id)
    )
    return [_described(post, programme, publication) for post, programme, publication in found]


def _described(post: Post, programme: Programme, publication: Publication | None) -> dict[str, Any]:
    return {
        "id": post.id,
        "caption": post.caption,
        "state": post.state.value,
        "tries": publication.tries if publication else 0,
        "media_id": publication.media_id if publication else None,
        "permalink": post.permalink,
        "reason": (publication.trouble if publication else "") or post.last_word,
        "programme": programme.slug,
        "account": programme.account,
        "due_at": _iso(post.slot_at),
        "next_try_at": _iso(publication.next_try_at if publication else None),
        "published_at": _iso(post.published_at),
    }


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _on_one_line(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())
