"""Whether somebody holds a lock, asked from beside them."""

import sqlite3

from sqlalchemy import Engine, select

from takeover.posts.models import Post


def is_free(engine: Engine, post_id: int) -> bool:
    """Whether another may write this moment, to that post at least."""
    if engine.dialect.name == "sqlite":
        other = sqlite3.connect(engine.url.database, timeout=0)
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        finally:
            other.close()
        return True
    with engine.connect() as other:
        post = select(Post.id).where(Post.id == post_id).with_for_update(skip_locked=True)
        return other.scalar(post) == post_id
