//! The table of settings as docs/settings.md.
use std::fmt::Write;

use super::{Kind, SETTINGS};

/// Every setting with what it takes, its default and the requirements it settles, by group.
pub fn page() -> String {
    let mut out = String::from(
        "# Settings\n\nMade from the table in `crates/school/src/settings`: `cargo run -q -p school --example settings > docs/settings.md`.\n\
         A setting is said by a trust, a school or a site; the nearest counts, unless one above has locked it.\n",
    );
    let mut groups: Vec<&str> = Vec::new();
    for it in SETTINGS {
        if !groups.contains(&it.group) {
            groups.push(it.group);
        }
    }
    for group in groups {
        let _ = write!(
            out,
            "\n## {group}\n\n| Setting | What it does | Takes | Default | Rows |\n|---|---|---|---|---|\n"
        );
        for it in SETTINGS.iter().filter(|it| it.group == group) {
            let default = if it.default.is_empty() { "none".to_owned() } else { it.kind.words(it.default) };
            let words = [it.help, &takes(it.kind), &default].map(|it| it.replace('|', "\\|"));
            let [help, takes, default] = words;
            let rows = it.rows.join(", ");
            let _ = writeln!(out, "| {} (`{}`) | {help} | {takes} | {default} | {rows} |", it.label, it.key);
        }
    }
    out
}

fn takes(kind: Kind) -> String {
    let labels = |all: &[(&str, &str)]| all.iter().map(|(_, label)| *label).collect::<Vec<_>>().join("; ");
    match kind {
        Kind::Switch => "on or off".to_owned(),
        Kind::Number { least, most, unit } => format!("{least} to {most} {unit}"),
        Kind::One(all) => format!("one of: {}", labels(all)),
        Kind::Several(all) => format!("any of: {}", labels(all)),
        Kind::Text { most } => format!("text, at most {most} characters"),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_of_settings_is_as_the_table() {
        let kept = include_str!("../../../../docs/settings.md");
        assert_eq!(kept, super::page(), "cargo run -q -p school --example settings > docs/settings.md");
    }
}
