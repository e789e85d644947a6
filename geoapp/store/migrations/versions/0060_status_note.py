"""Why a facility is suspended or closed, and when it opens again, for everybody.

Revision ID: 0060
Revises: 0062
"""

from alembic import op

revision = "0060"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.execute("alter table facility add column status_note text")


def downgrade() -> None:
    """Take it away."""
    op.execute("alter table facility drop column status_note")
