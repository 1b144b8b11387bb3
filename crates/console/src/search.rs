//! What is looked for in the activity, read from a query: shared by the page and the download.
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use policy::{Category, Outcome};
use school::{Choice, Id, School};
use store::activity::Filter;

use crate::{
    fields::Fields,
    people::{Named, People},
};

/// A search as asked for.
pub(crate) struct Search {
    pub(crate) filter: Filter,
    /// Field and complaint. While there are any, nothing is searched.
    pub(crate) complaints: Vec<(&'static str, &'static str)>,
    /// In words, for the audit trail.
    pub(crate) words: String,
}

impl Search {
    pub(crate) fn read(fields: &Fields, school: Id<School>, people: &People, zone: &TimeZone) -> Search {
        let mut filter = Filter::all(school);
        let mut complaints = Vec::new();
        let mut words = Vec::new();
        match people.named() {
            Named::Nobody => {}
            Named::One(person) => {
                filter.person = Some(person.id);
                words.push(format!("person {}", person.username));
            }
            Named::Several(_) => {
                complaints.push(("person", "Several people have this in their name: choose one below"));
            }
            Named::NoSuch => complaints.push(("person", "Nobody here has this name or username")),
        }
        let site = fields.get("site");
        if !site.is_empty() {
            filter.site = Some(host(site).to_owned());
            words.push(format!("site {}", host(site)));
        }
        filter.category = Category::from_code(fields.get("category"));
        words.extend(filter.category.map(|it| format!("category {}", it.label())));
        filter.outcome = Outcome::from_code(fields.get("outcome"));
        words.extend(filter.outcome.map(|it| it.label().to_lowercase()));
        for (name, end) in [("from", &mut filter.from), ("to", &mut filter.to)] {
            match moment(fields.get(name), zone) {
                Ok(at) => *end = at,
                Err(()) => complaints.push((name, "Enter a date and time, such as 2026-11-23T09:00")),
            }
            if end.is_some() {
                words.push(format!("{name} {}", fields.get(name)));
            }
        }
        filter.searches = fields.get("only") == "searches";
        if filter.searches {
            words.push("searches only".to_owned());
        }
        if words.is_empty() {
            words.push("everyone".to_owned());
        }
        Search { filter, complaints, words: words.join(", ") }
    }
}

/// The host of what was typed, which may be a whole address.
fn host(typed: &str) -> &str {
    let rest = typed.split_once("://").map_or(typed, |(_, rest)| rest);
    rest.split(['/', '?', '#', ':']).next().unwrap_or(rest)
}

/// By the school's clock, as `datetime-local` sends it. Nothing typed is no moment.
pub(crate) fn moment(typed: &str, zone: &TimeZone) -> Result<Option<Timestamp>, ()> {
    if typed.is_empty() {
        return Ok(None);
    }
    if let Ok(at) = typed.parse::<Timestamp>() {
        return Ok(Some(at));
    }
    let local: DateTime = typed.parse().map_err(|_| ())?;
    local.to_zoned(zone.clone()).map(|it| Some(it.timestamp())).map_err(|_| ())
}
