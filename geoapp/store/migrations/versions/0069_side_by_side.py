"""Which versions of geoapp the tables serve as they are, so that two can run side by side.

Revision ID: 0069
Revises: 0065
"""

from alembic import op

revision = "0069"
down_revision = "0065"
branch_labels = None
depends_on = None
expands = True


def upgrade() -> None:
    # `tables` is the revision that the tables were brought to by whoever wrote the row.
    op.execute("create table schema_serves (revision text primary key, tables text not null)")


def downgrade() -> None:
    op.execute("drop table schema_serves")
