"""A file that no application has any more may be erased for good; that it was stays written down.

Revision ID: 0041
Revises: 0040
"""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The row stays without its content: what is taken back later still has something to refer to.
    op.execute(
        "alter table document_file add column erased_at timestamp with time zone, "
        "add column erased_by text"
    )


def downgrade() -> None:
    op.execute("alter table document_file drop column erased_at, drop column erased_by")
