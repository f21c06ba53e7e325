"""A file's name stays with it for as long as it does, and it is known when all of it had come."""

import sqlalchemy as sa
from alembic import op

revision = "1795510000"
down_revision = "1795500000"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("media", sa.Column("name", sa.String(255), nullable=False, server_default=""))
    op.add_column("media", sa.Column("whole_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE media SET name = (SELECT name FROM uploads WHERE media_id = media.id) "
        "WHERE id IN (SELECT media_id FROM uploads)"
    )
    op.drop_column("uploads", "name")


def downgrade() -> None:
    """Names of files whose uploads are forgotten by now are lost."""
    op.add_column("uploads", sa.Column("name", sa.String(255), nullable=False, server_default=""))
    op.execute("UPDATE uploads SET name = (SELECT name FROM media WHERE media.id = media_id)")
    op.drop_column("media", "whole_at")
    op.drop_column("media", "name")
