-- One plan runs for a person (ACC-16), and nobody holds a post twice (ACC-08), whoever saves at the same moment. Where two
-- did, the later one stands.
update access_plan set ended_at = since where ended_at is null and exists (
    select 1 from access_plan as later where later.school = access_plan.school and later.person = access_plan.person
    and later.ended_at is null and later.id > access_plan.id
);
create unique index access_plan_that_runs on access_plan (school, person) where ended_at is null;

update post_holder set until = since where until is null and exists (
    select 1 from post_holder as later where later.school = post_holder.school and later.post = post_holder.post
    and later.person = post_holder.person and later.until is null and later.id > post_holder.id
);
create unique index post_held_once on post_holder (school, post, person) where until is null;

-- Why somebody looks at activity, said once for a while and for one person or everybody (LOG-04).
create table view_reason (
    token_hash text not null,
    -- The id of a person, or `everyone`.
    about text not null,
    words text not null,
    given_at bigint not null,
    primary key (token_hash, about)
);
