"""An undo says how much it left as it was, so that the rest can be taken back later.

Revision ID: 0044
Revises: 0043
"""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

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
    insert into change_set (actor, role, via, reason, undoes, import_id, api_key{column}) values (
        -- Whoever writes without saying who they are is known to the server alone.
        case when way is null then session_user
            else nullif(current_setting('geoapp.actor', true), '') end,
        nullif(current_setting('geoapp.role', true), ''),
        coalesce(way, 'psql'),
        nullif(current_setting('geoapp.reason', true), ''),
        nullif(current_setting('geoapp.undoes', true), '')::bigint,
        nullif(current_setting('geoapp.import_id', true), ''),
        nullif(current_setting('geoapp.api_key', true), ''){value}
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
            s.import_id)
            || case when s.api_key is null then '[]'::jsonb else jsonb_build_array(s.api_key) end{kept})::text,
            'UTF8')
        || coalesce((
            select string_agg(sha256(convert_to(concat(
                jsonb_build_array(c.seq, c.table_name, c.key, to_jsonb(c.belongs), c.op)::text,
                coalesce(c.before::text, '-'), coalesce(c.after::text, '-')), 'UTF8')), ''::bytea
                order by c.seq)
            from change c where c.set_id = s.id), ''::bytea))
    from change_set s where s.id = which
$$
"""
# Sets that kept nothing have the sum that they always had.
_KEPT = """
            || case when s.kept is null then '[]'::jsonb
                else jsonb_build_array(jsonb_build_object('kept', s.kept)) end"""


def upgrade() -> None:
    op.execute("alter table change_set add column kept integer")
    op.execute(
        _CHANGE_SET.format(
            column=", kept",
            value=",\n        nullif(current_setting('geoapp.kept', true), '')::integer",
        )
    )
    op.execute(_DIGEST.format(kept=_KEPT))


def downgrade() -> None:
    op.execute(_DIGEST.format(kept=""))
    op.execute(_CHANGE_SET.format(column="", value=""))
    op.execute("alter table change_set drop column kept")
