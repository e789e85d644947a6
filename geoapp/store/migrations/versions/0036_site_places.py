"""Where a site is, as people say it, is kept with the run that found it.

Revision ID: 0036
Revises: 0035
"""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table run_site add column place_zh text, add column place_en text")


def downgrade() -> None:
    op.execute("alter table run_site drop column place_zh, drop column place_en")
