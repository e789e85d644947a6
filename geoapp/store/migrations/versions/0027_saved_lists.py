"""Lists of facilities that stewards keep under a name.

Revision ID: 0027
Revises: 0026
"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not what the register holds: nothing of it is logged. It goes with the account.
    op.execute(
        """
        create table saved_list (
            id bigint generated always as identity primary key,
            user_id integer not null references app_user (id) on delete cascade,
            name text not null,
            query text not null,
            is_shared boolean not null default false,
            created_at timestamp with time zone default now() not null,
            constraint saved_list_user_id_name_key unique (user_id, name)
        )
        """
    )


def downgrade() -> None:
    op.execute("drop table saved_list")
