use Layer::{School, Site, Trust};

use super::*;

fn said(layer: Layer, value: &str, locked: bool) -> Said {
    Said { layer, key: IDLE_LOCK.key.to_owned(), value: value.to_owned(), locked }
}

#[test]
fn the_nearest_wins_unless_one_above_has_locked_it() {
    let check = |said: &[Said], value: u32, from: Option<Layer>, locked_by: Option<Layer>| {
        let settings = Settings::resolve(said);
        let got = settings.get(&IDLE_LOCK);
        assert_eq!(
            (settings.number(&IDLE_LOCK), got.from, got.locked_by),
            (value, from, locked_by),
            "{said:?}"
        );
    };
    check(&[], 10, None, None);
    check(&[said(Trust, "20", false)], 20, Some(Trust), None);
    check(&[said(Site, "5", false), said(Trust, "20", false)], 5, Some(Site), None);
    check(&[said(Trust, "20", true), said(School, "5", false)], 20, Some(Trust), Some(Trust));
    check(&[said(School, "15", true), said(Site, "5", true)], 15, Some(School), Some(School));
    check(&[said(Trust, "20", false), said(School, "many", false)], 20, Some(Trust), None);
}

#[test]
fn every_setting_is_whole() {
    for (n, setting) in SETTINGS.iter().enumerate() {
        assert_eq!(setting.kind.check(setting.default), Ok(()), "{}", setting.key);
        assert!(!setting.rows.is_empty() && !setting.help.is_empty(), "{}", setting.key);
        assert!(SETTINGS[n + 1..].iter().all(|it| it.key != setting.key), "{} stands twice", setting.key);
    }
}
