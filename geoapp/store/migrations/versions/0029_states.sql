-- What a facility was, from when to when. Its status and its dates follow from these rows; whoever
-- writes the status or a date of the facility writes them too: each side follows the other.

alter table facility add column opened_basis text not null default 'unknown';
alter table facility add column closed_basis text not null default 'unknown';
-- What is stored was given as whole days.
alter table facility disable trigger user;
update facility set opened_basis = case when opened_on is null then 'unknown' else 'known' end,
    closed_basis = case when closed_on is null then 'unknown' else 'known' end
    where opened_on is not null or closed_on is not null;
alter table facility enable trigger user;
alter table facility add constraint facility_opened_basis check
    (opened_basis in ('known', 'month', 'year', 'unknown')
        and (opened_on is null) = (opened_basis = 'unknown'));
alter table facility add constraint facility_closed_basis check
    (closed_basis in ('known', 'month', 'year', 'unknown')
        and (closed_on is null) = (closed_basis = 'unknown'));

-- Return the day that stands for a date of some certainty: the first of its month or year.
create function geoapp_first_day(day date, basis text) returns date language sql immutable as $$
    select case basis when 'year' then date_trunc('year', day::timestamp)::date
        when 'month' then date_trunc('month', day::timestamp)::date else day end
$$;

-- Return the last day that a date of some certainty may mean.
create function geoapp_last_day(day date, basis text) returns date language sql immutable as $$
    select case basis
        when 'year' then (date_trunc('year', day::timestamp) + interval '1 year - 1 day')::date
        when 'month' then (date_trunc('month', day::timestamp) + interval '1 month - 1 day')::date
        else day end
$$;

-- Whoever writes a day and does not say how certain it is has given the day.
create function geoapp_date_basis() returns trigger language plpgsql as $$
begin
    if new.opened_on is null then
        new.opened_basis := 'unknown';
    elsif new.opened_basis = 'unknown'
        or new.opened_on <> geoapp_first_day(new.opened_on, new.opened_basis) then
        new.opened_basis := 'known';
    end if;
    if new.closed_on is null then
        new.closed_basis := 'unknown';
    elsif new.closed_basis = 'unknown'
        or new.closed_on <> geoapp_first_day(new.closed_on, new.closed_basis) then
        new.closed_basis := 'known';
    end if;
    return new;
end $$;
create trigger facility_date_basis before insert or update on facility for each row
    when (new.opened_on is not null or new.closed_on is not null
        or new.opened_basis <> 'unknown' or new.closed_basis <> 'unknown')
    execute function geoapp_date_basis();

-- n orders a facility's states. The announced ones have not come about: the opening of what is
-- planned (1000001), the closing of what is in service (1000002).
create table facility_state (
    id bigint generated always as identity primary key,
    facility_id bigint not null references facility (id) on delete cascade,
    n integer not null,
    status text not null,
    from_on date,
    to_on date,
    date_basis text not null default 'unknown',
    announced boolean not null default false,
    constraint facility_state_order unique (facility_id, n),
    constraint facility_state_status check
        (status in ('proposed', 'approved', 'open', 'suspended', 'closed')),
    constraint facility_state_basis check
        (date_basis in ('known', 'month', 'year', 'unknown')
            and (from_on is null) = (date_basis = 'unknown')
            and from_on is not distinct from geoapp_first_day(from_on, date_basis)),
    -- One at a time; where no beginning is known there is nothing to hold against others.
    constraint facility_state_apart exclude using gist (
        int8range(facility_id, facility_id, '[]') with &&,
        daterange(from_on, case when to_on is not null then greatest(from_on, to_on) end) with &&
    ) where (from_on is not null) deferrable initially deferred
);

-- Return the states that a facility begins with: what its status and dates say, and no more.
create function geoapp_first_states(
    now_is text, opened_on date, opened_basis text, closed_on date, closed_basis text
) returns table (
    n integer, status text, from_on date, to_on date, date_basis text, announced boolean
) language sql immutable as $$
    -- What is suspended or closed was open from the day that is given.
    select 1, 'open', opened_on, closed_on, opened_basis, false
        where now_is in ('suspended', 'closed') and opened_on is not null
    union all
    select 2, now_is,
        case now_is when 'open' then opened_on when 'closed' then closed_on end,
        case when now_is in ('proposed', 'approved') then coalesce(opened_on, closed_on)
            when now_is in ('open', 'suspended') then closed_on end,
        case now_is when 'open' then opened_basis when 'closed' then closed_basis
            else 'unknown' end,
        false
    union all
    select 1000001, 'open', opened_on, closed_on, opened_basis, true
        where now_is in ('proposed', 'approved') and opened_on is not null
    union all
    select 1000002, 'closed', closed_on, null, closed_basis, true
        where now_is <> 'closed' and closed_on is not null
