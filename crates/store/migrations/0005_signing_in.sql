-- Second credentials, passwords with an age, sessions that lock, and what is told to the network manager.
create table second_credential (
    id text primary key,
    school text not null references school (id),
    person text not null references person (id),
    -- `code` for an app that shows codes, `passkey`.
    kind text not null,
    name text not null,
    -- Sealed with a key that lies in the data folder and not here.
    secret text not null,
    -- Of a code, the last time step that was accepted: none before it counts again.
    last_step bigint not null,
    added_at bigint not null,
    used_at bigint
);
create index second_credential_by_person on second_credential (person);
create table recovery_code (
    person text not null references person (id),
    code_hash text not null,
    made_at bigint not null,
    used_at bigint,
    primary key (person, code_hash)
);

alter table session add column proved_at bigint;
alter table session add column locked_at bigint;
alter table session add column address text;
alter table session add column browser text;

create table password_state (
    person text primary key references person (id),
    set_at bigint not null,
    -- Given by somebody else: must be changed at the first sign-in.
    temporary boolean not null
);

-- How pupils sign in who are too young for a password.
create table young_sign_in (
    person text primary key references person (id),
    school text not null references school (id),
    -- Three pictures in their order, Argon2id in PHC form.
    pictures text,
    -- SHA-256 of the code on their card, in hex; the code is 80 bits of chance.
    card_hash text unique,
    changed_at bigint not null
);
create index young_sign_in_by_school on young_sign_in (school);

create table security_alert (
    id text primary key,
    school text not null references school (id),
    kind text not null,
    subject text not null,
    words text not null,
    raised_at bigint not null,
    last_at bigint not null,
    times bigint not null,
    mailed_at bigint,
    seen_at bigint,
    seen_by text,
    seen_by_name text
);
create index security_alert_by_school on security_alert (school, last_at);
create index security_alert_by_subject on security_alert (school, kind, subject, last_at);
