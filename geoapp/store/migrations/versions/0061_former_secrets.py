"""A webhook's secret is changed, and the one before it signs along until a stated time.

Revision ID: 0061
Revises: 0060
"""

from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # When the secret was made is what the log tells of a change: secrets themselves stay out of it.
    op.execute(
        """
        alter table webhook
            add column secret_made_at timestamp with time zone,
            add column former_secret text,
            add column former_until timestamp with time zone,
            add constraint webhook_former check ((former_secret is null) = (former_until is null))
        """
    )
    op.execute(
        "update logged_table set hidden = array_append(hidden, 'former_secret') "
        "where table_name = 'webhook'"
    )


def downgrade() -> None:
    op.execute(
        "update logged_table set hidden = array_remove(hidden, 'former_secret') "
        "where table_name = 'webhook'"
    )
    op.execute(
        "alter table webhook drop column secret_made_at, drop column former_secret, "
        "drop column former_until"
    )
