"""A second factor at sign-in: codes of an app (TOTP), and recovery codes that are used once.

Revision ID: 0023
Revises: 0022
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not logged: the log is kept for good, and a secret in it would be too.
    op.execute(
        """
        create table second_factor (
            user_id integer primary key references app_user (id) on delete cascade,
            secret text not null,
            confirmed_at timestamp with time zone,
            last_step bigint,
            failed integer not null default 0,
            failed_at timestamp with time zone
        )
        """
    )
    op.execute(
        """
        create table recovery_code (
            user_id integer not null references second_factor (user_id) on delete cascade,
            code_hash bytea not null,
            primary key (user_id, code_hash)
        )
        """
    )


def downgrade() -> None:
    op.execute("drop table recovery_code")
    op.execute("drop table second_factor")
