-- A picture on a colour by which a child who cannot read yet finds themselves at sign-in. No secret.
alter table young_sign_in add column badge text;
