"""The tables, their indexes and the counters of change.

Revision ID: 0001
Revises:
"""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = (  # noqa: SIM905
    "run_array run_gap run_region run facility_place facility_tombstone facility candidate "
    "candidate_set demand_point demand_set region amenity_standard_item amenity_standard amenity "
    "kind data_version app_user calendar_day calendar_year"
).split()
_FUNCTIONS = (
    "raise_version",
    "stamp_facility",
    "bury_facility",
    "touch_facility",
    "refuse_truncate",
)


def upgrade() -> None:
    sql = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    # The driver's own connection: a script of many statements, with percent signs left alone.
    op.get_bind().connection.driver_connection.execute(sql)


def downgrade() -> None:
    for table in _TABLES:
        op.execute(f"drop table {table}")
    for function in _FUNCTIONS:
        op.execute(f"drop function {function}()")
