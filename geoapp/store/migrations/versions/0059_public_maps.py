"""What public maps list of the facilities, and what was decided of a listing and a facility.

Revision ID: 0059
Revises: 0058
"""

from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

_TABLES = """
create table public_map_list (
    map text primary key,
    file text not null,
    read_at timestamp with time zone default now() not null,
    region_code text references region (code) on delete set null,
    constraint public_map_list_map check (map in ('amap', 'baidu', 'tencent', 'other'))
);
create table public_map_listing (
    map text not null references public_map_list (map) on delete cascade,
    listing text not null,
    name text not null,
    address text,
    status text,
    geom geometry(Point, 4326) not null,
    region_code text,
    primary key (map, listing),
    constraint public_map_listing_status check (status in ('open', 'closed'))
);
-- By the listing's own name: it stays when the list is read anew, though the listing be gone.
create table public_map_decision (
    map text not null,
    listing text not null,
    facility_id bigint not null references facility (id) on delete cascade,
    verdict text not null,
    primary key (map, listing, facility_id),
    constraint public_map_decision_map check (map in ('amap', 'baidu', 'tencent', 'other')),
    constraint public_map_decision_verdict check (verdict in ('same', 'different'))
);
create unique index public_map_decision_same_idx on public_map_decision (map, listing)
    where verdict = 'same';
create index public_map_decision_facility_idx on public_map_decision (facility_id);
"""


def upgrade() -> None:
    op.execute(_TABLES)
    # The list is somebody else's and is read whole each time; only what is decided here is logged.
    op.execute(
        "select geoapp_log('public_map_decision', 'map,listing,facility_id', "
        "belongs => 'facility=facility_id')"
    )
    op.execute(
        "create trigger public_map_decision_keeps_to_regions "
        "after insert or update or delete on public_map_decision for each row "
        "when (current_setting('geoapp.regions', true) <> '') "
        "execute function geoapp_keep_to_regions()"
    )


def downgrade() -> None:
    for table in ("public_map_decision", "public_map_listing", "public_map_list"):
        op.execute(f"drop table {table}")
    op.execute("delete from logged_table where table_name = 'public_map_decision'")