$$;

-- Refuse states whose dates contradict their order.
create function geoapp_refuse_disorder(ids bigint[]) returns void language plpgsql as $$
declare
    found record;
begin
    select f.code, a.status as former, a.from_on as former_on, b.status as later,
        b.from_on as later_on
        into found
        from facility_state a
        join facility_state b on b.facility_id = a.facility_id and b.n > a.n
        join facility f on f.id = a.facility_id
        where a.facility_id = any(ids) and geoapp_last_day(b.from_on, b.date_basis) < a.from_on
        limit 1;
    if found is not null then
        raise exception using errcode = 'GA409', message = found.code,
            detail = found.former || ' ' || found.former_on,
            hint = found.later || ' ' || found.later_on;
    end if;
end $$;

-- Let the states of some facilities follow the facilities: what is there and fits stays.
create function geoapp_states_follow(ids bigint[]) returns void language plpgsql as $$
begin
    -- Two in a row that are the same, when the one between was taken back, are one.
    delete from facility_state s using (
        select id, status = lag(status) over (partition by facility_id order by n) as again
        from facility_state where facility_id = any(ids) and not announced
    ) o where o.id = s.id and o.again;
    insert into facility_state (facility_id, n, status)
        select f.id, coalesce(c.n, 0) + 2, f.status from facility f
        left join lateral (
            select n, status from facility_state s
            where s.facility_id = f.id and not announced order by n desc limit 1
        ) c on true
        where f.id = any(ids) and c.status is distinct from f.status;
    delete from facility_state s using facility f
        where f.id = s.facility_id and f.id = any(ids) and s.announced and case s.status
            when 'open' then f.opened_on is null or f.status not in ('proposed', 'approved')
                or exists (select from facility_state o where o.facility_id = f.id
                    and o.status = 'open' and not o.announced)
            else f.closed_on is null or f.status = 'closed' end;
    insert into facility_state (facility_id, n, status, from_on, date_basis, announced)
        select f.id, case when planned then 1000001 else (
                select min(n) - 1 from facility_state s where s.facility_id = f.id
                and not announced and s.status in ('suspended', 'closed')) end,
            'open', f.opened_on, f.opened_basis, planned
        from (select *, status in ('proposed', 'approved') as planned from facility
            where id = any(ids) and opened_on is not null) f
        where not exists (select from facility_state s
            where s.facility_id = f.id and s.status = 'open');
    insert into facility_state (facility_id, n, status, from_on, date_basis, announced)
        select f.id, 1000002, 'closed', f.closed_on, f.closed_basis, true from facility f
        where f.id = any(ids) and f.closed_on is not null and f.status <> 'closed'
        and not exists (select from facility_state s
            where s.facility_id = f.id and s.status = 'closed' and s.announced);
    update facility_state s set from_on = f.opened_on, date_basis = f.opened_basis
        from facility f
        where f.id = s.facility_id and f.id = any(ids) and s.status = 'open'
        and s.n = (select min(n) from facility_state o
            where o.facility_id = f.id and o.status = 'open')
        and (s.from_on, s.date_basis) is distinct from (f.opened_on, f.opened_basis);
    update facility_state s set from_on = f.closed_on, date_basis = f.closed_basis
        from facility f
        where f.id = s.facility_id and f.id = any(ids) and s.status = 'closed'
        and s.n = (select max(n) from facility_state o
            where o.facility_id = f.id and o.status = 'closed')
        and (s.announced or f.status = 'closed')
        and (s.from_on, s.date_basis) is distinct from (f.closed_on, f.closed_basis);
    update facility_state s set to_on = o.next_on from (
        select id, (select l.from_on from facility_state l where l.facility_id = e.facility_id
            and l.n > e.n and l.from_on is not null order by l.n limit 1) as next_on
        from facility_state e where facility_id = any(ids)
    ) o where o.id = s.id and s.to_on is distinct from o.next_on;
    perform geoapp_refuse_disorder(ids);
end $$;

