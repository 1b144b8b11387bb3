use std::{collections::HashMap, path::Path, sync::Arc};

use jiff::Timestamp;
use policy::lists::{CompiledList, Hasher, Lists, starter_lists};
use school::Id;
use store::{
    list_files,
    lists::{ListSource, ListState},
};

use crate::health::told;

/// Lists that were opened well, kept open until a newer one of the same source is.
#[derive(Default)]
pub(super) struct Open {
    of: HashMap<Id<ListSource>, (Mark, CompiledList)>,
    /// Those that come with the product; compiled when first asked for.
    starter: Vec<CompiledList>,
    /// Once, all that should be there was.
    was_whole: bool,
}

/// Which compiled file it is.
#[derive(PartialEq, Eq, Clone)]
struct Mark(String, Option<Timestamp>);

/// What came of opening them all.
pub(super) struct Opened {
    pub(super) lists: Arc<Lists>,
    pub(super) faults: Vec<String>,
    /// A list that should be there is not, nor an older one of it: nothing may be opened for lack of it (FIL-28).
    pub(super) incomplete: bool,
}

impl Open {
    pub(super) fn all(&mut self, wanted: &[(ListSource, Option<ListState>)], seal: &[u8; 32]) -> Opened {
        if self.starter.is_empty() {
            self.starter = starter_lists(&Hasher::open_for(seal), Timestamp::UNIX_EPOCH);
        }
        let (mut lists, mut faults, mut incomplete) = (self.starter.clone(), Vec::new(), false);
        for (source, state) in wanted.iter().filter(|(source, _)| source.enabled || source.sealed) {
            let Some((path, mark)) = state.as_ref().and_then(compiled) else {
                let name = &source.name;
                // One that is added to a gate at work and cannot be loaded leaves what stood before it, like rules
                // that cannot be read; but what is sealed is never open for want of its list.
                if self.was_whole && !source.sealed {
                    faults
                        .push(format!("the list {name} has not been loaded yet: what it lists is not known"));
                } else {
                    faults.push(format!("the list {name} has never been loaded, so nothing is opened"));
                    incomplete = true;
                }
                continue;
            };
            let known = self.of.get(&source.id).filter(|(it, _)| *it == mark).map(|(_, list)| list.clone());
            match known.map_or_else(|| list_files::open(Path::new(path), seal).map_err(|err| told(&err)), Ok)
            {
                Ok(list) => {
                    self.of.insert(source.id, (mark, list.clone()));
                    lists.push(list);
                }
                Err(why) => {
                    let name = &source.name;
                    if let Some((_, older)) = self.of.get(&source.id) {
                        faults.push(format!("the list {name} cannot be read, the one before stays: {why}"));
                        lists.push(older.clone());
                    } else {
                        faults.push(format!("the list {name} cannot be read, so nothing is opened: {why}"));
                        incomplete = true;
                    }
                }
            }
        }
        let wanted = |id: &Id<ListSource>| wanted.iter().any(|(source, _)| source.id == *id);
        self.of.retain(|id, _| wanted(id));
        self.was_whole |= !incomplete;
        Opened { lists: Arc::new(Lists::new(lists)), faults, incomplete }
    }
}

fn compiled(state: &ListState) -> Option<(&str, Mark)> {
    let path = state.compiled_path.as_deref()?;
    Some((path, Mark(path.to_owned(), state.loaded_at)))
}
