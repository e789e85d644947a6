"""Edits of many facilities at once, between being chosen and being made.

Revision ID: 0026
Revises: 0025
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not what the register holds: nothing of it is logged. The numbers are no references: a facility
    # that is deleted before the press is told of, not forgotten.
    op.execute(
        """
        create table bulk_edit (
            id bigint generated always as identity primary key,
            user_id integer not null references app_user (id) on delete cascade,
            asked text not null,
            facility_ids bigint[] not null,
            revs bigint[] not null,
            changes jsonb not null default '{}',
            done jsonb,
            created_at timestamp with time zone default now() not null,
            expires_at timestamp with time zone not null
        )
        """
    )
    op.execute("create index bulk_edit_user_id_idx on bulk_edit (user_id)")


def downgrade() -> None:
    op.execute("drop table bulk_edit")
