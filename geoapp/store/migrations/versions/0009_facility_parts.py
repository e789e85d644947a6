"""Facilities that are parts of others.

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table facility_part (
            id bigint generated always as identity primary key,
            whole_id bigint not null references facility (id) on delete cascade,
            part_id bigint not null references facility (id) on delete cascade,
            valid_from date,
            valid_to date,
            constraint facility_part_apart check (whole_id <> part_id),
            constraint facility_part_period check (valid_from <= valid_to)
        )
        """
    )
    op.execute("create index facility_part_whole_idx on facility_part (whole_id)")
    op.execute("create index facility_part_part_idx on facility_part (part_id)")
    op.execute(
        "select geoapp_log('facility_part', 'id', belongs => 'facility=whole_id,facility=part_id')"
    )
    # A change of a whole's parts is a change of the whole and of the part.
    op.execute(
        """
        create function touch_whole_and_part() returns trigger language plpgsql as $$
        declare
            edge facility_part := case when tg_op = 'DELETE' then old else new end;
        begin
            update facility set updated_at = clock_timestamp()
                where id in (edge.whole_id, edge.part_id);
            return null;
        end $$
        """
    )
    op.execute(
        "create trigger facility_part_touch after insert or update or delete on facility_part "
        "for each row execute function touch_whole_and_part()"
    )


def downgrade() -> None:
    op.execute("drop table facility_part")
    op.execute("drop function touch_whole_and_part()")
    op.execute("delete from logged_table where table_name = 'facility_part'")
