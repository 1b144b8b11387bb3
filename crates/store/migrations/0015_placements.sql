-- How somebody from another school signs in at the gate of this one, where their own username is taken there (ACC-10).
alter table placement add column username text;
-- When it ended or was found to be over, and who ended it; until then it may be in force.
alter table placement add column ended_at bigint;
alter table placement add column ended_by text;
