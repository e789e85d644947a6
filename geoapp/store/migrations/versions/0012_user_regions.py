"""Accounts kept to regions: whoever has some changes only what lies there, by whatever way.

Revision ID: 0012
Revises: 0011
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TABLES = ("facility", "facility_place", "facility_part", "organisation", "facility_role")


def upgrade() -> None:
    # No foreign key: a region that is taken away must not leave its steward without bounds.
    op.execute("alter table app_user add column regions text[] not null default '{}'")
    op.execute(
        """
        create function geoapp_within(region text) returns boolean language sql stable as $$
            with recursive up(code) as (
                select region
                union
                select r.parent_code from region r join up on r.code = up.code
                where r.parent_code is not null
            )
            select exists (select from up
                where code = any(string_to_array(current_setting('geoapp.regions'), chr(31))))
        $$
        """
    )
    op.execute(
        """
        create function geoapp_keep_to_regions() returns trigger language plpgsql as $$
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
            -- Stamps are no content: a row is also touched when what belongs to it changes.
            if tg_op = 'UPDATE' and images[1] - array['rev', 'updated_at']
                = images[2] - array['rev', 'updated_at'] then
                return null;
            end if;
            foreach image in array images loop
                what := image ->> 'code';
                place := image ->> 'region_code';
                if image ?| array['facility_id', 'whole_id'] then
                    select code, region_code into what, place from facility
                        where id = coalesce(image ->> 'facility_id', image ->> 'whole_id')::bigint;
                    -- What goes with its facility was decided there.
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
    for table in _TABLES:
        op.execute(
            f"create trigger {table}_keeps_to_regions after insert or update or delete on {table} "
            "for each row when (current_setting('geoapp.regions', true) <> '') "
            "execute function geoapp_keep_to_regions()"
        )


def downgrade() -> None:
    op.execute("drop function geoapp_keep_to_regions() cascade")
    op.execute("drop function geoapp_within(text)")
    op.execute("alter table app_user drop column regions")
