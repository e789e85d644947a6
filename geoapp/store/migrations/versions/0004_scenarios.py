"""Planners' scenarios, with every version that was saved.

Revision ID: 0004
Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table scenario (
            id bigint generated always as identity primary key,
            name text not null,
            owner text not null,
            audience text not null,
            version integer not null,
            created_at timestamptz not null default now(),
            updated_at timestamptz not null default now(),
            constraint scenario_audience check (audience in ('owner', 'planners', 'colleagues'))
        )
        """
    )
    op.execute(
        """
        create table scenario_version (
            scenario_id bigint not null references scenario (id) on delete cascade,
            version integer not null,
            name text not null,
            question jsonb not null,
            run_id bigint references run (id) on delete set null,
            saved_by text not null,
            saved_at timestamptz not null default now(),
            primary key (scenario_id, version)
        )
        """
    )


def downgrade() -> None:
    op.execute("drop table scenario_version")
    op.execute("drop table scenario")
