//! The policy as kept or about to be, read and compiled to see what is wrong with it before a gate does.
use std::sync::Arc;

use policy::{
    Audience, Directory, Fault, LayerText, Rules,
    lists::Lists,
    text::{self, Body},
};
use school::{Choice, Group, Person, Place, School, Site, Username};
use store::{StoreError, Tx, groups, register, rules, schools};

/// What one layer says.
pub(crate) struct Text {
    pub(crate) place: Place,
    pub(crate) policy: String,
    /// As saved; 0 where it is not.
    pub(crate) version: i64,
}

/// All that policy texts may name.
pub(crate) struct Around {
    school: School,
    /// Those whom the texts name.
    people: Vec<Person>,
    groups: Vec<Group>,
    sites: Vec<Site>,
}

impl Around {
    pub(crate) async fn of(tx: &mut Tx, school: &School, texts: &[Text]) -> Result<Around, StoreError> {
        Ok(Around {
            people: register::by_usernames(tx, school.id, &named(texts)).await?,
            groups: groups::all(tx, school.id).await?,
            sites: schools::sites(tx, school.id).await?,
            school: school.clone(),
        })
    }

    /// As the snapshots of gates are compiled.
    pub(crate) fn compile(&self, texts: &[Text], lists: &Arc<Lists>) -> Result<Rules, Vec<Fault>> {
        let directory = Directory::new(&self.people, &self.groups, &self.sites);
        let layers: Vec<LayerText<'_>> = texts
            .iter()
            .map(|it| LayerText { layer: it.place.layer(), name: self.name(it.place), text: &it.policy })
            .collect();
        Rules::compile(&layers, &directory, Arc::clone(lists))
    }

    /// As people call it: the school's name, the site's, or the trust.
    pub(crate) fn name(&self, place: Place) -> &str {
        let site = place.site().and_then(|id| self.sites.iter().find(|it| it.id == id));
        match (place, site) {
            (Place::School, _) => self.school.name.as_str(),
            (_, Some(site)) => site.name.as_str(),
            (place, None) => place.layer().code(),
        }
    }
}

/// The people whom these texts name.
fn named(texts: &[Text]) -> Vec<Username> {
    let mut all = Vec::new();
    for entry in texts.iter().filter_map(|it| text::parse(&it.policy).ok()).flat_map(|it| it.entries) {
        let audience = match entry.body {
            Body::Use(it) => it.audience,
            Body::Rule(it) => it.audience,
            Body::Profile(_) | Body::Schedule(_) => continue,
        };
        all.extend(audience.into_iter().filter_map(|it| match it {
            Audience::Person(username) => Some(username),
            _ => None,
        }));
    }
    all
}

/// The texts in force, the trust's first.
pub(crate) async fn current(tx: &mut Tx, school: &School) -> Result<Vec<Text>, StoreError> {
    let all = rules::current(tx, school.id).await?;
    Ok(all.into_iter().map(|it| Text { place: it.place, policy: it.text, version: it.version }).collect())
}
