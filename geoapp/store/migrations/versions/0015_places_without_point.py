"""Facilities without a position, and what each position rests on.

Revision ID: 0015
Revises: 0014
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What is stored came in files and by presses on a map, and nobody was asked how it was found:
    # 'given' says so. It is neither 'surveyed', which nobody claimed, nor 'unknown', which is a
    # facility that has no position at all.
    op.execute("alter table facility add column position_basis text not null default 'given'")
    op.execute("alter table facility alter column geom drop not null")
    op.execute(
        "alter table facility add constraint facility_position_basis check (position_basis in "
        "('surveyed', 'address', 'given', 'region_only', 'unknown'))"
    )
    op.execute(
        "alter table facility add constraint facility_position_by_basis check "
        "((geom is null) = (position_basis in ('region_only', 'unknown')))"
    )
    op.execute(
        "alter table facility add constraint facility_region_by_basis check "
        "(position_basis <> 'region_only' or region_code is not null)"
    )
    # They are few among many: lists and counts of them read these alone.
    op.execute(
        "create index facility_without_position_idx on facility (region_code) where geom is null"
    )


def downgrade() -> None:
    # The older version cannot hold them; it refuses rather than lose them or invent a point.
    op.execute(
        """
        do $$ begin
            if exists (select from facility where geom is null) then
                raise exception 'facilities without a position: give each one a position first';
            end if;
        end $$
        """
    )
    op.execute("drop index facility_without_position_idx")
    op.execute("alter table facility alter column geom set not null")
    op.execute("alter table facility drop column position_basis")
