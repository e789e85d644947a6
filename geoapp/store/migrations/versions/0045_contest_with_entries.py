"""A contest's version counts its entries: who deletes it or takes it on has seen them.

Revision ID: 0045
Revises: 0044
"""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create function touch_contest() returns trigger language plpgsql as $$
        begin
            update contest set rev = rev where code in (  -- stamped anew
                case when tg_op <> 'INSERT' then old.contest_code end,
                case when tg_op <> 'DELETE' then new.contest_code end
            );
            return null;
        end $$
        """
    )
    op.execute(
        "create trigger contest_entry_touch after insert or update or delete on contest_entry "
        "for each row execute function touch_contest()"
    )


def downgrade() -> None:
    op.execute("drop trigger contest_entry_touch on contest_entry")
    op.execute("drop function touch_contest()")
