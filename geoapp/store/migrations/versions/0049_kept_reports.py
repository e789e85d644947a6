"""When the report of a region's month is made by itself, and the reports that were made.

Revision ID: 0049
Revises: 0048
"""

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table kept_report (
            id bigint generated always as identity primary key,
            region_code text,
            month date not null,
            made_at timestamp with time zone default clock_timestamp() not null,
            figures jsonb not null,
            constraint kept_report_once unique nulls not distinct (region_code, month),
            constraint kept_report_month check (extract(day from month) = 1)
        )
        """
    )
    op.execute(
        """
        create table kept_report_file (
            report_id bigint not null references kept_report (id) on delete cascade,
            suffix text not null,
            content bytea not null,
            primary key (report_id, suffix)
        )
        """
    )
    # One a region; the last columns are the worker's notes, not a person's decision.
    op.execute(
        """
        create table report_schedule (
            id bigint generated always as identity primary key,
            region_code text,
            hour smallint not null,
            created_by text,
            next_at timestamp with time zone not null,
            last_at timestamp with time zone,
            last_outcome text,
            constraint report_schedule_region unique nulls not distinct (region_code),
            constraint report_schedule_hour check (hour between 0 and 23),
            constraint report_schedule_outcome
                check (last_outcome in ('made', 'unpublished', 'failed'))
        )
        """
    )
    op.execute(
        "select geoapp_log('report_schedule', 'id', ignored => 'next_at,last_at,last_outcome')"
    )


def downgrade() -> None:
    for table in ("report_schedule", "kept_report_file", "kept_report"):
        op.execute(f"drop table {table}")
    op.execute("delete from logged_table where table_name = 'report_schedule'")
