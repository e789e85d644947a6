"""No version of a record comes twice; an erasure stays written down when a picture is given anew.

Revision ID: 0039
Revises: 0038
"""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_STAMPED = ("contest", "contest_entry", "application")


def upgrade() -> None:
    # A version that counts each record's changes begins anew when the record is deleted and brought
    # back, and who still has the old page open would write over it. One counter for all never does.
    # It goes with a table, so that a restore, which drops all tables, meets none of its name.
    op.execute("create sequence record_version owned by contest.rev")
    op.execute(
        """
        select setval('record_version', 1
            + (select coalesce(max(seq), 0) from change)
            + (select coalesce(max(rev), 0) from (select rev from contest
                union all select rev from contest_entry
                union all select rev from application) r))
        """
    )
    op.execute(
        """
        create or replace function stamp_contest() returns trigger language plpgsql as $$
        begin
            new.rev := nextval('record_version');
            return new;
        end $$
        """
    )
    op.execute(
        """
        create or replace function stamp_application() returns trigger language plpgsql as $$
        begin
            new.rev := nextval('record_version');
            new.updated_at := clock_timestamp();
            return new;
        end $$
        """
    )
    for table in _STAMPED:
        function = "stamp_application" if table == "application" else "stamp_contest"
        op.execute(f"drop trigger {table}_stamp on {table}")
        op.execute(f"alter table {table} alter column rev drop default")
        op.execute(
            f"create trigger {table}_stamp before insert or update on {table} "
            f"for each row execute function {function}()"
        )
    op.execute("alter table photo_content drop constraint photo_content_erased")


def downgrade() -> None:
    op.execute(
        "update photo_content set erased_at = null, erased_by = null where octet_length(jpeg) > 0"
    )
    op.execute(
        "alter table photo_content add constraint photo_content_erased "
        "check (erased_at is null or jpeg = '')"
    )
    op.execute(
        """
        create or replace function stamp_contest() returns trigger language plpgsql as $$
        begin
            new.rev := old.rev + 1;
            return new;
        end $$
        """
    )
    op.execute(
        """
        create or replace function stamp_application() returns trigger language plpgsql as $$
        begin
            new.rev := old.rev + 1;
            new.updated_at := clock_timestamp();
            return new;
        end $$
        """
    )
    for table in _STAMPED:
        function = "stamp_application" if table == "application" else "stamp_contest"
        op.execute(f"drop trigger {table}_stamp on {table}")
        op.execute(f"alter table {table} alter column rev set default 1")
        op.execute(
            f"create trigger {table}_stamp before update on {table} "
            f"for each row execute function {function}()"
        )
    op.execute("drop sequence record_version")
