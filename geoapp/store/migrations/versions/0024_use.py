"""Visits, workers' opinions and care for workers: sums by day, nobody by name.

Revision ID: 0024
Revises: 0023
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_TABLES = """
create table visit_count (
    id bigint generated always as identity primary key,
    facility_id bigint not null references facility (id) on delete cascade,
    day date not null,
    hour integer,
    n integer not null,
    basis text not null,
    constraint visit_count_hour check (hour between 0 and 23),
    constraint visit_count_n check (n >= 0),
    constraint visit_count_basis check (basis in ('door', 'reported', 'imported'))
);
create unique index visit_count_once_idx on visit_count (facility_id, day, (coalesce(hour, -1)), basis);
create index visit_count_day_idx on visit_count (day);
create table opinion_poll (
    facility_id bigint not null references facility (id) on delete cascade,
    day date not null,
    stars integer not null,
    n integer not null,
    primary key (facility_id, day, stars),
    constraint opinion_poll_stars check (stars between 1 and 5),
    constraint opinion_poll_n check (n >= 0)
);
create index opinion_poll_day_idx on opinion_poll (day);
create table care_event (
    code text primary key,
    kind text not null,
    region_code text not null references region (code),
    day date not null,
    people integer,
    unit text,
    money double precision,
    document text,
    source text,
    is_sample boolean not null default false,
    constraint care_event_unit check (unit in ('people', 'times')),
    constraint care_event_counted check ((people is null) = (unit is null)),
    constraint care_event_amounts check (people >= 0 and money >= 0)
);
create index care_event_day_idx on care_event (day);
"""
# A worker's own voice is counted and leaves no moment behind; whatever has a name beside it, or came
# by a file, a command or psql, is logged like everything else.
_NAMED = (
    "coalesce(current_setting('geoapp.via', true), '') not in ('web', 'api') "
    "or coalesce(current_setting('geoapp.actor', true), '') <> ''"
)
_ROWS = {
    "insert": "new table as new_rows",
    "update": "old table as old_rows new table as new_rows",
    "delete": "old table as old_rows",
}


def upgrade() -> None:
    op.execute(_TABLES)
    # They belong to no facility's story, which a count for each day would bury.
    op.execute("select geoapp_log('visit_count', 'id')")
    op.execute("select geoapp_log('opinion_poll', 'facility_id,day,stars')")
    op.execute("select geoapp_log('care_event', 'code')")
    for what, rows in _ROWS.items():
        op.execute(f"drop trigger opinion_poll_log_{what} on opinion_poll")
        op.execute(
            f"create trigger opinion_poll_log_{what} after {what} on opinion_poll "
            f"referencing {rows} for each statement when ({_NAMED}) "
            "execute function geoapp_log_change()"
        )
    for table in ("visit_count", "opinion_poll", "care_event"):
        op.execute(
            f"create trigger {table}_keeps_to_regions after insert or update or delete on {table} "
            "for each row when (current_setting('geoapp.regions', true) <> '') "
            "execute function geoapp_keep_to_regions()"
        )


def downgrade() -> None:
    for table in ("care_event", "opinion_poll", "visit_count"):
        op.execute(f"drop table {table}")
        op.execute(f"delete from logged_table where table_name = '{table}'")
