"""One worker holds an account, posts are made ready ahead, programmes can be paused, posts taken down
and tended to, and trouble is told once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "1795600000"
down_revision = "1795510000"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
STATES = (
    "draft",
    "submitted",
    "changes_requested",
    "rejected",
    "approved",
    "publishing",
    "uncertain",
    "failed",
    "missed",
    "published",
    "withdrawn",
)
NEW_TABLES = ("alarms", "takedowns", "post_events", "pauses", "lent_files", "account_holds")
HAVING_APPROVAL = ("approved", "publishing", "uncertain", "failed", "missed", "published")


def upgrade() -> None:
    _make_tables()
    with _tables_made_again():
        for name, columns in _new_columns().items():
            with op.batch_alter_table(name) as table:
                for column in columns:
                    table.add_column(column)
                if name == "posts":
                    _check_states(table, ("taken_down",))
                if name == "publications":
                    table.drop_column("fence")
                    table.drop_column("lease_until")
    # A worker of the version before may have died over a post that it had not sent.
    op.execute(
        "UPDATE posts SET state = 'approved' WHERE state = 'publishing' AND id IN "
        "(SELECT post_id FROM publications WHERE sent_at IS NULL)"
    )
    # What is uncertain is looked for at once; the look itself says for how long.
    op.execute(
        "UPDATE publications SET doubted_at = sent_at, next_try_at = sent_at WHERE post_id IN "
        "(SELECT id FROM posts WHERE state = 'uncertain')"
    )


def downgrade() -> None:
    """What was taken down was published, and is not any more."""
    for name in NEW_TABLES:
        op.drop_table(name)
    op.execute("UPDATE posts SET state = 'published' WHERE state = 'taken_down'")
    with _tables_made_again():
        for name, columns in _new_columns().items():
            with op.batch_alter_table(name) as table:
                if name == "posts":
                    _check_states(table, ())
                if name == "publications":
                    table.add_column(_number("fence", 0))
                    table.add_column(_instant("lease_until"))
                for column in columns:
                    table.drop_column(column.name)
    # One that is on its way without a lease would be on its way for ever.
    op.execute(
        "UPDATE publications SET lease_until = sent_at WHERE post_id IN "
        "(SELECT id FROM posts WHERE state = 'publishing')"
    )


def _new_columns() -> dict[str, tuple[sa.Column[Any], ...]]:
    return {
        "programmes": (
            _number("spacing", 0),
            _number("grace", 180),
            _words("quiet_from", 5),
            _words("quiet_until", 5),
        ),
        "publications": (
            _words("door", 20),
            _words("digest", 64),
            _words("reason", 30),
            _words("said"),
            _number("tend_tries", 0),
            *(
                _instant(name)
                for name in (
                    "prepared_at",
                    "doubted_at",
                    "tend_at",
                    "comments_closed_at",
                    "comment_sent_at",
                    "commented_at",
                )
            ),
        ),
        "connections": (
            _instant("expires_at"),
            _instant("answered_at"),
            sa.Column("facts", sa.JSON(), nullable=False, server_default="{}"),
        ),
        "sandbox_posts": (
            sa.Column("comments", sa.JSON(), nullable=False, server_default="[]"),
            sa.Column("comments_closed", sa.Boolean(), nullable=False, server_default=sa.false()),
        ),
        "posts": (
            _words("first_comment"),
            sa.Column("comments_off", sa.Boolean(), nullable=False, server_default=sa.false()),
            _words("location_id", 40),
            _words("location_name", 120),
        ),
    }


def _words(name: str, most: int | None = None) -> sa.Column[str]:
    kind = sa.String(most) if most else sa.Text()
    return sa.Column(name, kind, nullable=False, server_default="")


def _number(name: str, default: int) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default=str(default))


def _instant(name: str) -> sa.Column[Any]:
    return sa.Column(name, INSTANT, nullable=True)


def _make_tables() -> None:
    _make_holds()
    _make_lent_files()
    _make_pauses()
    _make_events()
    _make_takedowns()
    _make_alarms()


def _make_holds() -> None:
    op.create_table(
        "account_holds",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_account_holds_programme_id")
        ),
        sa.PrimaryKeyConstraint("programme_id", name=op.f("pk_account_holds")),
    )


def _make_lent_files() -> None:
    op.create_table(
        "lent_files",
        sa.Column("token", sa.String(43), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("content_type", sa.String(40), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_lent_files_post_id")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_lent_files")),
    )
    op.create_index(op.f("ix_lent_files_post_id"), "lent_files", ["post_id"])
    op.create_index(op.f("ix_lent_files_expires_at"), "lent_files", ["expires_at"])


def _make_pauses() -> None:
    op.create_table(
        "pauses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("begun_by_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_pauses_programme_id")
        ),
        sa.ForeignKeyConstraint(["begun_by_id"], ["people.id"], name=op.f("fk_pauses_begun_by_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["people.id"], name=op.f("fk_pauses_ended_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pauses")),
    )
    op.create_index(op.f("ix_pauses_programme_id"), "pauses", ["programme_id"])
    op.create_index(
        "uq_pauses_one_open",
        "pauses",
        ["programme_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _make_events() -> None:
    op.create_table(
        "post_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_post_events_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_events")),
    )
    op.create_index(op.f("ix_post_events_post_id"), "post_events", ["post_id"])


def _check_states(table: BatchOperations, more: tuple[str, ...]) -> None:
    known, approved = (*STATES, *more), (*HAVING_APPROVAL, *more)
    checks = {
        "post_state_known": f"state IN ({_listed(known)})",
        "published_has_instant": (
            f"(state IN ({_listed(('published', *more))})) = (published_at IS NOT NULL)"
        ),
        "nothing_unapproved": (
            f"state NOT IN ({_listed(approved)})"
            " OR (approved_digest IS NOT NULL AND approved_by_id IS NOT NULL)"
        ),
    }
    for name, check in checks.items():
        table.drop_constraint(op.f(f"ck_posts_{name}"), "check")
        table.create_check_constraint(op.f(f"ck_posts_{name}"), check)


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _make_takedowns() -> None:
    op.create_table(
        "takedowns",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", INSTANT, nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_takedowns_post_id")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["people.id"], name=op.f("fk_takedowns_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["done_by_id"], ["people.id"], name=op.f("fk_takedowns_done_by_id")
        ),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_takedowns")),
    )


def _make_alarms() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(60), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("occasion", sa.String(60), nullable=False),
        sa.Column("raised_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("told_at", INSTANT, nullable=True),
        sa.Column("tell_tries", sa.Integer(), nullable=False),
        sa.Column("next_tell_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_alarms_programme_id")
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_alarms_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
    )
    op.create_index(op.f("ix_alarms_programme_id"), "alarms", ["programme_id"])
    op.create_index(
        "uq_alarms_one_open",
        "alarms",
        ["kind", "subject"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


@contextmanager
def _tables_made_again() -> Iterator[None]:
    """SQLite alters a table by making another of its name: what points at the old one must not
    be looked at meanwhile, which can only be said between two transactions."""
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        yield
        return
    connection = bind.connection.driver_connection
    for statement in ("COMMIT", "PRAGMA foreign_keys = OFF", "BEGIN IMMEDIATE"):
        connection.execute(statement)
    try:
        yield
        if connection.execute("PRAGMA foreign_key_check").fetchone():
            raise RuntimeError("a row points at one that is gone")
        connection.execute("COMMIT")
    except Exception:
        connection.execute("ROLLBACK")  # all of it: it can be tried again
        raise
    finally:
        for statement in ("PRAGMA foreign_keys = ON", "BEGIN IMMEDIATE"):
            connection.execute(statement)
