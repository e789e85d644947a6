"""Applications of bases, complexes, enterprises and partners: entry, management, exit.

Revision ID: 0017
Revises: 0016
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_CHILDREN = (
    "application_step",
    "plan_step",
    "application_review",
    "recognition",
    "rating",
    "application_document",
)

_TABLES = """
create table application (
    id bigint generated always as identity primary key,
    scheme text not null,
    track text not null,
    form text not null,
    form_version text not null,
    facility_id bigint references facility (id) on delete cascade,
    organisation_code text references organisation (code),
    region_code text references region (code),
    state text not null,
    answers jsonb not null default '{}',
    created_on date not null default current_date,
    rev bigint not null default 1,
    updated_at timestamptz not null default now(),
    constraint application_one_subject check (num_nonnulls(facility_id, organisation_code) = 1)
);
create index application_facility_idx on application (facility_id);
create index application_organisation_idx on application (organisation_code);
create table application_step (
    id bigint generated always as identity primary key,
    application_id bigint not null references application (id) on delete cascade,
    before text not null,
    after text not null,
    on_day date not null,
    by_whom text,
    reason text
);
create table plan_step (
    id bigint generated always as identity primary key,
    application_id bigint not null references application (id) on delete cascade,
    plan text not null,
    time_words text not null,
    content text not null,
    units text,
    funds text,
    due_on date,
    done_on date,
    constraint plan_step_plan check (plan in ('three_years', 'year'))
);
create table application_review (
    id bigint generated always as identity primary key,
    application_id bigint not null references application (id) on delete cascade,
    reviewed_on date not null,
    reviewer text not null,
    heads jsonb not null,
    grounds jsonb not null,
    decision text not null,
    note text,
    constraint application_review_decision check (decision in ('approved', 'refused'))
);
create table recognition (
    id bigint generated always as identity primary key,
    application_id bigint not null references application (id) on delete cascade,
    title text not null,
    given_on date not null,
    until_on date,
    document text not null,
    revoked_on date,
    revoked_reason text,
    constraint recognition_period check (given_on <= until_on),
    constraint recognition_revoked check (given_on <= revoked_on)
);
create table rating (
    id bigint generated always as identity primary key,
    application_id bigint not null references application (id) on delete cascade,
    year integer not null,
    heads jsonb not null,
    grade text not null,
    note text,
    rated_on date not null,
    constraint rating_year check (year between 2000 and 2200)
);
create unique index rating_once_idx on rating (application_id, year);
create table document_file (
    sha256 text primary key,
    content bytea not null
);
create table application_document (
    id bigint generated always as identity primary key,
    application_id bigint not null references application (id) on delete cascade,
    sha256 text not null references document_file (sha256),
    name text not null,
    media_type text not null,
    size integer not null,
    added_on date not null
);
"""


def upgrade() -> None:
    op.execute(_TABLES)
    for table in _CHILDREN:
        if table != "rating":
            op.execute(f"create index {table}_application_idx on {table} (application_id)")
    op.execute(
        "select geoapp_log('application', 'id', ignored => 'rev,updated_at', "
        "belongs => 'facility=facility_id,organisation=organisation_code')"
    )
    for table in _CHILDREN:
        op.execute(f"select geoapp_log('{table}', 'id', belongs => 'application=application_id')")
    op.execute(
        """
        create function stamp_application() returns trigger language plpgsql as $$
        begin
            new.rev := old.rev + 1;
            new.updated_at := clock_timestamp();
            return new;
        end $$
        """
    )
    op.execute(
        "create trigger application_stamp before update on application "
        "for each row execute function stamp_application()"
    )
    # An account kept to regions changes what applies there, as it does facilities.
    op.execute(
        """
        create function geoapp_application_keeps_to_regions() returns trigger language plpgsql as $$
        declare
            image jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
            number bigint := coalesce(image ->> 'application_id', image ->> 'id')::bigint;
            places text[];
            zh text;
            en text;
        begin
            if tg_table_name = 'application' then
                places := array[image ->> 'region_code'];
                if tg_op = 'UPDATE' then
                    places := places || array[to_jsonb(old) ->> 'region_code'];
                end if;
            else
                select array[region_code] into places from application where id = number;
                if not found then
                    return null;  -- what goes with its application was decided there
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
    for table in ("application", *_CHILDREN):
        op.execute(
            f"create trigger {table}_keeps_to_regions after insert or update or delete on {table} "
            "for each row when (current_setting('geoapp.regions', true) <> '') "
            "execute function geoapp_application_keeps_to_regions()"
        )


def downgrade() -> None:
    for table in (*_CHILDREN, "application", "document_file"):
        op.execute(f"drop table {table}")
    op.execute("drop function geoapp_application_keeps_to_regions()")
    op.execute("drop function stamp_application()")
    tables = ", ".join(f"'{table}'" for table in ("application", *_CHILDREN))
    op.execute(f"delete from logged_table where table_name in ({tables})")
