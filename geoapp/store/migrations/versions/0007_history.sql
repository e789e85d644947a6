-- The log of what the register holds: who changed what, when, by which way, and why.
-- docs/decisions/0020-history-by-triggers.md says why it is made this way.

CREATE TABLE change_set (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    actor TEXT,
    role TEXT,
    via TEXT NOT NULL,
    reason TEXT,
    undoes BIGINT,
    import_id TEXT,
    tx BIGINT DEFAULT pg_current_xact_id()::text::bigint NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT change_set_via CHECK (via in ('web', 'api', 'import', 'cli', 'job', 'restore', 'psql')),
    FOREIGN KEY(undoes) REFERENCES change_set (id)
);
CREATE INDEX change_set_at_idx ON change_set (at);
CREATE INDEX change_set_undoes_idx ON change_set (undoes);

-- No foreign key to change_set: it would be looked up for every row of an import. The triggers are
-- the only writers, and `geoapp doctor` finds a change without a set.
CREATE TABLE change (
    set_id BIGINT NOT NULL,
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    table_name TEXT NOT NULL,
    key TEXT NOT NULL,
    belongs TEXT[],
    op TEXT NOT NULL,
    before JSONB,
    after JSONB,
    PRIMARY KEY (set_id, seq),
    CONSTRAINT change_op CHECK (op in ('insert', 'update', 'delete'))
);
CREATE INDEX change_key_idx ON change (table_name, key);
CREATE INDEX change_belongs_idx ON change USING gin (belongs) WHERE belongs is not null;

CREATE TABLE change_seal (
    n BIGINT NOT NULL,
    set_id BIGINT NOT NULL,
    digest BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (n),
    UNIQUE (set_id),
    FOREIGN KEY(set_id) REFERENCES change_set (id)
);

-- The end of the chain: one row, so that sets are sealed one after another, and so that a log that
-- was cut short does not fit its end.
CREATE TABLE change_chain (
    one BOOLEAN DEFAULT true NOT NULL,
    n BIGINT DEFAULT 0 NOT NULL,
    hash BYTEA DEFAULT '\x' NOT NULL,
    PRIMARY KEY (one),
    CONSTRAINT change_chain_one CHECK (one)
);
insert into change_chain default values;

-- What is logged of each table; written by geoapp_log() alone.
CREATE TABLE logged_table (
    table_name TEXT NOT NULL,
    keys TEXT[] NOT NULL,
    hidden TEXT[] NOT NULL,
    ignored TEXT[] NOT NULL,
    belongs TEXT[] NOT NULL,
    PRIMARY KEY (table_name)
);

-- Return the set of this transaction; made at its first change.
create function geoapp_change_set() returns bigint language plpgsql as $$
declare
    found bigint;
    way text := nullif(current_setting('geoapp.via', true), '');
begin
    select id into found from change_set
        where id = nullif(current_setting('geoapp.change_set', true), '')::bigint
        and tx = pg_current_xact_id()::text::bigint;
    if found is not null then
        return found;
    end if;
    insert into change_set (actor, role, via, reason, undoes, import_id) values (
        -- Whoever writes without saying who they are is known to the server alone.
        case when way is null then session_user
            else nullif(current_setting('geoapp.actor', true), '') end,
        nullif(current_setting('geoapp.role', true), ''),
        coalesce(way, 'psql'),
        nullif(current_setting('geoapp.reason', true), ''),
        nullif(current_setting('geoapp.undoes', true), '')::bigint,
        nullif(current_setting('geoapp.import_id', true), '')
    ) returning id into found;
    perform set_config('geoapp.change_set', found::text, true);
    return found;
end $$;

