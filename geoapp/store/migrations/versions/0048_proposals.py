"""Proposals: sites of siting runs on their way to opened stations.

Revision ID: 0048
Revises: 0045
"""

from alembic import op

revision = "0048"
down_revision = "0045"
branch_labels = None
depends_on = None

# What was promised stands with the run and its site, which are never changed.
_TABLES = """
create table proposal (
    id bigint generated always as identity primary key,
    state text not null default 'proposed',
    name_zh text not null,
    name_en text,
    geom geometry(point, 4326) not null,
    region_code text references region (code),
    owner text,
    organisation_code text references organisation (code),
    host text,
    cost double precision,
    planned_on date,
    note text,
    run_id bigint not null references run (id),
    site_rank integer not null,
    facility_id bigint references facility (id) on delete set null,
    rev bigint not null default 1,
    constraint proposal_state check (state in ('proposed', 'surveyed', 'host_agreed', 'approved',
        'building', 'open', 'dropped')),
    constraint proposal_cost check (cost >= 0)
);
create unique index proposal_site_idx on proposal (run_id, site_rank);
create index proposal_facility_idx on proposal (facility_id);
create index proposal_organisation_idx on proposal (organisation_code);
create table proposal_step (
    id bigint generated always as identity primary key,
    proposal_id bigint not null references proposal (id) on delete cascade,
    state text not null,
    on_day date not null,
    reason text
);
create index proposal_step_proposal_idx on proposal_step (proposal_id);
"""


def upgrade() -> None:
    op.execute(_TABLES)
    op.execute("insert into data_version (name) values ('proposals')")
    op.execute(
        "create trigger proposal_version before insert or update or delete on proposal "
        "for each statement execute function raise_version('proposals')"
    )
    op.execute(
        "select geoapp_log('proposal', 'id', ignored => 'rev', belongs => 'facility=facility_id')"
    )
    op.execute("select geoapp_log('proposal_step', 'id', belongs => 'proposal=proposal_id')")
    op.execute(
        """
        create function stamp_proposal() returns trigger language plpgsql as $$
        begin
            new.rev := old.rev + 1;
            return new;
        end $$
        """
    )
    op.execute(
        "create trigger proposal_stamp before update on proposal "
        "for each row execute function stamp_proposal()"
    )
    # An account kept to regions carries out what lies there and nothing else; a step lies where its
    # proposal does.
    op.execute(
        """
        create function geoapp_proposal_keeps_to_regions() returns trigger language plpgsql as $$
        declare
            image jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
            number bigint := coalesce(image ->> 'proposal_id', image ->> 'id')::bigint;
            places text[];
            zh text;
            en text;
        begin
            if tg_table_name = 'proposal' then
                places := array[image ->> 'region_code'];
                if tg_op = 'UPDATE' then
                    -- A facility that goes leaves every proposal that led to it.
                    if to_jsonb(old) - array['rev', 'facility_id']
                        = image - array['rev', 'facility_id'] and image -> 'facility_id' = 'null'
                    then
                        return null;
                    end if;
                    places := places || array[to_jsonb(old) ->> 'region_code'];
                end if;
            else
                select array[region_code] into places from proposal where id = number;
                if not found then
                    return null;  -- what goes with its proposal was decided there
                end if;
            end if;
            if exists (select from unnest(places) as u(place) where not geoapp_within(place)) then
                select string_agg(concat_ws(' ', r.name_zh, u.code), '、' order by u.code),
                    string_agg(concat_ws(' ', coalesce(r.name_en, r.name_zh), u.code), ', '
                        order by u.code)
                    into zh, en
                    from unnest(string_to_array(current_setting('geoapp.regions'), chr(31)))
                        as u(code) left join region r on r.code = u.code;
                raise exception using errcode = 'GA403', message = number::text, detail = zh,
                    hint = en;
            end if;
            return null;
        end $$
        """
    )
    for table in ("proposal", "proposal_step"):
        op.execute(
            f"create trigger {table}_keeps_to_regions after insert or update or delete on {table} "
            "for each row when (current_setting('geoapp.regions', true) <> '') "
            "execute function geoapp_proposal_keeps_to_regions()"
        )


def downgrade() -> None:
    for table in ("proposal_step", "proposal"):
        op.execute(f"drop table {table}")
        op.execute(f"delete from logged_table where table_name = '{table}'")
    op.execute("drop function geoapp_proposal_keeps_to_regions()")
    op.execute("drop function stamp_proposal()")
    op.execute("delete from data_version where name = 'proposals'")
