"""A contest goes by rules that are data; contests and entries have versions; entries keep to regions.

Revision ID: 0035
Revises: 0034
"""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Which stages there are is said by the rules: until now all contests went by the common ones.
    op.execute("alter table contest drop constraint contest_stage")
    op.execute("alter table contest add column rules text not null default 'common'")
    op.execute(
        """
        create function stamp_contest() returns trigger language plpgsql as $$
        begin
            new.rev := old.rev + 1;
            return new;
        end $$
        """
    )
    for table in ("contest", "contest_entry"):
        op.execute(f"alter table {table} add column rev bigint not null default 1")
        op.execute(f"update logged_table set ignored = '{{rev}}' where table_name = '{table}'")
        op.execute(
            f"create trigger {table}_stamp before update on {table} "
            "for each row execute function stamp_contest()"
        )
    # An entry lies where its contest does.
    op.execute(
        """
        create function geoapp_entry_keeps_to_regions() returns trigger language plpgsql as $$
        declare
            contests text[] := array_remove(array[
                case when tg_op <> 'INSERT' then old.contest_code end,
                case when tg_op <> 'DELETE' then new.contest_code end], null);
            found contest;
            zh text;
            en text;
        begin
            for found in select * from contest where code = any(contests) loop
                if not geoapp_within(found.region_code) then
                    select string_agg(concat_ws(' ', r.name_zh, u.code), '、' order by u.code),
                        string_agg(concat_ws(' ', coalesce(r.name_en, r.name_zh), u.code), ', '
                            order by u.code)
                        into zh, en
                        from unnest(string_to_array(current_setting('geoapp.regions'), chr(31)))
                            as u(code) left join region r on r.code = u.code;
                    raise exception using errcode = 'GA403', message = found.code, detail = zh,
                        hint = en;
                end if;
            end loop;
            return null;
        end $$
        """
    )
    op.execute("drop trigger contest_entry_keeps_to_regions on contest_entry")
    op.execute(
        "create trigger contest_entry_keeps_to_regions after insert or update or delete "
        "on contest_entry for each row when (current_setting('geoapp.regions', true) <> '') "
        "execute function geoapp_entry_keeps_to_regions()"
    )


def downgrade() -> None:
    op.execute("drop trigger contest_entry_keeps_to_regions on contest_entry")
    op.execute(
        "create trigger contest_entry_keeps_to_regions after insert or update or delete "
        "on contest_entry for each row when (current_setting('geoapp.regions', true) <> '') "
        "execute function geoapp_keep_to_regions()"
    )
    op.execute("drop function geoapp_entry_keeps_to_regions()")
    for table in ("contest_entry", "contest"):
        op.execute(f"drop trigger {table}_stamp on {table}")
        op.execute(f"update logged_table set ignored = '{{}}' where table_name = '{table}'")
        op.execute(f"alter table {table} drop column rev")
    op.execute("drop function stamp_contest()")
    op.execute("alter table contest drop column rules")
    op.execute(
        "alter table contest add constraint contest_stage "
        "check (stage in ('entries', 'review', 'votes', 'result'))"
    )
