"""What was decided of two facilities that may be one; merging keeps accounts to their regions.

Revision ID: 0019
Revises: 0018
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The names and places are those that the decision was made by: where they change much since,
    # it is asked again.
    op.execute(
        """
        create table duplicate_decision (
            first_id bigint not null references facility (id) on delete cascade,
            second_id bigint not null references facility (id) on delete cascade,
            verdict text not null,
            decided_by text,
            decided_at timestamptz not null default now(),
            first_name text not null,
            second_name text not null,
            first_place geometry(Point, 4326),
            second_place geometry(Point, 4326),
            primary key (first_id, second_id),
            constraint duplicate_decision_verdict check (verdict in ('different', 'later')),
            constraint duplicate_decision_order check (first_id < second_id)
        )
        """
    )
    op.execute("create index duplicate_decision_second_idx on duplicate_decision (second_id)")
    op.execute(
        "select geoapp_log('duplicate_decision', 'first_id,second_id', "
        "belongs => 'facility=first_id,facility=second_id')"
    )
    # Whoever decides on two facilities may edit both.
    op.execute(
        """
        create function geoapp_keep_pairs_to_regions() returns trigger language plpgsql as $$
        declare
            pair duplicate_decision := case when tg_op = 'DELETE' then old else new end;
            outside record;
            zh text;
            en text;
        begin
            select f.code into outside from facility f
                where f.id in (pair.first_id, pair.second_id) and not geoapp_within(f.region_code)
                order by f.id limit 1;
            if not found then
                return null;
            end if;
            select string_agg(concat_ws(' ', r.name_zh, u.code), '、' order by u.code),
                string_agg(concat_ws(' ', coalesce(r.name_en, r.name_zh), u.code), ', '
                    order by u.code)
                into zh, en
                from unnest(string_to_array(current_setting('geoapp.regions'), chr(31)))
                    as u(code) left join region r on r.code = u.code;
            raise exception using errcode = 'GA403', message = outside.code, detail = zh, hint = en;
        end $$
        """
    )
    op.execute(
        "create trigger duplicate_decision_keeps_to_regions "
        "after insert or update or delete on duplicate_decision "
        "for each row when (current_setting('geoapp.regions', true) <> '') "
        "execute function geoapp_keep_pairs_to_regions()"
    )
    # A code leads to another facility only where that one may be edited.
    op.execute(
        "create trigger facility_code_alias_keeps_to_regions "
        "after insert or update or delete on facility_code_alias "
        "for each row when (current_setting('geoapp.regions', true) <> '') "
        "execute function geoapp_keep_to_regions()"
    )


def downgrade() -> None:
    op.execute("drop trigger facility_code_alias_keeps_to_regions on facility_code_alias")
    op.execute("drop table duplicate_decision")
    op.execute("drop function geoapp_keep_pairs_to_regions()")
    op.execute("delete from logged_table where table_name = 'duplicate_decision'")
