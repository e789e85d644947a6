"""The log of changes: written by triggers, insert-only, each set sealed to the one before.

Revision ID: 0007
Revises: 0006
"""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_FUNCTIONS = (
    # The first takes the triggers of the logged tables with it.
    "geoapp_log_change()",
    "geoapp_refuse()",
    "geoapp_log(text, text, text, text, text)",
    "geoapp_change_set()",
    "geoapp_image(oid, text[], text[], text, text)",
    "geoapp_key(text[], text)",
    "geoapp_same_key(text[])",
    "geoapp_belongs(text[], text)",
    "geoapp_seal()",
    "geoapp_set_digest(bigint)",
)


def upgrade() -> None:
    sql = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().connection.driver_connection.execute(sql)


def downgrade() -> None:
    for function in _FUNCTIONS:
        op.execute(f"drop function {function} cascade")
    for table in ("change_seal", "change_chain", "change", "change_set", "logged_table"):
        op.execute(f"drop table {table}")
