use school::{Id, School};

use crate::{Agreement, Audience, Contract, Level, Reading};

/// Each file's first line is the title, and the rest the text.
const fn files(audience: Audience) -> &'static [(Level, &'static str)] {
    match audience {
        Audience::Pupils => &[
            (Level::Standard, include_str!("texts/pupils.txt")),
            (Level::Easy, include_str!("texts/pupils-easy.txt")),
            (Level::Young, include_str!("texts/pupils-young.txt")),
        ],
        Audience::Adults => &[
            (Level::Standard, include_str!("texts/adults.txt")),
            (Level::Easy, include_str!("texts/adults-easy.txt")),
        ],
        Audience::Parents => &[
            (Level::Standard, include_str!("texts/parents.txt")),
            (Level::Easy, include_str!("texts/parents-easy.txt")),
        ],
        Audience::External => &[
            (Level::Standard, include_str!("texts/external.txt")),
            (Level::Easy, include_str!("texts/external-easy.txt")),
        ],
        Audience::Operators => &[
            (Level::Standard, include_str!("texts/operators.txt")),
            (Level::Easy, include_str!("texts/operators-easy.txt")),
        ],
    }
}

/// What a school starts from, as its version 1 (AUP-01 to AUP-05, SOC-02). `contract` is said to staff alone.
///
/// # Panics
/// Never: each audience has a standard text, as a test checks.
pub fn first(id: Id<Agreement>, school: Id<School>, audience: Audience, contract: Contract) -> Agreement {
    let readings = files(audience).iter().map(|(level, file)| {
        let (title, text) = file.split_once('\n').unwrap_or((file, ""));
        let text = text.trim();
        match audience {
            Audience::Adults => Reading::new(*level, title.trim(), &contract.put_in(text)),
            _ => Reading::new(*level, title.trim(), text),
        }
    });
    Agreement::new(id, school, audience, 1, readings.collect()).expect("each audience has a standard text")
}

/// The text for pupils (AUP-02).
pub fn pupils(id: Id<Agreement>, school: Id<School>) -> Agreement {
    first(id, school, Audience::Pupils, Contract::Silent)
}

/// The text for staff, governors and visitors (AUP-03).
pub fn adults(id: Id<Agreement>, school: Id<School>) -> Agreement {
    first(id, school, Audience::Adults, Contract::Silent)
}

#[cfg(test)]
mod tests;
