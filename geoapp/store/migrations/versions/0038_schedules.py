"""When the published answer of a region is computed anew.

Revision ID: 0038
Revises: 0037
"""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # One a region; the last four columns are the worker's notes, not a person's decision.
    op.execute(
        """
        create table coverage_schedule (
            id bigint generated always as identity primary key,
            region_code text,
            every text not null,
            hour smallint not null,
            created_by text,
            next_at timestamp with time zone not null,
            last_at timestamp with time zone,
            last_outcome text,
            last_run_id bigint references run (id) on delete set null,
            constraint coverage_schedule_region unique nulls not distinct (region_code),
            constraint coverage_schedule_every check (every in ('night', 'month')),
            constraint coverage_schedule_hour check (hour between 0 and 23),
            constraint coverage_schedule_outcome
                check (last_outcome in ('started', 'unchanged', 'unpublished', 'refused'))
        )
        """
    )
    op.execute(
        "select geoapp_log('coverage_schedule', 'id', "
        "ignored => 'next_at,last_at,last_outcome,last_run_id')"
    )


def downgrade() -> None:
    op.execute("drop table coverage_schedule")
    op.execute("delete from logged_table where table_name = 'coverage_schedule'")
