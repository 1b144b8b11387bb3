-- Whoever signs in with a school account for the first time is found without reading everybody.
create index person_by_email on person (email) where left_at is null;
