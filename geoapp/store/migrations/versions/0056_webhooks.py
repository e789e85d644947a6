"""Addresses of other services that are told of changes, what they are to be told, and how it went.

Revision ID: 0056
Revises: 0055
"""

from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

_TABLES = """
create table webhook (
    id integer generated always as identity primary key,
    name text not null unique,
    address text not null,
    events text[] not null,
    region_code text,
    secret text not null,
    enabled boolean default true not null,
    created_at timestamp with time zone default now() not null,
    given_up smallint default 0 not null,
    stopped_at timestamp with time zone,
    delivered_at timestamp with time zone
);
-- What has happened and is still to be told: written in the transaction in which it happens, and
-- gone in the one that writes its deliveries.
create table webhook_event (
    id bigint generated always as identity primary key,
    at timestamp with time zone default now() not null,
    set_id bigint,
    run_id bigint,
    constraint webhook_event_one check (num_nonnulls(set_id, run_id) = 1)
);
create table webhook_delivery (
    id bigint generated always as identity primary key,
    webhook_id integer not null references webhook (id) on delete cascade,
    message text not null,
    event text not null,
    body text not null,
    status text default 'waiting' not null,
    tries smallint default 0 not null,
    created_at timestamp with time zone default now() not null,
    last_at timestamp with time zone,
    next_at timestamp with time zone,
    http_status smallint,
    trouble text,
    job_id bigint,
    constraint webhook_delivery_status check (status in ('waiting', 'delivered', 'failed')),
    constraint webhook_delivery_trouble check (trouble in ('answered', 'redirected',
        'unknown_host', 'private', 'address', 'no_answer', 'tls', 'stopped'))
);
create index webhook_delivery_newest_idx on webhook_delivery (webhook_id, id);
create index webhook_delivery_waiting_idx on webhook_delivery (id) where status = 'waiting';
"""

# At the end of the transaction, when all that a set did is written. Its name comes before that of
# the seal, which holds the end of the chain.
_HEAR = """
create function geoapp_hear_set() returns trigger language plpgsql as $$
begin
    if exists (select from webhook where enabled) and exists (
        select from change where set_id = new.id
            and table_name in ('facility', 'facility_place', 'publication'))
    then
        insert into webhook_event (set_id) values (new.id);
    end if;
    return null;
end $$;
create constraint trigger change_set_heard after insert on change_set
    deferrable initially deferred for each row execute function geoapp_hear_set();
create function geoapp_hear_run() returns trigger language plpgsql as $$
begin
    if exists (select from webhook where enabled) then
        insert into webhook_event (run_id) values (new.id);
    end if;
    return null;
end $$;
create trigger run_heard after update of status on run for each row
    when (new.status in ('succeeded', 'failed', 'cancelled') and old.status is distinct from new.status)
    execute function geoapp_hear_run();
"""


def upgrade() -> None:
    op.execute(_TABLES)
    op.execute(_HEAR)
    # An address may hold what opens it, so it is as little in the log as the secret.
    op.execute(
        "select geoapp_log('webhook', 'id', hidden => 'secret,address', "
        "ignored => 'given_up,delivered_at')"
    )


def downgrade() -> None:
    op.execute("drop trigger run_heard on run")
    op.execute("drop trigger change_set_heard on change_set")
    op.execute("drop function geoapp_hear_run()")
    op.execute("drop function geoapp_hear_set()")
    for table in ("webhook_delivery", "webhook_event", "webhook"):
        op.execute(f"drop table {table}")
    op.execute("delete from logged_table where table_name = 'webhook'")
