-- Who keeps the password of an account: the school's identity provider or its directory. No row: it is kept here.
create table account_kept (
    person text primary key references person (id),
    kept_by text not null
);
-- Which account at which provider somebody has once signed in with. A name may be given to somebody else there; the
-- subject never is.
create table provider_link (
    issuer text not null,
    subject text not null,
    school text not null references school (id),
    person text not null references person (id),
    linked_at bigint not null,
    primary key (issuer, subject)
);
create unique index provider_link_by_person on provider_link (person, issuer);
