"""Links by which somebody chooses a password: an invitation, or a forgotten password.

Revision ID: 0018
Revises: 0017
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # One for each user: a newer link puts the older one out of use.
    op.execute(
        """
        create table user_link (
            user_id integer primary key references app_user (id) on delete cascade,
            token_hash bytea not null unique,
            expires_at timestamp with time zone not null
        )
        """
    )


def downgrade() -> None:
    op.execute("drop table user_link")
