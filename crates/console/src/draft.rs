//! The policy as kept or about to be, read and compiled to see what is wrong with it before a gate does.
use std::sync::Arc;

use policy::{Directory, Fault, LayerText, Rules, lists::Lists};
use school::{Choice, Group, Layer, School, Site};
use store::{StoreError, Tx, groups, rules, schools};

use crate::people::People;

/// What one layer says.
pub(crate) struct Text {
    pub(crate) layer: Layer,
    pub(crate) policy: String,
    /// As saved; 0 where it is not.
    pub(crate) version: i64,
}

/// All that policy texts may name.
pub(crate) struct Around {
    school: School,
    people: People,
    groups: Vec<Group>,
    sites: Vec<Site>,
}

impl Around {
    pub(crate) async fn of(tx: &mut Tx, school: &School) -> Result<Around, StoreError> {
        Ok(Around {
            people: People::of(tx, school.id).await?,
            groups: groups::all(tx, school.id).await?,
            sites: schools::sites(tx, school.id).await?,
            school: school.clone(),
        })
    }

    /// As the snapshots of gates are compiled.
    pub(crate) fn compile(&self, texts: &[Text], lists: &Arc<Lists>) -> Result<Rules, Vec<Fault>> {
        let directory = Directory::new(self.people.iter(), &self.groups, &self.sites);
        let layers: Vec<LayerText<'_>> = texts
            .iter()
            .map(|it| LayerText { layer: it.layer, name: self.name(it.layer), text: &it.policy })
            .collect();
        Rules::compile(&layers, &directory, Arc::clone(lists))
    }

    fn name(&self, layer: Layer) -> &str {
        match (layer, &self.sites[..]) {
            (Layer::School, _) => self.school.name.as_str(),
            (Layer::Site, [site]) => site.name.as_str(),
            (layer, _) => layer.code(),
        }
    }
}

/// The texts in force, the trust's first.
pub(crate) async fn current(tx: &mut Tx, school: &School) -> Result<Vec<Text>, StoreError> {
    let all = rules::current(tx, school.id).await?;
    Ok(all.into_iter().map(|it| Text { layer: it.layer, policy: it.text, version: it.version }).collect())
}
