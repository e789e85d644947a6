"""What the draft of an import is of: facilities, or the list of a public map.

Revision ID: 0062
Revises: 0059
"""

from alembic import op

revision = "0062"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "alter table import_draft add column kind text not null default 'facilities' "
        "constraint import_draft_kind check (kind in ('facilities', 'public-map'))"
    )
    # What was not imported yet was stored as JSON's null, which is not null, and so was never listed.
    op.execute("update import_draft set done = null where done = 'null'")


def downgrade() -> None:
    op.execute("delete from import_draft where kind <> 'facilities'")
    op.execute("alter table import_draft drop column kind")
