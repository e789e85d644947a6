"""Reports of a facility that is merged into another count there, and come back by an undo.

Revision ID: 0040
Revises: 0039
"""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "alter table worker_report add column came_from bigint[] not null default '{}', "
        "add column given_for bigint, add column others jsonb"
    )
    # The salt of a facility that is no more is kept while reports that were given for it count.
    op.execute("alter table report_salt drop constraint report_salt_facility_id_fkey")


def downgrade() -> None:
    op.execute("update worker_report set sender = null where given_for is not null")
    op.execute(
        "alter table worker_report drop column came_from, drop column given_for, drop column others"
    )
    op.execute("delete from report_salt where facility_id not in (select id from facility)")
    op.execute(
        "alter table report_salt add constraint report_salt_facility_id_fkey "
        "foreign key (facility_id) references facility (id) on delete cascade"
    )
