"""A picture that nobody shows any more may be erased for good; that it was stays written down.

Revision ID: 0037
Revises: 0036
"""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The row stays without its bytes: what is taken back later still has something to refer to.
    op.execute(
        "alter table photo_content add column erased_at timestamp with time zone, "
        "add column erased_by text, "
        "add constraint photo_content_erased check (erased_at is null or jpeg = '')"
    )


def downgrade() -> None:
    op.execute("alter table photo_content drop column erased_at, drop column erased_by")
