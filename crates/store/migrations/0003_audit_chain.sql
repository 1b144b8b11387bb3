-- Why somebody looked, where a reason is asked for (LOG-04).
alter table audit add column reason text;
-- SHA-256 over the entry and the hash of the one before it, in hex (store::audit). Rows of before this version get
-- theirs when the database is next opened.
alter table audit add column hash text;
create index audit_by_actor on audit (school, actor, seq);
create index audit_by_time on audit (school, at);

-- What the last look over a school's trail found, and how far the last signed checkpoint reaches.
create table audit_check (
    school text primary key references school (id),
    checked_at bigint,
    entries bigint not null,
    -- One line each; empty: all is well.
    faults text not null,
    checkpoint_at bigint,
    checkpoint_seq bigint
);
