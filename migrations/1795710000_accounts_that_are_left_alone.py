"""An account that asked us to slow down is left alone as a whole, and each time for longer."""

import sqlalchemy as sa
from alembic import op

revision = "1795710000"
down_revision = "1795600000"
branch_labels = None
depends_on = None


def upgrade() -> None:
    wait_until = sa.Column("wait_until", sa.DateTime(timezone=True), nullable=True)
    op.add_column("account_holds", wait_until)
    op.add_column(
        "account_holds", sa.Column("waits", sa.Integer(), nullable=False, server_default="0")
    )


def downgrade() -> None:
    """What an account still waits for is forgotten: it is asked again at once."""
    op.drop_column("account_holds", "waits")
    op.drop_column("account_holds", "wait_until")
