-- The register of people in the order it is read.
create index person_by_name on person (school, name, id);

-- A link with which one person sets a password, once (ACC-12).
create table sign_in_link (
    token_hash text primary key,
    school text not null references school (id),
    person text not null references person (id),
    made_at bigint not null,
    until bigint not null,
    used_at bigint
);
create index sign_in_link_by_person on sign_in_link (person);

-- What must be known of those who run things (ACC-11, ACC-13). Absent row: nothing recorded.
create table oversight (
    school text not null references school (id),
    person text not null references person (id),
    version bigint not null,
    -- DBS or single-central-record reference.
    vetting text,
    -- The senior leader who is answerable for what they do.
    supervisor text references person (id),
    primary key (school, person)
);

-- Roles held at a school that is not one's own, at each school apart (ACC-10).
create table placement (
    id text primary key,
    version bigint not null,
    school text not null references school (id),
    person text not null references person (id),
    roles text not null,
    since bigint not null,
    until bigint,
    basis text not null,
    added_by text not null
);
create index placement_by_person on placement (person);
create index placement_by_school on placement (school);

-- The school whose pages a session looks at, where it is not the person's own.
alter table session add column acting text;

-- Dated register of post-holders (ACC-08).
create table post_holder (
    id text primary key,
    version bigint not null,
    school text not null references school (id),
    post text not null,
    person text not null references person (id),
    since bigint not null,
    until bigint,
    contact text not null,
    about text not null
);
create index post_holder_by_school on post_holder (school, post, since);

-- Who was granted what, by whom and on what basis (ACC-15). Rows are added and ended, never taken away.
create table grant_record (
    id text primary key,
    school text not null references school (id),
    person text not null references person (id),
    person_name text not null,
    what text not null,
    since bigint not null,
    until bigint,
    given_by text not null,
    basis text not null,
    ended_by text,
    end_basis text
);
create index grant_record_by_person on grant_record (school, person, what);
create index grant_record_by_time on grant_record (school, since);

-- Individual access plans (ACC-16).
create table access_plan (
    id text primary key,
    version bigint not null,
    school text not null references school (id),
    person text not null references person (id),
    need text not null,
    decided_by text not null,
    profile text not null,
    since bigint not null,
    review_at bigint not null,
    ended_at bigint,
    made_by text not null,
    reminded_at bigint
);
create index access_plan_by_school on access_plan (school, person);

-- What a supervisor was sent of an operator's work (ACC-11).
create table digest (
    id text primary key,
    school text not null references school (id),
    operator text not null references person (id),
    supervisor text not null references person (id),
    made_at bigint not null,
    since bigint not null,
    until bigint not null,
    -- Entries of the audit trail in that time, as counted then.
    entries bigint not null
);
create index digest_by_operator on digest (school, operator, until);
