-- Visitors and others who are there for a time, and who may come in from a distance (ACC-18 to ACC-23).
create table guest (
    id text primary key,
    version bigint not null,
    school text not null references school (id),
    name text not null,
    kind text not null,
    organisation text,
    email text,
    focus text not null,
    sponsor text not null references person (id),
    starts_at bigint not null,
    ends_at bigint not null,
    signed_on_paper boolean not null,
    asked_by text references person (id),
    asked_at bigint not null,
    stage text not null,
    -- Of whoever approved; of whoever brought about the stage; when; and why.
    approved_by text references person (id),
    approved_at bigint,
    stage_by text references person (id),
    stage_at bigint,
    why text,
    account text references person (id)
);
create index guest_by_school on guest (school, stage, ends_at);

create table remote_access (
    id text primary key,
    version bigint not null,
    school text not null references school (id),
    person text not null references person (id),
    need text not null,
    scope text not null,
    route text not null,
    starts_at bigint not null,
    ends_at bigint not null,
    authority text not null,
    approved_by text not null references person (id),
    approved_at bigint not null,
    ended_at bigint,
    -- When its holder was told that it ends soon.
    told_at bigint
);
create index remote_access_by_school on remote_access (school, ends_at);

-- Bodies of the neighbourhood that share the school's approach (ACC-20).
create table local_body (
    id text primary key,
    school text not null references school (id),
    name text not null,
    contact text not null,
    shares boolean not null,
    note text not null,
    added_at bigint not null,
    unique (school, name)
);
