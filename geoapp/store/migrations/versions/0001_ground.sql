-- The tables of the service. Kept in step with geoapp/store/models.py by a test.
create extension if not exists postgis;

CREATE TABLE amenity (
    code TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    synonyms TEXT[] DEFAULT '{}' NOT NULL,
    sort INTEGER DEFAULT '0' NOT NULL,
    PRIMARY KEY (code)
);

CREATE TABLE amenity_standard (
    code TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    region_code TEXT,
    issuer TEXT,
    published_on DATE,
    source TEXT NOT NULL,
    source_note TEXT,
    sort INTEGER DEFAULT '0' NOT NULL,
    PRIMARY KEY (code)
);

CREATE TABLE app_user (
    id INTEGER GENERATED ALWAYS AS IDENTITY,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    active BOOLEAN DEFAULT true NOT NULL,
    is_sample BOOLEAN DEFAULT false NOT NULL,
    session_salt TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (name)
);

CREATE TABLE calendar_day (
    day DATE NOT NULL,
    nature TEXT NOT NULL,
    name TEXT,
    PRIMARY KEY (day),
    CONSTRAINT calendar_day_nature CHECK (nature in ('holiday', 'workday'))
);

CREATE TABLE calendar_year (
    year INTEGER NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (year)
);

CREATE TABLE candidate_set (
    id INTEGER GENERATED ALWAYS AS IDENTITY,
    code TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT,
    content_hash TEXT,
    version BIGINT DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (code)
);

CREATE TABLE data_version (
    name TEXT NOT NULL,
    version BIGINT DEFAULT '0' NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (name)
);

CREATE TABLE demand_set (
    id INTEGER GENERATED ALWAYS AS IDENTITY,
    code TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT,
    source TEXT,
    is_sample BOOLEAN DEFAULT false NOT NULL,
    content_hash TEXT,
    points INTEGER DEFAULT '0' NOT NULL,
    weight DOUBLE PRECISION DEFAULT '0' NOT NULL,
    version BIGINT DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (code)
);

CREATE TABLE facility_tombstone (
    facility_id BIGINT NOT NULL,
    code TEXT NOT NULL,
    rev BIGINT NOT NULL,
    PRIMARY KEY (facility_id)
);
CREATE INDEX facility_tombstone_rev_idx ON facility_tombstone (rev);

CREATE TABLE kind (
    code TEXT NOT NULL,
    family TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    sort INTEGER DEFAULT '0' NOT NULL,
    PRIMARY KEY (code),
    CONSTRAINT kind_family CHECK (family in ('station', 'base', 'home'))
);

CREATE TABLE region (
    code TEXT NOT NULL,
    parent_code TEXT,
    level TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT,
    geom geometry(MULTIPOLYGON,4326),
    population BIGINT,
    population_source TEXT,
    source TEXT,
    PRIMARY KEY (code),
    CONSTRAINT region_level CHECK (level in ('province', 'city', 'district', 'street')),
    FOREIGN KEY(parent_code) REFERENCES region (code)
);
CREATE INDEX region_geom_idx ON region USING gist (geom);
CREATE INDEX region_parent_idx ON region (parent_code);

CREATE TABLE run (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    kind TEXT NOT NULL,
    status TEXT DEFAULT 'queued' NOT NULL,
    params JSONB NOT NULL,
    inputs JSONB DEFAULT '{}' NOT NULL,
    result JSONB,
    progress_share DOUBLE PRECISION DEFAULT '0' NOT NULL,
    step_zh TEXT,
    step_en TEXT,
    error_zh TEXT,
    error_en TEXT,
    cancel_requested BOOLEAN DEFAULT false NOT NULL,
    attempts SMALLINT DEFAULT '0' NOT NULL,
    job_id BIGINT,
    created_by TEXT,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE,
    finished_at TIMESTAMP WITH TIME ZONE,
    heartbeat_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id),
    CONSTRAINT run_status CHECK (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    CONSTRAINT run_progress CHECK (progress_share between 0 and 1)
);
CREATE INDEX run_latest_idx ON run (kind, status, finished_at);

