"""The last call to each facility: what came of it, and when to call again.

Revision ID: 0014
Revises: 0013
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # One row for each facility that was called; the calls before it stand in the log.
    op.execute(
        """
        create table facility_call (
            facility_id bigint primary key references facility (id) on delete cascade,
            outcome text not null,
            called_on date not null,
            again_on date,
            tries integer not null default 0,
            moved_from geometry(geometry, 4326),
            constraint facility_call_outcome check (outcome in
                ('reached', 'moved', 'closed', 'nobody')),
            constraint facility_call_again check ((again_on is not null) = (outcome = 'nobody'))
        )
        """
    )
    op.execute(
        "select geoapp_log('facility_call', 'facility_id', belongs => 'facility=facility_id')"
    )
    op.execute(
        "create trigger facility_call_keeps_to_regions after insert or update or delete "
        "on facility_call for each row when (current_setting('geoapp.regions', true) <> '') "
        "execute function geoapp_keep_to_regions()"
    )


def downgrade() -> None:
    op.execute("drop table facility_call")
    op.execute("delete from logged_table where table_name = 'facility_call'")