-- Let the status and the dates of some facilities follow their states.
create function geoapp_facilities_follow(ids bigint[]) returns void language plpgsql as $$
begin
    update facility f set status = s.status, opened_on = s.opened_on,
        opened_basis = s.opened_basis, closed_on = s.closed_on, closed_basis = s.closed_basis,
        updated_at = clock_timestamp()
        from (
            select c.facility_id, c.status, o.from_on as opened_on,
                coalesce(o.date_basis, 'unknown') as opened_basis, e.from_on as closed_on,
                coalesce(e.date_basis, 'unknown') as closed_basis
            from (
                select distinct on (facility_id) * from facility_state
                where facility_id = any(ids) and not announced order by facility_id, n desc
            ) c
            left join lateral (
                select * from facility_state s where s.facility_id = c.facility_id
                and s.status = 'open' order by n limit 1
            ) o on true
            left join lateral (
                select * from facility_state s where s.facility_id = c.facility_id
                and s.status = 'closed' and (s.announced or s.n = c.n) order by n desc limit 1
            ) e on true
        ) s where s.facility_id = f.id;
end $$;

create function geoapp_after_facility() returns trigger language plpgsql as $$
declare
    ids bigint[];
begin
    perform set_config('geoapp.states', 'follow', true);
    if tg_op = 'INSERT' then
        insert into facility_state (facility_id, n, status, from_on, to_on, date_basis, announced)
            select r.id, s.* from new_rows r
            cross join lateral geoapp_first_states(r.status, r.opened_on, r.opened_basis,
                r.closed_on, r.closed_basis) s order by r.id, s.n;
        select array_agg(id) into ids from new_rows
            where opened_on is not null and closed_on is not null;
        if ids is not null then
            perform geoapp_refuse_disorder(ids);
        end if;
    else
        select array_agg(n.id) into ids from old_rows o join new_rows n using (id)
            where (o.status, o.opened_on, o.opened_basis, o.closed_on, o.closed_basis)
            is distinct from (n.status, n.opened_on, n.opened_basis, n.closed_on, n.closed_basis);
        if ids is not null then
            perform geoapp_states_follow(ids);
        end if;
    end if;
    perform set_config('geoapp.states', '', true);
    return null;
end $$;

create function geoapp_after_states() returns trigger language plpgsql as $$
declare
    ids bigint[];
begin
    if tg_op = 'DELETE' then
        -- Those of a facility that is gone went with it.
        select array_agg(distinct facility_id) into ids from old_rows
            where facility_id in (select id from facility);
    else
        select array_agg(distinct facility_id) into ids from new_rows;
    end if;
    if ids is null then
        return null;
    end if;
    perform set_config('geoapp.states', 'follow', true);
    perform geoapp_facilities_follow(ids);
    perform geoapp_states_follow(ids);
    perform set_config('geoapp.states', '', true);
    return null;
end $$;

insert into facility_state (facility_id, n, status, from_on, to_on, date_basis, announced)
    select f.id, s.* from facility f
    cross join lateral geoapp_first_states(f.status, f.opened_on, f.opened_basis,
        f.closed_on, f.closed_basis) s order by f.id, s.n;
set constraints all immediate;
set constraints all deferred;

select geoapp_log('facility_state', 'id', belongs => 'facility=facility_id');
create trigger facility_state_keeps_to_regions after insert or update or delete
    on facility_state for each row when (current_setting('geoapp.regions', true) <> '')
    execute function geoapp_keep_to_regions();

-- An undo restores both sides, and says itself who follows.
create trigger facility_states_insert after insert on facility
    referencing new table as new_rows for each statement
    when (coalesce(current_setting('geoapp.states', true), '') = '')
    execute function geoapp_after_facility();
create trigger facility_states_update after update on facility
    referencing old table as old_rows new table as new_rows for each statement
    when (coalesce(current_setting('geoapp.states', true), '') = '')
    execute function geoapp_after_facility();
create trigger facility_state_follow_insert after insert on facility_state
    referencing new table as new_rows for each statement
    when (coalesce(current_setting('geoapp.states', true), '') = '')
    execute function geoapp_after_states();
create trigger facility_state_follow_update after update on facility_state
    referencing new table as new_rows for each statement
    when (coalesce(current_setting('geoapp.states', true), '') = '')
    execute function geoapp_after_states();
create trigger facility_state_follow_delete after delete on facility_state
    referencing old table as old_rows for each statement
    when (coalesce(current_setting('geoapp.states', true), '') = '')
    execute function geoapp_after_states();
