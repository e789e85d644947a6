"""Who accounts are at a sign-in provider.

Revision ID: 0031
Revises: 0030
"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # One for each account, and one account for each: an account without a password has '' for it.
    op.execute(
        """
        create table user_identity (
            user_id integer primary key references app_user (id) on delete cascade,
            issuer text not null,
            subject text not null,
            linked_at timestamp with time zone default now() not null,
            constraint user_identity_once unique (issuer, subject)
        )
        """
    )
    op.execute(
        "select geoapp_log('user_identity', 'user_id', ignored => 'linked_at', "
        "belongs => 'app_user=user_id')"
    )


def downgrade() -> None:
    op.execute("drop table user_identity")
    op.execute("delete from logged_table where table_name = 'user_identity'")
