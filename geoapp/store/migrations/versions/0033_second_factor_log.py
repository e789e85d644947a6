"""The log tells when a second factor is set up, turned on and off, and when its codes are used.

Revision ID: 0033
Revises: 0032
"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Recovery codes themselves stay out of the log, which is kept for good: these tell of them.
    op.execute(
        """
        alter table second_factor
            add column codes_made_at timestamp with time zone,
            add column codes_used integer not null default 0
        """
    )
    op.execute(
        "update second_factor set codes_made_at = confirmed_at where confirmed_at is not null"
    )
    op.execute(
        "select geoapp_log('second_factor', 'user_id', hidden => 'secret', "
        "ignored => 'last_step,failed,failed_at', belongs => 'app_user=user_id')"
    )


def downgrade() -> None:
    for what in ("insert", "update", "delete", "truncate"):
        op.execute(f"drop trigger second_factor_log_{what} on second_factor")
    op.execute("delete from logged_table where table_name = 'second_factor'")
    op.execute("alter table second_factor drop column codes_made_at, drop column codes_used")
