"""A wait that Instagram asked for is of one account by one way: another one does not inherit it."""

import sqlalchemy as sa
from alembic import op

revision = "1795730000"
down_revision = "1795710000"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of a wait from before nobody knows whose it is: connecting anew ends it."""
    wait_of = sa.Column("wait_of", sa.String(80), nullable=False, server_default="")
    op.add_column("account_holds", wait_of)


def downgrade() -> None:
    op.drop_column("account_holds", "wait_of")
