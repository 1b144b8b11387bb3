use jiff::Timestamp;
use policy::{Category, Outcome, Seen};
use school::{Id, Person, School};

/// What is looked for. What is `None` is not asked about.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    pub school: Id<School>,
    pub person: Option<Id<Person>>,
    /// With a dot: this host and all below it. Without: anywhere in the host.
    pub site: Option<String>,
    /// What the site is about, or what decided.
    pub category: Option<Category>,
    pub outcome: Option<Outcome>,
    /// Included.
    pub from: Option<Timestamp>,
    /// Not included.
    pub to: Option<Timestamp>,
    /// Only what was typed into a search box.
    pub searches: bool,
}

impl Filter {
    /// Everything of a school.
    pub fn all(school: Id<School>) -> Filter {
        Filter {
            school,
            person: None,
            site: None,
            category: None,
            outcome: None,
            from: None,
            to: None,
            searches: false,
        }
    }

    pub fn matches(&self, seen: &Seen) -> bool {
        seen.school == self.school
            && self.person.is_none_or(|it| seen.person == Some(it))
            && self.outcome.is_none_or(|it| seen.outcome == it)
            && self.from.is_none_or(|it| it <= seen.at)
            && self.to.is_none_or(|it| seen.at < it)
            && (!self.searches || seen.search.is_some())
            && self.category.is_none_or(|it| seen.categories.has(it) || seen.because.category == Some(it))
            && self.site.as_deref().is_none_or(|it| is_of_site(&seen.host, it))
    }
}

pub(crate) fn is_of_site(host: &str, site: &str) -> bool {
    let site = site.trim().trim_matches('.');
    if !site.contains('.') {
        return contains(host, site);
    }
    let Some(rest) = host.len().checked_sub(site.len()) else { return false };
    host.is_char_boundary(rest)
        && host[rest..].eq_ignore_ascii_case(site)
        && (rest == 0 || host.as_bytes()[rest - 1] == b'.')
}

fn contains(text: &str, part: &str) -> bool {
    part.is_empty() || text.as_bytes().windows(part.len()).any(|it| it.eq_ignore_ascii_case(part.as_bytes()))
}
