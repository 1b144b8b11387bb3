//! Which crate may import which: the floors of the house.
use cargo_metadata::{DependencyKind, Metadata};

use super::Complaint;

const GROUND: [&str; 5] = ["school", "policy", "signals", "agreements", "casework"];

/// Ground crates cannot do IO, wait, read a clock, roll dice or serialise; these would let them.
const NOT_ON_THE_GROUND: &[&str] =
    &["tokio", "serde", "serde_json", "rand", "sqlx", "hyper", "axum", "reqwest", "getrandom", "tracing"];

/// What each crate may import of ours. A crate that is not here may not stand in the workspace.
fn allowed(name: &str) -> Option<Vec<&'static str>> {
    let more = |extra: &[&'static str]| [&GROUND[..], extra].concat();
    Some(match name {
        "school" | "wire" | "xtask" => vec![],
        "policy" | "signals" | "agreements" | "casework" => vec!["school"],
        "store" => more(&[]),
        "gate" => vec!["school", "policy", "signals", "agreements"],
        "web-gate" => vec!["school", "policy", "gate", "wire"],
        "workers" => more(&["wire", "store", "gate"]),
        "console" => more(&["store"]),
        "testkit" => more(&["store", "gate"]),
        "schoolgate" => more(&["wire", "store", "gate", "web-gate", "workers", "console"]),
        _ => return None,
    })
}

pub(crate) fn complaints(metadata: &Metadata) -> Vec<Complaint> {
    let arrows = metadata.packages.iter().flat_map(|package| {
        package.dependencies.iter().map(|it| Arrow {
            from: &package.name,
            to: &it.name,
            ours: it.path.is_some(),
            dev: it.kind == DependencyKind::Development,
        })
    });
    let unknown = metadata.packages.iter().filter(|it| allowed(&it.name).is_none()).map(|it| {
        format!("crate {}: has no place in the table of xtask/src/tidy/arrows.rs; give it one, and ARCHITECTURE.md", it.name)
    });
    unknown.chain(arrows.filter_map(|it| it.complaint())).collect()
}

struct Arrow<'a> {
    from: &'a str,
    to: &'a str,
    ours: bool,
    dev: bool,
}

impl Arrow<'_> {
    fn complaint(&self) -> Option<Complaint> {
        let Arrow { from, to, .. } = self;
        if !self.ours {
            let banned = match *to {
                "sqlx" => *from != "store",
                "maud" => !matches!(*from, "console" | "gate"),
                "lettre" => *from != "workers",
                "toml" | "clap" => !matches!(*from, "schoolgate" | "xtask"),
                to => !self.dev && GROUND.contains(from) && NOT_ON_THE_GROUND.contains(&to),
            };
            return banned
                .then(|| format!("crate {from}: may not use {to} (ARCHITECTURE.md, what is not here)"));
        }
        if *to == "testkit" {
            return (!self.dev).then(|| format!("crate {from}: testkit is for [dev-dependencies] only"));
        }
        let fine = allowed(from).is_none_or(|all| {
            // A test builds what its crate is handed, so it may name what stands below what the crate imports.
            all.contains(to) || self.dev && all.iter().any(|it| allowed(it).is_some_and(|it| it.contains(to)))
        });
        (!fine).then(|| format!("crate {from}: may not import {to} (ARCHITECTURE.md, the floors)"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_that_are_refused() {
        let check = |from: &str, to: &str, ours: bool, dev: bool, fine: bool| {
            assert_eq!(Arrow { from, to, ours, dev }.complaint().is_none(), fine, "{from} -> {to}");
        };
        check("store", "policy", true, false, true);
        check("policy", "signals", true, false, false);
        check("gate", "store", true, false, false);
        check("web-gate", "store", true, true, false);
        check("web-gate", "agreements", true, false, false);
        check("web-gate", "agreements", true, true, true);
        check("console", "gate", true, false, false);
        check("console", "workers", true, false, false);
        check("workers", "gate", true, false, true);
        check("schoolgate", "testkit", true, true, true);
        check("schoolgate", "testkit", true, false, false);
        check("console", "sqlx", false, false, false);
        check("web-gate", "maud", false, false, false);
        check("policy", "serde", false, false, false);
        check("policy", "serde_json", false, true, true);
    }
}
