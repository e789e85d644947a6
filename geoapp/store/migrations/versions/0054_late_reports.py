"""Reports that waited on a phone: when they were made beside when they came; keys are forgotten.

Revision ID: 0054
Revises: 0049
"""

from alembic import op

revision = "0054"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "alter table worker_report add column sent_at timestamp with time zone, "
        "alter column key drop not null"
    )
    op.execute("update worker_report set sent_at = at")
    op.execute(
        "alter table worker_report alter column sent_at set default now(), "
        "alter column sent_at set not null, "
        "add constraint worker_report_sent check (at <= sent_at)"
    )
    op.execute("drop index worker_report_waiting_idx")
    op.execute(
        "create index worker_report_waiting_idx on worker_report (sent_at) "
        "where care and settled_at is null"
    )


def downgrade() -> None:
    # A key that was forgotten becomes one that nobody has.
    op.execute(
        "update worker_report set key = decode(md5(id::text || ' forgotten'), 'hex') where key is null"
    )
    op.execute("alter table worker_report drop column sent_at, alter column key set not null")
    op.execute(
        "create index worker_report_waiting_idx on worker_report (at) "
        "where care and settled_at is null"
    )
