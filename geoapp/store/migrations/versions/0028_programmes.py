"""Published plans: documents, programmes, indicators, and what was reported of them.

Revision ID: 0028
Revises: 0027
"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_TABLES = """
create table document (
    code text primary key,
    title_zh text not null,
    title_en text not null,
    issuer_zh text,
    issuer_en text,
    number text,
    published_on date,
    note_zh text,
    note_en text,
    url text
);
-- A plan is of a region whether or not the region is registered here.
create table programme (
    code text primary key,
    name_zh text not null,
    name_en text not null,
    region_code text not null,
    document_code text not null references document (code),
    note_zh text,
    note_en text
);
create table indicator (
    programme_code text not null references programme (code) on delete cascade,
    code text not null,
    sort integer not null,
    name_zh text not null,
    name_en text not null,
    nature text not null,
    comparator text not null,
    value double precision not null,
    unit text not null,
    period_from date,
    due date,
    recurrence text,
    scope text not null,
    measure text not null,
    rule jsonb,
    document_code text not null references document (code),
    place text not null,
    shares_with text[] not null default '{}',
    primary key (programme_code, code),
    constraint indicator_nature check
        (nature in ('flow', 'stock', 'share', 'award', 'named', 'entered')),
    constraint indicator_comparator check
        (comparator in ('at_least', 'more_than', 'about', 'exactly')),
    constraint indicator_measure check (measure in ('store', 'entered', 'not_countable')),
    constraint indicator_rule check ((measure = 'store') = (rule is not null)),
    constraint indicator_value check (value >= 0),
    constraint indicator_period check (period_from <= due)
);
create table indicator_split (
    programme_code text not null,
    indicator_code text not null,
    region_code text not null,
    value double precision not null,
    primary key (programme_code, indicator_code, region_code),
    foreign key (programme_code, indicator_code) references indicator on delete cascade,
    constraint indicator_split_value check (value >= 0)
);
-- Of an indicator, or of the programme alone where the document does not divide it.
create table indicator_fact (
    id bigint generated always as identity primary key,
    programme_code text not null references programme (code) on delete cascade,
    indicator_code text,
    as_of date,
    value double precision not null,
    unit text not null,
    name_zh text,
    name_en text,
    region_code text,
    document_code text not null references document (code),
    place text,
    entered_by text,
    foreign key (programme_code, indicator_code) references indicator on delete cascade,
    constraint indicator_fact_day check (indicator_code is null or as_of is not null),
    constraint indicator_fact_value check (value >= 0)
);
create unique index indicator_fact_once_idx on indicator_fact (programme_code,
    (coalesce(indicator_code, '')), (coalesce(as_of, '-infinity'::date)), document_code,
    (coalesce(name_zh, '')));
create table indicator_evidence (
    id bigint generated always as identity primary key,
    programme_code text not null,
    indicator_code text not null,
    facility_id bigint references facility (id) on delete cascade,
    organisation_code text references organisation (code) on delete cascade,
    event_on date,
    document_code text not null references document (code),
    place text,
    foreign key (programme_code, indicator_code) references indicator on delete cascade,
    constraint indicator_evidence_one check (num_nonnulls(facility_id, organisation_code) = 1)
);
create unique index indicator_evidence_once_idx on indicator_evidence (programme_code,
    indicator_code, (coalesce(facility_id, 0)), (coalesce(organisation_code, '')));
create index indicator_evidence_facility_idx on indicator_evidence (facility_id);
create index indicator_evidence_organisation_idx on indicator_evidence (organisation_code);
"""
_LOGGED = (
    ("document", "code", ""),
    ("programme", "code", ""),
    ("indicator", "programme_code,code", "programme=programme_code"),
    (
        "indicator_split",
        "programme_code,indicator_code,region_code",
        "programme=programme_code",
    ),
    ("indicator_fact", "id", "programme=programme_code"),
    (
        "indicator_evidence",
        "id",
        "programme=programme_code,facility=facility_id,organisation=organisation_code",
    ),
)


def upgrade() -> None:
    op.execute(_TABLES)
    for table, keys, belongs in _LOGGED:
        op.execute(f"select geoapp_log('{table}', '{keys}', belongs => '{belongs}')")
    # An account kept to regions changes the plans of these, and what was reported of them.
    op.execute(
        """
        create function geoapp_programme_keeps_to_regions() returns trigger language plpgsql as $$
        declare
            images jsonb[] := array_remove(array[
                case when tg_op <> 'INSERT' then to_jsonb(old) end,
                case when tg_op <> 'DELETE' then to_jsonb(new) end], null);
            image jsonb;
            what text;
            place text;
            zh text;
            en text;
        begin
            foreach image in array images loop
                what := coalesce(image ->> 'programme_code', image ->> 'code');
                place := image ->> 'region_code';
                if tg_table_name <> 'programme' then
                    select region_code into place from programme where code = what;
                    -- What goes with its programme was decided there.
                    continue when not found;
                end if;
                if not geoapp_within(place) then
                    select string_agg(concat_ws(' ', r.name_zh, u.code), '、' order by u.code),
                        string_agg(concat_ws(' ', coalesce(r.name_en, r.name_zh), u.code), ', '
                            order by u.code)
                        into zh, en
                        from unnest(string_to_array(current_setting('geoapp.regions'), chr(31)))
                            as u(code) left join region r on r.code = u.code;
                    raise exception using errcode = 'GA403', message = what, detail = zh, hint = en;
                end if;
            end loop;
            return null;
        end $$
        """
    )
    for table, _keys, _belongs in _LOGGED[1:]:
        op.execute(
            f"create trigger {table}_keeps_to_regions after insert or update or delete on {table} "
            "for each row when (current_setting('geoapp.regions', true) <> '') "
            "execute function geoapp_programme_keeps_to_regions()"
        )


def downgrade() -> None:
    for table, _keys, _belongs in reversed(_LOGGED):
        op.execute(f"drop table {table}")
        op.execute(f"delete from logged_table where table_name = '{table}'")
    op.execute("drop function geoapp_programme_keeps_to_regions()")
