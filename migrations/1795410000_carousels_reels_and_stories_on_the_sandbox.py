"""The sandbox account shows carousels, reels and stories."""

import sqlalchemy as sa
from alembic import op

revision = "1795410000"
down_revision = "1795400000"
branch_labels = None
depends_on = None

KINDS = "kind IN ('photo', 'carousel', 'reel', 'story')"


def upgrade() -> None:
    op.execute("CREATE TEMPORARY TABLE moved AS SELECT id, alt_text, photo FROM sandbox_posts")
    with op.batch_alter_table("sandbox_posts") as table:
        table.add_column(sa.Column("kind", sa.String(40), nullable=False, server_default="photo"))
        table.create_check_constraint(op.f("ck_sandbox_posts_kind_known"), KINDS)
        table.drop_column("alt_text")
        table.drop_column("photo")
    op.create_table(
        "sandbox_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("alt_text", sa.Text(), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        sa.Column("video_bytes", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["post_id"], ["sandbox_posts.id"], name=op.f("fk_sandbox_items_post_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_items")),
        sa.UniqueConstraint("post_id", "position", name=op.f("uq_sandbox_items_post_id_position")),
    )
    op.create_table(
        "sandbox_chunks",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["sandbox_items.id"], name=op.f("fk_sandbox_chunks_item_id")
        ),
        sa.PrimaryKeyConstraint("item_id", "number", name=op.f("pk_sandbox_chunks")),
    )
    op.execute(
        "INSERT INTO sandbox_items (post_id, position, alt_text, picture) "
        "SELECT id, 0, alt_text, photo FROM moved ORDER BY id"
    )
    op.execute("DROP TABLE moved")


def downgrade() -> None:
    """Of each post its first picture is left; of a video its cover."""
    op.execute(
        "CREATE TEMPORARY TABLE moved AS "
        "SELECT post_id, alt_text, picture FROM sandbox_items WHERE position = 0"
    )
    op.drop_table("sandbox_chunks")
    op.drop_table("sandbox_items")
    with op.batch_alter_table("sandbox_posts") as table:
        table.drop_constraint(op.f("ck_sandbox_posts_kind_known"), "check")
        table.drop_column("kind")
        table.add_column(sa.Column("alt_text", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("photo", sa.LargeBinary(), nullable=True))
    for column, kept in (("alt_text", "alt_text"), ("photo", "picture")):
        op.execute(
            f"UPDATE sandbox_posts SET {column} = "  # noqa: S608  # names of columns, and ours
            f"(SELECT {kept} FROM moved WHERE moved.post_id = sandbox_posts.id)"
        )
    op.execute("DROP TABLE moved")
    with op.batch_alter_table("sandbox_posts") as table:
        table.alter_column("photo", existing_type=sa.LargeBinary(), nullable=False)
