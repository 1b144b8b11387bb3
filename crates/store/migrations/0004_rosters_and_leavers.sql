-- Rosters: what is loaded, what it would change, and who came from where (ACC-03). Leavers and their end (ACC-14).
alter table person add column source text;
-- What the source calls them.
alter table person add column source_id text;
-- A leaver is kept until then at least; absent: as long as the setting says.
alter table person add column kept_until bigint;
-- The school a leaver goes on to, instead of being deleted.
alter table person add column moves_to text references school (id);
-- All that is personal was taken out then; the id stays for what law and audit keep.
alter table person add column erased_at bigint;
create unique index person_by_source on person (school, source, source_id) where source_id is not null;
create index person_left on person (school, left_at) where left_at is not null;
create index person_ends on person (ends_at) where ends_at is not null;

alter table school_group add column source text;
alter table school_group add column source_id text;
create unique index school_group_by_source on school_group (school, source, source_id) where source_id is not null;

create table parent_link (
    school text not null references school (id),
    child text not null references person (id),
    parent text not null references person (id),
    relation text not null,
    -- 1 is called first; absent: after all others.
    priority bigint,
    primary key (child, parent)
);
create index parent_link_by_parent on parent_link (parent);
create index parent_link_by_school on parent_link (school);

create table roster_load (
    id text primary key,
    school text not null references school (id),
    source text not null,
    file_name text not null,
    -- How its columns are read, where it is not OneRoster; empty: as OneRoster says.
    mapping text not null,
    stage text not null,
    stage_at bigint not null,
    loaded_at bigint not null,
    loaded_by text,
    loaded_by_name text not null,
    decided_at bigint,
    decided_by text,
    decided_by_name text,
    reason text,
    mode text,
    joiners bigint not null,
    movers bigint not null,
    leavers bigint not null,
    returners bigint not null,
    problems bigint not null,
    unchanged bigint not null,
    -- Why it is not simply approved, and the number to type.
    jump text,
    jump_leavers bigint,
    -- SHA-256 of what it would change, in hex.
    digest text,
    done bigint not null,
    total bigint not null,
    remark text
);
create index roster_load_by_school on roster_load (school, loaded_at);
-- What was uploaded, in pieces, in base64; gone once it is applied or refused.
create table roster_piece (
    roster_load text not null references roster_load (id),
    seq bigint not null,
    bytes text not null,
    primary key (roster_load, seq)
);
create table roster_row (
    roster_load text not null references roster_load (id),
    seq bigint not null,
    kind text not null,
    person text,
    source_id text not null,
    name text not null,
    username text not null,
    -- Field, before and after, each apart by a tab; one line each.
    changes text not null,
    words text not null,
    file text,
    line bigint,
    primary key (roster_load, seq)
);
create index roster_row_by_kind on roster_row (roster_load, kind, seq);
create index roster_row_by_person on roster_row (person);
