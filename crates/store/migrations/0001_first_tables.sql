-- One dialect for both engines: text, bigint, boolean. Times are Unix milliseconds; ids are UUIDs made by us.
-- Every table that holds a school's own begins its indexes with the school.

-- Numbers without gaps: audit entries, versions of rules.
create table counter (name text primary key, value bigint not null);

create table school (
    id text primary key,
    trust text,
    name text not null unique,
    added_at bigint not null
);
create table site (
    id text primary key,
    school text not null references school (id),
    name text not null,
    unique (school, name)
);
create table school_setting (
    school text not null references school (id),
    name text not null,
    value text not null,
    primary key (school, name)
);

create table person (
    id text primary key,
    version bigint not null,
    school text not null references school (id),
    username text not null,
    name text not null,
    -- Codes, separated by a space.
    roles text not null,
    school_year text,
    -- Argon2id in PHC form.
    password text,
    left_at bigint,
    unique (school, username)
);
create table school_group (
    id text primary key,
    school text not null references school (id),
    name text not null,
    unique (school, name)
);
create table membership (
    person text not null references person (id),
    school_group text not null references school_group (id),
    primary key (person, school_group)
);
create index membership_by_group on membership (school_group);

create table rules_version (
    school text not null references school (id),
    version bigint not null,
    layer text not null,
    policy text not null,
    note text not null,
    saved_at bigint not null,
    saved_by text,
    saved_by_name text not null,
    primary key (school, version)
);
create index rules_version_by_layer on rules_version (school, layer, version);

create table list_source (
    id text primary key,
    name text not null unique,
    kind text not null,
    location text not null,
    licence text not null,
    sealed boolean not null,
    enabled boolean not null,
    map text not null
);
create table list_state (
    source text primary key references list_source (id),
    tried_at bigint not null,
    loaded_at bigint,
    entries bigint not null,
    size_bytes bigint not null,
    compiled_path text,
    added bigint not null,
    removed bigint not null,
    bad_lines bigint not null,
    fault text,
    warnings text not null
);

create table agreement (
    id text primary key,
    school text not null references school (id),
    audience text not null,
    version bigint not null,
    title text not null,
    body text not null,
    published_at bigint not null,
    unique (school, audience, version)
);
create table signature (
    school text not null references school (id),
    agreement text not null references agreement (id),
    person text not null references person (id),
    -- SHA-256 of the text that was shown, in hex.
    hash text not null,
    signed_at bigint not null,
    primary key (agreement, person)
);
create index signature_by_school on signature (school);

create table concern (
    id text primary key,
    school text not null references school (id),
    raised_at bigint not null,
    last_at bigint not null,
    origin text not null,
    about text references person (id),
    reporter text references person (id),
    theme text,
    severity text,
    words text not null,
    place text,
    times bigint not null,
    stage text not null,
    stage_by text references person (id),
    stage_at bigint,
    outcome text
);
create index concern_by_school on concern (school, raised_at);
create index concern_by_person on concern (about, theme, last_at);
-- The chronology: rows are added, never changed.
create table concern_event (
    concern text not null references concern (id),
    seq bigint not null,
    at bigint not null,
    actor text,
    actor_name text not null,
    what text not null,
    words text,
    primary key (concern, seq)
);

-- The audit trail: rows are added, never changed.
create table audit (
    school text not null references school (id),
    seq bigint not null,
    at bigint not null,
    actor text,
    actor_name text not null,
    act text not null,
    subject text not null,
    before text,
    after text,
    primary key (school, seq)
);

create table session (
    -- SHA-256 of the token, in hex; the token itself is known to the browser alone.
    token_hash text primary key,
    school text not null references school (id),
    person text not null references person (id),
    opened_at bigint not null,
    seen_at bigint not null,
    until bigint not null
);
create index session_by_person on session (person);

create table job (
    id text primary key,
    name text not null,
    -- Work that must not wait twice gives the same key.
    once_key text,
    payload text not null,
    run_at bigint not null,
    attempts bigint not null,
    -- Held by a worker until then; after that another may take it.
    held_until bigint,
    last_error text,
    done_at bigint
);
create index job_waiting on job (run_at) where done_at is null;
create unique index job_once on job (name, once_key) where done_at is null;

create table pulse (
    school text not null references school (id),
    gate text not null,
    started_at bigint not null,
    seen_at bigint not null,
    requests bigint not null,
    blocked bigint not null,
    dropped bigint not null,
    help bigint not null,
    snapshot_at bigint not null,
    faults text not null,
    primary key (school, gate)
);

create table set_up_token (
    token_hash text primary key,
    offered_at bigint not null,
    used_at bigint
);
