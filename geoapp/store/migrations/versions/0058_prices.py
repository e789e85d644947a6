"""Price lists: what an amenity costs, as of which day, by whose word.

Revision ID: 0058
Revises: 0056
"""

from alembic import op

revision = "0058"
down_revision = "0056"
branch_labels = None
depends_on = None

_TABLE = """
create table item_price (
    id bigint generated always as identity primary key,
    price_list text not null,
    region_code text references region (code),
    amenity_code text not null references amenity (code),
    price double precision not null,
    unit text,
    as_of date not null,
    source text not null,
    noted_by text,
    is_sample boolean not null default false,
    constraint item_price_price check (price >= 0)
);
create unique index item_price_once_idx
    on item_price (price_list, (coalesce(region_code, '')), amenity_code);
"""


def upgrade() -> None:
    op.execute(_TABLE)
    op.execute("select geoapp_log('item_price', 'id')")
    # A price that holds everywhere is for accounts that are kept to no region.
    op.execute(
        """
        create function geoapp_price_keeps_to_regions() returns trigger language plpgsql as $$
        declare
            images jsonb[] := array_remove(array[
                case when tg_op <> 'INSERT' then to_jsonb(old) end,
                case when tg_op <> 'DELETE' then to_jsonb(new) end], null);
            image jsonb;
            zh text;
            en text;
        begin
            foreach image in array images loop
                if not geoapp_within(image ->> 'region_code') then
                    select string_agg(concat_ws(' ', r.name_zh, u.code), '、' order by u.code),
                        string_agg(concat_ws(' ', coalesce(r.name_en, r.name_zh), u.code), ', '
                            order by u.code)
                        into zh, en
                        from unnest(string_to_array(current_setting('geoapp.regions'), chr(31)))
                            as u(code) left join region r on r.code = u.code;
                    raise exception using errcode = 'GA403', message = image ->> 'price_list',
                        detail = zh, hint = en;
                end if;
            end loop;
            return null;
        end $$
        """
    )
    op.execute(
        "create trigger item_price_keeps_to_regions after insert or update or delete on item_price "
        "for each row when (current_setting('geoapp.regions', true) <> '') "
        "execute function geoapp_price_keeps_to_regions()"
    )


def downgrade() -> None:
    op.execute("drop table item_price")
    op.execute("drop function geoapp_price_keeps_to_regions()")
    op.execute("delete from logged_table where table_name = 'item_price'")
