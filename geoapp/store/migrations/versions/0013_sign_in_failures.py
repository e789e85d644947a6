"""Failed attempts to sign in of the last minute, counted for all web processes together.

Revision ID: 0013
Revises: 0012
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Unlogged: what a crash loses here is a minute of counting.
    op.execute(
        """
        create unlogged table sign_in_failure (
            id bigint generated always as identity primary key,
            key bytea not null,
            at timestamp with time zone default now() not null
        )
        """
    )
    op.execute("create index sign_in_failure_key_idx on sign_in_failure (key, at)")


def downgrade() -> None:
    op.execute("drop table sign_in_failure")
