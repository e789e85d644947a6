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

-- Return an expression for a row's values as JSON: those that are not null ('whole'), or those that
-- differ between o and n ('changed'). Geometries are hexadecimal EWKB, exact to the bit. Put together
-- as text and made JSON once, which is faster than value by value.
create function geoapp_image(relation oid, columns text[], hidden text[], alias text, what text)
returns text language sql stable as $$
    select '(''{'' || concat_ws('','', ' || string_agg(part, ', ') || ') || ''}'')::jsonb' from (
        select 'nullif(concat_ws('','', ' || string_agg(
            case when what = 'whole' then format(
                'case when %1$s.%2$I is not null then %3$L || to_json(%1$s.%2$I%4$s)::text end',
                alias, name, label, exact)
            when name = any(hidden) then format(
                'case when o.%1$I is distinct from n.%1$I then %2$L || %3$L end',
                name, label, case alias when 'o' then '"***"' else '"changed"' end)
            else format(
                'case when o.%1$I%5$s is distinct from n.%1$I%5$s then '
                '%2$L || coalesce(to_json(%3$s.%1$I%4$s)::text, ''null'') end',
                name, label, alias, exact, case exact when '' then '' else '::bytea' end)
            end, ', ' order by attnum) || '), '''')' as part
        from (
            select a.attnum, a.attname::text as name, to_json(a.attname::text)::text || ':' as label,
                case when t.typname in ('geometry', 'geography') then '::text' else '' end as exact
            from pg_attribute a join pg_type t on t.oid = a.atttypid
            where a.attrelid = relation and a.attname = any(columns)
        ) named
        group by attnum / 40  -- a function takes 100 arguments at most
    ) parts
$$;

-- Return a row's key: its one column as text, or several as a JSON array.
create function geoapp_key(keys text[], alias text) returns text language sql immutable as $$
    select case when cardinality(keys) = 1 then format('%s.%I::text', alias, keys[1])
        else 'jsonb_build_array(' || (select string_agg(format('%s.%I', alias, k), ', ' order by n)
            from unnest(keys) with ordinality as u(k, n)) || ')::text' end
$$;

-- Return when the rows o and n have the same key.
create function geoapp_same_key(keys text[]) returns text language sql immutable as $$
    select string_agg(format('o.%1$I = n.%1$I', k), ' and ') from unnest(keys) k
$$;

-- Return the records that a row belongs to, such as facility:12; a name is 'table=column'.
create function geoapp_belongs(belongs text[], alias text) returns text language sql immutable as $$
    select case when cardinality(belongs) = 0 then 'null::text[]' else 'array_remove(array[' || (
        select string_agg(format('%L || %s.%I', split_part(b, '=', 1) || ':', alias,
            split_part(b, '=', 2)), ', ' order by n)
        from unnest(belongs) with ordinality as u(b, n)) || ']::text[], null)' end
$$;

-- Log what one statement changed. The settings keep what is written the same in every session.
-- A statement that changed nothing makes no set: its function is called at the first row that did.
create function geoapp_log_change() returns trigger language plpgsql
set timezone = 'UTC' set extra_float_digits = 1 set bytea_output = 'hex' as $$
declare
    logged logged_table;
    content text[];
    found text;
begin
    select * into strict logged from logged_table where table_name = tg_table_name;
    select array_agg(attname::text order by attnum) into content from pg_attribute
        where attrelid = tg_relid and attnum > 0 and not attisdropped
        and attname <> all(logged.ignored) and attname <> all(logged.hidden);
    found := case tg_op
        when 'INSERT' then format(
            'select ''insert'' as op, %s as key, %s as belongs, null::jsonb as before, %s as after '
            'from new_rows n',
            geoapp_key(logged.keys, 'n'), geoapp_belongs(logged.belongs, 'n'),
            geoapp_image(tg_relid, content, '{}', 'n', 'whole'))
        when 'DELETE' then format(
            'select ''delete'' as op, %s as key, %s as belongs, %s as before, null::jsonb as after '
            'from old_rows o',
            geoapp_key(logged.keys, 'o'), geoapp_belongs(logged.belongs, 'o'),
            geoapp_image(tg_relid, content, '{}', 'o', 'whole'))
        else format(
            'select ''update'' as op, %s as key, %s as belongs, %s as before, %s as after '
            'from old_rows o join new_rows n on %s',
            geoapp_key(logged.keys, 'n'), geoapp_belongs(logged.belongs, 'n'),
            geoapp_image(tg_relid, content || logged.hidden, logged.hidden, 'o', 'changed'),
            geoapp_image(tg_relid, content || logged.hidden, logged.hidden, 'n', 'changed'),
            geoapp_same_key(logged.keys))
        end;
    if tg_op = 'UPDATE' then
        -- A row whose key changed is one that went and one that came.
        found := format('select * from (%1$s) u where before <> ''{}'' union all '
            'select ''delete'', %2$s, %3$s, %4$s, null from old_rows o '
            'where not exists (select from new_rows n where %8$s) union all '
            'select ''insert'', %5$s, %6$s, null, %7$s from new_rows n '
            'where not exists (select from old_rows o where %8$s)',
            found,
            geoapp_key(logged.keys, 'o'), geoapp_belongs(logged.belongs, 'o'),
            geoapp_image(tg_relid, content, '{}', 'o', 'whole'),
            geoapp_key(logged.keys, 'n'), geoapp_belongs(logged.belongs, 'n'),
            geoapp_image(tg_relid, content, '{}', 'n', 'whole'), geoapp_same_key(logged.keys));
    end if;
    execute format('insert into change (set_id, table_name, key, belongs, op, before, after) '
        'select (select geoapp_change_set()), $1, key, belongs, op, before, after from (%s) r', found)
        using tg_table_name;
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
            select string_agg(sha256(convert_to(concat(
                jsonb_build_array(c.seq, c.table_name, c.key, to_jsonb(c.belongs), c.op)::text,
                coalesce(c.before::text, '-'), coalesce(c.after::text, '-')), 'UTF8')), ''::bytea
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
