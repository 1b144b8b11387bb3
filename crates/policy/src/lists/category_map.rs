use std::collections::BTreeMap;

use school::Choice;

use crate::{Category, CategorySet};

/// What the categories of lists from elsewhere mean in ours.
///
/// The table is `data/categories.map`, to be read and corrected by people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryMap(BTreeMap<(String, String), Mapping>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mapping {
    To(CategorySet),
    /// Known, and of no use to us.
    Ignore,
}

/// A line of the table that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct MapFault {
    pub line: usize,
    pub what: String,
}

/// The family whose names stand for any family that does not know a name itself.
const ANY: &str = "any";

impl CategoryMap {
    /// Ours.
    ///
    /// # Panics
    ///
    /// Never in a build that passed its tests: the table is part of the program.
    pub fn built_in() -> CategoryMap {
        CategoryMap::parse(include_str!("../../data/categories.map")).expect("a test reads the table")
    }

    /// Lines such as `ut1 drogue = drugs`; more than one of our categories with commas between; `ignore` for
    /// none; `#` starts a comment.
    pub fn parse(text: &str) -> Result<CategoryMap, Vec<MapFault>> {
        let mut table = BTreeMap::new();
        let mut faults = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let put = read_line(line).and_then(|(key, mapping)| match table.insert(key.clone(), mapping) {
                None => Ok(()),
                Some(_) => Err(format!("{} {} stands twice", key.0, key.1)),
            });
            if let Err(what) = put {
                faults.push(MapFault { line: number + 1, what });
            }
        }
        if faults.is_empty() { Ok(CategoryMap(table)) } else { Err(faults) }
    }

    /// `None`: nobody has said what this category means. It must be reported, not dropped.
    pub fn find(&self, family: &str, category: &str) -> Option<Mapping> {
        let category = spelled(category);
        [family, ANY].iter().find_map(|family| self.0.get(&(spelled(family), category.clone())).copied())
    }

    pub fn families(&self) -> impl Iterator<Item = &str> {
        let mut last = "";
        self.0
            .keys()
            .map(|(family, _)| family.as_str())
            .filter(move |it| std::mem::replace(&mut last, it) != *it)
    }
}

fn read_line(line: &str) -> Result<((String, String), Mapping), String> {
    let (source, ours) = line.split_once('=').ok_or("there is no `=`")?;
    let (family, name) =
        source.trim().split_once(char::is_whitespace).ok_or("a family and a name are needed")?;
    let mapping = match ours.trim() {
        "ignore" => Mapping::Ignore,
        codes => Mapping::To(codes.split(',').map(|code| known(code.trim())).collect::<Result<_, _>>()?),
    };
    Ok(((spelled(family), spelled(name)), mapping))
}

fn known(code: &str) -> Result<Category, String> {
    Category::from_code(code).ok_or_else(|| format!("`{code}` is not one of our categories"))
}

/// `Social Networks`, `social-networks` and `social_networks` are one name.
fn spelled(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '-', '/'], "_")
}
