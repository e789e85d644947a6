"""Facilities are found by simplified characters, in which ones they ever are registered.

Revision ID: 0065
Revises: 0064
"""

from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What facilities are found by follows them, and is made anew.
    op.execute("delete from facility_words")


def downgrade() -> None:
    op.execute("delete from facility_words")
