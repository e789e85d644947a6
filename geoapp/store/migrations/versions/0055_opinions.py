"""An opinion on an application, which decides nothing.

Revision ID: 0055
Revises: 0054
"""

from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def _decisions(*codes: str) -> None:
    listed = ", ".join(f"'{code}'" for code in codes)
    op.execute("alter table application_review drop constraint application_review_decision")
    op.execute(
        "alter table application_review add constraint application_review_decision "
        f"check (decision in ({listed}))"
    )


def upgrade() -> None:
    _decisions("approved", "refused", "opinion")


def downgrade() -> None:
    # A store of before has no word for it; the log keeps what was written.
    op.execute("delete from application_review where decision = 'opinion'")
    _decisions("approved", "refused")
