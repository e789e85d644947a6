"""What workers report of facilities, and what it amounts to.

Revision ID: 0030
Revises: 0029
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

# Not logged: the log is kept for good, and words and senders are to be forgotten. Who settled a
# report stands with it.
_TABLES = """
create table worker_report (
    id bigint generated always as identity primary key,
    key bytea not null unique,
    facility_id bigint references facility (id) on delete cascade,
    kind text,
    at timestamp with time zone default now() not null,
    sender bytea,
    rated boolean not null default false,
    missing text,
    note text,
    place_name text,
    place_words text,
    place geometry(point, 4326),
    region_code text,
    care boolean not null,
    settled_at timestamp with time zone,
    settled_as text,
    settled_by text,
    constraint worker_report_kind check (kind in
        ('open', 'shut', 'moved', 'full', 'wrong', 'suggest')),
    constraint worker_report_about check ((facility_id is null) = (kind is not distinct from 'suggest')),
    constraint worker_report_settled check ((settled_at is null) = (settled_as is null)),
    constraint worker_report_settled_as check (settled_as in
        ('suspended', 'fixed', 'dismissed', 'added'))
);
create index worker_report_facility_idx on worker_report (facility_id, at) where settled_at is null;
create index worker_report_waiting_idx on worker_report (at) where care and settled_at is null;
create table facility_voice (
    facility_id bigint primary key references facility (id) on delete cascade,
    doubt text,
    doubt_voices integer,
    doubt_since date,
    confirmed_on date,
    constraint facility_voice_doubt check (doubt in ('shut', 'moved')),
    constraint facility_voice_whole check (num_nonnulls(doubt, doubt_voices, doubt_since) in (0, 3))
);
-- By it, senders of one facility's reports are told apart, and nothing else; see docs/decisions.
create table report_salt (
    facility_id bigint primary key references facility (id) on delete cascade,
    salt bytea not null
);
-- Unlogged: what a crash loses here is an hour of counting.
create unlogged table report_count (
    id bigint generated always as identity primary key,
    key bytea not null,
    at timestamp with time zone default now() not null
);
create index report_count_key_idx on report_count (key, at);
"""


def upgrade() -> None:
    op.execute(_TABLES)
    # Whoever holds facilities in memory reads one again when what workers say of it changes.
    op.execute(
        "create trigger facility_voice_touch after insert or update or delete on facility_voice "
        "for each row execute function touch_facility()"
    )
    # Anybody reports anywhere; a steward kept to regions settles what lies there and nothing else.
    op.execute(
        "create trigger worker_report_keeps_to_regions after update of settled_at on worker_report "
        "for each row when (current_setting('geoapp.regions', true) <> '') "
        "execute function geoapp_keep_to_regions()"
    )


def downgrade() -> None:
    for table in ("report_count", "report_salt", "facility_voice", "worker_report"):
        op.execute(f"drop table {table}")
