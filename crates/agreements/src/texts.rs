use school::{Id, School};

use crate::{Agreement, Audience};

const PUPILS: &str = include_str!("texts/pupils.txt");
const ADULTS: &str = include_str!("texts/adults.txt");

/// The text for pupils that a school starts from, as its version 1 (AUP-02).
pub fn pupils(id: Id<Agreement>, school: Id<School>) -> Agreement {
    first(id, school, Audience::Pupils, PUPILS)
}

/// The text for staff, governors and visitors that a school starts from, as its version 1 (AUP-03).
pub fn adults(id: Id<Agreement>, school: Id<School>) -> Agreement {
    first(id, school, Audience::Adults, ADULTS)
}

/// The file's first line is the title, and the rest the text.
fn first(id: Id<Agreement>, school: Id<School>, audience: Audience, file: &str) -> Agreement {
    let (title, text) = file.split_once('\n').unwrap_or((file, ""));
    Agreement { id, school, audience, version: 1, title: title.trim().into(), text: text.trim().into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each topic of the catalogue, by words that stand for it.
    #[test]
    fn each_topic_is_covered() {
        let check = |agreement: &Agreement, topics: &[(&str, &str)]| {
            let text = agreement.text.to_lowercase();
            for (topic, words) in topics {
                assert!(text.contains(words), "{}: nothing on {topic}", agreement.title);
            }
        };
        check(
            &pupils(Id::from_u128(1), Id::from_u128(9)),
            &[
                ("permitted purposes", "for school work"),
                ("directed time", "when a teacher says so"),
                ("own login", "sign in as myself"),
                ("passwords", "password is a secret"),
                ("no installs", "do not add programs"),
                ("no bypass", "get round the filter"),
                ("communication", "write to people"),
                ("illegal material", "against the law"),
                ("accidents", "by accident"),
                ("personal details", "do not give out my address"),
                ("meetings", "do not meet someone"),
                ("images", "picture, film or recording"),
                ("reputation", "think before i post"),
                ("others' work", "copy other people's work"),
                ("others' privacy", "other people's files"),
                ("hardware", "look after the equipment"),
                ("phones", "my own phone"),
                ("remote lessons", "lessons from home"),
                ("monitoring", "keeps a record"),
                (
                    "encrypted pages",
                    "opens encrypted pages (https) to check them as well, except banking, health and help",
                ),
                ("sanctions", "sanction"),
                ("parents", "parents or carers"),
            ],
        );
        check(
            &adults(Id::from_u128(2), Id::from_u128(9)),
            &[
                ("professional purpose", "for my work in school"),
                ("approved systems", "the school's own systems"),
                ("secure mail", "secure mail"),
                ("password secrecy", "passwords to nobody"),
                ("no personal contact", "no private telephone number"),
                ("data security", "personal data"),
                ("off-site authority", "off site only with authority"),
                ("hardware and software", "connect no hardware and install no software"),
                ("illegal material", "unlawful"),
                ("pupils' phones", "rules on their phones"),
                ("own phone", "my own phone"),
                ("images", "pictures and recordings"),
                ("personal devices", "stays on a device of mine"),
                ("monitoring", "filters and records"),
                (
                    "encrypted pages",
                    "opens encrypted pages (https) to check them as well, except banking, health and help",
                ),
                ("copyright", "copyright"),
                ("reputation", "the name of the school"),
                ("remote working", "from a distance"),
                ("support for policy", "support the school's online-safety policy"),
            ],
        );
    }

    #[test]
    fn texts_are_plain() {
        for file in [PUPILS, ADULTS] {
            let longest = file.split(['.', '\n']).map(|it| it.split_whitespace().count()).max();
            assert!(longest < Some(45), "a sentence of {longest:?} words");
            assert!(file.is_ascii(), "no typographer's marks, so that the hash does not hang on an editor");
        }
    }
}
