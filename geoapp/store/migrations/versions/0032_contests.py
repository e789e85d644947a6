"""Contests of service projects: entries, experts' points, workers' votes, prizes.

Revision ID: 0032
Revises: 0031
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_TABLES = """
create table contest (
    code text primary key,
    name_zh text not null,
    name_en text,
    region_code text references region (code),
    stage text not null,
    entered integer,
    finalists integer,
    criteria text,
    document text,
    document_on date,
    source text,
    is_sample boolean not null default false,
    constraint contest_stage check (stage in ('entries', 'review', 'votes', 'result')),
    constraint contest_numbers check (entered >= 0 and finalists >= 0 and finalists <= entered)
);
create table contest_entry (
    contest_code text not null references contest (code) on delete cascade,
    code text not null,
    organisation text not null,
    name_zh text,
    points text,
    votes integer,
    finalist boolean,
    prize text,
    item_code text references service_item (code),
    source text,
    is_sample boolean not null default false,
    primary key (contest_code, code),
    constraint contest_entry_votes check (votes >= 0)
);
"""


def upgrade() -> None:
    op.execute(_TABLES)
    op.execute("select geoapp_log('contest', 'code')")
    op.execute("select geoapp_log('contest_entry', 'contest_code,code')")
    # An entry has no region of its own: only an account for all regions changes it.
    for table in ("contest", "contest_entry"):
        op.execute(
            f"create trigger {table}_keeps_to_regions after insert or update or delete on {table} "
            "for each row when (current_setting('geoapp.regions', true) <> '') "
            "execute function geoapp_keep_to_regions()"
        )


def downgrade() -> None:
    for table in ("contest_entry", "contest"):
        op.execute(f"drop table {table}")
        op.execute(f"delete from logged_table where table_name = '{table}'")
