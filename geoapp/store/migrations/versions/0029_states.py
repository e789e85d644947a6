"""What each facility was, from when to when, and how certain the dates are.

Revision ID: 0029
Revises: 0028
"""

from pathlib import Path

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_FUNCTIONS = (
    # The first two take their triggers with them.
    "geoapp_after_facility()",
    "geoapp_after_states()",
    "geoapp_date_basis()",
    "geoapp_states_follow(bigint[])",
    "geoapp_facilities_follow(bigint[])",
    "geoapp_refuse_disorder(bigint[])",
    "geoapp_first_states(text, date, text, date, text)",
)


def upgrade() -> None:
    sql = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().connection.driver_connection.execute(sql)


def downgrade() -> None:
    for function in _FUNCTIONS:
        op.execute(f"drop function {function} cascade")
    op.execute("drop table facility_state")
    op.execute("delete from logged_table where table_name = 'facility_state'")
    op.execute("alter table facility drop column opened_basis, drop column closed_basis")
    for function in ("geoapp_first_day(date, text)", "geoapp_last_day(date, text)"):
        op.execute(f"drop function {function}")
