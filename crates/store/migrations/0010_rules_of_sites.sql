-- Each site has a text of its own. Until now a school had one site text, which was that of its one site.
alter table rules_version add column site text references site (id);
update rules_version set site = (select min(site.id) from site where site.school = rules_version.school)
    where layer = 'site';
create index rules_version_by_site on rules_version (school, site, version);
