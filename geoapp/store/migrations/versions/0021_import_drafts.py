"""Drafts of imports in the browser, and how the columns of a list were understood the last time.

Revision ID: 0021
Revises: 0020
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Neither is what the register holds: nothing of it is logged. The file is as large as it was sent;
    # it goes when the draft is applied, given up or too old.
    op.execute(
        """
        create table import_draft (
            id bigint generated always as identity primary key,
            user_id integer not null references app_user (id) on delete cascade,
            file_name text not null,
            content bytea,
            choices jsonb not null default '{}',
            done jsonb,
            created_at timestamp with time zone default now() not null,
            expires_at timestamp with time zone not null
        )
        """
    )
    op.execute("alter table import_draft alter column content set storage external")
    op.execute("create index import_draft_user_id_idx on import_draft (user_id)")
    op.execute(
        """
        create table import_habit (
            headings bytea primary key,
            choices jsonb not null,
            accepted_by text not null,
            accepted_at timestamp with time zone default now() not null
        )
        """
    )


def downgrade() -> None:
    op.execute("drop table import_habit")
    op.execute("drop table import_draft")
