"""Organisations, and what each does for which facility.

Revision ID: 0008
Revises: 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table organisation (
            code text primary key,
            kind text not null,
            name_zh text not null,
            name_en text,
            region_code text references region (code),
            group_name text,
            parent_code text references organisation (code) deferrable initially deferred,
            listed_as text,
            listed_under text,
            document text,
            document_on date,
            place_in_document text,
            source text,
            rev bigint not null default 0,
            updated_at timestamptz not null default now(),
            constraint organisation_kind check (kind in
                ('union', 'enterprise', 'park', 'partner', 'host', 'media', 'institute')),
            constraint organisation_own_parent check (parent_code <> code)
        )
        """
    )
    op.execute("create index organisation_region_idx on organisation (region_code)")
    op.execute("create index organisation_parent_idx on organisation (parent_code)")
    op.execute(
        """
        create table facility_role (
            id bigint generated always as identity primary key,
            facility_id bigint not null references facility (id) on delete cascade,
            organisation_code text not null references organisation (code),
            role text not null,
            valid_from date,
            valid_to date,
            source text,
            constraint facility_role_role check (role in
                ('bears', 'joins', 'manages', 'hosts', 'recommends', 'operates')),
            constraint facility_role_period check (valid_from <= valid_to)
        )
        """
    )
    op.execute("create index facility_role_facility_idx on facility_role (facility_id)")
    op.execute(
        "create unique index facility_role_once_idx on facility_role "
        "(organisation_code, facility_id, role, (coalesce(valid_from, '-infinity'::date)))"
    )
    op.execute("select geoapp_log('organisation', 'code', ignored => 'rev,updated_at')")
    op.execute(
        "select geoapp_log('facility_role', 'id', "
        "belongs => 'organisation=organisation_code,facility=facility_id')"
    )
    op.execute("insert into data_version (name) values ('organisations')")
    op.execute(
        """
        create function stamp_organisation() returns trigger language plpgsql as $$
        begin
            new.rev := (select version from data_version where name = 'organisations');
            new.updated_at := clock_timestamp();
            return new;
        end $$
        """
    )
    op.execute(
        "create trigger organisation_stamp before insert or update on organisation "
        "for each row execute function stamp_organisation()"
    )
    # What it does for facilities is part of an organisation: whoever edits it sees the change.
    op.execute(
        """
        create function touch_organisation() returns trigger language plpgsql as $$
        begin
            update organisation set updated_at = clock_timestamp()
                where code in (
                    case when tg_op = 'DELETE' then old.organisation_code
                    else new.organisation_code end
                );
            return null;
        end $$
        """
    )
    op.execute(
        "create trigger facility_role_touch after insert or update or delete on facility_role "
        "for each row execute function touch_organisation()"
    )
    for table in ("organisation", "facility_role"):
        op.execute(
            f"create trigger {table}_version before insert or update or delete on {table} "
            "for each statement execute function raise_version('organisations')"
        )


def downgrade() -> None:
    op.execute("drop table facility_role")
    op.execute("drop table organisation")
    op.execute("drop function stamp_organisation()")
    op.execute("drop function touch_organisation()")
    op.execute("delete from logged_table where table_name in ('organisation', 'facility_role')")
    op.execute("delete from data_version where name = 'organisations'")
