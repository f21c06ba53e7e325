"""What is wrong with a refused file is kept by its name and its numbers, and files are found by
their keys."""

import sqlalchemy as sa
from alembic import op

revision = "1795500000"
down_revision = "1795410000"
branch_labels = None
depends_on = None

KEYS = (("media", "original_key"), ("renditions", "key"))


def upgrade() -> None:
    """Sentences that were said before stay as they are: they have no facts."""
    op.add_column("media", sa.Column("refusal_facts", sa.JSON(), nullable=True))
    for table, column in KEYS:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    """A name is no sentence for anybody to read: all of them become the same one."""
    for table, column in KEYS:
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
    op.execute(
        "UPDATE media SET refusal = 'We could not use this file. Choose another one.' "
        "WHERE refusal_facts IS NOT NULL"
    )
    op.drop_column("media", "refusal_facts")
