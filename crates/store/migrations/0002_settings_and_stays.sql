-- What a trust, a school or a site has said of a setting (school::settings).
create table trust (
    id text primary key,
    name text not null unique,
    added_at bigint not null
);
create table setting (
    -- Of the trust, school or site that says so.
    owner text not null,
    layer text not null,
    name text not null,
    value text not null,
    locked boolean not null,
    primary key (owner, name)
);
drop table school_setting;

alter table person add column email text;
-- When they may pass any door; absent: no beginning, no end.
alter table person add column starts_at bigint;
alter table person add column ends_at bigint;