-- Return a row's values as one expression for JSON: geometries as hexadecimal EWKB, exact to the bit.
create function geoapp_image(relation oid, columns text[], alias text) returns text
language sql stable as $$
    select coalesce(string_agg(part, ' || '), '''{}''::jsonb') from (
        select 'jsonb_build_object(' || string_agg(format('%L, %s.%I%s', a.attname, alias, a.attname,
            case when t.typname in ('geometry', 'geography') then '::text' else '' end), ', '
            order by a.attnum) || ')' as part
        from pg_attribute a join pg_type t on t.oid = a.atttypid
        where a.attrelid = relation and a.attname = any(columns)
        group by a.attnum / 40  -- a function takes 100 arguments at most
    ) parts
$$;

-- Return a row's key: its one column as text, or several as a JSON array.
create function geoapp_key(keys text[], alias text) returns text language sql immutable as $$
    select case when cardinality(keys) = 1 then format('%s.%I::text', alias, keys[1])
        else 'jsonb_build_array(' || (select string_agg(format('%s.%I', alias, k), ', ' order by n)
            from unnest(keys) with ordinality as u(k, n)) || ')::text' end
$$;

-- Return the records that a row belongs to, such as facility:12; a name is 'table=column'.
create function geoapp_belongs(belongs text[], alias text) returns text language sql immutable as $$
    select case when cardinality(belongs) = 0 then 'null::text[]' else 'array_remove(array[' || (
        select string_agg(format('%L || %s.%I', split_part(b, '=', 1) || ':', alias,
            split_part(b, '=', 2)), ', ' order by n)
        from unnest(belongs) with ordinality as u(b, n)) || ']::text[], null)' end
$$;

-- Log what one statement changed. The settings keep what is written the same in every session.
create function geoapp_log_change() returns trigger language plpgsql
set timezone = 'UTC' set extra_float_digits = 1 set bytea_output = 'hex' as $$
declare
    logged logged_table;
    content text[];
    compared text[];
    rows text;
    any_row boolean;
begin
    select * into strict logged from logged_table where table_name = tg_table_name;
    select array_agg(attname::text order by attnum) into content from pg_attribute
        where attrelid = tg_relid and attnum > 0 and not attisdropped
        and attname <> all(logged.ignored) and attname <> all(logged.hidden);
    if tg_op = 'UPDATE' then
        compared := content || logged.hidden;
        rows := format(
            'select case when o.%1$I is null then ''insert'' when n.%1$I is null then ''delete'' '
            'else ''update'' end as op, '
            'coalesce(%2$s, %3$s) as key, case when n.%1$I is null then %4$s else %5$s end as belongs, '
            '%6$s as old_image, %7$s as new_image, %8$s as old_hidden, %9$s as new_hidden, '
            'array_remove(array[%10$s], null) as same '
            'from old_rows o full join new_rows n on %11$s',
            logged.keys[1], geoapp_key(logged.keys, 'n'), geoapp_key(logged.keys, 'o'),
            geoapp_belongs(logged.belongs, 'o'), geoapp_belongs(logged.belongs, 'n'),
            geoapp_image(tg_relid, content, 'o'), geoapp_image(tg_relid, content, 'n'),
            quote_literal((select coalesce(jsonb_object_agg(h, '***'), '{}')
                from unnest(logged.hidden) h)) || '::jsonb',
            quote_literal((select coalesce(jsonb_object_agg(h, 'changed'), '{}')
                from unnest(logged.hidden) h)) || '::jsonb',
            (select string_agg(format('case when o.%1$I%2$s is not distinct from n.%1$I%2$s '
                'then %1$L end', a.attname,
                case when t.typname in ('geometry', 'geography') then '::text' else '' end), ', ')
                from pg_attribute a join pg_type t on t.oid = a.atttypid
                where a.attrelid = tg_relid and a.attname = any(compared)),
            (select string_agg(format('o.%1$I = n.%1$I', k), ' and ') from unnest(logged.keys) k)
        );
        rows := format(
            'select op, key, belongs, case op when ''insert'' then null when ''delete'' then old_image '
            'else (old_image || old_hidden) - same end as before, '
            'case op when ''delete'' then null when ''insert'' then new_image '
            'else (new_image || new_hidden) - same end as after '
            'from (%s) d where op <> ''update'' or cardinality(same) < %s',
            rows, cardinality(compared));
    elsif tg_op = 'INSERT' then
        rows := format('select ''insert'' as op, %s as key, %s as belongs, null::jsonb as before, '
            '%s as after from new_rows n',
            geoapp_key(logged.keys, 'n'), geoapp_belongs(logged.belongs, 'n'),
            geoapp_image(tg_relid, content, 'n'));
    else
        rows := format('select ''delete'' as op, %s as key, %s as belongs, %s as before, '
            'null::jsonb as after from old_rows o',
            geoapp_key(logged.keys, 'o'), geoapp_belongs(logged.belongs, 'o'),
            geoapp_image(tg_relid, content, 'o'));
    end if;
    -- A statement that changed nothing makes no set.
    execute format('select exists (%s)', rows) into any_row;
    if any_row then
        execute format('insert into change (set_id, table_name, key, belongs, op, before, after) '
            'select $1, $2, key, belongs, op, before, after from (%s) r', rows)
            using geoapp_change_set(), tg_table_name;
    end if;
    return null;
end $$;

create function geoapp_refuse() returns trigger language plpgsql as $$
begin
    raise exception '% is never %d: %', tg_table_name, lower(tg_op),
        case when tg_table_name in ('change', 'change_set', 'change_seal')
            then 'what happened stays written down'
            else 'the log would not notice; use delete' end;
end $$;

-- Log a table from now on: geoapp_log('facility', 'id'). Names are separated by commas.
--   keys     the columns that name a row
--   hidden   secrets: the log says that they changed, never what they are
--   ignored  columns that are no content: counters, stamps
--   belongs  whose story a row is part of, as table=column: 'facility=facility_id'
create function geoapp_log(
    name text, keys text, hidden text default '', ignored text default '', belongs text default ''
) returns void language plpgsql as $$
begin
    insert into logged_table values (
        name, string_to_array(keys, ','), string_to_array(hidden, ','),
        string_to_array(ignored, ','), string_to_array(belongs, ','));
    execute format('create trigger %1$I after insert on %2$I referencing new table as new_rows '
        'for each statement execute function geoapp_log_change()', name || '_log_insert', name);
    execute format('create trigger %1$I after update on %2$I referencing old table as old_rows '
        'new table as new_rows for each statement execute function geoapp_log_change()',
        name || '_log_update', name);
    execute format('create trigger %1$I after delete on %2$I referencing old table as old_rows '
        'for each statement execute function geoapp_log_change()', name || '_log_delete', name);
    execute format('create trigger %1$I before truncate on %2$I '
        'for each statement execute function geoapp_refuse()', name || '_log_truncate', name);
end $$;

create trigger change_set_stays before update or delete or truncate on change_set
    for each statement execute function geoapp_refuse();
create trigger change_stays before update or delete or truncate on change
    for each statement execute function geoapp_refuse();
create trigger change_seal_stays before update or delete or truncate on change_seal
    for each statement execute function geoapp_refuse();

-- Return the SHA-256 of all that a set says: its row, then each change's own SHA-256 in order.
create function geoapp_set_digest(which bigint) returns bytea language sql stable as $$
    select sha256(
        convert_to(jsonb_build_array(s.id, to_char(s.at at time zone 'UTC',
            'YYYY-MM-DD"T"HH24:MI:SS.US'), s.actor, s.role, s.via, s.reason, s.undoes,
            s.import_id)::text, 'UTF8')
        || coalesce((
            select string_agg(sha256(convert_to(jsonb_build_array(c.seq, c.table_name, c.key,
                to_jsonb(c.belongs), c.op, c.before, c.after)::text, 'UTF8')), ''::bytea
                order by c.seq)
            from change c where c.set_id = s.id), ''::bytea))
    from change_set s where s.id = which
$$;

-- Seal a set at the end of its transaction. Its content is summed up first; the end of the chain is
-- held only from then to the commit, so that writers wait for each other for an instant.
create function geoapp_seal() returns trigger language plpgsql as $$
declare
    digest bytea := geoapp_set_digest(new.id);
    last change_chain;
begin
    update change_chain set n = n + 1, hash = sha256(hash || digest) returning * into last;
    insert into change_seal (n, set_id, digest, hash) values (last.n, new.id, digest, last.hash);
    if current_setting('geoapp.change_set', true) = new.id::text then
        perform set_config('geoapp.change_set', '', true);  -- what comes after is another set
    end if;
    return null;
end $$;
create constraint trigger change_set_seal after insert on change_set
    deferrable initially deferred for each row execute function geoapp_seal();

select geoapp_log('facility', 'id', ignored => 'rev,updated_at');
select geoapp_log('facility_place', 'id', belongs => 'facility=facility_id');
select geoapp_log('region', 'code');
select geoapp_log('kind', 'code');
select geoapp_log('amenity', 'code');
select geoapp_log('amenity_standard', 'code');
select geoapp_log('amenity_standard_item', 'standard_code,amenity_code',
    belongs => 'amenity_standard=standard_code');
select geoapp_log('app_user', 'id', hidden => 'password_hash', ignored => 'session_salt');
select geoapp_log('calendar_year', 'year');
select geoapp_log('calendar_day', 'day');

-- The log says from when it runs: what was stored before has no images.
insert into change_set (actor, via, reason) values (session_user, 'cli', 'history begins');
set constraints change_set_seal immediate;
set constraints change_set_seal deferred;
