"""Services for workers: items, where they are offered, and duty desks.

Revision ID: 0022
Revises: 0021
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_TABLES = """
create table service_item (
    code text primary key,
    category text not null,
    name_zh text not null,
    name_en text,
    audience text,
    process text,
    time_limit text,
    promise text,
    first_responsible text,
    document text,
    document_on date,
    source text,
    is_sample boolean not null default false
);
create table service_offer (
    id bigint generated always as identity primary key,
    item_code text not null references service_item (code),
    facility_id bigint references facility (id) on delete cascade,
    organisation_code text references organisation (code),
    hours text,
    hours_raw text,
    phone text,
    valid_from date,
    valid_to date,
    source text,
    is_sample boolean not null default false,
    constraint service_offer_one check (num_nonnulls(facility_id, organisation_code) = 1),
    constraint service_offer_period check (valid_from <= valid_to)
);
create index service_offer_facility_idx on service_offer (facility_id);
create index service_offer_organisation_idx on service_offer (organisation_code);
create unique index service_offer_once_idx on service_offer (item_code, (coalesce(facility_id, 0)),
    (coalesce(organisation_code, '')), (coalesce(valid_from, '-infinity'::date)));
create table duty_desk (
    id bigint generated always as identity primary key,
    facility_id bigint not null references facility (id) on delete cascade,
    name_zh text,
    phone text not null,
    hours text,
    hours_raw text,
    source text,
    is_sample boolean not null default false
);
create unique index duty_desk_once_idx on duty_desk (facility_id, phone);
"""


def upgrade() -> None:
    op.execute(_TABLES)
    op.execute("select geoapp_log('service_item', 'code')")
    op.execute(
        "select geoapp_log('service_offer', 'id', "
        "belongs => 'organisation=organisation_code,facility=facility_id')"
    )
    op.execute("select geoapp_log('duty_desk', 'id', belongs => 'facility=facility_id')")
    # A steward kept to regions changes what is offered there and nowhere else.
    for table in ("service_offer", "duty_desk"):
        op.execute(
            f"create trigger {table}_keeps_to_regions after insert or update or delete on {table} "
            "for each row when (current_setting('geoapp.regions', true) <> '') "
            "execute function geoapp_keep_to_regions()"
        )


def downgrade() -> None:
    for table in ("duty_desk", "service_offer", "service_item"):
        op.execute(f"drop table {table}")
        op.execute(f"delete from logged_table where table_name = '{table}'")
