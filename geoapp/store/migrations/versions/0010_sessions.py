"""Sessions by device: a row for each sign-in, instead of one salt for all of a user's sessions.

Revision ID: 0010
Revises: 0009
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table user_session (
            id integer generated always as identity primary key,
            user_id integer not null references app_user (id) on delete cascade,
            token_hash bytea not null unique,
            device text not null,
            created_at timestamp with time zone default now() not null,
            seen_at timestamp with time zone default date_trunc('hour', now()) not null,
            expires_at timestamp with time zone not null
        )
        """
    )
    op.execute("create index user_session_user_id_idx on user_session (user_id)")
    # Whoever is signed in when this runs signs in once more.
    op.execute("alter table app_user drop column session_salt")


def downgrade() -> None:
    op.execute("alter table app_user add column session_salt text not null default ''")
    op.execute("update app_user set session_salt = gen_random_uuid()::text")
    op.execute("alter table app_user alter column session_salt drop default")
    op.execute("drop table user_session")
