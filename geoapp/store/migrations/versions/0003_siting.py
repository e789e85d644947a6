"""The sites that a siting run proposes.

Revision ID: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table run_site (
            run_id bigint not null references run (id) on delete cascade,
            chosen boolean not null,
            rank integer not null,
            code text not null,
            name text,
            geom geometry(point, 4326) not null,
            region_code text,
            cost double precision,
            fixed boolean not null,
            adds double precision not null,
            by_district jsonb not null,
            primary key (run_id, chosen, rank)
        )
        """
    )
    op.execute("create index run_site_geom_idx on run_site using gist (geom)")


def downgrade() -> None:
    op.execute("drop table run_site")
