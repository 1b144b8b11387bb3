//! Whether a class may share an identity (ACC-04).
use super::{Kind, Setting, Settings};
use crate::{KeyStage, Year};

/// 001 lets Key Stage 2 and below share; elsewhere everybody signs in as themselves.
pub const SHARED_IDENTITIES: Setting = Setting {
    key: "shared-identities",
    group: "Signing in",
    label: "A class may share an identity up to",
    help: "An identity of a class opens the web at school, under an adult who answers for it, and nothing else. Nobody else \
           shares a sign-in.",
    kind: Kind::One(&[
        ("none", "Nobody: each signs in as themselves"),
        ("ks1", "Key Stage 1"),
        ("ks2", "Key Stage 2"),
    ]),
    default: "none",
    rows: &["ACC-04", "EML-06"],
};

impl Settings {
    /// Whether a class of this year may have an identity that its pupils share.
    pub fn may_share(&self, year: Year) -> bool {
        let most = match self.text(&SHARED_IDENTITIES).as_str() {
            "ks1" => KeyStage::Ks1,
            "ks2" => KeyStage::Ks2,
            _ => return false,
        };
        year.key_stage() <= most
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Layer, settings::Said};

    #[test]
    fn only_the_young_share_and_only_where_the_school_allows_it() {
        let check = |value: &str, youngest: &str, oldest: Option<&str>, too_old: &str| {
            let said = Said {
                layer: Layer::School,
                key: "shared-identities".to_owned(),
                value: value.to_owned(),
                locked: false,
            };
            let settings = Settings::resolve(&[said]);
            let may = |year: &str| settings.may_share(year.parse().expect(year));
            assert_eq!(may(youngest), oldest.is_some(), "{value} {youngest}");
            assert!(oldest.is_none_or(may) && !may(too_old), "{value} {oldest:?} {too_old}");
        };
        check("none", "N", None, "R");
        check("ks1", "N", Some("2"), "3");
        check("ks2", "R", Some("6"), "7");
        check("nonsense", "R", None, "R");
    }
}
