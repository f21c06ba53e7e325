"""Whether somebody holds a lock, asked from beside them."""

import sqlite3

from sqlalchemy import Engine, select

from takeover.posts.models import Post
from takeover.programmes.models import Programme


def is_free(engine: Engine, row_id: int, of: type[Post | Programme] = Post) -> bool:
    """Whether another may write this moment, to that post or programme at least."""
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
        row = select(of.id).where(of.id == row_id)
        return other.scalar(row.with_for_update(skip_locked=True, key_share=True)) == row_id
