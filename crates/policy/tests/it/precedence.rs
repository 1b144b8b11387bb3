use policy::{Step, Verdict, Verdict::*};
use school::Layer;

use crate::small_school::*;

const OPEN: &str = "profile Open\n mode block by category\n block games\nuse profile Open for everyone\n";

/// What a pupil of Year 9 in 9B gets for `https://www.a.test/b/c?d` from rules of one school.
fn school(text: &str, verdict: Verdict) {
    let rules = rules(&format!("{OPEN}{text}"));
    let decision = Question::new(&rules, "pupil-9-9B", "www.a.test/b/c?d").decide();
    assert_eq!(decision.verdict, verdict, "{text}: {:?}", decision.because);
}

fn layered(trust: &str, school: &str, site: &str, verdict: Verdict, step: Step) {
    let school_text = format!("{OPEN}{school}");
    let rules = layers(&[(Layer::Site, site), (Layer::School, &school_text), (Layer::Trust, trust)]);
    let decision = Question::new(&rules, "pupil-9-9B", "www.a.test/b/c?d").on_site().decide();
    let got = (decision.verdict, decision.because.step);
    assert_eq!(got, (verdict, step), "{trust} / {school} / {site}: {:?}", decision.because);
}

#[test]
fn the_narrowest_audience_wins() {
    school("block a.test\nallow a.test for role pupil", Allow);
    school("allow a.test for role pupil\nblock a.test for key stage 3", Block);
    school("block a.test for key stage 3\nallow a.test for year 9", Allow);
    school("allow a.test for year 9\nblock a.test for group 9B", Block);
    school("block a.test for group 9b\nallow a.test for person pupil-9-9B", Allow);
    // Even against a narrower address.
    school("block host www.a.test\nallow everything for year 9", Allow);
    school("allow a.test for year 8, person pupil-9-9B\nblock a.test for group 9B", Allow);
}

#[test]
fn then_the_narrowest_address_wins() {
    school("allow everything\nblock pattern \"a\\.test\"", Block);
    school("block pattern \"a\\.test\"\nallow a.test", Allow);
    school("block test\nallow a.test", Allow);
    school("block a.test\nallow www.a.test", Allow);
    school("allow www.a.test\nblock host www.a.test", Block);
    school("block host www.a.test\nallow a.test/b", Allow);
    school("block a.test/b\nallow a.test/b/c", Allow);
    school("block a.test/b/c\nallow https://www.a.test/b/c", Allow);
    // Not these addresses at all.
    school(
        "block host a.test\nblock https://a.test/b\nblock http://www.a.test/b\nblock a.test/b/cc\nblock b.test",
        Allow,
    );
    school("block xa.test\nblock www.a\nblock a.test/b/c/d", Allow);
}

#[test]
fn then_block_before_warn_before_allow() {
    school("allow a.test\nblock a.test", Block);
    school("block a.test\nallow a.test", Block);
    school("allow a.test\nwarn a.test", Warn);
    school("warn a.test\nblock a.test", Block);
}

#[test]
fn rules_count_only_in_their_time() {
    school("block a.test during lessons", Block);
    school("block a.test during breaks", Allow);
    school("block a.test during 09:30 to 10:30 on monday", Block);
    school("block a.test during 09:30 to 10:30 on tuesday to sunday", Allow);
    school("block a.test during 23:00 to 10:01 on sunday", Block);
    school("block a.test during 23:00 to 10:01 on monday", Allow);
    school("schedule \"Morning\"\n 08:00 to 12:00 on school days\nblock a.test during \"morning\"", Block);
    school("block a.test until 2026-10-05", Block);
    school("block a.test until 2026-10-04", Allow);
    school("block a.test until 2026-10-05 10:01", Block);
    school("block a.test until 2026-10-05 10:00", Allow);
}

#[test]
fn the_nearest_layer_wins_unless_one_above_is_locked() {
    layered("block a.test", "allow a.test", "", Allow, Step::Rule);
    layered("", "block a.test", "allow a.test", Allow, Step::Rule);
    layered("block a.test for person pupil-9-9B", "", "allow everything", Allow, Step::Rule);
    layered("block a.test locked", "allow a.test", "allow a.test", Block, Step::LockedRule);
    layered(
        "",
        "block a.test locked",
        "allow host www.a.test for person pupil-9-9B",
        Block,
        Step::LockedRule,
    );
    layered("block everything locked", "allow a.test for year 9 locked", "", Block, Step::LockedRule);
    layered("allow a.test locked", "block a.test locked", "block a.test", Allow, Step::LockedRule);
    layered("block a.test for year 8 locked", "allow a.test", "", Allow, Step::Rule);
    // Locked at a site locks nobody out.
    layered("", "block a.test locked", "allow a.test locked", Block, Step::LockedRule);
}

#[test]
fn a_rule_goes_before_the_profile() {
    let rules = rules(
        "profile P\n mode block by category\n block games\n block files exe\n times lessons\nuse profile P for everyone\n\
         allow host ok.games.test",
    );
    let check = |url: &str, at: &str, verdict: Verdict, step: Step| {
        let decision = Question::new(&rules, "head", url).at(at).decide();
        assert_eq!((decision.verdict, decision.because.step), (verdict, step), "{url} {at}");
    };
    check("games.test/a.exe", EVENING, Block, Step::Schedule);
    check("games.test/a.exe", LESSON, Block, Step::FileType);
    check("games.test/a", LESSON, Block, Step::Category);
    check("ok.games.test/a.exe", EVENING, Allow, Step::Rule);
    check("news.test/a", LESSON, Allow, Step::BaseMode);
    check("never-heard-of.test/a", LESSON, Allow, Step::BaseMode);
}

#[test]
fn blocked_categories_go_before_warned_and_allowed_ones() {
    let rules = rules(
        "profile P\n mode deny by default\n block games\n warn news\n allow sport\nuse profile P for everyone",
    );
    let check = |url: &str, verdict: Verdict| {
        assert_eq!(Question::new(&rules, "head", url).verdict(), verdict, "{url}");
    };
    check("games.test", Block);
    check("news.test", Warn);
    check("sport.test", Allow);
    check("religion.test", Block);
    check("mixed.test/sport", Allow);
}

#[test]
fn a_file_is_judged_by_its_ending_its_name_and_its_media_type() {
    let rules = rules(
        "profile P\n mode block by category\n block files exe, application/x-msi, video/*\nuse profile P for everyone",
    );
    let check = |path: &str, media_type: Option<&str>, file_name: Option<&str>, verdict: Verdict| {
        let url = format!("a.test{path}");
        let stage = policy::Stage::Response { media_type, file_name };
        let got = Question::new(&rules, "head", &url).stage(stage).verdict();
        assert_eq!(got, verdict, "{path} {media_type:?} {file_name:?}");
    };
    check("/a", None, None, Allow);
    check("/a.EXE?x=1", None, None, Block);
    check("/a.exe/", None, None, Allow);
    check("/a?f=b.exe", None, None, Allow);
    check("/a", None, Some("Set up.Exe"), Block);
    check("/a", None, Some("a.exe. "), Block);
    check("/a", None, Some("exe"), Allow);
    check("/a", Some("application/X-MSI; charset=x"), None, Block);
    check("/a", Some("video/mp4"), None, Block);
    check("/a", Some("text/html"), None, Allow);
    assert_eq!(Question::new(&rules, "head", "a.test/a.exe").verdict(), Block, "asked for by name");
}
