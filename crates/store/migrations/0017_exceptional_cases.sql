-- What the head or campus lead said of the access of somebody who is not employed, or of a pupil (ACC-19).
create table exceptional_case (
    id text primary key,
    school text not null references school (id),
    person text not null references person (id),
    granted boolean not null,
    why text not null,
    decided_by text not null references person (id),
    decided_at bigint not null
);
create index exceptional_case_by_person on exceptional_case (school, person, decided_at);
