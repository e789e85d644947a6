"""What kind of host a candidate has: a bank, a shop, a community centre.

Revision ID: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table candidate add column host_type text")


def downgrade() -> None:
    op.execute("alter table candidate drop column host_type")
