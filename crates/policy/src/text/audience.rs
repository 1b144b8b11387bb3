use school::{Choice, KeyStage, Role, Username, Year};

use super::words::{Words, Wrong, choose, clip, wrong};
use crate::Audience;

/// `everyone`, `unknown`, `staff`, `outsiders`, `role teacher`, `early years`, `key stage 3`, `year 7`, `group "9B"`, `person a.pupil`.
pub(super) fn audience(words: &mut Words) -> Result<Audience, Wrong> {
    if words.take("everyone") {
        return Ok(Audience::Everyone);
    }
    if words.take("unknown") {
        return Ok(Audience::Unknown);
    }
    if words.take("staff") {
        return Ok(Audience::Staff);
    }
    if words.take("outsiders") {
        return Ok(Audience::Outsiders);
    }
    if words.take("early years") {
        return Ok(Audience::KeyStage(KeyStage::EarlyYears));
    }
    if words.take("key stage") {
        let number = words.text("the number of the key stage")?;
        return match KeyStage::from_code(&format!("ks{number}")) {
            Some(stage) => Ok(Audience::KeyStage(stage)),
            None => wrong(format!("there is no key stage {}", clip(&number)), "write 1, 2, 3, 4 or 5"),
        };
    }
    if words.take("role") {
        let code = words.text("the role")?;
        return match Role::from_code(&code) {
            Some(role) => Ok(Audience::Role(role)),
            None => wrong(
                format!("there is no role \"{}\"", clip(&code)),
                choose(&code, Role::ALL.iter().map(|it| it.code())),
            ),
        };
    }
    if words.take("year") {
        let text = words.text("the year")?;
        return match text.parse::<Year>() {
            Ok(year) => Ok(Audience::Year(year)),
            Err(_) => wrong(format!("there is no year {}", clip(&text)), "write N, R or 1 to 13"),
        };
    }
    if words.take("group") {
        return Ok(Audience::Group(words.name("the name of the group")?));
    }
    if words.take("person") {
        let name = words.text("the username")?;
        return match name.parse::<Username>() {
            Ok(username) => Ok(Audience::Person(username)),
            Err(why) => wrong(format!("the username \"{}\" {why}", clip(&name)), "write it as at sign-in"),
        };
    }
    let typed = words.text("whom it is for")?;
    wrong(
        format!("\"{}\" does not say whom it is for", clip(&typed)),
        "write everyone, unknown, staff, outsiders, role, early years, key stage, year, group or person",
    )
}
