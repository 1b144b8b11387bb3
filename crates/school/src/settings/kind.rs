/// What values a setting takes.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// `on` or `off`.
    Switch,
    /// A whole number, both ends included, of `unit` (minutes, days, characters ...).
    Number { least: u32, most: u32, unit: &'static str },
    /// One of these: code and label.
    One(&'static [(&'static str, &'static str)]),
    /// Any number of these codes, separated by a space: code and label.
    Several(&'static [(&'static str, &'static str)]),
    /// At most this many characters; may be empty.
    Text { most: usize },
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAValue {
    #[error("must be on or off")]
    Switch,
    #[error("must be a whole number from {0} to {1}")]
    Number(u32, u32),
    #[error("must be one of those offered")]
    Offered,
    #[error("cannot be longer than {0} characters")]
    TooLong(usize),
}

impl Kind {
    /// # Errors
    /// What is wrong with it, to be read after the setting's label.
    pub fn check(&self, value: &str) -> Result<(), NotAValue> {
        let offered = |all: &[(&str, &str)], code: &str| all.iter().any(|(it, _)| *it == code);
        let good = match self {
            Kind::Switch => {
                return if matches!(value, "on" | "off") { Ok(()) } else { Err(NotAValue::Switch) };
            }
            Kind::Number { least, most, .. } => {
                let inside = value.parse::<u32>().is_ok_and(|it| (*least..=*most).contains(&it));
                return if inside { Ok(()) } else { Err(NotAValue::Number(*least, *most)) };
            }
            Kind::Text { most } => {
                return if value.chars().count() <= *most { Ok(()) } else { Err(NotAValue::TooLong(*most)) };
            }
            Kind::One(all) => offered(all, value),
            Kind::Several(all) => value.split_whitespace().all(|it| offered(all, it)),
        };
        if good { Ok(()) } else { Err(NotAValue::Offered) }
    }

    /// As people read it.
    pub fn words(&self, value: &str) -> String {
        let label = |all: &[(&str, &str)], code: &str| {
            all.iter()
                .find(|(it, _)| *it == code)
                .map_or_else(|| code.to_owned(), |(_, label)| (*label).to_owned())
        };
        match self {
            Kind::Switch => if value == "on" { "On" } else { "Off" }.to_owned(),
            Kind::Number { unit, .. } => format!("{value} {unit}"),
            Kind::One(all) => label(all, value),
            Kind::Several(_) if value.trim().is_empty() => "None".to_owned(),
            Kind::Several(all) => {
                value.split_whitespace().map(|it| label(all, it)).collect::<Vec<_>>().join(", ")
            }
            Kind::Text { .. } if value.is_empty() => "Nothing".to_owned(),
            Kind::Text { .. } => value.to_owned(),
        }
    }
}
