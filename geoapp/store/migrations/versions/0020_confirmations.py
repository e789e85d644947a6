"""Single values of facilities that somebody said to be still right.

Revision ID: 0020
Revises: 0019
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Who said so stands in the log; a value that changes later is one that nobody confirmed.
    op.execute(
        """
        create table facility_confirmation (
            facility_id bigint not null references facility (id) on delete cascade,
            column_name text not null,
            confirmed_on date not null,
            primary key (facility_id, column_name)
        )
        """
    )
    op.execute(
        "select geoapp_log('facility_confirmation', 'facility_id,column_name', "
        "belongs => 'facility=facility_id')"
    )
    op.execute(
        "create trigger facility_confirmation_keeps_to_regions after insert or update or delete "
        "on facility_confirmation for each row "
        "when (current_setting('geoapp.regions', true) <> '') "
        "execute function geoapp_keep_to_regions()"
    )


def downgrade() -> None:
    op.execute("drop table facility_confirmation")
    op.execute("delete from logged_table where table_name = 'facility_confirmation'")
