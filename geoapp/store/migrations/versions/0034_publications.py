"""Which coverage run is the official answer of its region, since when and until when.

Revision ID: 0034
Revises: 0033
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A published run may not vanish: what was official stays readable.
    op.execute(
        """
        create table publication (
            id bigint generated always as identity primary key,
            region_code text,
            run_id bigint not null references run (id),
            published_at timestamp with time zone default clock_timestamp() not null,
            published_by text,
            note text,
            withdrawn_at timestamp with time zone,
            withdrawn_by text,
            constraint publication_withdrawn_later check (withdrawn_at >= published_at)
        )
        """
    )
    op.execute(
        "create index publication_region_idx on publication (region_code, published_at desc)"
    )
    op.execute("create index publication_run_idx on publication (run_id)")
    # What is kept of the public's maps and tables goes when something else becomes official.
    op.execute(
        "create trigger publication_version after insert or update or delete on publication "
        "for each statement execute function raise_version('runs')"
    )
    op.execute("select geoapp_log('publication', 'id')")


def downgrade() -> None:
    op.execute("drop table publication")
    op.execute("delete from logged_table where table_name = 'publication'")
