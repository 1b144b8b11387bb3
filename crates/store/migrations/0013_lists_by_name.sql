-- For the lists of people and of grants, which are read by name and a page at a time.
create index person_here on person (school, name, id) where left_at is null;
create index grant_record_by_name on grant_record (school, person_name, what, id, since, until);
