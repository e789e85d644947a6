"""Photos of facilities.

Revision ID: 0016
Revises: 0015
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What a picture shows is stored apart from what is said of it, and not logged: the log names it
    # by its hash. It stays when a photo is removed, so that an undo brings the photo back.
    op.execute(
        """
        create table photo_content (
            hash bytea primary key,
            jpeg bytea not null,
            width_px integer not null,
            height_px integer not null
        )
        """
    )
    op.execute("alter table photo_content alter column jpeg set storage external")
    op.execute(
        """
        create table facility_photo (
            id bigint generated always as identity primary key,
            facility_id bigint not null references facility (id) on delete cascade,
            content_hash bytea not null references photo_content (hash),
            caption_zh text,
            caption_en text,
            sort integer not null default 0,
            is_public boolean not null default false,
            added_at timestamptz not null default now()
        )
        """
    )
    op.execute("create index facility_photo_facility_idx on facility_photo (facility_id)")
    op.execute("select geoapp_log('facility_photo', 'id', belongs => 'facility=facility_id')")
    op.execute(
        "create trigger facility_photo_keeps_to_regions after insert or update or delete "
        "on facility_photo for each row when (current_setting('geoapp.regions', true) <> '') "
        "execute function geoapp_keep_to_regions()"
    )


def downgrade() -> None:
    op.execute("drop table facility_photo")
    op.execute("drop table photo_content")
    op.execute("delete from logged_table where table_name = 'facility_photo'")
