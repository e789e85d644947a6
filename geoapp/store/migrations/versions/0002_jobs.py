"""Procrastinate's tables: the queue of long work lives in PostgreSQL itself.

Revision ID: 0002
Revises: 0001
"""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.get_bind().connection.driver_connection.execute(SchemaManager.get_schema())


def downgrade() -> None:
    op.get_bind().connection.driver_connection.execute(
        """
        do $$
        declare item record;
        begin
            for item in select format('drop table if exists %I cascade', tablename) as command
                from pg_tables where schemaname = current_schema() and tablename like 'procrastinate%'
            loop execute item.command; end loop;
            for item in select format('drop function if exists %s cascade', oid::regprocedure) as command
                from pg_proc where pronamespace = current_schema()::regnamespace
                and proname like 'procrastinate%'
            loop execute item.command; end loop;
            for item in select format('drop type if exists %s cascade', oid::regtype) as command
                from pg_type where typnamespace = current_schema()::regnamespace
                and typname like 'procrastinate%' and typtype in ('e', 'c')
            loop execute item.command; end loop;
        end $$;
        """
    )
