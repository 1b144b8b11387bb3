-- A sign-in that a class of young pupils shares, and the adult who answers for it (ACC-04).
create table class_identity (
    person text primary key references person (id),
    school text not null references school (id),
    school_group text not null references school_group (id),
    adult text not null references person (id),
    made_at bigint not null
);
create index class_identity_by_school on class_identity (school);
