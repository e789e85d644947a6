"""Links by which somebody without an account sees what is shared of a region, until a day.

Revision ID: 0043
Revises: 0042
"""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table share (
            id integer generated always as identity primary key,
            user_id integer not null references app_user (id) on delete cascade,
            region_code text,
            parts text[] not null,
            note text not null,
            token_hash bytea not null unique,
            created_at timestamp with time zone default now() not null,
            until_on date not null,
            last_used_on date,
            revoked_at timestamp with time zone,
            revoked_by text,
            constraint share_parts check (parts <> '{}' and parts <@ array['report', 'use'])
        )
        """
    )
    # Written with each request: after a crash of the server it begins anew.
    op.execute(
        """
        create unlogged table share_pace (
            share_id integer primary key references share (id) on delete cascade,
            busy_until timestamp with time zone not null
        )
        """
    )
    op.execute(
        "select geoapp_log('share', 'id', hidden => 'token_hash', ignored => 'last_used_on', "
        "belongs => 'app_user=user_id')"
    )


def downgrade() -> None:
    for table in ("share_pace", "share"):
        op.execute(f"drop table {table}")
    op.execute("delete from logged_table where table_name = 'share'")
