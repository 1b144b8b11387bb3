-- Those of a role are found without reading everybody: the combinations of roles are few.
create index person_by_roles on person (school, roles) where left_at is null;
