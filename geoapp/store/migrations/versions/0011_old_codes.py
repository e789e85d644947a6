"""Old codes of facilities keep leading to them; a facility that came back has no tombstone.

Revision ID: 0011
Revises: 0010
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table facility_code_alias (
            old text primary key,
            facility_id bigint not null references facility (id) on delete cascade
        )
        """
    )
    op.execute("create index facility_code_alias_facility_idx on facility_code_alias (facility_id)")
    op.execute("select geoapp_log('facility_code_alias', 'old', belongs => 'facility=facility_id')")
    op.execute(
        """
        create function keep_old_code() returns trigger language plpgsql as $$
        begin
            delete from facility_code_alias a where a.old = new.code;
            insert into facility_code_alias values (old.code, new.id)
                on conflict on constraint facility_code_alias_pkey do update set facility_id = excluded.facility_id;
            return null;
        end $$
        """
    )
    op.execute(
        "create trigger facility_old_code after update on facility for each row "
        # An undo writes the table of old codes itself, as it was.
        "when (old.code <> new.code and coalesce(current_setting('geoapp.undoes', true), '') = '') "
        "execute function keep_old_code()"
    )
    op.execute(
        """
        create function raise_facility() returns trigger language plpgsql as $$
        begin
            delete from facility_tombstone t using new_rows n where t.facility_id = n.id;
            return null;
        end $$
        """
    )
    op.execute(
        "create trigger facility_raise after insert on facility referencing new table as new_rows "
        "for each statement execute function raise_facility()"
    )


def downgrade() -> None:
    op.execute("drop trigger facility_raise on facility")
    op.execute("drop trigger facility_old_code on facility")
    op.execute("drop function raise_facility()")
    op.execute("drop function keep_old_code()")
    op.execute("delete from logged_table where table_name = 'facility_code_alias'")
    op.execute("drop table facility_code_alias")
