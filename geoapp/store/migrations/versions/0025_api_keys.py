"""API keys of accounts; the log tells by which key a change came.

Revision ID: 0025
Revises: 0024
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_TABLES = """
create table api_key (
    id integer generated always as identity primary key,
    user_id integer not null references app_user (id) on delete cascade,
    name text not null,
    token_hash bytea not null unique,
    beginning text not null,
    scope text not null,
    made_with text not null,
    created_at timestamp with time zone default now() not null,
    expires_at timestamp with time zone not null,
    last_used_on date,
    constraint api_key_scope check (scope in ('read', 'write')),
    constraint api_key_made_with
        check (made_with in ('one_factor', 'second_factor', 'operator')),
    constraint api_key_once unique (user_id, name)
);
-- Written with each request: after a crash of the server it begins anew.
create unlogged table api_key_pace (
    key_id integer primary key references api_key (id) on delete cascade,
    busy_until timestamp with time zone not null
);
"""

_CHANGE_SET = """
create or replace function geoapp_change_set() returns bigint language plpgsql as $$
declare
    found bigint;
    way text := nullif(current_setting('geoapp.via', true), '');
begin
    select id into found from change_set
        where id = nullif(current_setting('geoapp.change_set', true), '')::bigint
        and tx = pg_current_xact_id()::text::bigint;
    if found is not null then
        return found;
    end if;
    insert into change_set (actor, role, via, reason, undoes, import_id{column}) values (
        -- Whoever writes without saying who they are is known to the server alone.
        case when way is null then session_user
            else nullif(current_setting('geoapp.actor', true), '') end,
        nullif(current_setting('geoapp.role', true), ''),
        coalesce(way, 'psql'),
        nullif(current_setting('geoapp.reason', true), ''),
        nullif(current_setting('geoapp.undoes', true), '')::bigint,
        nullif(current_setting('geoapp.import_id', true), ''){value}
    ) returning id into found;
    perform set_config('geoapp.change_set', found::text, true);
    return found;
end $$
"""

_DIGEST = """
create or replace function geoapp_set_digest(which bigint) returns bytea
language sql stable as $$
    select sha256(
        convert_to((jsonb_build_array(s.id, to_char(s.at at time zone 'UTC',
            'YYYY-MM-DD"T"HH24:MI:SS.US'), s.actor, s.role, s.via, s.reason, s.undoes,
            s.import_id){key})::text, 'UTF8')
        || coalesce((
            select string_agg(sha256(convert_to(concat(
                jsonb_build_array(c.seq, c.table_name, c.key, to_jsonb(c.belongs), c.op)::text,
                coalesce(c.before::text, '-'), coalesce(c.after::text, '-')), 'UTF8')), ''::bytea
                order by c.seq)
            from change c where c.set_id = s.id), ''::bytea))
    from change_set s where s.id = which
$$
"""
# Sets that came by no key have the sum that they always had.
_KEY = " || case when s.api_key is null then '[]'::jsonb else jsonb_build_array(s.api_key) end"


def upgrade() -> None:
    op.execute(_TABLES)
    op.execute("alter table change_set add column api_key text")
    op.execute(
        _CHANGE_SET.format(
            column=", api_key",
            value=",\n        nullif(current_setting('geoapp.api_key', true), '')",
        )
    )
    op.execute(_DIGEST.format(key=_KEY))
    op.execute(
        "select geoapp_log('api_key', 'id', hidden => 'token_hash', ignored => 'last_used_on', "
        "belongs => 'app_user=user_id')"
    )


def downgrade() -> None:
    op.execute(_DIGEST.format(key=""))
    op.execute(_CHANGE_SET.format(column="", value=""))
    op.execute("alter table change_set drop column api_key")
    for table in ("api_key_pace", "api_key"):
        op.execute(f"drop table {table}")
    op.execute("delete from logged_table where table_name = 'api_key'")
