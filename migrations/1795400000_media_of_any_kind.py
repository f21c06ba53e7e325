"""Videos beside photos, uploads that resume, and posts of any shape and place."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "1795400000"
down_revision = "1795330000"
branch_labels = None
depends_on = None

STATES = ("received", "ready", "refused")
KINDS = ("feed", "preview", "thumbnail")
SURFACES = ("feed", "story")
SHAPES = ("own", "4:5", "1:1", "1.91:1", "9:16")
WHOLE_IS_STORED = "state NOT IN ('received', 'ready') OR original_key <> ''"


def upgrade() -> None:
    with _tables_made_again():
        with op.batch_alter_table("media") as table:
            for column in _new_columns():
                table.add_column(column)
            _know(table, "ck_media_media_state_known", "state", (*STATES, "arriving", "cancelled"))
            table.create_check_constraint(op.f("ck_media_whole_is_stored"), WHOLE_IS_STORED)
        with op.batch_alter_table("renditions") as table:
            _know(table, "ck_renditions_rendition_kind_known", "kind", (*KINDS, "cover", "whole"))
        with op.batch_alter_table("posts") as table:
            for name, known in (("surface", SURFACES), ("shape", SHAPES)):
                table.add_column(
                    sa.Column(name, sa.String(40), nullable=False, server_default=known[0])
                )
                table.create_check_constraint(op.f(f"ck_posts_{name}_known"), _one_of(name, known))
        _make_uploads()


def downgrade() -> None:
    op.execute("DELETE FROM renditions WHERE kind IN ('cover', 'whole')")
    op.execute(
        "UPDATE media SET state = 'refused', refusal = 'It did not arrive.' "
        "WHERE state IN ('arriving', 'cancelled')"
    )
    with _tables_made_again():
        op.drop_table("uploads")
        with op.batch_alter_table("posts") as table:
            for name in ("surface", "shape"):
                table.drop_constraint(op.f(f"ck_posts_{name}_known"), "check")
                table.drop_column(name)
        with op.batch_alter_table("renditions") as table:
            _know(table, "ck_renditions_rendition_kind_known", "kind", KINDS)
        with op.batch_alter_table("media") as table:
            table.drop_constraint(op.f("ck_media_whole_is_stored"), "check")
            _know(table, "ck_media_media_state_known", "state", STATES)
            for column in _new_columns():
                table.drop_column(column.name)


def _make_uploads() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("media_id", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_uploads_media_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("media_id", name=op.f("uq_uploads_media_id")),
        sa.UniqueConstraint("token", name=op.f("uq_uploads_token")),
    )
    op.create_index(op.f("ix_uploads_expires_at"), "uploads", ["expires_at"])


def _new_columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("original_erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recipe", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("source_width", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("source_height", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("enlarged", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("duration", sa.Double(), nullable=True),
        sa.Column("source_duration", sa.Double(), nullable=True),
        sa.Column("repeats", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("has_audio", sa.Boolean(), nullable=True),
        sa.Column("claim", sa.String(length=32), nullable=True),
        sa.Column("progress", sa.Integer(), nullable=False, server_default="0"),
    )


def _know(table: BatchOperations, constraint: str, column: str, known: tuple[str, ...]) -> None:
    table.drop_constraint(op.f(constraint), "check")
    table.create_check_constraint(op.f(constraint), _one_of(column, known))


def _one_of(column: str, known: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in known)})"


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
