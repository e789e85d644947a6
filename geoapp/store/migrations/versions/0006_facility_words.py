"""How facilities are found by words: their names folded, in pinyin and by initials.

Revision ID: 0006
Revises: 0005
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table facility_words (
            facility_id bigint primary key references facility (id) on delete cascade,
            rev bigint not null,
            name text not null,
            pinyin text not null,
            initials text not null,
            everything text not null
        )
        """
    )
    op.execute(
        "create index facility_words_idx on facility_words using gin (everything gin_trgm_ops)"
    )


def downgrade() -> None:
    op.execute("drop table facility_words")
