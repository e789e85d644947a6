"""Who signed in or tried to, when, by which way and from about where; which life of the store it is.

Revision ID: 0064
Revises: 0061
"""

from alembic import op

revision = "0064"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # By name and not by number: what was tried stays true whatever becomes of the account. What did
    # not let anybody in is gathered by the hour, so that a flood of guesses is one row with a count.
    op.execute(
        """
        create table sign_in (
            id bigint generated always as identity primary key,
            first_at timestamp with time zone default now() not null,
            at timestamp with time zone default now() not null,
            tries integer default 1 not null,
            name text default '' not null,
            way text not null,
            outcome text not null,
            network text default '' not null,
            device text default '' not null,
            key_name text default '' not null,
            hour timestamp with time zone,
            constraint sign_in_way
                check (way in ('password', 'code', 'link', 'provider', 'basic', 'key')),
            constraint sign_in_outcome
                check (outcome in ('in', 'half', 'wrong', 'disabled', 'refused', 'held')),
            constraint sign_in_gathered unique (hour, way, outcome, name, network)
        )
        """
    )
    op.execute("create index sign_in_at_idx on sign_in (at, id)")
    op.execute(
        """
        create table store_life (
            one boolean default true primary key,
            id uuid default gen_random_uuid() not null,
            began_at timestamp with time zone default now() not null,
            constraint store_life_one check (one)
        )
        """
    )


def downgrade() -> None:
    op.execute("drop table store_life")
    op.execute("drop table sign_in")