CREATE TABLE amenity_standard_item (
    standard_code TEXT NOT NULL,
    amenity_code TEXT NOT NULL,
    sort INTEGER DEFAULT '0' NOT NULL,
    PRIMARY KEY (standard_code, amenity_code),
    FOREIGN KEY(standard_code) REFERENCES amenity_standard (code) ON DELETE CASCADE,
    FOREIGN KEY(amenity_code) REFERENCES amenity (code)
);

CREATE TABLE candidate (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    set_id INTEGER NOT NULL,
    code TEXT NOT NULL,
    name TEXT,
    geom geometry(POINT,4326) NOT NULL,
    cost DOUBLE PRECISION,
    region_code TEXT,
    PRIMARY KEY (id),
    FOREIGN KEY(set_id) REFERENCES candidate_set (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX candidate_set_code_idx ON candidate (set_id, code);

CREATE TABLE demand_point (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    set_id INTEGER NOT NULL,
    geom geometry(POINT,4326) NOT NULL,
    weight DOUBLE PRECISION NOT NULL,
    grp TEXT,
    hours REAL[],
    region_code TEXT,
    PRIMARY KEY (id),
    CONSTRAINT demand_point_weight CHECK (weight >= 0),
    CONSTRAINT demand_point_hours CHECK (cardinality(hours) in (24, 168)),
    FOREIGN KEY(set_id) REFERENCES demand_set (id) ON DELETE CASCADE
);
CREATE INDEX demand_point_geom_idx ON demand_point USING gist (geom);
CREATE INDEX demand_point_set_idx ON demand_point (set_id, region_code);

CREATE TABLE facility (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    code TEXT NOT NULL,
    kind_code TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT,
    geom geometry(GEOMETRY,4326) NOT NULL,
    address TEXT,
    region_code TEXT,
    region_match TEXT,
    region_distance_m DOUBLE PRECISION,
    status TEXT DEFAULT 'open' NOT NULL,
    opened_on DATE,
    closed_on DATE,
    opening_hours TEXT,
    opening_hours_raw TEXT,
    timezone TEXT DEFAULT 'Asia/Shanghai' NOT NULL,
    amenities TEXT[] DEFAULT '{}' NOT NULL,
    no_amenities TEXT[] DEFAULT '{}' NOT NULL,
    entry TEXT,
    access TEXT,
    phone TEXT,
    operator TEXT,
    host TEXT,
    capacity INTEGER,
    source TEXT,
    verified_on DATE,
    position_accuracy_m DOUBLE PRECISION,
    is_sample BOOLEAN DEFAULT false NOT NULL,
    extra JSONB DEFAULT '{}' NOT NULL,
    rev BIGINT DEFAULT '0' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT facility_status CHECK (status in ('proposed', 'approved', 'open', 'suspended', 'closed')),
    CONSTRAINT facility_entry CHECK (entry in ('open', 'staff', 'qr', 'app', 'card', 'face', 'key')),
    CONSTRAINT facility_access CHECK (access in ('anyone', 'workers', 'members')),
    CONSTRAINT facility_amenities_apart CHECK (not (amenities && no_amenities)),
    CONSTRAINT facility_capacity CHECK (capacity >= 0),
    CONSTRAINT facility_accuracy CHECK (position_accuracy_m >= 0),
    CONSTRAINT facility_geom_type CHECK (geometrytype(geom) in ('POINT', 'POLYGON', 'MULTIPOLYGON')),
    CONSTRAINT facility_geom_filled CHECK (not st_isempty(geom)),
    UNIQUE (code),
    FOREIGN KEY(kind_code) REFERENCES kind (code),
    FOREIGN KEY(region_code) REFERENCES region (code)
);
CREATE INDEX facility_geog_idx ON facility USING gist ((geom::geography));
CREATE INDEX facility_geom_idx ON facility USING gist (geom);
CREATE INDEX facility_kind_idx ON facility (kind_code);
CREATE INDEX facility_region_idx ON facility (region_code);
CREATE INDEX facility_rev_idx ON facility (rev);

CREATE TABLE run_array (
    run_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    data BYTEA NOT NULL,
    PRIMARY KEY (run_id, name),
    FOREIGN KEY(run_id) REFERENCES run (id) ON DELETE CASCADE
);

CREATE TABLE run_gap (
    run_id BIGINT NOT NULL,
    rank INTEGER NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    region_code TEXT,
    geom geometry(MULTIPOLYGON,4326) NOT NULL,
    points INTEGER NOT NULL,
    workers DOUBLE PRECISION NOT NULL,
    worst_m DOUBLE PRECISION,
    mean_m DOUBLE PRECISION,
    nearest_code TEXT,
    nearest_name TEXT,
    PRIMARY KEY (run_id, rank),
    FOREIGN KEY(run_id) REFERENCES run (id) ON DELETE CASCADE
);
CREATE INDEX run_gap_geom_idx ON run_gap USING gist (geom);

CREATE TABLE run_region (
    run_id BIGINT NOT NULL,
    region_code TEXT NOT NULL,
    figures JSONB NOT NULL,
    PRIMARY KEY (run_id, region_code),
    FOREIGN KEY(run_id) REFERENCES run (id) ON DELETE CASCADE
);

CREATE TABLE facility_place (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    facility_id BIGINT NOT NULL,
    geom geometry(POINT,4326) NOT NULL,
    label_zh TEXT,
    label_en TEXT,
    valid_from DATE,
    valid_to DATE,
    opening_hours TEXT,
    PRIMARY KEY (id),
    CONSTRAINT facility_place_period CHECK (valid_from <= valid_to),
    FOREIGN KEY(facility_id) REFERENCES facility (id) ON DELETE CASCADE
);
CREATE INDEX facility_place_facility_idx ON facility_place (facility_id);

insert into data_version (name) values ('facilities'), ('regions'), ('demand'), ('candidates'), ('runs'),
    ('vocabulary'), ('calendar');

-- Raise a counter once per statement. The row lock it takes lasts to the end of the transaction:
-- writers of one kind of data go one after another, so versions rise in the order of commits and a
-- reader that has seen version v has seen everything up to v.
create function raise_version() returns trigger language plpgsql as $$
begin
    update data_version set version = version + 1, changed_at = clock_timestamp() where name = tg_argv[0];
    perform pg_notify('geoapp_data', tg_argv[0]);
    return null;
end $$;

create trigger facility_version before insert or update or delete on facility
    for each statement execute function raise_version('facilities');
create trigger region_version before insert or update or delete on region
    for each statement execute function raise_version('regions');
create trigger demand_set_version before insert or update or delete on demand_set
    for each statement execute function raise_version('demand');
create trigger candidate_set_version before insert or update or delete on candidate_set
    for each statement execute function raise_version('candidates');
create trigger run_version before insert or delete or update of status on run
    for each statement execute function raise_version('runs');
create trigger kind_version before insert or update or delete on kind
    for each statement execute function raise_version('vocabulary');
create trigger amenity_version before insert or update or delete on amenity
    for each statement execute function raise_version('vocabulary');
create trigger calendar_day_version before insert or update or delete on calendar_day
    for each statement execute function raise_version('calendar');
create trigger calendar_year_version before insert or update or delete on calendar_year
    for each statement execute function raise_version('calendar');

create function stamp_facility() returns trigger language plpgsql as $$
begin
    new.rev := (select version from data_version where name = 'facilities');
    new.updated_at := clock_timestamp();
    return new;
end $$;
create trigger facility_stamp before insert or update on facility
    for each row execute function stamp_facility();

create function bury_facility() returns trigger language plpgsql as $$
begin
    insert into facility_tombstone (facility_id, code, rev)
        values (old.id, old.code, (select version from data_version where name = 'facilities'))
        on conflict (facility_id) do nothing;
    return null;
end $$;
create trigger facility_bury after delete on facility
    for each row execute function bury_facility();

-- A change of a moving facility's places is a change of the facility.
create function touch_facility() returns trigger language plpgsql as $$
begin
    update facility set updated_at = clock_timestamp()
        where id in (case when tg_op = 'DELETE' then old.facility_id else new.facility_id end);
    return null;
end $$;
create trigger facility_place_touch after insert or update or delete on facility_place
    for each row execute function touch_facility();

create function refuse_truncate() returns trigger language plpgsql as $$
begin
    raise exception 'facility is never truncated: other processes would not notice; use delete';
end $$;
create trigger facility_no_truncate before truncate on facility
    for each statement execute function refuse_truncate();
