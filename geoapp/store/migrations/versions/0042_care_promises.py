"""Care events count for promises that name their kinds.

Revision ID: 0042
Revises: 0041
"""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table indicator add column care text[] not null default '{}'")


def downgrade() -> None:
    op.execute("alter table indicator drop column care")
