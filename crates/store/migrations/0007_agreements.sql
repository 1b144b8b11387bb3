-- The other readings of an agreement; the standard one stands in `agreement`.
create table agreement_reading (
    agreement text not null references agreement (id),
    level text not null,
    title text not null,
    body text not null,
    primary key (agreement, level)
);
-- Why this version, and whose work it is.
alter table agreement add column note text not null default '';
alter table agreement add column published_by_name text not null default '';

-- A form that was signed on paper, as it was scanned. A form, never an image of a concern.
create table signed_form (
    id text primary key,
    school text not null references school (id),
    person text not null references person (id),
    file_name text not null,
    media_type text not null,
    -- Base64.
    body text not null,
    bytes bigint not null,
    added_at bigint not null,
    added_by_name text not null
);
create index signed_form_by_person on signed_form (school, person);

-- Rows are added, never changed: one who signs again has another.
create table agreement_signature (
    id text primary key,
    school text not null references school (id),
    agreement text not null references agreement (id),
    -- Whom it is for.
    person text not null references person (id),
    standing text not null,
    -- Who gave it; absent on paper by a parent whom the register does not know.
    signer text references person (id),
    signer_name text not null,
    -- SHA-256 of the reading that was shown, in hex.
    hash text not null,
    signed_at bigint not null,
    method text not null,
    -- Of staff, as then.
    job_title text,
    appointed_on text,
    entered_by_name text,
    form text references signed_form (id)
);
create index agreement_signature_by_person on agreement_signature (school, person);
create index agreement_signature_by_agreement on agreement_signature (agreement);
insert into agreement_signature (id, school, agreement, person, standing, signer, signer_name, hash, signed_at, method)
    select signature.agreement || '/' || signature.person, signature.school, signature.agreement, signature.person,
        'own', signature.person, person.name, signature.hash, signature.signed_at, 'gate'
    from signature join person on person.id = signature.person;
drop table signature;

-- That a class talked about its agreement (AUP-13).
create table class_discussion (
    id text primary key,
    school text not null references school (id),
    school_group text not null references school_group (id),
    agreement text not null references agreement (id),
    held_on text not null,
    note text not null,
    recorded_at bigint not null,
    recorded_by_name text not null
);
create index class_discussion_by_school on class_discussion (school, held_on);

-- That the pupils' agreement was given to parents (AUP-14).
create table agreement_issue (
    id text primary key,
    school text not null references school (id),
    agreement text not null references agreement (id),
    -- Absent: to all parents at once, such as in the newsletter.
    child text references person (id),
    parent text references person (id),
    way text not null,
    note text not null,
    issued_at bigint not null,
    issued_by_name text not null
);
create index agreement_issue_by_child on agreement_issue (school, child);

-- Letters that asked somebody to sign, or reminded them of what they signed.
create table agreement_reminder (
    id text primary key,
    school text not null references school (id),
    person text not null references person (id),
    kind text not null,
    sent_at bigint not null
);
create index agreement_reminder_by_person on agreement_reminder (school, person, sent_at);
